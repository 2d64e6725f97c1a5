"""Jobs keep in step and share requests, and a lone job never waits."""

import asyncio

import numpy as np
import pytest

from ensembles.serving.gate import Gate
from ensembles.serving.joiner import Joiner

SAMPLES = 2


class Unet:
    """A stand-in for the UNet: answers its input after a while, and notes the sizes of the requests."""

    def __init__(self, seconds: float = 0.01) -> None:
        self.seconds = seconds
        self.sizes: list[int] = []

    async def __call__(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        self.sizes.append(len(inputs["sample"]))
        await asyncio.sleep(self.seconds)
        return inputs["sample"] + 1


def made(unet: Unet, largest: int = 16) -> Gate:
    return Gate(Joiner(unet, largest))


def given(value: float, samples: int = SAMPLES) -> dict[str, np.ndarray]:
    return {"sample": np.full((samples, 3), value, np.float32)}


async def job(gate: Gate, steps: int, think: float, value: float = 0.0) -> None:
    """Steps of one job: thinks, then calls, and gets its own samples back."""
    with gate.job():
        for step in range(steps):
            await asyncio.sleep(think)
            answer = await gate.call(given(value + step))
            np.testing.assert_array_equal(answer, given(value + step + 1)["sample"])


def idle(gate: Gate) -> bool:
    return gate.between == gate.away == 0 and not gate.waiting


async def test_a_lone_job_never_waits():
    unet = Unet(0)
    gate = made(unet)
    with gate.job():
        for step in range(3):
            call = asyncio.ensure_future(gate.call(given(step)))
            for _ in range(4):  # passes of the event loop, and no time
                await asyncio.sleep(0)
            assert not gate.waiting
            assert len(unet.sizes) == step + 1
            await call
    assert idle(gate)


async def test_jobs_that_think_differently_long_share_every_request():
    unet = Unet()
    gate = made(unet)
    await asyncio.gather(*(job(gate, steps=5, think=0.002 * n, value=100 * n) for n in range(8)))
    assert unet.sizes == [16] * 5


async def test_no_request_is_larger_than_a_batch():
    unet = Unet()
    gate = made(unet, largest=5)
    await asyncio.gather(*(job(gate, steps=3, think=0, value=100 * n) for n in range(4)))
    assert max(unet.sizes) == 4
    assert sum(unet.sizes) == 4 * 3 * SAMPLES


async def test_a_job_larger_than_a_batch_is_not_split_here():
    unet = Unet()
    gate = made(unet, largest=4)
    with gate.job():
        assert len(await gate.call(given(0, samples=9))) == 9
    assert unet.sizes == [9]


async def test_a_newcomer_joins():
    unet = Unet()
    gate = made(unet)

    async def late() -> None:
        await asyncio.sleep(0.015)
        await job(gate, steps=3, think=0, value=100)

    await asyncio.gather(job(gate, steps=8, think=0), late())
    assert unet.sizes.count(4) == 3


async def test_calls_longer_than_its_patience_are_still_waited_for(monkeypatch):
    monkeypatch.setattr("ensembles.serving.gate.PATIENCE", 0.001)
    unet = Unet()
    gate = made(unet)
    await asyncio.gather(*(job(gate, steps=6, think=0.002 * n) for n in range(3)))
    # The first round may be torn while the gate learns how long a call takes.
    assert unet.sizes.count(6) >= 4


async def test_those_that_do_not_fit_into_one_batch_go_while_others_are_away():
    unet = Unet()
    gate = made(unet, largest=4)
    await asyncio.gather(*(job(gate, steps=4, think=0.001) for n in range(4)))
    assert sum(unet.sizes) == 4 * 4 * SAMPLES
    assert idle(gate)


async def test_an_error_reaches_all_who_shared_the_request_and_nobody_else():
    class Broken(Unet):
        async def __call__(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
            answer = await super().__call__(inputs)
            if len(self.sizes) == 1:
                raise RuntimeError("the UNet failed")
            return answer

    gate = made(Broken())
    failed = await asyncio.gather(*(job(gate, 1, 0, n) for n in range(2)), return_exceptions=True)
    assert [type(error) for error in failed] == [RuntimeError, RuntimeError]
    await job(gate, 2, 0)
    assert idle(gate)


async def test_a_cancelled_job_holds_nobody_up():
    unet = Unet()
    gate = made(unet)

    def stop() -> None:
        raise KeyError("cancelled")

    async def stops() -> None:
        with gate.job():
            await gate.call(given(0), stop)

    slow = asyncio.create_task(job(gate, steps=50, think=0.001))
    other = asyncio.create_task(job(gate, steps=20, think=0.001, value=100))
    with pytest.raises(KeyError):
        await stops()
    await asyncio.sleep(0.05)
    slow.cancel()
    async with asyncio.timeout(2):
        await other
    assert idle(gate)
    assert 6 not in unet.sizes  # the one that was cancelled never called


async def test_who_calls_elsewhere_is_not_waited_for():
    """A job that asks about a part of its picture has a gate of its own for that; the others go on meanwhile."""
    unet, slow = Unet(), Unet(0.3)
    gate, part = made(unet), made(slow)
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def in_parts() -> None:
        with gate.job():
            await gate.call(given(0))
            with gate.aside(), part.job():
                await part.call(given(0))

    parts = asyncio.ensure_future(in_parts())
    await job(gate, steps=3, think=0)
    assert loop.time() - began < 0.25
    assert not parts.done()
    await parts
    assert slow.sizes == [SAMPLES]
    assert idle(gate)
    assert idle(part)


async def test_requests_are_bounded_by_bytes_as_well():
    unet = Unet()
    gate = Gate(Joiner(unet, 16, most=2 * SAMPLES * 3 * 4))
    await asyncio.gather(*(job(gate, 1, 0) for _ in range(4)))
    assert unet.sizes == [2 * SAMPLES] * 2
    # What is larger by itself is not split here.
    with gate.job():
        await gate.call(given(0, samples=9))
    assert unet.sizes[-1] == 9
