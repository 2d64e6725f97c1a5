"""UNet calls that are made at the same moment go to Triton as one request.

Each request between models costs about 0.6 ms of copying and waking, and Triton's batcher would have to wait a
while for those of one process to arrive. Those of other processes it still joins: they queue while the UNet works.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping

import numpy as np

from ensembles.arrays import Array

Inputs = Mapping[str, Array]


class Joiner:
    """Joins along axis 0 what is asked for in one pass of the event loop, at most `largest` samples and `most` bytes at a
    time; what is more by itself stays as it is.

    All inputs must have the same names and the same shape but for axis 0. An error is everybody's whose samples
    were in the same request.
    """

    def __init__(
        self, run: Callable[[Inputs], Awaitable[Array]], largest: int, most: float = math.inf
    ) -> None:
        self.run = run
        self.largest, self.most = largest, most
        self._waiting: list[tuple[Inputs, int, asyncio.Future[Array]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def call(self, inputs: Inputs) -> Array:
        """This call's own samples of what `run` answers."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._set_off)
        count = len(next(iter(inputs.values())))
        answer: asyncio.Future[Array] = loop.create_future()
        self._waiting.append((inputs, count, answer))
        return await answer

    def _set_off(self) -> None:
        waiting, self._waiting = self._waiting, []
        group: list[tuple[Inputs, int, asyncio.Future[Array]]] = []
        samples = size = 0
        for place in waiting:
            inputs, count, _ = place
            # Hints that are a view of one plane are as large here as they will be once they are joined.
            own = sum(array.nbytes for array in inputs.values())
            if group and (samples + count > self.largest or size + own > self.most):
                self._start(group)
                group, samples, size = [], 0, 0
            group.append(place)
            samples, size = samples + count, size + own
        self._start(group)

    def _start(self, group: list[tuple[Inputs, int, asyncio.Future[Array]]]) -> None:
        # Nobody else holds the task, and the loop itself holds it only weakly.
        task = asyncio.ensure_future(self._answer(group))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, group: list[tuple[Inputs, int, asyncio.Future[Array]]]) -> None:
        first = group[0][0]
        try:
            whole = first if len(group) == 1 else {n: np.concatenate([g[0][n] for g in group]) for n in first}
            made = await self.run(whole)
        except Exception as error:
            for _, _, answer in group:
                if not answer.done():
                    answer.set_exception(error)
            return
        start = 0
        for _, count, answer in group:
            if not answer.done():
                answer.set_result(made[start : start + count])
            start += count
