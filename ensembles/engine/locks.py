"""Locks by key: threads that want the same thing go one after another, the others beside them."""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class Locks:
    """A lock for each key, kept for as long as a thread holds it or waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[Hashable, tuple[threading.Lock, int]] = {}

    @contextmanager
    def of(self, key: Hashable) -> Iterator[None]:
        """Hold the lock of `key`."""
        with self._lock:
            own, threads = self._used.get(key, (threading.Lock(), 0))
            self._used[key] = own, threads + 1
        try:
            with own:
                yield
        finally:
            with self._lock:
                own, threads = self._used.pop(key)
                if threads > 1:
                    self._used[key] = own, threads - 1
