"""Published checkpoints as the models inside Triton see them: folders under `$STUDIO_MODELS`."""

import os
from functools import lru_cache
from pathlib import Path

from ensembles.engine.tuned import Tuning, read_tuning
from ensembles.manifest import Manifest, read_manifest
from ensembles.serving.tensors import BadInput


def folder(name: str, tensor: str = "MODEL") -> Path:
    """The published folder of checkpoint `name`; raises `BadInput` that begins with `tensor`, naming those there are."""
    root = Path(os.environ["STUDIO_MODELS"])
    known = sorted(m.parent.name for m in root.glob("[!.]*/manifest.json"))
    if name not in known:
        raise BadInput(
            f"{tensor}: there is no checkpoint {name!r}; published are: {', '.join(known) or 'none'}."
        )
    return root / name


def embeddings() -> Path:
    """Textual inversions of all checkpoints: `$STUDIO_HOME/embeddings`."""
    return Path(os.environ["STUDIO_MODELS"]).parent / "embeddings"


def manifest(name: str, tensor: str = "MODEL") -> Manifest:
    """The manifest of checkpoint `name`, read again when it was published anew."""
    path = folder(name, tensor) / "manifest.json"
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read(path: Path, _modified: int) -> Manifest:
    return read_manifest(path)


def tuning(name: str) -> Tuning | None:
    """What a profile run of checkpoint `name` found, as it was when the checkpoint was first used here.

    Not read again later: the UNet's process keeps what it read when it started.
    """
    return _read_tuning(folder(name))


@lru_cache(maxsize=256)
def _read_tuning(path: Path) -> Tuning | None:
    return read_tuning(path)


def own_folder(args: dict[str, str]) -> Path:
    """The published folder that a model directory NAME/repository/NAME-x belongs to (through its link)."""
    return Path(args["model_repository"]).resolve().parents[1]
