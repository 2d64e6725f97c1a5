"""What can go wrong between a published folder and its outputs."""


class EngineError(Exception):
    """A network cannot be loaded or run; the message is one sentence for people."""


class Refused(EngineError):
    """A request that its sender can mend: the message says what would be right."""


class NotYet(EngineError):
    """What there is no room for at the moment: the same request may be sent again."""
