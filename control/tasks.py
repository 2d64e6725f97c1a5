"""Ending tasks."""

import asyncio
from typing import Any

PAUSE = 0.5


async def end(*tasks: "asyncio.Task[Any] | None") -> None:
    """Cancels tasks, and waits until they have ended; what they raise is not raised here.

    Once is not enough: a redis client that is cancelled at the wrong moment takes it for a timeout of its own, and the
    task goes on.
    """
    left = {task for task in tasks if task is not None and not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=PAUSE)
    for one in tasks:
        if one is not None and not one.cancelled():
            one.exception()
