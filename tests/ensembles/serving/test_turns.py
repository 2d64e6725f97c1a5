"""Small steps do not wait behind large ones, and nobody waits alone."""

import asyncio

import numpy as np
import pytest

from ensembles.serving.gate import Gate
from ensembles.serving.joiner import Joiner
from ensembles.serving.turns import Turns


class Engine:
    """A stand-in for the UNet behind Triton's queue: one call at a time, in the order of arrival."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.order: list[str] = []
        self.sizes: list[int] = []

    def gate(self, turns: Turns, bucket: str, seconds: float, largest: int = 16) -> Gate:
        """A gate whose requests keep the engine busy for so long."""

        async def run(inputs: dict[str, np.ndarray]) -> np.ndarray:
            async with self.lock:
                self.order.append(bucket)
                self.sizes.append(len(inputs["sample"]))
                await asyncio.sleep(seconds)
            return inputs["sample"]

        return Gate(Joiner(run, largest), turns, bucket)


async def job(gate: Gate, steps: int, think: float = 0.002) -> None:
    with gate.job():
        for _ in range(steps):
            await asyncio.sleep(think)
            await gate.call({"sample": np.zeros((2, 1), np.float32)})


async def test_a_small_picture_does_not_wait_behind_a_large_one():
    engine, turns = Engine(), Turns()
    large = [asyncio.create_task(job(engine.gate(turns, "1024", 0.1, largest=2), 20)) for _ in range(2)]
    await asyncio.sleep(0.25)
    before = len(engine.order)
    await job(engine.gate(turns, "256", 0.005), 20)
    # 20 small steps take 0.14 s with their thinking: a fair share of 2 to 4 large ones, where a queue in the
    # order of arrival gives at least one for each.
    assert engine.order[before:].count("1024") <= 5
    for task in large:
        task.cancel()
    await asyncio.gather(*large, return_exceptions=True)


async def test_a_large_picture_does_not_starve():
    engine, turns = Engine(), Turns()
    small = asyncio.create_task(job(engine.gate(turns, "256", 0.005), 2000))
    await asyncio.sleep(0.3)
    before = len(engine.order)
    await job(engine.gate(turns, "1024", 0.05, largest=2), 4)
    # While the large one got 0.2 s, the small ones got about as much: 40 steps of 5 ms, noise allowed for.
    assert 5 <= engine.order[before:].count("256") <= 100
    small.cancel()
    await asyncio.gather(small, return_exceptions=True)


async def test_those_who_wait_at_one_gate_share_a_turn():
    engine, turns = Engine(), Turns()
    small, large = engine.gate(turns, "256", 0.005), engine.gate(turns, "1024", 0.02, largest=2)
    await asyncio.gather(job(large, 6), *(job(small, 6, think=0.001) for _ in range(4)))
    assert engine.sizes.count(8) >= 5


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.03])
async def test_a_job_cancelled_at_any_moment_gives_its_turn_back(moment: float):
    engine, turns = Engine(), Turns()
    tasks = [asyncio.create_task(job(engine.gate(turns, name, 0.02), 50)) for name in ("256", "512", "1024")]
    await asyncio.sleep(0.05 + moment)
    for task in tasks[:2]:
        task.cancel()
    await asyncio.gather(*tasks[:2], return_exceptions=True)
    async with asyncio.timeout(5):
        await job(engine.gate(turns, "768", 0.001), 3)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all(lane.jobs == lane.in_flight == 0 and not lane.waiting for lane in turns.lanes.values())
