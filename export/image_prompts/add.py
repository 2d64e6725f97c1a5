"""An IP-Adapter's file into `home`/adapters/SHA256, with the image encoder that it looks through."""

from pathlib import Path

from ensembles.adapters.about import About


def add(path: Path, home: Path, name: str, encoder: Path | None = None) -> About:
    """Put the IP-Adapter file at `path` into `home` by its content, atomically, and return what it is.

    `encoder` is the CLIP image encoder: a transformers folder or its safetensors file; by default `image_encoder`
    beside the file or above it, else one of the right shape that is in `home` already. Raises `ExportError`.
    """
    raise NotImplementedError
