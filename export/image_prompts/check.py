"""Whether an IP-Adapter goes with a checkpoint."""

from pathlib import Path

from ensembles.adapters.about import About


def check(about: About, checkpoint: Path) -> str | None:
    """Why the IP-Adapter cannot be used with the published folder `checkpoint` (`models/NAME`); None: it can."""
    raise NotImplementedError
