"""A worker: it takes jobs off the line as long as it has room, keeps its leases, and sees to what nobody has."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import redis.exceptions
import structlog

from control.jobs.tables import Job
from control.realtime import bus
from scheduler import claims, figures, leases, status
from scheduler.execute import Attempt, Means
from scheduler.finishing import AGAIN
from scheduler.settings import SchedulerSettings
from scheduler.tasks import end

log = structlog.get_logger("scheduler")

LOOK_SECONDS = 1.0
"""How often a worker looks at the line, whether it was woken or not."""
FIGURES_SECONDS = 5.0
LISTEN_SECONDS = 10.0
_LINE = """
SELECT state, tier, count(*) AS jobs FROM jobs WHERE state IN ('PENDING', 'QUEUED', 'ASSIGNED', 'PROCESSING') GROUP BY 1, 2
"""


class Worker:
    """Runs until `stop` is set."""

    def __init__(self, settings: SchedulerSettings, means: Means, name: str) -> None:
        self.settings = settings
        self.name = name
        self.stop = asyncio.Event()
        self._means = means
        self._wake = asyncio.Event()
        self._attempts: dict[UUID, Attempt] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._reached = False
        # Since when every heartbeat has reached the database.
        self._since = time.monotonic()
        self._full_name = f"{socket.gethostname()}:{name}"

    async def run(self) -> None:
        """Works; when told to stop it takes no more jobs and hands back those that do not end in time."""
        beside = [
            asyncio.create_task(loop)
            for loop in (
                self._every(self.settings.lease_seconds / 4, self._beat),
                self._every(LOOK_SECONDS, self._tidy),
                self._every(FIGURES_SECONDS, self._count),
                self._say(),
                self._listen(),
            )
        ]
        try:
            await self._claim_for_ever()
            await self._finish()
        finally:
            await end(*beside)
            status.remove(self.settings.home, self.name)

    async def _claim_for_ever(self) -> None:
        stopping = asyncio.create_task(self.stop.wait())
        try:
            while not self.stop.is_set():
                try:
                    await self._claim()
                except AGAIN:
                    # The heartbeat says so in the log.
                    pass
                except Exception:
                    log.exception("worker_fault")
                woken = asyncio.create_task(self._wake.wait())
                await asyncio.wait(
                    {woken, stopping}, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                woken.cancel()
                self._wake.clear()
        finally:
            stopping.cancel()

    async def _claim(self) -> None:
        room = self.settings.worker_jobs - len(self._attempts)
        servers = self._means.servers
        if room <= 0 or not servers.ready:
            return
        taken, events = await claims.claim(self.settings, self._full_name, room, servers.loaded())
        now = datetime.now(UTC)
        figures.claimed([(claim.tier, (now - claim.queued_at).total_seconds()) for claim in taken])
        for claim in taken:
            attempt = self._attempts[claim.job_id] = Attempt(self._means, claim)
            task = asyncio.create_task(self._attempt(attempt))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        figures.under_way(len(self._attempts))
        await self._means.publish(events)

    async def _attempt(self, attempt: Attempt) -> None:
        try:
            await attempt.run()
        finally:
            if self._attempts.get(attempt.claim.job_id) is attempt:
                del self._attempts[attempt.claim.job_id]
            figures.under_way(len(self._attempts))
            # There is room again.
            self._wake.set()

    async def _finish(self) -> None:
        """Jobs may end by themselves for a part of the time; the others are handed back."""
        whole = self.settings.stop_seconds
        await self._wait(whole * 0.5)
        for attempt in self._attempts.values():
            attempt.ask("stopping")
        await self._wait(whole * 0.4)
        # PostgreSQL or the storage is away: the leases end by themselves.
        for task in list(self._tasks):
            task.cancel()
        await self._wait(whole * 0.1)

    async def _wait(self, seconds: float) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)

    async def _beat(self) -> None:
        """Keeps the leases, and hears of what is to be stopped."""
        held = {attempt.claim.job_id: attempt for attempt in self._attempts.values()}
        try:
            known = await leases.renew(self.settings, [attempt.claim for attempt in held.values()])
            if not held:
                await Job.raw("SELECT 1")
        except AGAIN:
            self._since = time.monotonic() + self.settings.lease_seconds / 4
            raise
        self._reached = True
        for job_id, attempt in held.items():
            if job_id not in known:
                attempt.ask("lease")
            elif known[job_id]:
                attempt.ask("cancel")

    async def _tidy(self) -> None:
        """What nobody has goes back in line; what has waited long enough, too."""
        made = [event async for event in leases.due()]
        # After an outage of the database all others are given the time to say that they live.
        if time.monotonic() - self._since > self.settings.lease_seconds / 2:
            made += [event async for event in leases.reap(self.settings)]
        await self._means.publish(made)

    async def _count(self) -> None:
        figures.line(await Job.raw(_LINE))

    async def _say(self) -> None:
        while True:
            await asyncio.to_thread(
                status.write, self.settings.home, self.name, ready=self._reached, jobs=len(self._attempts)
            )
            await asyncio.sleep(1)

    async def _listen(self) -> None:
        """Is woken, and told what to stop, by Redis; what is missed is found in the database a little later."""
        while True:
            try:
                async with self._means.redis.pubsub() as channel:
                    await channel.subscribe(bus.WAKE, bus.CANCEL)
                    while True:
                        # With a timeout of its own: the client's would end the connection when nothing happens.
                        if (message := await channel.get_message(timeout=LISTEN_SECONDS)) is not None:
                            self._hear(message)
            except (redis.exceptions.RedisError, OSError, TimeoutError) as error:
                log.warning("redis_away", error=type(error).__name__)
            await asyncio.sleep(0.5)

    def _hear(self, message: dict[str, object]) -> None:
        if message["type"] != "message":
            return
        channel, data = message["channel"], message["data"]
        if channel == bus.WAKE.encode():
            self._wake.set()
        elif channel == bus.CANCEL.encode() and isinstance(data, bytes):
            with suppress(ValueError):
                if (attempt := self._attempts.get(UUID(data.decode()))) is not None:
                    attempt.ask("cancel")

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except AGAIN as error:
                log.warning("database_away", error=type(error).__name__)
            except Exception:
                log.exception("worker_fault")
            await asyncio.sleep(seconds)
