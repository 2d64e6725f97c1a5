"""Whether the client has cancelled its request, asked of Triton no more often than it matters."""

import time
from collections.abc import Callable

from ensembles.sampling.types import Cancelled

FRESH = 0.01
"""Seconds for which an answer holds. Asking takes a round trip between processes, in which nothing else moves."""


class Cancellation:
    """What Triton last said of one request."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask
        self._cancelled = False
        self._asked = float("-inf")

    def ask(self) -> None:
        """Asks anew: for a moment at which the answer costs nothing, while a network works."""
        self._cancelled = self._cancelled or self._ask()
        self._asked = time.monotonic()

    def check(self) -> None:
        """Raises `Cancelled` where the request was cancelled; asks when the last answer is older than `FRESH`."""
        if time.monotonic() - self._asked > FRESH:
            self.ask()
        if self._cancelled:
            raise Cancelled
