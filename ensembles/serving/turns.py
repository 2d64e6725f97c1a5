"""Fair turns at one UNet between resolution buckets, so that small pictures do not wait behind large ones.

Triton serves a model's queue in the order of arrival: a small picture of twenty short steps would wait twenty
times for a step of a large one. Here each bucket has a lane, and the lane that has used the least of the UNet's
time goes next (start-time fair queueing, Goyal et al. 1996, with measured time as the cost). Two busy buckets
thus get half of the time each, however long their steps are; one alone never waits.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

GRACE = 0.05
"""Seconds for which a lane that is owed time and is between two calls is waited for."""


@dataclass(slots=True, eq=False)
class Lane:
    """One bucket."""

    jobs: int = 0
    in_flight: int = 0
    used: float = 0.0
    """Seconds of the UNet's time, counted from when the lane became busy."""
    ended: float = float("-inf")
    waiting: list[asyncio.Future[None]] = field(default_factory=list)


class Turns:
    """Who may call the UNet of one checkpoint."""

    def __init__(self) -> None:
        self.lanes: dict[str, Lane] = {}
        self._holder: Lane | None = None
        self._began = 0.0
        self._retry: asyncio.TimerHandle | None = None

    @contextmanager
    def job(self, bucket: str) -> Iterator[None]:
        """The time in which a job may ask for turns."""
        lane = self.lanes.setdefault(bucket, Lane())
        if not lane.jobs:
            self._charge()
            # Time that a lane did not want is not owed to it.
            busy = [other.used for other in self.lanes.values() if other.jobs]
            lane.used = max(lane.used, min(busy, default=0.0))
        lane.jobs += 1
        try:
            yield
        finally:
            lane.jobs -= 1
            self.grant()

    def ask(self, bucket: str, turn: asyncio.Future[None]) -> None:
        """Line up for a turn: `turn` will be done when it has come. Nothing moves before `grant`."""
        self.lanes[bucket].waiting.append(turn)

    @contextmanager
    def held(self, bucket: str, turn: asyncio.Future[None]) -> Iterator[None]:
        """The time in which `turn` is asked for and used: it is given back however the block ends."""
        lane = self.lanes[bucket]
        try:
            yield
        finally:
            if turn in lane.waiting:
                lane.waiting.remove(turn)
            elif turn.done() and not turn.cancelled():
                self._end(lane)

    def grant(self) -> None:
        """Let go whoever's turn it is. Those who shall go together have all asked before."""
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        asking = [lane for lane in self.lanes.values() if any(not turn.done() for turn in lane.waiting)]
        lane = self._holder
        if lane is not None:
            if asking == [lane]:  # nobody else wants it
                self._start(lane)
            return
        if not asking:
            return
        lane = min(asking, key=lambda one: one.used)
        now = time.monotonic()
        owed = [o for o in self.lanes.values() if o.jobs and o.used < lane.used and now - o.ended < GRACE]
        if owed:
            # It is thinking between two steps; else a long step would slip into every such gap.
            wait = GRACE - (now - max(other.ended for other in owed))
            self._retry = asyncio.get_running_loop().call_later(wait, self.grant)
            return
        self._holder, self._began = lane, now
        self._start(lane)

    def _charge(self) -> None:
        now = time.monotonic()
        if self._holder is not None:
            self._holder.used += now - self._began
        self._began = now

    def _end(self, lane: Lane) -> None:
        lane.in_flight -= 1
        if not lane.in_flight:
            self._charge()
            self._holder = None
            lane.ended = time.monotonic()
            self.grant()

    @staticmethod
    def _start(lane: Lane) -> None:
        for turn in lane.waiting:
            if not turn.done():
                turn.set_result(None)
                lane.in_flight += 1
        lane.waiting.clear()
