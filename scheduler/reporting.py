"""What a running job tells its watchers: the latest step and previews, ten times a second at most."""

import asyncio
import time

import redis.exceptions
import structlog
from redis.asyncio import Redis

from control.jobs.progress import key_of
from control.realtime import bus
from control.realtime.events import Event, JobPreview, JobProgress
from scheduler.claims import Claim
from scheduler.triton import Step

LEAST_SECONDS = 0.1
"""Between two reports of a job."""
KEPT_SECONDS = 600
"""How long Redis keeps the last one."""
log = structlog.get_logger("scheduler")


class Reporter:
    """Publishes beside the stream, so that a slow Redis holds up no picture; `async with` it around a job."""

    def __init__(self, redis_client: Redis, claim: Claim) -> None:
        self._redis = redis_client
        self._claim = claim
        self._progress: dict[str, JobProgress] = {}
        """Node → its latest step that has not been told."""
        self._previews: dict[str, list[JobPreview]] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._began: dict[str, float] = {"": time.monotonic()}
        """Node → when it began, as far as that is known."""

    async def __aenter__(self) -> "Reporter":
        self._task = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *_: object) -> None:
        # It is not waited for: a picture is not to wait for Redis.
        self._closed = True
        assert self._task is not None
        self._task.cancel()

    def step(self, step: Step, node: str = "") -> None:
        """A step is done, of a workflow that of `node`; of several between two reports the latest is told."""
        now = time.monotonic()
        took = now - self._began.setdefault(node, now - step.milliseconds / 1000)
        self._progress[node] = JobProgress(
            job_id=self._claim.job_id,
            attempt=self._claim.attempt,
            node=node or "sampler",
            step=step.step,
            steps=step.steps,
            eta_seconds=round(took / max(1, step.step) * (step.steps - step.step), 3),
        )
        if step.previews:
            self._previews[node] = [
                JobPreview(
                    job_id=self._claim.job_id,
                    attempt=self._claim.attempt,
                    step=step.step,
                    place=place,
                    node=node,
                    data=data,
                )
                for place, data in enumerate(step.previews)
            ]
        self._news.set()

    async def _work(self) -> None:
        while not self._closed:
            await self._news.wait()
            self._news.clear()
            progress, self._progress = self._progress, {}
            previews, self._previews = self._previews, {}
            if progress:
                events: list[Event] = []
                for node, one in progress.items():
                    events += [one, *previews.get(node, [])]
                await bus.publish(self._redis, self._claim.owner, *events)
                await self._keep([*progress.values()][-1])
            await asyncio.sleep(LEAST_SECONDS)

    async def _keep(self, progress: JobProgress) -> None:
        """For who asks instead of watching."""
        key = key_of(self._claim.job_id)
        pipe = self._redis.pipeline(transaction=False)
        pipe.hset(
            key,
            mapping={
                "step": progress.step,
                "steps": progress.steps,
                "node": progress.node,
                "eta": "" if progress.eta_seconds is None else progress.eta_seconds,
            },
        )
        pipe.expire(key, KEPT_SECONDS)
        try:
            await pipe.execute()
        except (redis.exceptions.RedisError, OSError, TimeoutError) as error:
            log.warning("progress_not_kept", error=type(error).__name__)


__all__ = ["Reporter"]
