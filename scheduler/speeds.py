"""How fast jobs are done: measured by workers, written together every few seconds, read for ETAs (control/jobs/line.py)."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from control.jobs.line import speed_key
from control.jobs.requests import Work, effort
from control.jobs.tables import Speed

PERIOD = 3.0
"""Seconds between two writes at least."""
STOP_SECONDS = 1.0
"""How long the last write may take."""
WEIGHT = 0.1
"""Of the newest sample in the moving average, once there are more than ten."""
log = structlog.get_logger("scheduler.speeds")

# The first samples count alike. Rows in the order of their keys: two workers that write wait for each other, no more.
_WRITE = """
INSERT INTO speeds (key, seconds_per_work, samples, updated_at)
SELECT key, speed, samples, {}::timestamptz FROM unnest({}::text[], {}::float8[], {}::bigint[]) AS new (key, speed, samples)
ORDER BY key
ON CONFLICT (key) DO UPDATE SET
    seconds_per_work = speeds.seconds_per_work + (excluded.seconds_per_work - speeds.seconds_per_work) * greatest(
        excluded.samples::float8 / (speeds.samples + excluded.samples), 1 - power(1 - {}::float8, excluded.samples)),
    samples = speeds.samples + excluded.samples,
    updated_at = excluded.updated_at
"""


class Speeds:
    """What this worker measured, and its way to the database."""

    def __init__(self) -> None:
        self._samples: dict[str, list[float]] = {}
        self._task: asyncio.Task[None] | None = None

    def measured(self, work: Work, seconds: float) -> None:
        """A completed request took its server so long."""
        self.took(work.model, f"{work.width}x{work.height}", effort(work), seconds)

    def took(self, model: str, size: str, work: float, seconds: float) -> None:
        """So much work (steps x pictures x megapixels) on pictures of `size` (WIDTHxHEIGHT) took a server so long."""
        self._samples.setdefault(speed_key(model, size), []).append(seconds / work)

    async def start(self) -> None:
        """Writes every few seconds, when there is something."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Writes what is left, where the database is there."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self.write()

    async def write(self) -> None:
        """Adds what was measured to the moving averages; keeps it for later where the database is away."""
        samples, self._samples = self._samples, {}
        if not samples:
            return
        try:
            await Speed.raw(
                _WRITE,
                datetime.now(UTC),
                list(samples),
                [sum(found) / len(found) for found in samples.values()],
                [len(found) for found in samples.values()],
                WEIGHT,
            )
        except Exception as error:
            log.warning("speeds_not_written", error=type(error).__name__)
            for key, found in samples.items():
                self._samples[key] = (found + self._samples.get(key, []))[-100:]

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            await self.write()
