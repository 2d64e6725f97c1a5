"""Pictures to begin with are decoded one at a time, however many jobs want one at once."""

import asyncio
import threading
import time
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from control.assets import reading
from control.jobs.requests import Img2Img
from control.realtime.bus import Owner
from scheduler import painting
from scheduler.execute import Attempt, Means
from scheduler.painting import first_picture
from scheduler.settings import SchedulerSettings


class _Claim:
    """As much of one as `first_picture` looks at."""

    job_id = UUID(int=1)
    attempt = 1
    owner = Owner(UUID(int=2), UUID(int=3), None)


async def test_one_is_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = threading.Lock()
    held, most, decoded = 0, 0, 0

    async def picture(*_: object) -> bytes:
        nonlocal held, most
        held += 1
        most = max(most, held)
        return b"file"

    def scaled(*_: object, **__: object) -> Any:
        nonlocal held, decoded
        # Two of them in here at once would be two pictures in memory.
        assert lock.acquire(blocking=False)
        time.sleep(0.1)
        lock.release()
        held -= 1
        decoded += 1
        return np.zeros((1, 8, 8, 3), np.uint8)

    monkeypatch.setattr(reading, "picture", picture)
    monkeypatch.setattr(painting, "scaled", scaled)
    nothing: Any = None
    means = Means(SchedulerSettings(), nothing, nothing, nothing, nothing, nothing, nothing)
    claim: Any = _Claim()
    work = Img2Img(prompt="a circle", model="pocket", image=UUID(int=4), strength=0.5)
    tasks = [asyncio.create_task(first_picture(Attempt(means, claim), work)) for _ in range(4)]
    await asyncio.gather(*tasks)
    assert (most, decoded) == (1, 4)
    # One that is broken off while its thread goes on lets nobody in beside it.
    first = asyncio.create_task(first_picture(Attempt(means, claim), work))
    await asyncio.sleep(0.03)
    first.cancel()
    assert (await first_picture(Attempt(means, claim), work)).shape == (1, 8, 8, 3)
    assert decoded == 6
