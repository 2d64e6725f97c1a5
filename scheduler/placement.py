"""The Triton servers of a worker: how they are, where a job goes, what is loaded and unloaded (docs/scheduling.md)."""

import asyncio
import os
import random
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import grpc
import structlog
import tritonclient.grpc.aio as grpcclient
from redis.asyncio import Redis
from tritonclient.utils import InferenceServerException

from control.jobs.workers import Worker
from control.models.preprocessors import preprocessors
from control.models.upscalers import upscalers
from control.realtime.events import JobError
from scheduler.checkpoints import Checkpoint, checkpoint, checkpoints
from scheduler.faults import Fault
from scheduler.placing import Load, ServerView, Use, Wait, decide, room, second
from scheduler.presence import Presence
from scheduler.settings import SchedulerSettings
from scheduler.tasks import end
from scheduler.triton import OPTIONS

KEY_HEADER = "triton-grpc-protocol-studio-key"
LOOK_SECONDS = 1.0
"""Between two looks at a healthy server."""
ANSWER_SECONDS = 2.0
"""How long a healthy server may take to say how it is."""
ASIDE_SECONDS = (0.5, 1.0, 2.0)
"""How long a server is left alone after it was lost, or did not answer, once, twice…"""
PATIENCE_SECONDS = 30.0
"""How long a job waits for a server before it goes back into the line."""
LOAD_SECONDS = 300.0
"""How long one model may take to load, or to finish what it is at before it is unloaded."""
REFUSED_SECONDS = 30.0
"""How long a server is not asked again for what it could not load."""
NOTICE_SECONDS = 1.5
"""How long other workers may take to hear that a checkpoint is leaving a server."""
READY, ABSENT = "READY", "UNAVAILABLE"
log = structlog.get_logger("scheduler.placement")


class Server:
    """One Triton server, as this worker knows it."""

    def __init__(self, url: str, home: Path, key: str = "") -> None:
        self.url = url
        self.home = home
        self.client = grpcclient.InferenceServerClient(url, channel_args=OPTIONS)
        self.headers = {KEY_HEADER: key} if key else None
        self.ready = False
        self.states: dict[str, str] = {}
        """Triton model → its state."""
        self.pending: Counter[str] = Counter()
        """Checkpoint → how many of this worker's jobs are there."""
        self.work: dict[str, float] = {}
        """Checkpoint → their work."""
        self.used: dict[str, float] = {}
        """Checkpoint → when this worker last had a job there, seconds since 1970."""
        self.leaving: set[str] = set()
        """Checkpoints that this worker is about to unload there."""
        self.refused: dict[str, tuple[float, str]] = {}
        """Checkpoint → until when it is not loaded here again, and why."""
        self.losses = 0
        """How often in a row it was lost or did not answer."""
        self.lost = asyncio.Event()

    async def look(self) -> None:
        """Asks how it is; raises `InferenceServerException` where it does not answer."""
        try:
            live, index = await asyncio.gather(
                self.client.is_server_live(client_timeout=ANSWER_SECONDS),
                self.client.get_model_repository_index(headers=self.headers, client_timeout=ANSWER_SECONDS),
            )
        except InferenceServerException as error:
            if not _restricted(error):
                raise
            await self._look_from_outside()
            return
        # Those that were never loaded have no state.
        self.states = {model.name: model.state or ABSENT for model in index.models}
        self.ready = bool(live)

    async def _look_from_outside(self) -> None:
        """Without the key to its management interfaces: is it ready, and each model of each published checkpoint?"""
        names = [model for found in checkpoints(self.home).values() for model in found.models]
        names += upscalers(self.home)
        names += [found.model for found in preprocessors(self.home).values()]
        live = await self.client.is_server_live(client_timeout=ANSWER_SECONDS)
        ready = await asyncio.gather(
            *(self.client.is_model_ready(name, client_timeout=ANSWER_SECONDS) for name in names)
        )
        self.states = {name: READY if answer else ABSENT for name, answer in zip(names, ready, strict=True)}
        self.ready = bool(live)

    async def load(self, found: Checkpoint) -> None:
        """Loads all models of a checkpoint, networks first; raises `InferenceServerException`."""
        for stage in found.stages:
            wanted = [model for model in stage if self.states.get(model) != READY]
            await asyncio.gather(*(self._load(model) for model in wanted))

    async def load_one(self, model: str) -> None:
        """Loads one model that is in its repository and is no checkpoint's; raises `InferenceServerException`."""
        await self._load(model)
        await self.look()

    async def unload(self, found: Checkpoint) -> None:
        """Unloads them, networks last: a stage goes when the one that needs it has finished all it was at."""
        for stage in reversed(found.stages):
            for model in stage:
                await self.client.unload_model(model, headers=self.headers, client_timeout=LOAD_SECONDS)
            deadline = time.monotonic() + LOAD_SECONDS
            while any(self.states.get(model, ABSENT) != ABSENT for model in stage):
                if time.monotonic() > deadline:
                    raise InferenceServerException(f"{found.name} was not unloaded in {LOAD_SECONDS:.0f} s")
                await asyncio.sleep(0.1)
                await self.look()

    async def _load(self, model: str) -> None:
        await self.client.load_model(model, headers=self.headers, client_timeout=LOAD_SECONDS)


class Servers:
    """All of them. `redis` joins what several workers know; it may be away."""

    def __init__(self, settings: SchedulerSettings, redis: Redis | None = None, name: str = "") -> None:
        self.settings = settings
        self.servers = {url: Server(url, settings.home, settings.triton_key) for url in settings.triton_urls}
        self.presence = Presence(redis, name or f"{socket.gethostname()}-{os.getpid()}", self._told)
        self._tasks: list[asyncio.Task[None]] = []
        self._loading: dict[str, asyncio.Task[None]] = {}
        """Server → what is loaded there now."""
        self._changed = asyncio.Event()
        self._one = asyncio.Lock()

    async def start(self) -> None:
        """Looks at all servers once, and goes on looking."""
        await asyncio.gather(self.presence.start(), *(self._look(server) for server in self.servers.values()))
        self._tasks = [asyncio.create_task(self._watch(server)) for server in self.servers.values()]

    async def stop(self) -> None:
        """Ends what `start` began."""
        for task in [*self._tasks, *self._loading.values()]:
            await end(task)
        self._tasks = []
        await self.presence.stop()
        for server in self.servers.values():
            await server.client.close()

    @property
    def ready(self) -> bool:
        """Is any server there that takes work? Where not, jobs are better left in line."""
        return any(server.ready for server in self.servers.values())

    def loaded(self) -> frozenset[str]:
        """Checkpoints that some server has loaded."""
        views = self.views()
        return frozenset().union(*(view.loaded - view.leaving for view in views if view.ready))

    def lost(self, server: Server | str) -> None:
        """A job says that the server is gone: it gets no other one until it has answered again, a moment later."""
        found = self.servers[server] if isinstance(server, str) else server
        if found.ready:
            log.warning("server_lost", server=found.url)
        found.ready = False
        found.lost.set()

    @asynccontextmanager
    async def place(
        self, model: str, work: float, *, patience: float = PATIENCE_SECONDS
    ) -> AsyncIterator[Server]:
        """A server that has `model` loaded, for a job of so much work, which counts as pending there meanwhile.

        Raises `Fault` where none could be found within `patience` seconds, loading not counted: nothing was begun.
        """
        server = await self._find(model, work, patience)
        try:
            yield server
            server.losses = 0
        finally:
            server.pending[model] -= 1
            server.work[model] = server.work[model] - work if server.pending[model] > 0 else 0.0
            server.used[model] = time.time()
            self.presence.nudge()
            self._notify()

    @asynccontextmanager
    async def having(
        self, model: str, work: float, *, patience: float = PATIENCE_SECONDS
    ) -> AsyncIterator[Server]:
        """A server that has this one Triton model, which is no checkpoint's, loaded; raises `Fault` as `place`.

        It is loaded where it is in a server's repository and was not needed before.
        """
        deadline = time.monotonic() + patience
        while not (able := [s for s in self.servers.values() if s.ready and s.states.get(model) == READY]):
            began = time.monotonic()
            if await self._load_one(model):
                deadline += time.monotonic() - began
                continue
            if time.monotonic() > deadline:
                why = next((s.refused[model][1] for s in self.servers.values() if model in s.refused), "")
                raise _fault("lost", f"No Triton server has {model} loaded. {why}".strip())
            await self._change()
        server = min(able, key=lambda one: (sum(one.work.values()), random.random()))
        server.pending[model] += 1
        server.work[model] = server.work.get(model, 0.0) + work
        self.presence.nudge()
        try:
            yield server
            server.losses = 0
        finally:
            server.pending[model] -= 1
            server.work[model] = server.work[model] - work if server.pending[model] > 0 else 0.0
            self.presence.nudge()
            self._notify()

    async def _load_one(self, model: str) -> bool:
        """Has it been loaded, by now, on the server with the least to do of those that can?"""
        # Several jobs may want it at once: the first loads it for all.
        async with self._one:
            now = time.monotonic()
            ready = [server for server in self.servers.values() if server.ready]
            if any(server.states.get(model) == READY for server in ready):
                return True
            willing = [
                server
                for server in ready
                if server.headers
                and server.states.get(model) == ABSENT
                and server.refused.get(model, (0.0,))[0] < now
            ]
            if not willing:
                return False
            server = min(willing, key=lambda one: (sum(one.work.values()), random.random()))
            try:
                await server.load_one(model)
            except InferenceServerException as error:
                if _unreachable(error):
                    self.lost(server)
                else:
                    self._refuse(server, model, str(error.message() or "").split("\n")[0])
                return False
            server.refused.pop(model, None)
            seconds = round(time.monotonic() - now, 1)
            log.info("loaded", model=model, server=server.url, seconds=seconds)
            return True

    def views(self) -> list[ServerView]:
        """The servers as this worker and the others know them, in random order, as of equal ones the first is taken."""
        others = list(self.presence.others.values())
        found = checkpoints(self.settings.home)
        views = [self._view(server, found, others) for server in self.servers.values()]
        random.shuffle(views)
        return views

    def _view(self, server: Server, found: dict[str, Checkpoint], others: list[Worker]) -> ServerView:
        pending, used = dict(server.work), dict(server.used)
        leaving = set(server.leaving)
        for other in others:
            for name, work in other.pending.get(server.url, {}).items():
                pending[name] = pending.get(name, 0.0) + work
            for name, at in other.used.get(server.url, {}).items():
                used[name] = max(used.get(name, 0.0), at)
            leaving |= set(other.leaving.get(server.url, ()))
        here = {model for model, state in server.states.items() if state != ABSENT}
        ready = {model for model, state in server.states.items() if state == READY}
        now = time.monotonic()
        return ServerView(
            url=server.url,
            ready=server.ready,
            loaded=frozenset(name for name, one in found.items() if one.models <= ready),
            held={name: one.megabytes for name, one in found.items() if one.models & here},
            pending={name: work for name, work in pending.items() if work > 0},
            used=used,
            leaving=frozenset(leaving),
            refused=frozenset(name for name, (until, _) in server.refused.items() if until > now),
        )

    async def _find(self, model: str, work: float, patience: float) -> Server:
        deadline = time.monotonic() + patience
        while True:
            wanted = checkpoint(self.settings.home, model)
            if wanted is None:
                raise _fault("invalid", f"There is no checkpoint {model!r} any more.", retryable=False)
            budget = self.settings.triton_memory_mb
            if budget and wanted.megabytes > budget:
                detail = (
                    f"{model} needs about {wanted.megabytes:.0f} MB, and a Triton server may hold {budget} MB of "
                    "checkpoints. Ask the operator to set STUDIO_TRITON_MEMORY_MB higher."
                )
                raise _fault("too_large", detail, retryable=False)
            views = self.views()
            match decide(views, model, wanted.megabytes, budget):
                case Use(url):
                    server = self.servers[url]
                    # Nothing is awaited between the choice and this, so that the next choice knows of it.
                    server.pending[model] += 1
                    server.work[model] = server.work.get(model, 0.0) + work
                    server.used[model] = time.time()
                    self.presence.nudge()
                    if budget and (more := second(views, model, wanted.megabytes, budget, time.time())):
                        self._load(more.url, wanted)
                    return server
                case Load(url):
                    loading, began = self._load(url, wanted), time.monotonic()
                    # Several jobs may wait for it: one that is cancelled does not break it off.
                    await asyncio.wait([loading])
                    deadline += time.monotonic() - began
                case Wait(why):
                    if time.monotonic() > deadline:
                        raise _fault("lost", self._why(views, model) or why)
                    await self._change()

    def _why(self, views: Iterable[ServerView], model: str) -> str:
        said = [self.servers[view.url].refused[model][1] for view in views if model in view.refused]
        return f"{model} could not be loaded: {said[0]}" if said else ""

    def _load(self, url: str, wanted: Checkpoint) -> asyncio.Task[None]:
        """The task that loads `wanted` on a server, or what is loaded there before that."""
        if (task := self._loading.get(url)) is None:
            task = asyncio.create_task(self._exchange(self.servers[url], wanted))
            self._loading[url] = task
            task.add_done_callback(lambda _: self._loading.pop(url, None))
        return task

    async def _exchange(self, server: Server, wanted: Checkpoint) -> None:
        """Loads `wanted`, after unloading what is in its way; whether it is loaded then is to be seen."""
        began = time.monotonic()
        try:
            async with self.presence.turn(f"load:{server.url}"):
                # Another worker may have had its turn before.
                await asyncio.gather(server.look(), self.presence.exchange())
                unload = self._room(server, wanted)
                if unload is None:
                    return
                if not wanted.models <= server.states.keys():
                    # Nothing shall make room in vain.
                    raise InferenceServerException(
                        f"it is not in {server.url}'s repository; start that server again"
                    )
                for name in unload:
                    await self._make_leave(server, name)
                if self._room(server, wanted) != ():
                    return
                await server.load(wanted)
                await server.look()
                if self._room(server, wanted) is not None:
                    raise InferenceServerException(f"{wanted.name} is not ready after it was loaded")
                seconds = round(time.monotonic() - began, 1)
                log.info("loaded", model=wanted.name, server=server.url, unloaded=unload, seconds=seconds)
        except (InferenceServerException, grpc.RpcError) as error:
            if isinstance(error, grpc.RpcError) or _unreachable(error):
                self.lost(server)
            else:
                self._refuse(server, wanted.name, str(error.message() or "").split("\n")[0])
        except Exception as error:
            # A bug of ours: whoever waits for it is told, too.
            log.exception("loading_failed")
            self._refuse(server, wanted.name, type(error).__name__)
        finally:
            self._notify()

    def _refuse(self, server: Server, name: str, why: str) -> None:
        server.refused[name] = (time.monotonic() + REFUSED_SECONDS, why)
        log.warning("not_loaded", model=name, server=server.url, why=why)

    def _room(self, server: Server, wanted: Checkpoint) -> tuple[str, ...] | None:
        """What must go so that `wanted` fits; None where it is there, or cannot fit now."""
        view = self._view(server, checkpoints(self.settings.home), list(self.presence.others.values()))
        if wanted.name in view.loaded:
            return None
        return room(view, wanted.name, wanted.megabytes, self.settings.triton_memory_mb)

    async def _make_leave(self, server: Server, name: str) -> None:
        """Unloads a checkpoint, once all workers know; not if one of them has placed a job there meanwhile."""
        found = checkpoint(self.settings.home, name)
        if found is None:
            return
        server.leaving.add(name)
        try:
            if self.presence.others:
                await self.presence.exchange()
                await asyncio.sleep(NOTICE_SECONDS)
                await self.presence.exchange()
            view = self._view(server, {name: found}, list(self.presence.others.values()))
            if not view.pending.get(name):
                await server.unload(found)
        finally:
            server.leaving.discard(name)

    async def _look(self, server: Server) -> None:
        was = server.ready
        try:
            await server.look()
            server.lost.clear()
        except (InferenceServerException, grpc.RpcError) as error:
            server.ready = False
            if was:
                log.warning("server_silent", server=server.url, error=str(error))
        if server.ready != was:
            self._notify()

    async def _watch(self, server: Server) -> None:
        while True:
            if server.ready:
                with suppress(TimeoutError):
                    await asyncio.wait_for(server.lost.wait(), LOOK_SECONDS)
            if not server.ready:
                pause = ASIDE_SECONDS[min(server.losses, len(ASIDE_SECONDS) - 1)]
                server.losses += 1
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            await self._look(server)

    def _notify(self) -> None:
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        # Others' jobs end without a word to us.
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), 0.5)

    def _told(self) -> Worker:
        return Worker(
            at=0.0,
            jobs=self.settings.worker_jobs,
            pending={url: {n: w for n, w in s.work.items() if w > 0} for url, s in self.servers.items()},
            used={url: dict(server.used) for url, server in self.servers.items()},
            leaving={url: sorted(server.leaving) for url, server in self.servers.items()},
        )


def _fault(kind: str, detail: str, *, retryable: bool = True) -> Fault:
    return Fault(JobError(kind=kind, detail=detail, retryable=retryable), lost=retryable, begun=False)


def _restricted(error: InferenceServerException) -> bool:
    return "restricted" in str(error.message())


def _unreachable(error: InferenceServerException) -> bool:
    gone = str(error.status()) in {"StatusCode.UNAVAILABLE", "StatusCode.DEADLINE_EXCEEDED"}
    return gone and not _restricted(error)


__all__ = ["Server", "Servers"]
