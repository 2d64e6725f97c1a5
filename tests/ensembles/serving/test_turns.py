"""Small steps do not wait behind large ones, and nobody waits alone."""

import asyncio

import pytest

from ensembles.serving.gate import Gate
from ensembles.serving.turns import Turns


class Engine:
    """A stand-in for the UNet behind Triton's queue: one call at a time, in the order of arrival."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.order: list[str] = []

    async def run(self, name: str, seconds: float) -> None:
        async with self.lock:
            self.order.append(name)
            await asyncio.sleep(seconds)


async def job(gate: Gate, engine: Engine, steps: int, seconds: float, think: float = 0.002) -> None:
    with gate.job():
        for _ in range(steps):
            await asyncio.sleep(think)
            await gate.call(2, lambda: engine.run(gate.bucket, seconds))


async def test_a_small_picture_does_not_wait_behind_a_large_one():
    engine, turns = Engine(), Turns()
    large = [asyncio.create_task(job(Gate(2, turns, "1024"), engine, 20, 0.1)) for _ in range(2)]
    await asyncio.sleep(0.25)
    before = len(engine.order)
    await job(Gate(16, turns, "256"), engine, 20, 0.005)
    # 20 small steps take 0.14 s with their thinking: a fair share of 2 to 4 large ones, where a queue in the
    # order of arrival gives at least one for each.
    assert engine.order[before:].count("1024") <= 5
    for task in large:
        task.cancel()
    await asyncio.gather(*large, return_exceptions=True)


async def test_a_large_picture_does_not_starve():
    engine, turns = Engine(), Turns()
    small = asyncio.create_task(job(Gate(16, turns, "256"), engine, 2000, 0.005))
    await asyncio.sleep(0.3)
    before = len(engine.order)
    await job(Gate(2, turns, "1024"), engine, 4, 0.05)
    # While the large one got 0.2 s, the small ones got about as much: 40 steps of 5 ms, noise allowed for.
    assert 5 <= engine.order[before:].count("256") <= 100
    small.cancel()
    await asyncio.gather(small, return_exceptions=True)


async def test_those_who_wait_at_one_gate_share_a_turn():
    turns = Turns()
    small, large = Gate(16, turns, "256"), Gate(2, turns, "1024")
    engine, together = Engine(), []

    async def away() -> None:
        await asyncio.sleep(0.005)
        together.append(small.away)

    async def little() -> None:
        with small.job():
            for _ in range(6):
                await asyncio.sleep(0.001)
                await small.call(2, away)

    await asyncio.gather(job(large, engine, 6, 0.02), *(little() for _ in range(4)))
    assert together.count(8) >= 5


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.03])
async def test_a_job_cancelled_at_any_moment_gives_its_turn_back(moment: float):
    engine, turns = Engine(), Turns()
    tasks = [
        asyncio.create_task(job(Gate(2, turns, name), engine, 50, 0.02)) for name in ("256", "512", "1024")
    ]
    await asyncio.sleep(0.05 + moment)
    for task in tasks[:2]:
        task.cancel()
    await asyncio.gather(*tasks[:2], return_exceptions=True)
    async with asyncio.timeout(5):
        await job(Gate(2, turns, "768"), engine, 3, 0.001)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all(lane.jobs == lane.in_flight == 0 and not lane.waiting for lane in turns.lanes.values())
