"""Events of jobs on their way to Redis: in order, beside the work, so that a slow Redis holds up no job."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from redis.asyncio import Redis

from control.realtime import bus
from control.realtime.bus import Owner
from control.realtime.events import Event, JobState
from scheduler.tasks import end

Told = tuple[Owner, Event]
"""An event, and whose job it is of."""
MOST = 10_000
"""Events that wait; what is more is not told: watchers find it in the database."""
AT_ONCE = 200
"""Events that are sent together."""
LAST_SECONDS = 1.0
"""How long those that wait may take at the end."""


class Teller:
    """`await tell(events)` from anywhere, `start` and `stop` around it."""

    def __init__(self, redis_client: Redis) -> None:
        self._redis = redis_client
        self._waiting: asyncio.Queue[Told] = asyncio.Queue(MOST)
        self._task: asyncio.Task[None] | None = None

    async def tell(self, made: Sequence[Told]) -> None:
        """Puts events in line; call it after their transaction."""
        for event in made:
            # Nodes of large workflows are not to take the place of states.
            if not isinstance(event[1], JobState) and self._waiting.qsize() >= MOST // 2:
                continue
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
            some = [await self._waiting.get()]
            while len(some) < AT_ONCE and not self._waiting.empty():
                some.append(self._waiting.get_nowait())
            await bus.publish_all(self._redis, some)
            if any(isinstance(event, JobState) and event.state == "QUEUED" for _, event in some):
                await bus.wake(self._redis)
            for _ in some:
                self._waiting.task_done()
