"""A task that takes its first cancellation for something else ends all the same."""

import asyncio

from scheduler.tasks import end


async def test_a_task_that_swallows_a_cancellation_ends() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed += 1

    async def broken() -> None:
        raise ValueError("not raised by whoever ends it")

    tasks = [asyncio.create_task(stubborn()), asyncio.create_task(broken())]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(*tasks, None)
    assert swallowed == 1
    assert all(task.done() for task in tasks)
