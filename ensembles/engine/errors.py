"""What can go wrong between a published folder and its outputs."""


class EngineError(Exception):
    """A network cannot be loaded or run; the message is one sentence for people."""
