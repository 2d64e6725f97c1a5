"""Sessions of a network's variants: each made once, the ones used longest ago given up above a number of bytes."""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from ensembles.engine.errors import EngineError

Held = TypeVar("Held")

VARIABLE = "STUDIO_VARIANTS_MB"
_SHARE = 0.25
"""Of the machine's memory, where nothing is set."""


def variants_limit() -> int:
    """Bytes that the variants of one network may hold: $STUDIO_VARIANTS_MB, or a quarter of the machine's memory."""
    text = os.environ.get(VARIABLE, "")
    if text in ("", "0"):
        return int(_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    if not text.isdigit():
        raise EngineError(f"{VARIABLE} must be a whole number of megabytes, not {text!r}.")
    return int(text) * 1_000_000


class Sessions(Generic[Held]):
    """Sessions by key, at most `limit` bytes of them; the one asked for last always stays. Safe to use from threads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._held: OrderedDict[Hashable, tuple[Held, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._held

    def get(self, key: Hashable, size: int, make: Callable[[], Held]) -> Held:
        """The session of `key`; `make` is called where there is none, by one thread while others wait for it.

        `size` is what it is reckoned to hold, in bytes. What `make` raises is raised, and nothing is kept.
        """
        if (found := self._found(key)) is not None:
            return found
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            if (found := self._found(key)) is not None:
                return found
            # Room is made before the new one is loaded, so that the two never stand in memory together.
            self._make_room(size)
            try:
                session = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._held[key] = (session, size)
            self._make_room(0)
            return session

    def _found(self, key: Hashable) -> Held | None:
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key][0]

    def _make_room(self, size: int) -> None:
        """Give up the oldest while they and `size` bytes more are above the limit; without `size` the newest stays."""
        with self._lock:
            while len(self._held) > (0 if size else 1) and self._bytes() + size > self.limit:
                self._held.popitem(last=False)

    def _bytes(self) -> int:
        return sum(size for _, size in self._held.values())
