"""What one connection is still to be sent: states are kept, progress is the latest, previews and nodes give way."""

import asyncio
from collections import OrderedDict
from uuid import UUID

from control.realtime.bus import Envelope

MOST_STATES = 1000
"""States that may wait for a client; one that is further behind is closed, and catches up when it comes again."""
MOST_PREVIEWS = 512 * 1024
"""Characters of previews that may wait for a client."""

MOST_NODES = 2000
"""Events of workflows' nodes that may wait for a client."""

Key = tuple[UUID, str, int]


class Full(Exception):
    """More states wait than may."""


class Outbox:
    """Filled by the hub, which never waits; emptied by the connection's writer, as fast as the client reads."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[Key, Envelope] = OrderedDict()
        self._previews: OrderedDict[Key, int] = OrderedDict()
        self._nodes: OrderedDict[Key, None] = OrderedDict()
        self._preview_size = self._states = self._number = 0
        self._filled = asyncio.Event()
        self.dropped = 0
        """Previews, progress and events of nodes that gave way so far."""

    def put(self, envelope: Envelope) -> None:
        """Adds it behind what waits; raises `Full`."""
        self._number += 1
        number = 0 if envelope.kind == "progress" else self._number
        key = (envelope.job_id, envelope.kind, number)
        if envelope.kind == "state":
            if self._states >= MOST_STATES:
                raise Full
            self._states += 1
        elif envelope.kind == "preview":
            self._preview_size += len(envelope.text)
            self._previews[key] = len(envelope.text)
        elif envelope.kind == "node":
            self._nodes[key] = None
        elif self._waiting.pop(key, None) is not None:
            # Put behind all that came since: it tells of a later step.
            self.dropped += 1
        self._waiting[key] = envelope
        while self._preview_size > MOST_PREVIEWS:
            oldest, size = self._previews.popitem(last=False)
            del self._waiting[oldest]
            self._preview_size -= size
            self.dropped += 1
        while len(self._nodes) > MOST_NODES:
            oldest, _ = self._nodes.popitem(last=False)
            del self._waiting[oldest]
            self.dropped += 1
        self._filled.set()

    async def take(self) -> Envelope:
        """The next one; waits for it."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        key, envelope = self._waiting.popitem(last=False)
        if envelope.kind == "state":
            self._states -= 1
        elif envelope.kind == "preview":
            self._preview_size -= self._previews.pop(key)
        elif envelope.kind == "node":
            del self._nodes[key]
        return envelope

    def __len__(self) -> int:
        return len(self._waiting)
