"""Steps of the jobs in one process set off together, so that they share one request to the UNet.

Triton's batcher can only wait a fixed time for company, whoever is there: long enough for eight jobs to do
their share of NumPy between two steps, it would slow a lone job down. The gate knows how many jobs there are, so a
lone job never waits, and several keep in step.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ensembles.arrays import Array
from ensembles.serving.joiner import Inputs, Joiner
from ensembles.serving.turns import Turns

PATIENCE = 1.0
"""Seconds after which a step sets off whatever the others do, or twice the longest call lately if that is more."""


class Gate:
    """Holds UNet calls of one checkpoint and shape until those that can share a batch are there.

    A job is *between* calls, *waiting* here, or *away* at the UNet. The gate opens when nobody is between
    calls, and nobody is away whose samples would still fit into one batch with those waiting. Those that it
    lets through set off when the turn of their `bucket` comes.
    """

    def __init__(self, joiner: Joiner, turns: Turns | None = None, bucket: str = "") -> None:
        self.joiner = joiner
        self.turns = Turns() if turns is None else turns
        self.bucket = bucket
        self.jobs = 0
        self.between = 0
        self.away = 0
        self.longest = 0.0
        """Seconds that calls take: the longest, slowly forgotten."""
        self.waiting: list[tuple[int, asyncio.Future[None]]] = []

    @contextmanager
    def job(self) -> Iterator[None]:
        """The time in which a job may call: others wait for it between its calls."""
        with self.turns.job(self.bucket):
            self.jobs += 1
            self.between += 1
            try:
                yield
            finally:
                self.jobs -= 1
                self.between -= 1
                self._open_if_complete()

    @contextmanager
    def _not_between(self) -> Iterator[None]:
        assert self.between > 0, "one call at a time, and only within job()"
        self.between -= 1
        try:
            yield
        finally:
            self.between += 1

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The time in which a job calls elsewhere: the others here do not wait for it."""
        with self._not_between():
            self._open_if_complete()
            yield

    async def call(self, inputs: Inputs, check: Callable[[], None] = lambda: None) -> Array:
        """The UNet's answer to `inputs`, axis 0 the samples, asked once the gate opens; only within `job`.

        `check` is asked just before, and what it raises ends this call alone.
        """
        samples = len(next(iter(inputs.values())))
        loop = asyncio.get_running_loop()
        place = (samples, loop.create_future())
        with self._not_between(), self.turns.held(self.bucket, place[1]):
            self.waiting.append(place)
            self._open_if_complete()
            if not place[1].done():
                impatient = loop.call_later(max(PATIENCE, 2 * self.longest), self._open_alone, place)
                try:
                    # Awaited as it is: all whose turn comes at once then go on in one pass of the event loop, and
                    # the joiner finds them together.
                    await place[1]
                finally:
                    impatient.cancel()
                    if place in self.waiting:
                        self.waiting.remove(place)
            self.away += samples
            began = time.monotonic()
            try:
                check()
                # The joiner looks for company in the next pass of the event loop, which a lone job need not wait for.
                return await (self.joiner.run(inputs) if self.jobs == 1 else self.joiner.call(inputs))
            finally:
                self.away -= samples
                self.longest = max(0.9 * self.longest, time.monotonic() - began)

    def _open_alone(self, place: tuple[int, asyncio.Future[None]]) -> None:
        if place in self.waiting:
            self.waiting.remove(place)
            self._open([place])

    def _open_if_complete(self) -> None:
        joined = sum(samples for samples, _ in self.waiting)
        if self.between or (self.away and self.away + joined <= self.joiner.largest):
            return
        self._open(self.waiting)
        self.waiting.clear()

    def _open(self, places: list[tuple[int, asyncio.Future[None]]]) -> None:
        for _, turn in places:
            self.turns.ask(self.bucket, turn)
        self.turns.grant()
