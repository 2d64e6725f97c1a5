"""Notices what Triton itself does not: dead and hung model processes, lost models, leaking shared memory.

One round a second looks at the server, goes down `TABLE`, and heals the first thing that is wrong. Loading one
model anew is preferred. The whole server is restarted where nothing else ends the requests that suffered:
a stream whose model's process died stays open in Triton for ever (docs/decisions/0006-watchdog.md).
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple, Protocol

import msgspec

from ensembles.serving.progress import Progress
from studio.errors import StudioError
from studio.triton.processes import DEAD, STOPPED, Stub

ROUND_SECONDS = 1.0
TRIES = 5
"""How often in a row a restart may fail before the watchdog gives up."""
SMALLEST_REGION = 2 * 1024 * 1024
"""Shared memory of a stub that is not worth having back; it begins with 1 MB."""


class View(msgspec.Struct, frozen=True):
    """The server at one moment."""

    at: float
    """Seconds of the machine's monotonic clock."""
    exited: int | None
    """The server's exit status, None while it runs."""
    ready: set[str] | None
    """Models that answer ready; None when the server does not answer."""
    states: dict[int, str]
    """State of each child process."""
    progress: dict[int, Progress]
    regions: dict[str, int]
    """Shared memory of this server: file name → bytes."""
    used: set[str]
    """Files that belong to a living process."""
    put_away: frozenset[str] = frozenset()
    """Models that a worker has unloaded, or is unloading, to make room for others."""
    held_up: frozenset[str] = frozenset()
    """Those of them that are still there although their processes have nothing under way."""


class Census(msgspec.Struct, frozen=True):
    """What there was when the server was last well."""

    models: set[str]
    stubs: dict[int, Stub]
    streaming: set[str]
    """Models that answer in streams (decoupled)."""


class Limits(msgspec.Struct, frozen=True):
    """What is still healthy."""

    step_seconds: float
    """How long a computation may take, or all requests may stand still."""
    shm_bytes: int
    """Shared memory of all stubs."""


class Symptom(NamedTuple):
    """Something that is wrong now."""

    model: str
    """Empty when it is the server."""
    says: str
    pids: tuple[int, ...] = ()
    """Processes that must not live on."""
    files: tuple[str, ...] = ()
    """Shared memory that nobody uses."""


class Server(Protocol):
    """What the watchdog needs of a `TritonServer`."""

    def look(self) -> View:
        """The server now."""

    def census(self) -> Census:
        """Who is there, of a server that is well."""

    def reload(self, model: str) -> None:
        """Loads one model anew; raises `StudioError`."""

    def restart(self) -> None:
        """Starts the whole server anew; raises `StudioError`."""

    def discard(self, files: Iterable[str]) -> None:
        """Removes shared memory."""


Check = Callable[[View, Census, Limits], list[Symptom]]


def server_gone(view: View, _census: Census, _limits: Limits) -> list[Symptom]:
    """The server's process ended."""
    return [] if view.exited is None else [Symptom("", f"the server ended with status {view.exited}")]


def server_silent(view: View, _census: Census, _limits: Limits) -> list[Symptom]:
    """The server's process lives and does not answer."""
    return [Symptom("", "the server does not answer")] if view.ready is None else []


def _by_model(census: Census, pids: Iterable[int], says: str) -> list[Symptom]:
    models: dict[str, list[int]] = {}
    for pid in pids:
        models.setdefault(census.stubs[pid].model, []).append(pid)
    return [
        Symptom(model, f"process {', '.join(map(str, found))} {says}", tuple(found))
        for model, found in sorted(models.items())
    ]


def stubs_dead(view: View, census: Census, _limits: Limits) -> list[Symptom]:
    """Processes of models that are no more; Triton goes on calling the model ready."""
    return _by_model(census, (p for p in census.stubs if view.states.get(p, DEAD[0]) in DEAD), "died")


def stubs_stopped(view: View, census: Census, _limits: Limits) -> list[Symptom]:
    """Processes of models that somebody stopped; to Triton they are as good as dead."""
    return _by_model(census, (p for p in census.stubs if view.states.get(p) in STOPPED), "is stopped")


def steps_hung(view: View, census: Census, limits: Limits) -> list[Symptom]:
    """Processes that began a computation and do not come to its end."""
    late = (
        pid
        for pid, progress in view.progress.items()
        if pid in census.stubs
        and progress.working.under_way
        and view.at - progress.working.moved > limits.step_seconds
    )
    return _by_model(census, late, f"has come to no end for {limits.step_seconds:g} s")


def nothing_moves(view: View, census: Census, limits: Limits) -> list[Symptom]:
    """Requests wait, and nothing anywhere has begun or ended for long."""
    told = [progress for pid, progress in view.progress.items() if pid in census.stubs]
    waiting = sum(progress.waiting.under_way for progress in told)
    last = max((max(p.working.moved, p.waiting.moved) for p in told), default=view.at)
    if not waiting or view.at - last <= limits.step_seconds:
        return []
    return [Symptom("", f"{waiting} requests have not moved for {limits.step_seconds:g} s")]


def models_lost(view: View, census: Census, _limits: Limits) -> list[Symptom]:
    """Models that were served and are not ready any more, while the server is."""
    lost = census.models - (census.models if view.ready is None else view.ready)
    return [Symptom(model, "is not ready any more") for model in sorted(lost)]


def unloads_hung(view: View, _census: Census, _limits: Limits) -> list[Symptom]:
    """Models that do not go: Triton (2.51) keeps the request of a client that left amid its last answer for ever."""
    return [Symptom(model, "is not unloaded though nothing is under way") for model in sorted(view.held_up)]


def regions_left(view: View, _census: Census, _limits: Limits) -> list[Symptom]:
    """Shared memory of processes that are no more."""
    files = tuple(sorted(view.regions.keys() - view.used))
    megabytes = sum(view.regions[name] for name in files) / 1e6
    return (
        [Symptom("", f"{megabytes:.1f} MB of shared memory belong to nobody", files=files)] if files else []
    )


def regions_grown(view: View, census: Census, limits: Limits) -> list[Symptom]:
    """Stubs hold more shared memory than they may while nobody asks for anything; the largest of them."""
    total = sum(view.regions.values())
    busy = any(
        p.working.under_way or p.waiting.under_way for i, p in view.progress.items() if i in census.stubs
    )
    if busy or total <= limits.shm_bytes or not census.stubs:
        return []
    largest = max(census.stubs.values(), key=lambda stub: view.regions.get(stub.region, 0))
    if view.regions.get(largest.region, 0) < SMALLEST_REGION:
        return []
    return [Symptom(largest.model, f"stubs hold {total / 1e6:.0f} MB of shared memory, this one most of it")]


def _reload(server: Server, census: Census, symptom: Symptom) -> str:
    for pid in symptom.pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if symptom.pids and symptom.model in census.streaming:
        raise StudioError("its streams would stay open for ever")
    server.reload(symptom.model)
    # Triton leaves the memory of a process that died.
    server.discard(census.stubs[pid].region for pid in symptom.pids if pid in census.stubs)
    return "loaded again"


def _restart(server: Server, _census: Census, _symptom: Symptom) -> str:
    server.restart()
    return "server restarted"


def _discard(server: Server, _census: Census, symptom: Symptom) -> str:
    server.discard(symptom.files)
    return "removed"


Remedy = Callable[[Server, Census, Symptom], str]


class Row(NamedTuple):
    """What is looked for, how many seconds it must last, and what heals it: the first remedy that succeeds."""

    check: Check
    patience: float
    remedies: tuple[Remedy, ...]


TABLE = (
    Row(server_gone, 0, (_restart,)),
    Row(server_silent, 5, (_restart,)),
    Row(stubs_dead, 0, (_reload, _restart)),
    Row(stubs_stopped, 3, (_reload, _restart)),
    Row(steps_hung, 0, (_reload, _restart)),
    Row(nothing_moves, 0, (_restart,)),
    Row(models_lost, 2, (_reload, _restart)),
    Row(unloads_hung, 20, (_restart,)),
    Row(regions_left, 3, (_discard,)),
    Row(regions_grown, 5, (_reload,)),
)
"""From the worst to the mildest: a worse one explains the milder ones below it."""


class Watchdog:
    """Looks at one server again and again; `report` gets one line for each thing that was healed."""

    def __init__(self, server: Server, limits: Limits, report: Callable[[str], None]) -> None:
        self.server = server
        self.limits = limits
        self.report = report
        self.census = server.census()
        self.since: dict[tuple[Check, str], float] = {}
        """When each symptom was first seen without a break."""
        self.failures = 0
        self.every = ROUND_SECONDS
        """Seconds between two rounds."""
        self.calm = 0
        """Rounds in a row that found nothing."""

    def run(self, stop: threading.Event) -> None:
        """Rounds until `stop` is set; raises `StudioError` when the server cannot be started any more."""
        pause = self.every
        while not stop.wait(pause):
            pause = self.round()

    def round(self) -> float:
        """One look; heals the first thing that is wrong and has lasted long enough; seconds until the next."""
        view = self.server.look()
        if self._welcome(view):
            # Their processes are younger than the view.
            view = self.server.look()
        self._forget(view)
        present = {}
        for row in TABLE:
            for symptom in row.check(view, self.census, self.limits):
                key = (row.check, symptom.model)
                present[key] = self.since.get(key, view.at)
                if view.at - present[key] >= row.patience:
                    self._heal(row, symptom)
                    self.since = {}
                    self.calm = 0
                    # What could not be healed may need time: a full disk, a busy port.
                    return self.every * 2.0**self.failures
        self.since = present
        self.calm = 0 if present else self.calm + 1
        return self.every

    def _forget(self, view: View) -> None:
        """What workers unload is no fault."""
        if gone := view.put_away & self.census.models:
            self.census = msgspec.structs.replace(
                self.census,
                models=self.census.models - gone,
                stubs={pid: stub for pid, stub in self.census.stubs.items() if stub.model not in gone},
            )

    def _welcome(self, view: View) -> bool:
        """What workers load is watched from then on; was there any?"""
        new = (view.ready or set()) - self.census.models
        if not new:
            return False
        with suppress(StudioError):
            census = self.server.census()
            stubs = {pid: stub for pid, stub in census.stubs.items() if stub.model in new}
            self.census = msgspec.structs.replace(
                self.census,
                models=self.census.models | (census.models & new),
                stubs=self.census.stubs | stubs,
                streaming=self.census.streaming | census.streaming,
            )
        return True

    def _census_without(self, model: str) -> Census:
        # The old processes of a model that was loaded again may take a while to go.
        old = {pid for pid, stub in self.census.stubs.items() if stub.model == model}
        census = self.server.census()
        return msgspec.structs.replace(
            census, stubs={pid: stub for pid, stub in census.stubs.items() if pid not in old}
        )

    def _heal(self, row: Row, symptom: Symptom) -> None:
        began = time.monotonic()
        what = f"{symptom.model}: {symptom.says}" if symptom.model else symptom.says
        tried = []
        for remedy in row.remedies:
            try:
                done = remedy(self.server, self.census, symptom)
                before = self.census.models
                self.census = self._census_without(symptom.model)
            except StudioError as error:
                tried.append(f"{error} ")
                continue
            self.failures = 0
            lost = before - self.census.models
            but = f"; no longer served: {', '.join(sorted(lost))}" if lost else ""
            why = f"({'; '.join(t.strip() for t in tried)}) " if tried else ""
            self.report(f"{what}: {why}{done} in {time.monotonic() - began:.1f} s{but}")
            return
        self.failures += 1
        self.report(f"{what}: not healed after {time.monotonic() - began:.1f} s: {' '.join(tried).strip()}")
        if self.failures >= TRIES:
            raise StudioError(f"Gave up after {TRIES} tries: {what}: {' '.join(tried).strip()}")
