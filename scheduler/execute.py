"""One attempt at a job: a server, its stream, and what comes of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, TypeVar

import msgspec
import structlog
from opentelemetry.trace import SpanKind
from redis.asyncio import Redis

from control.assets import reading
from control.assets.storage import Storage
from control.database.engine import transaction
from control.errors import NotFound, Problem, Unavailable
from control.http import tracing
from control.jobs.requests import Img2Img
from control.jobs.states import transition
from control.jobs.tables import Job
from control.models.catalogue import checkpoint
from control.realtime.events import JobError
from ensembles.arrays import Array
from ensembles.imaging.codec import decode_fitted
from ensembles.imaging.errors import ImageError
from ensembles.manifest import Manifest
from scheduler import figures, finishing, leases
from scheduler.claims import Claim
from scheduler.faults import Fault, internal, storage_away, timed_out
from scheduler.finishing import AGAIN, LONGEST_PAUSE, PAUSE, STORAGE_SECONDS
from scheduler.leases import Made
from scheduler.placement import Server, Servers
from scheduler.provenance import Finished, finished
from scheduler.reporting import Reporter
from scheduler.settings import SchedulerSettings
from scheduler.speeds import Speeds
from scheduler.tasks import end
from scheduler.triton import Pictures, Step, paint

Reason = Literal["cancel", "lease", "stopping"]
"""Why an attempt is broken off: its owner wishes so; the job is not this worker's any more; the worker ends."""
Publish = Callable[[list[Made]], Awaitable[None]]
AWAY: tuple[type[Exception], ...] = (Unavailable, *AGAIN)
"""Raised where the storage or the database is away."""
DECODER = ThreadPoolExecutor(1, "decoder")
T = TypeVar("T")
log = structlog.get_logger("scheduler")


class Stopped(Exception):
    """The attempt is broken off."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Means(msgspec.Struct, frozen=True):
    """What attempts share: all that a worker works with."""

    settings: SchedulerSettings
    redis: Redis
    storage: Storage
    servers: Servers
    speeds: Speeds
    publish: Publish
    decoding: asyncio.Semaphore = msgspec.field(default_factory=lambda: asyncio.Semaphore(1))
    """Whoever holds it reads and decodes a picture to begin with: a large one takes hundreds of megabytes."""


class Attempt:
    """A claimed job under way. `ask` breaks it off."""

    def __init__(self, means: Means, claim: Claim) -> None:
        self.claim = claim
        self._means = means
        self._asked: asyncio.Future[Reason] = asyncio.get_running_loop().create_future()
        self._log = log.bind(job_id=str(claim.job_id), attempt=claim.attempt)

    def ask(self, reason: Reason) -> None:
        """Breaks it off; the first reason counts."""
        if not self._asked.done():
            self._asked.set_result(reason)

    async def run(self) -> None:
        """Works until the job has ended, is in line again, or is another one's. Raises nothing."""
        claim = self.claim
        attributes = {
            "job.id": str(claim.job_id),
            "job.attempt": claim.attempt,
            "job.kind": str(claim.work.__struct_config__.tag),
            "job.model": claim.work.model,
        }
        with tracing.attempt_span(claim.traceparent, attributes):
            tracing.past_span("queue wait", claim.queued_at, claim.claimed_at)
            tracing.past_span("claim", claim.claimed_at, claim.assigned_at)
            try:
                made = await self._outcome()
                await self._means.publish(made)
            except Exception:
                # Whatever it was: the lease ends, and the job is taken from us.
                self._log.exception("attempt_abandoned")

    async def _outcome(self) -> list[Made]:
        try:
            made = await self._paint()
        except Stopped as stopped:
            return await self._stopped(stopped.reason)
        except Fault as fault:
            return await self._failed(fault)
        except Problem as problem:
            kind = "invalid" if problem.status < 500 else "internal"
            return await self._failed(Fault(JobError(kind=kind, detail=problem.detail)))
        except Exception as error:
            self._log.exception("attempt_failed")
            return await self._failed(internal(error))
        if made:
            figures.ended(made[0][1].state)
        return made

    async def _paint(self) -> list[Made]:
        claim, means = self.claim, self._means
        manifest = checkpoint(means.settings.home, claim.work.model)
        picture = None
        if isinstance(claim.work, Img2Img):
            picture = await self._unless_stopped(self._picture(claim.work))
        begun: asyncio.Task[None] | None = None
        deadline = time.monotonic() + means.settings.job_timeout
        try:
            while True:
                with tracing.part_span("place"):
                    placing = means.servers.place(claim.work.model, claim.effort)
                    server = await self._placed(placing)
                lost: BaseException | None = None
                try:
                    if begun is None:
                        # Beside the beginning of the stream: neither waits for the other.
                        begun = asyncio.create_task(self._begin(server.url))
                    done, engine_ms = await self._unless_stopped(self._stream(server, picture, begun))
                    break
                except Fault as fault:
                    lost = fault
                    if fault.lost:
                        means.servers.lost(server)
                    if fault.begun or time.monotonic() > deadline:
                        # So that its history says that it was begun.
                        assert begun is not None
                        await begun
                        raise
                    self._log.info("server_refused", server=server.url, reason=fault.error.detail)
                except BaseException as error:
                    lost = error
                    raise
                finally:
                    await placing.__aexit__(type(lost) if lost else None, lost, None)
                await self._unless_stopped(asyncio.sleep(PAUSE))
            await begun
        finally:
            await end(begun)
        return await self._keep(manifest, done, engine_ms)

    async def _placed(self, placing: AbstractAsyncContextManager[Server]) -> Server:
        try:
            return await self._unless_stopped(placing.__aenter__())
        except Fault as fault:
            if fault.error.retryable and not self._means.servers.ready:
                # All are away, which is no fault of the job's: it waits in line, like all others.
                raise Stopped("stopping") from None
            raise

    async def _keep(self, manifest: Manifest, done: Pictures, engine_ms: float) -> list[Made]:
        claim = self.claim
        pictures: list[Finished] = [
            finished(data, place, claim.work, manifest) for place, data in enumerate(done.files)
        ]
        keeping = finishing.complete(self._means.storage, claim, manifest, pictures, engine_ms)
        # The transaction itself finds out whose the job is; a heartbeat that met it in the midst may err.
        return await self._unless_stopped(keeping, but_for={"stopping", "lease"})

    async def _begin(self, server: str) -> None:
        """Says that the job is being worked on."""
        claim = self.claim

        async def begin() -> None:
            async with transaction():
                made = await transition(
                    claim.job_id, "PROCESSING", lease_id=claim.lease_id, changes={Job.server: server}
                )
            if made is not None:
                await self._means.publish([made])
            elif await leases.begun(claim):
                # We said so before, and the database was lost just when it had committed.
                await self._means.publish(await finishing.as_it_is(claim))
            else:
                self.ask("lease")

        await insist(begin)

    async def _stream(
        self, server: Server, picture: Array | None, begun: "asyncio.Task[None]"
    ) -> tuple[Pictures, float]:
        """The pictures, and the milliseconds that Triton took."""
        claim, settings = self.claim, self._means.settings
        began = time.perf_counter()
        with tracing.part_span("triton", kind=SpanKind.CLIENT, **{"server.address": server.url}):
            try:
                async with (
                    asyncio.timeout(settings.job_timeout),
                    Reporter(self._means.redis, claim) as reporter,
                ):
                    async for part in paint(
                        server.client,
                        claim.work,
                        picture,
                        request_id=claim.job_id.hex,
                        headers=tracing.outgoing(),
                        alive=lambda: server.ready,
                    ):
                        if isinstance(part, Step):
                            # Watchers hear of steps after they heard that the job has begun.
                            if begun.done():
                                reporter.step(part)
                            continue
                        taken = time.perf_counter() - began
                        figures.painted(claim.work.model, taken)
                        self._means.speeds.measured(claim.work, taken)
                        return part, taken * 1000
            except TimeoutError:
                raise timed_out(settings.job_timeout) from None
        raise AssertionError("a stream ends with pictures or a fault")

    async def _picture(self, work: Img2Img) -> Array:
        """The picture to begin with: uint8 [1,H,W,3] of the request's size."""
        since, pause = time.monotonic(), PAUSE
        while True:
            try:
                async with self._means.decoding:
                    data = await reading.picture(
                        self._means.storage, self.claim.owner.organisation_id, work.image
                    )
                    # In the one thread that does it, as one that is broken off goes on there.
                    return await asyncio.get_running_loop().run_in_executor(
                        DECODER, scaled, data, work.width or 0, work.height or 0
                    )
            except NotFound as gone:
                raise Fault(JobError(kind="invalid", detail=str(gone))) from None
            except ImageError as broken:
                raise Fault(JobError(kind="invalid", detail=str(broken))) from None
            except AWAY:
                if time.monotonic() - since > STORAGE_SECONDS:
                    raise storage_away() from None
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _stopped(self, reason: Reason) -> list[Made]:
        self._log.info("attempt_stopped", reason=reason)
        if reason == "cancel":
            if made := await insist(lambda: leases.cancelled(self.claim)):
                figures.ended("CANCELLED")
                return made
            # Its pictures were being kept at this very moment.
            return await insist(lambda: finishing.as_it_is(self.claim))
        if reason == "stopping":
            return await insist(lambda: leases.hand_back(self.claim))
        return []

    async def _failed(self, fault: Fault) -> list[Made]:
        settings, servers = self._means.settings, self._means.servers
        self._log.warning("attempt_failed", kind=fault.error.kind, detail=fault.error.detail)
        made = await insist(lambda: leases.failed(settings, self.claim, fault, elsewhere=servers.ready))
        for _, event in made:
            figures.ended(event.state)
        return made

    async def _unless_stopped(
        self, work: Coroutine[Any, Any, T] | Awaitable[T], *, but_for: AbstractSet[Reason] = frozenset()
    ) -> T:
        """What `work` gives; it is cancelled, and `Stopped` raised, when the attempt is broken off.

        For a reason in `but_for` it goes on.
        """
        task = asyncio.create_task(_run(work))
        try:
            both: set[asyncio.Future[Any]] = {task, self._asked}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and self._asked.result() in but_for:
                await asyncio.wait({task})
            if task.done():
                return task.result()
            raise Stopped(self._asked.result())
        finally:
            await end(task)


async def _run(work: Awaitable[T]) -> T:
    return await work


async def insist(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` gives, tried again while PostgreSQL is away."""
    pause = PAUSE
    while True:
        try:
            return await work()
        except AGAIN as error:
            log.warning("database_away", error=type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


def scaled(data: bytes, width: int, height: int) -> Array:
    """A file's picture as uint8 [1,H,W,3] of this size in pixels; sides are cropped where the shapes differ."""
    return decode_fitted(data, width, height)[None]
