"""A ControlNet's file or folder into `home`/adapters/SHA256."""

from pathlib import Path

from ensembles.adapters.about import About


def add(path: Path, home: Path, name: str) -> About:
    """Put the ControlNet at `path` into `home` by its content, atomically, and return what it is.

    `path` is a safetensors file in diffusers' names or LDM's (`control_model.…`), or a diffusers folder. A file that
    is there already is described again. Raises `ExportError`, one sentence, for what is no ControlNet.
    """
    raise NotImplementedError
