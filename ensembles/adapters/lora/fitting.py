"""Whether a LoRA goes with a checkpoint."""

from pathlib import Path


def check(path: Path, checkpoint: Path) -> str | None:
    """Why the LoRA file at `path` cannot be used with the published folder `checkpoint` (`models/NAME`); None: it can.

    One sentence that names what would be right. Reads headers alone, and keeps what it said.
    """
    raise NotImplementedError
