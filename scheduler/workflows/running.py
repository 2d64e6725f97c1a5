"""An attempt at a workflow: the executor over real servers, its events, and what comes of its outcome."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from control.http import tracing
from control.jobs.requests import AnyWork
from control.realtime.events import JobError, JobNode
from control.workflows.catalogue import CATALOGUE
from scheduler import figures
from scheduler.faults import Fault, timed_out
from scheduler.reporting import Reporter
from scheduler.tasks import end
from scheduler.telling import Told
from scheduler.triton import Step
from scheduler.workflows.engine import Engine
from scheduler.workflows.executor import Executor, Outcome, State
from scheduler.workflows.forms import workflow_of
from scheduler.workflows.keeping import Ended, keep

if TYPE_CHECKING:
    from scheduler.execute import Attempt


class Running:
    """A workflow under way."""

    def __init__(self, attempt: "Attempt", work: AnyWork) -> None:
        assert attempt.claim.plan is not None, "who claims it looks"
        self._attempt, self._plan = attempt, attempt.claim.plan
        self._work = workflow_of(work, attempt.means.settings.home)
        self._begun = False
        self._waiting: list[Told] = []
        """Events from before its beginning was told."""
        self._telling: set[asyncio.Task[None]] = set()
        self._executor: Executor | None = None

    @property
    def ran(self) -> set[str]:
        """The nodes that this attempt has computed: their results are kept, whatever becomes of it."""
        return set() if self._executor is None else self._executor.outcome.ran

    async def run(self) -> Sequence[Told]:
        """Runs it, keeps what it hands out, and charges; events to publish. Raises `Fault` and `Stopped`."""
        attempt, means = self._attempt, self._attempt.means
        begun = asyncio.create_task(self._begin())
        try:
            async with Reporter(means.redis, attempt.claim) as reporter:
                engine = Engine(
                    means, attempt.claim, self._plan, self._work.preview_every, partial(self._step, reporter)
                )
                outcome = await attempt.unless_stopped(self._execute(engine))
            await begun
        finally:
            await end(begun)
        if fault := self._fault(outcome):
            raise fault
        if engine.milliseconds:
            figures.painted(attempt.claim.model, engine.milliseconds / 1000)
        ended = Ended(outcome, engine.milliseconds, engine.server)
        keeping = keep(means, attempt.claim, self._work, self._plan, ended)
        # The transaction itself finds out whose the job is; a heartbeat that met it in the midst may err.
        return await attempt.unless_stopped(keeping, but_for={"stopping", "lease"})

    async def _execute(self, engine: Engine) -> Outcome:
        means, claim = self._attempt.means, self._attempt.claim
        kept = means.cache.of(claim.owner.organisation_id)
        self._executor = Executor(self._plan, CATALOGUE, engine, kept, means.pure, self._tell)
        try:
            with tracing.part_span("execute", nodes=len(self._plan.nodes)):
                async with asyncio.timeout(means.settings.job_timeout):
                    return await self._executor.run()
        except TimeoutError:
            raise timed_out(means.settings.job_timeout) from None

    def _fault(self, outcome: Outcome) -> Fault | None:
        """Why this attempt has failed; None where some output stands, and trying again would change nothing."""
        again = [error for error in outcome.errors if error.retryable]
        if again and self._attempt.claim.attempt < self._attempt.means.settings.job_attempts:
            # What was computed is kept: the next attempt begins with the node that failed.
            return Fault(again[0])
        return Fault(outcome.errors[0]) if not outcome.handed else None

    async def _begin(self) -> None:
        await self._attempt.begin("")
        self._begun = True
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            await self._attempt.means.publish(waiting)

    def _tell(self, node: str, state: State, error: JobError | None = None) -> None:
        claim = self._attempt.claim
        event = JobNode(
            job_id=claim.job_id, attempt=claim.attempt, node=node, class_type=self._plan.nodes[node].class_type,
            state=state, error=error,
        )  # fmt: skip
        if not self._begun:
            self._waiting.append((claim.owner, event))
            return
        task = asyncio.create_task(self._publish([(claim.owner, event)]))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _publish(self, told: list[Told]) -> None:
        await self._attempt.means.publish(told)

    def _step(self, reporter: Reporter, node: str, step: Step) -> None:
        # Watchers hear of steps after they heard that the job has begun.
        if self._begun:
            reporter.step(step, node)
