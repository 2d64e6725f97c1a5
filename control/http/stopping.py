"""Whether this process was told to stop: /readyz answers 503 then, and clients are asked to connect elsewhere."""

from collections.abc import Callable
from threading import Event

_EVENT = Event()
ask = _EVENT.set
asked = _EVENT.is_set
at_the_end: list[Callable[[], None]] = []
"""Called once no more connections are taken: ends what would go on for ever (control/realtime/hub.py)."""
