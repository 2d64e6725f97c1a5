"""The process's one subscription to Redis: channels of the organisations that have watchers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import redis.exceptions
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from control.realtime.bus import CHANNEL, channel

SILENT_SECONDS = 2.0
"""After so long without a message Redis is asked whether it lives, and has as long to answer."""
RETRY_SECONDS = 0.25
CONFIRM_SECONDS = 1.0
"""How long who joins waits for Redis; without it events come from the database."""
AWAY = (redis.exceptions.RedisError, OSError, TimeoutError)


class Feed:
    """Calls `heard(organisation, message)` for what is published, one after the other."""

    def __init__(self, url: str, heard: Callable[[UUID, bytes], Awaitable[None]]) -> None:
        self._url, self._heard = url, heard
        self._pubsub: PubSub | None = None
        self._wanted: dict[UUID, asyncio.Event] = {}
        self.live: set[UUID] = set()
        """Organisations whose subscription Redis has confirmed: nothing that is published now is missed."""
        self.changed = asyncio.Event()
        """Set when subscriptions were lost or confirmed."""

    async def run(self) -> None:
        """Listens until cancelled."""
        log = structlog.get_logger("control.realtime")
        away = False
        while True:
            client = Redis.from_url(self._url, socket_connect_timeout=2)
            try:
                async with client.pubsub() as pubsub:
                    await self._listen(pubsub)
            except AWAY as error:
                if not away:
                    log.warning("events_not_heard", error=f"{type(error).__name__}: {error}"[:200])
                # Once for each time that it is away.
                away = not self.live
            finally:
                self._pubsub = None
                self.live.clear()
                for confirmed in self._wanted.values():
                    confirmed.clear()
                self.changed.set()
                with suppress(*AWAY):
                    await client.aclose()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, pubsub: PubSub) -> None:
        # One that nobody publishes to: a subscription without channels is none.
        await pubsub.subscribe(CHANNEL, *map(channel, self._wanted))
        self._pubsub = pubsub
        asked = False
        while True:
            message = await pubsub.get_message(timeout=SILENT_SECONDS)
            if message is None:
                if asked:
                    raise TimeoutError("Redis says nothing")
                await pubsub.ping()
                asked = True
                continue
            asked = False
            name = (message["channel"] or b"").decode().removeprefix(CHANNEL)
            if not name:
                continue
            organisation_id = UUID(name)
            if message["type"] == "message":
                await self._heard(organisation_id, message["data"])
            elif message["type"] == "subscribe" and organisation_id in self._wanted:
                self.live.add(organisation_id)
                self._wanted[organisation_id].set()
                self.changed.set()

    async def add(self, organisation_id: UUID) -> None:
        """Listens to an organisation too; returns when Redis has confirmed it, or after a second."""
        if (confirmed := self._wanted.get(organisation_id)) is None:
            confirmed = self._wanted[organisation_id] = asyncio.Event()
            if self._pubsub is not None:
                with suppress(*AWAY):
                    await self._pubsub.subscribe(channel(organisation_id))
        if self._pubsub is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await confirmed.wait()

    async def drop(self, organisation_id: UUID) -> None:
        """Listens to it no longer."""
        self._wanted.pop(organisation_id, None)
        self.live.discard(organisation_id)
        if self._pubsub is not None:
            with suppress(*AWAY):
                await self._pubsub.unsubscribe(channel(organisation_id))
