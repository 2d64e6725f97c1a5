"""Which Triton server a job goes to, and which checkpoint makes room for another. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

IDLE_SECONDS = 60.0
"""How long a checkpoint must not have been used to make room for a second copy of a busy one."""


class ServerView(msgspec.Struct, frozen=True, kw_only=True):
    """A server at one moment, as a worker knows it."""

    url: str
    ready: bool = True
    loaded: frozenset[str] = frozenset()
    """Checkpoints whose models all answer ready."""
    held: Mapping[str, float] = {}
    """Checkpoint → megabytes, of all that take memory: loaded, loading, unloading, or in part."""
    pending: Mapping[str, float] = {}
    """Checkpoint → work (steps x pictures x megapixels) that all workers have placed there and that has not ended."""
    used: Mapping[str, float] = {}
    """Checkpoint → when a job was last placed there, seconds; missing: not since anybody remembers."""
    leaving: frozenset[str] = frozenset()
    """Checkpoints that a worker is about to unload."""
    refused: frozenset[str] = frozenset()
    """Checkpoints that it could not load a moment ago."""

    @property
    def work(self) -> float:
        """All that is pending there."""
        return sum(self.pending.values())


class Use(msgspec.Struct, frozen=True):
    """The job goes there."""

    url: str


class Load(msgspec.Struct, frozen=True):
    """The checkpoint is to be loaded there, after others were unloaded, in this order."""

    url: str
    unload: tuple[str, ...] = ()


class Wait(msgspec.Struct, frozen=True):
    """Nothing can be done at the moment."""

    why: str


def decide(servers: Sequence[ServerView], model: str, megabytes: float, budget: float) -> Use | Load | Wait:
    """Where a job of `model` goes: of the servers that have it loaded the one with the least work, else where to load it.

    `budget` is how many megabytes checkpoints may take on a server, 0 for any number. Of equal servers the first.
    """
    ready = [server for server in servers if server.ready]
    if not ready:
        return Wait("No Triton server can be reached.")
    having = [server for server in ready if model in server.loaded - server.leaving]
    if having:
        return Use(min(having, key=lambda server: server.work).url)
    willing = [server for server in ready if model not in server.refused]
    if not willing:
        return Wait(f"No Triton server could load {model}.")
    plans = [
        (
            max((server.used.get(name, 0.0) for name in unload), default=-1.0),
            server.work,
            place,
            Load(server.url, unload),
        )
        for place, server in enumerate(willing)
        if (unload := room(server, model, megabytes, budget)) is not None
    ]
    if not plans:
        return Wait(f"There is no memory for {model} until another checkpoint's jobs have ended.")
    # Where nothing has to go, else where what has to go was used longest ago.
    return min(plans, key=lambda plan: plan[:3])[-1]


def second(
    servers: Sequence[ServerView], model: str, megabytes: float, budget: float, now: float
) -> Load | None:
    """Where to load `model` once more, as all servers that have it are busy and another one has nothing to do."""
    ready = [server for server in servers if server.ready]
    if any(not server.work for server in ready if model in server.loaded):
        return None
    for server in ready:
        if server.work or server.leaving or model in server.held or model in server.refused:
            continue
        unload = room(server, model, megabytes, budget)
        if unload is not None and all(now - server.used.get(name, 0) > IDLE_SECONDS for name in unload):
            return Load(server.url, unload)
    return None


def room(server: ServerView, model: str, megabytes: float, budget: float) -> tuple[str, ...] | None:
    """What to unload so that `model` fits: as few as needed, least recently used first; None where it cannot."""
    others = {name: size for name, size in server.held.items() if name != model}
    if not budget:
        return ()
    unload = []
    free = budget - megabytes - sum(others.values())
    for name in sorted(others, key=lambda name: (server.used.get(name, 0.0), name)):
        if free >= 0:
            break
        if not server.pending.get(name):
            unload.append(name)
            free += others[name]
    return tuple(unload) if free >= 0 else None
