"""The hub's own tasks end with it."""

import asyncio

import pytest

from control.realtime.feed import Feed
from control.realtime.hub import Hub
from control.settings import ControlSettings


async def test_what_swallows_its_cancellation_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    swallowed = 0

    async def stubborn(_feed: Feed) -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                # As a redis client does that takes it for a timeout of its own.
                if swallowed:
                    raise
                swallowed += 1

    async def nothing(_hub: Hub) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(Feed, "run", stubborn)
    monkeypatch.setattr(Hub, "_sweep", nothing)
    monkeypatch.setattr(Hub, "_check", nothing)
    async with asyncio.timeout(5), Hub(ControlSettings(redis_url="redis://127.0.0.1:9")).running():
        await asyncio.sleep(0.05)
    assert swallowed == 1
