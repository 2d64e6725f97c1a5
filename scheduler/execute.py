"""One attempt at a job: what is done by the kind of its request, and what comes of it."""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

import structlog

from control.database.engine import transaction
from control.errors import Problem
from control.http import tracing
from control.jobs.requests import Img2Img, Txt2Img
from control.jobs.states import transition
from control.jobs.tables import Job
from control.realtime.events import JobError, JobState
from scheduler import figures, finishing, leases
from scheduler.claims import Claim
from scheduler.faults import Fault, internal
from scheduler.leases import Made
from scheduler.means import Means, Reason, Stopped, insist
from scheduler.painting import painted
from scheduler.placement import Server
from scheduler.tasks import end
from scheduler.telling import Told
from scheduler.workflows.running import Running

T = TypeVar("T")


class Attempt:
    """A claimed job under way. `ask` breaks it off."""

    def __init__(self, means: Means, claim: Claim) -> None:
        self.claim = claim
        self.means = means
        self.log = structlog.get_logger("scheduler").bind(job_id=str(claim.job_id), attempt=claim.attempt)
        self._asked: asyncio.Future[Reason] = asyncio.get_running_loop().create_future()
        self._running: Running | None = None

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
            "job.model": claim.model,
        }
        with tracing.attempt_span(claim.traceparent, attributes):
            tracing.past_span("queue wait", claim.queued_at, claim.claimed_at)
            tracing.past_span("claim", claim.claimed_at, claim.assigned_at)
            try:
                made = await self._outcome()
                await self.means.publish(made)
            except Exception:
                # Whatever it was: the lease ends, and the job is taken from us.
                self.log.exception("attempt_abandoned")

    async def _outcome(self) -> Sequence[Told]:
        try:
            made = await self._made()
        except Stopped as stopped:
            return await self._stopped(stopped.reason)
        except Fault as fault:
            return await self._failed(fault)
        except Problem as problem:
            kind = "invalid" if problem.status < 500 else "internal"
            return await self._failed(Fault(JobError(kind=kind, detail=problem.detail)))
        except Exception as error:
            self.log.exception("attempt_failed")
            return await self._failed(internal(error))
        for _, event in made:
            if isinstance(event, JobState):
                figures.ended(event.state)
        return made

    async def _made(self) -> Sequence[Told]:
        work = self.claim.work
        if self.claim.plan is None:
            assert isinstance(work, Txt2Img | Img2Img), "who claims it looks"
            return await painted(self, work)
        self._running = Running(self, work)
        return await self._running.run()

    async def placed(self, placing: AbstractAsyncContextManager[Server]) -> Server:
        """Enters `Servers.place`; raises `Stopped` where there is no server at all, and as that does."""
        try:
            return await self.unless_stopped(placing.__aenter__())
        except Fault as fault:
            if fault.error.retryable and not self.means.servers.ready:
                # All are away, which is no fault of the job's: it waits in line, like all others.
                raise Stopped("stopping") from None
            raise

    async def begin(self, server: str) -> None:
        """Says that the job is being worked on."""
        claim = self.claim

        async def begin() -> None:
            async with transaction():
                made = await transition(
                    claim.job_id, "PROCESSING", lease_id=claim.lease_id, changes={Job.server: server}
                )
            if made is not None:
                await self.means.publish([made])
            elif await leases.begun(claim):
                # We said so before, and the database was lost just when it had committed.
                await self.means.publish(await finishing.as_it_is(claim))
            else:
                self.ask("lease")

        await insist(begin)

    @property
    def _ran(self) -> set[str]:
        """Nodes that this attempt has computed and kept, although it comes to nothing."""
        return set() if self._running is None else self._running.ran

    async def _stopped(self, reason: Reason) -> list[Made]:
        self.log.info("attempt_stopped", reason=reason)
        if reason == "cancel":
            if made := await insist(lambda: leases.cancelled(self.claim, self._ran)):
                figures.ended("CANCELLED")
                return made
            # Its pictures were being kept at this very moment.
            return await insist(lambda: finishing.as_it_is(self.claim))
        if reason == "stopping":
            return await insist(lambda: leases.hand_back(self.claim, self._ran))
        return []

    async def _failed(self, fault: Fault) -> list[Made]:
        settings, servers = self.means.settings, self.means.servers
        self.log.warning("attempt_failed", kind=fault.error.kind, detail=fault.error.detail)
        made = await insist(
            lambda: leases.failed(settings, self.claim, fault, elsewhere=servers.ready, ran=self._ran)
        )
        for _, event in made:
            figures.ended(event.state)
        return made

    async def unless_stopped(
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


__all__ = ["Attempt", "Means", "Stopped"]
