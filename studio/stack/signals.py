"""Being told to stop."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stop_event() -> Iterator[threading.Event]:
    """Set by Ctrl-C, SIGTERM or a closed terminal; a second one does not cut the stopping short."""
    stopping = threading.Event()
    before = {kind: signal.signal(kind, lambda _signal, _frame: stopping.set()) for kind in SIGNALS}
    try:
        yield stopping
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
