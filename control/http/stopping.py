"""Whether this process was told to stop: /readyz answers 503 then, and clients are asked to connect elsewhere."""

from threading import Event

_EVENT = Event()
ask = _EVENT.set
asked = _EVENT.is_set
