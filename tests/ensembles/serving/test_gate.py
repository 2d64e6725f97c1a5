"""Jobs keep in step, and a lone job never waits."""

import asyncio

from ensembles.serving.gate import Gate

SAMPLES = 2


async def job(gate: Gate, together: list[int], steps: int, think: float) -> None:
    """Steps of one job: thinks, then calls, and notes how many samples are away with its own."""

    async def away() -> None:
        await asyncio.sleep(0.01)
        together.append(gate.away)

    with gate.job():
        for _ in range(steps):
            await asyncio.sleep(think)
            await gate.call(SAMPLES, away)


async def test_a_lone_job_never_waits():
    gate, together = Gate(16), []
    with gate.job():
        for _ in range(3):
            call = asyncio.ensure_future(
                gate.call(SAMPLES, lambda: asyncio.sleep(0, together.append(gate.away)))
            )
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert not gate.waiting
            await call
    assert together == [2, 2, 2]


async def test_jobs_that_think_differently_long_set_off_together():
    gate, together = Gate(16), []
    await asyncio.gather(*(job(gate, together, steps=5, think=0.002 * n) for n in range(8)))
    # As the calls of a round end one after the other, those still away grow fewer: the first sees all.
    assert together.count(16) == 5
    assert len(together) == 40


async def test_a_newcomer_joins():
    gate, together = Gate(16), []
    first_is_away = asyncio.Event()

    async def early() -> None:
        async def away() -> None:
            first_is_away.set()
            await asyncio.sleep(0.01)
            together.append(gate.away)

        with gate.job():
            for _ in range(8):
                await gate.call(SAMPLES, away)

    async def late() -> None:
        await first_is_away.wait()
        await job(gate, together, steps=3, think=0)

    await asyncio.gather(early(), late())
    assert together.count(4) == 3


async def test_calls_longer_than_its_patience_are_still_waited_for(monkeypatch):
    monkeypatch.setattr("ensembles.serving.gate.PATIENCE", 0.001)
    gate, together = Gate(16), []
    await asyncio.gather(*(job(gate, together, steps=6, think=0.002 * n) for n in range(3)))
    # The first round may be torn while the gate learns how long a call takes.
    assert together.count(6) >= 4


async def test_those_that_do_not_fit_into_one_batch_go_while_others_are_away():
    gate, calls = Gate(4), []
    await asyncio.gather(*(job(gate, calls, steps=4, think=0.001) for n in range(4)))
    assert len(calls) == 16
    assert gate.between == gate.away == 0
    assert not gate.waiting


async def test_a_job_that_fails_or_is_cancelled_holds_nobody_up():
    gate, calls = Gate(16), []

    async def broken() -> None:
        raise RuntimeError("the UNet failed")

    async def fails() -> None:
        with gate.job():
            await gate.call(2, broken)

    slow = asyncio.create_task(job(gate, calls, steps=50, think=0.001))
    other = asyncio.create_task(job(gate, calls, steps=20, think=0.001))
    failed = await asyncio.gather(fails(), return_exceptions=True)
    await asyncio.sleep(0.05)
    slow.cancel()
    async with asyncio.timeout(2):
        await other
    assert isinstance(failed[0], RuntimeError)
    assert gate.between == gate.away == 0
    assert not gate.waiting
