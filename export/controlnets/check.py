"""Whether a ControlNet goes with a checkpoint."""

from pathlib import Path

from ensembles.adapters.about import About


def check(about: About, checkpoint: Path) -> str | None:
    """Why the ControlNet cannot be used beside the published folder `checkpoint` (`models/NAME`); None: it can.

    Reads what was noted when both were added: milliseconds, and kept.
    """
    raise NotImplementedError
