"""Threads in which nodes compute that ask nobody for anything: so many at a time, within so much memory."""

import asyncio
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
THREADS = max(2, min(8, os.cpu_count() or 2))
MEMORY = 2**30
"""Bytes that those at work may be expected to take together; a larger one works alone."""


class Room:
    """So much of something; who wants some waits in line until it is there."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.used = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, amount: int) -> int:
        """Waits for `amount`, or for all of it where that is more than there is; what was taken, to be given back."""
        amount = min(amount, self.total)
        if not self._waiting and self.used + amount <= self.total:
            self.used += amount
            return amount
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((amount, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(amount)
            else:
                # Nobody waits behind one that has gone.
                self.give(0)
            raise
        return amount

    def give(self, amount: int) -> None:
        """Gives back, and lets in who fits, in order."""
        self.used -= amount
        while self._waiting:
            wanted, turn = self._waiting[0]
            if turn.done():
                self._waiting.popleft()
            elif self.used + wanted <= self.total:
                self._waiting.popleft()
                self.used += wanted
                turn.set_result(None)
            else:
                return


class Pure:
    """The threads of one worker."""

    def __init__(self, threads: int = THREADS, memory: int = MEMORY) -> None:
        self.room = Room(memory)
        self._threads = ThreadPoolExecutor(threads, "nodes")

    async def run(self, work: Callable[[], T], expected: int = 0) -> T:
        """What `work` gives, which is expected to take so many bytes.

        Where this is cancelled its thread goes on to the end, and keeps its room for so long.
        """
        loop = asyncio.get_running_loop()
        taken = await self.room.take(expected)
        done = self._threads.submit(work)
        done.add_done_callback(lambda _: loop.call_soon_threadsafe(self.room.give, taken))
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Takes nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
