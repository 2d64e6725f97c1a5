"""Sessions of a network's variants: each made once, the ones used longest ago given up above a number of bytes.

One that jobs are using stays: a job asks at each step, and two whose sessions do not go into the memory together would
else have them made again at every step. The newcomer waits instead.
"""

import os
import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from ensembles.engine.errors import EngineError, NotYet
from ensembles.engine.locks import Locks

Kept = TypeVar("Kept")

VARIABLE = "STUDIO_VARIANTS_MB"
_SHARE = 0.25
"""Of the machine's memory, where nothing is set."""
PINNED = 15.0
"""Seconds after its last use for which a session stays."""
PATIENCE = 60.0
"""Seconds after which a newcomer takes the place of one that is used again and again, between two uses of it."""
WAIT = 600.0
"""Seconds for which a newcomer waits, where it is not said otherwise."""
_FORGOTTEN = 30.0
"""Seconds without asking again after which a newcomer begins to wait anew."""
_LOOK = 0.25
"""Seconds between two looks whether something has become idle."""


def variants_limit() -> int:
    """Bytes that the variants of one network may hold: $STUDIO_VARIANTS_MB, or a quarter of the machine's memory."""
    text = os.environ.get(VARIABLE, "")
    if text in ("", "0"):
        return int(_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    if not text.isdigit():
        raise EngineError(f"{VARIABLE} must be a whole number of megabytes, not {text!r}.")
    return int(text) * 1_000_000


@dataclass(slots=True)
class _Held(Generic[Kept]):
    """One session."""

    session: Kept
    size: int
    users: int = 0
    used: float = 0.0
    """When it was last wanted, or a use of it ended: seconds of the monotonic clock."""


class Sessions(Generic[Kept]):
    """Sessions by key, at most `limit` bytes of them; one may always stand, however large. Safe to use from threads.

    A session stays while it is used and `pinned` seconds longer; who wants another meanwhile waits up to `wait`
    seconds for room, and is told `NotYet` then.
    """

    def __init__(self, limit: int, pinned: float = PINNED, wait: float = WAIT) -> None:
        self.limit, self.pinned, self.wait = limit, pinned, wait
        self._changed = threading.Condition()
        self._held: dict[Hashable, _Held[Kept]] = {}
        self._coming = 0
        """Bytes of those that are being made."""
        self._asked: dict[Hashable, tuple[float, float]] = {}
        """Newcomer → when it first and last found no room."""
        self._making = Locks()

    def __contains__(self, key: Hashable) -> bool:
        """Whether it is there; it then stays for `pinned` seconds more."""
        with self._changed:
            if key not in self._held:
                return False
            self._held[key].used = time.monotonic()
            return True

    def get(self, key: Hashable, size: int, make: Callable[[], Kept]) -> Kept:
        """The session of `key`, as `using` gives it, for uses that are short."""
        with self.using(key, size, make) as session:
            return session

    @contextmanager
    def using(
        self,
        key: Hashable,
        size: int,
        make: Callable[[], Kept],
        beside: Collection[Hashable] = (),
        instead: Collection[Hashable] = (),
    ) -> Iterator[Kept]:
        """The session of `key`, in use; `make` is called where there is none, by one thread while others wait for it.

        `size` is what it is reckoned to hold, in bytes; `beside` are keys that are wanted together with it, and make no
        room for it; `instead` are those that nobody needs once it is there, and need not have been idle. What `make` raises is raised, and nothing is kept. Raises `NotYet` where there is no room.
        """
        held = self._taken(key)
        if held is None:
            with self._making.of(key):
                held = self._taken(key) or self._made(key, size, make, beside, instead)
        try:
            yield held.session
        finally:
            with self._changed:
                held.users -= 1
                held.used = time.monotonic()
                self._changed.notify_all()  # the moment between two uses is short

    def _taken(self, key: Hashable) -> _Held[Kept] | None:
        with self._changed:
            held = self._held.get(key)
            if held is not None:
                held.users += 1
                held.used = time.monotonic()
            return held

    def _made(
        self,
        key: Hashable,
        size: int,
        make: Callable[[], Kept],
        beside: Collection[Hashable],
        instead: Collection[Hashable],
    ) -> _Held[Kept]:
        # Room is made before the new one is loaded, so that the two never stand in memory together.
        self._wait_for_room(key, size, beside, instead)
        try:
            session = make()
        except BaseException:
            with self._changed:
                self._coming -= size
                self._changed.notify_all()
            raise
        with self._changed:
            self._coming -= size
            held = self._held[key] = _Held(session, size, 1, time.monotonic())
            self._changed.notify_all()
        return held

    def _wait_for_room(
        self, key: Hashable, size: int, beside: Collection[Hashable], instead: Collection[Hashable]
    ) -> None:
        until = time.monotonic() + self.wait
        with self._changed:
            while True:
                now = time.monotonic()
                self._asked = {one: at for one, at in self._asked.items() if now - at[1] < _FORGOTTEN}
                first, _ = self._asked.get(key, (now, now))
                if self._has_room(size, beside, instead, 0 if now - first >= PATIENCE else self.pinned):
                    self._asked.pop(key, None)
                    self._coming += size
                    return
                self._asked[key] = first, now
                if now >= until:
                    raise NotYet(
                        f"The memory for variants ({VARIABLE}) is in use by others: try again in a moment."
                    )
                self._changed.wait(min(until - now, _LOOK))

    def _has_room(
        self, size: int, beside: Collection[Hashable], instead: Collection[Hashable], pinned: float
    ) -> bool:
        """Whether `size` bytes more may be held, once those that have been idle for `pinned` seconds are given up."""
        now = time.monotonic()
        idle = [
            key
            for key, held in self._held.items()
            if not held.users and key not in beside and (key in instead or now - held.used >= pinned)
        ]
        idle.sort(key=lambda key: (key not in instead, self._held[key].used))
        for key in idle:
            if self._bytes() + size <= self.limit:
                return True
            del self._held[key]
        if self._bytes() + size <= self.limit:
            return True
        return not self._coming and all(key in beside for key in self._held)

    def _bytes(self) -> int:
        return self._coming + sum(held.size for held in self._held.values())
