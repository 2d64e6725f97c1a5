"""Events of jobs on their way to Redis: in order, beside the work, so that a slow Redis holds up no job."""

import asyncio
from contextlib import suppress

from redis.asyncio import Redis

from control.realtime import bus
from scheduler.leases import Made
from scheduler.tasks import end

MOST = 10_000
"""Events that wait; what is more is not told: watchers find it in the database."""
LAST_SECONDS = 1.0
"""How long those that wait may take at the end."""


class Teller:
    """`await tell(events)` from anywhere, `start` and `stop` around it."""

    def __init__(self, redis_client: Redis) -> None:
        self._redis = redis_client
        self._waiting: asyncio.Queue[Made] = asyncio.Queue(MOST)
        self._task: asyncio.Task[None] | None = None

    async def tell(self, made: list[Made]) -> None:
        """Puts events in line; call it after their transaction."""
        for event in made:
            with suppress(asyncio.QueueFull):
                self._waiting.put_nowait(event)

    async def start(self) -> None:
        """Begins to tell."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Tells what waits, and ends."""
        assert self._task is not None
        with suppress(TimeoutError):
            await asyncio.wait_for(self._waiting.join(), LAST_SECONDS)
        await end(self._task)

    async def _work(self) -> None:
        while True:
            owner, event = await self._waiting.get()
            await bus.publish(self._redis, owner, event)
            if event.state == "QUEUED":
                await bus.wake(self._redis)
            self._waiting.task_done()
