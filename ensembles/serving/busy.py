"""What a UNet says that has no room for a variant at the moment, and how a sampler knows it."""

BUSY = "UNAVAILABLE: busy with other jobs' LoRAs and ControlNets"
"""How the sentence begins: of an error in a stream, the code does not arrive."""


def is_busy(error: Exception) -> bool:
    """Whether the same request may be sent again in a moment."""
    return BUSY in str(error)
