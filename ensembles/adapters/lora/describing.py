"""What a LoRA file is, from the names and shapes of its tensors."""

from pathlib import Path

from ensembles.adapters.about import About


def describe(path: Path, name: str, sha256: str) -> About:
    """The description of the LoRA at `path`; reads its header alone.

    Raises `EngineError`, one sentence, for what is no LoRA, or is one of a kind that cannot be used.
    """
    raise NotImplementedError
