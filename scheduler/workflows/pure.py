"""Threads in which nodes compute that ask nobody for anything, and the memory that all jobs of a worker share."""

import asyncio
import heapq
import itertools
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, TypeVar

T = TypeVar("T")
THREADS = max(2, min(8, os.cpu_count() or 2))
MEMORY = 2 * 2**30
"""Bytes that results which are still needed, and nodes at work, may take together."""
MOST = 6 * 2**30
"""The same where nobody could go on otherwise: the largest node, what it is given, and what others hold meanwhile."""
QUIET = 0.02
"""Seconds in which nothing moves before that is so."""
Order = tuple[int, int]
"""Job, and place in its plan: the smallest goes first, so that what was begun is finished before more is begun."""


class Taken:
    """Room that somebody has: while a node is at work, and then for as long as its result is needed."""

    def __init__(self, room: "Room", job: int, amount: int, *, busy: bool) -> None:
        self.job, self.amount, self.busy = job, amount, busy
        self.thread: Future[object] | None = None
        """What works in it, whoever waits for that."""
        self._room = room

    def keep(self, amount: int) -> None:
        """It has come to its end, and its result takes so much."""
        self._room.change(self, amount)

    def give(self) -> None:
        """It is not needed any more, as soon as no thread works in it."""
        if self.thread is not None and not self.thread.done():
            loop = asyncio.get_running_loop()
            self.thread.add_done_callback(lambda _: loop.call_soon_threadsafe(self.give))
        else:
            self._room.change(self, 0)


class _Waiting(NamedTuple):
    order: Order
    number: int
    """Of those that have waited before it; no two are the same."""
    amount: int
    turn: "asyncio.Future[Taken]"


class Room:
    """So many bytes; who wants some waits until they are there.

    Results wait for what takes them, which may wait for room: where nobody is at work and the first in line does not fit,
    it is let in beyond `total`, up to `most`. Where that is not enough either, the one whose job has most gets
    `MemoryError`, and what it held becomes free. So somebody always goes on.
    """

    def __init__(self, total: int, most: int) -> None:
        self.total, self.most = total, most
        self.used = 0
        self._busy = 0
        self._taken: set[Taken] = set()
        self._line: list[_Waiting] = []
        self._count = itertools.count()
        self._jobs = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    def job(self) -> int:
        """The number of one that comes now."""
        return next(self._jobs)

    async def take(self, amount: int, order: Order) -> Taken:
        """Waits for so many bytes, or for `most` where it is more. Raises `MemoryError`, as said above."""
        turn: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, _Waiting(order, next(self._count), min(amount, self.most), turn))
        self._let_in()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                turn.result().give()
            # Nobody waits behind one that has gone.
            self._let_in()
            raise

    def hold(self, amount: int, job: int, *, busy: bool = False) -> Taken:
        """For what is there already; does not wait. `busy`: it is going to be given back, whatever others do."""
        return self._add(job, amount, busy=busy)

    def change(self, taken: Taken, amount: int) -> None:
        """`Taken` calls this."""
        if taken not in self._taken:
            return
        self.used += amount - taken.amount
        self._busy -= taken.busy
        taken.amount, taken.busy, taken.thread = amount, False, None
        if not amount:
            self._taken.discard(taken)
        self._let_in()

    def _add(self, job: int, amount: int, *, busy: bool) -> Taken:
        taken = Taken(self, job, amount, busy=busy)
        self._taken.add(taken)
        self.used += amount
        self._busy += busy
        return taken

    def _let_in(self, *, stuck: bool = False) -> None:
        """Lets in who fits, in order; where nobody is at work, looks again when nothing has moved for a while."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._line:
            first = self._line[0]
            if first.turn.done():
                heapq.heappop(self._line)
                continue
            # What takes nothing is never in anybody's way.
            if first.amount and self.used + first.amount > (self.most if stuck else self.total):
                break
            heapq.heappop(self._line)
            first.turn.set_result(self._add(first.order[0], first.amount, busy=True))
            stuck = False
        if not self._line or self._busy:
            return
        if stuck:
            largest = max((one for one in self._line if not one.turn.done()), key=self._having)
            largest.turn.set_exception(MemoryError())
        self._timer = asyncio.get_running_loop().call_later(QUIET, lambda: self._let_in(stuck=True))

    def _having(self, one: _Waiting) -> int:
        """What its job would have."""
        return one.amount + sum(taken.amount for taken in self._taken if taken.job == one.order[0])


class Pure:
    """The threads of one worker, and its memory."""

    def __init__(self, threads: int = THREADS, memory: int = MEMORY, most: int = MOST) -> None:
        self.room = Room(memory, most)
        self._threads = ThreadPoolExecutor(threads, "nodes")

    async def run(self, work: Callable[[], T], taken: Taken | None = None) -> T:
        """What `work` gives, in a thread. Where this is cancelled the thread goes on to the end, and `taken` lasts so long."""
        done = self._threads.submit(work)
        if taken is not None:
            taken.thread = done  # type: ignore[assignment]
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Takes nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
