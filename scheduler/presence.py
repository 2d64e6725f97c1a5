"""Workers tell each other twice a second what they have under way, and take turns at loading, through Redis.

With Redis away each knows of itself alone, and turns are not kept: the placement stands that.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError

from control.jobs.workers import AWAY, FRESH_SECONDS, Worker, forget, live, tell
from scheduler.tasks import end

PERIOD = 0.5
"""Between two exchanges while nothing changes."""
PAUSE = 0.1
"""Between two exchanges at least."""
TURN_SECONDS = 15.0
"""How long a turn of a worker that died lasts; a live one prolongs its own."""
log = structlog.get_logger("scheduler.presence")


class Presence:
    """This worker among the others."""

    def __init__(self, redis: Redis | None, name: str, say: Callable[[], Worker]) -> None:
        self._redis = redis
        self._name = name
        self._say = say
        self._others: dict[str, Worker] = {}
        self._heard = 0.0
        self._silent = False
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def others(self) -> dict[str, Worker]:
        """Name → what each other live worker said last; nobody where Redis has been away for a while."""
        return self._others if time.monotonic() - self._heard < FRESH_SECONDS else {}

    async def start(self) -> None:
        """Says hello, and goes on."""
        if self._redis is not None:
            await self.exchange()
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Says goodbye."""
        if self._task is not None:
            await end(self._task)
        if self._redis is not None:
            with suppress(*AWAY):
                await forget(self._redis, self._name)

    def nudge(self) -> None:
        """Something is worth telling before its time."""
        self._news.set()

    async def exchange(self) -> None:
        """Tells the others how this worker is, and hears how they are."""
        if self._redis is None:
            return
        try:
            await tell(self._redis, self._name, self._say())
            found = await live(self._redis)
        except AWAY as error:
            if not self._silent:
                log.warning("presence_unknown", error=type(error).__name__)
            self._silent = True
            return
        found.pop(self._name, None)
        self._others, self._heard, self._silent = found, time.monotonic(), False

    @asynccontextmanager
    async def turn(self, what: str) -> AsyncIterator[None]:
        """Nobody else does `what` meanwhile; with Redis away, perhaps somebody does."""
        lock = None
        if self._redis is not None:
            lock = self._redis.lock(f"turn:{what}", timeout=TURN_SECONDS, sleep=0.2)
            try:
                await lock.acquire()
            except AWAY:
                lock = None
        prolonging = asyncio.create_task(_prolong(lock))
        try:
            yield
        finally:
            prolonging.cancel()
            if lock is not None:
                with suppress(LockError, *AWAY):
                    await lock.release()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), PERIOD - PAUSE)
            self._news.clear()
            await self.exchange()


async def _prolong(lock: Lock | None) -> None:
    while lock is not None:
        await asyncio.sleep(TURN_SECONDS / 3)
        with suppress(LockError, *AWAY):
            await lock.reacquire()
