"""What `studio doctor` finds."""

from typing import NamedTuple


class Finding(NamedTuple):
    """The outcome of one check."""

    level: str
    """ok, note (works, but…) or bad"""
    says: str
    mend: str = ""
    """The command or setting that mends it."""
