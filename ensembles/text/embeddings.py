"""Textual inversion from safetensors files, without torch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from ensembles.text.errors import PromptError

F32 = NDArray[np.float32]

MAX_BYTES = 64 * 2**20
MAX_NAME = 200
KEYS = ("emb_params",)
"""AUTOMATIC1111's layout; a file for several text encoders has a tensor for each (`TextTower.embedding`), and diffusers
stores one tensor, `<token>`."""
_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
_PICKLES = (".pt", ".bin", ".ckpt", ".pth")


def embedding_reader(folder: Path, tower: str = "clip_l") -> Callable[[str], F32 | None]:
    """`read_embedding` bound to `folder`, as `conditioning.encode` wants it."""
    return lambda name: read_embedding(folder, name, tower)


def read_embedding(folder: Path, name: str, tower: str = "clip_l") -> F32 | None:
    """The vectors of the embedding `name` in `folder`: f32[n,C], or None when there is none.

    `name` is a file's name with or without `.safetensors`; it may stand in a folder below (`a/b`). Of a file for
    several text encoders those of `tower` (`TextTower.embedding`) are taken. Raises `PromptError` for a name that
    leads out of `folder`, and as `read_vectors` does.
    """
    path = _find(folder, name)
    return None if path is None else read_vectors(path, name, tower)


def read_vectors(path: Path, name: str, tower: str = "clip_l") -> F32:
    """The vectors f32[n,C] of the file at `path`, called `name` in what is said.

    Raises `PromptError` for a file that is too large, damaged, or not one embedding.
    """
    if path.stat().st_size > MAX_BYTES:
        raise PromptError(f"The embedding {name!r} is larger than {MAX_BYTES >> 20} MiB; use another file.")
    try:
        tensors: dict[str, Any] = dict(deserialize(path.read_bytes()))  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise PromptError(f"The embedding {name!r} is damaged ({error}); upload it again.") from error
    keys = (*KEYS, tower)
    key = next((key for key in keys if key in tensors), None)
    if key is None and len(tensors) == 1:
        key = next(iter(tensors))
    if key is None:
        raise PromptError(
            f"The embedding {name!r} holds none of {', '.join(keys)} and more than one tensor "
            f"({', '.join(sorted(tensors)[:5])}); use a textual-inversion file for this family of checkpoints."
        )
    vectors = _as_float32(name, tensors[key])
    vectors = vectors[None] if vectors.ndim == 1 else vectors
    if vectors.ndim != 2 or not vectors.size or not np.isfinite(vectors).all():
        raise PromptError(f"The embedding {name!r} is not a finite matrix [n, width]; use another file.")
    return vectors


def _find(folder: Path, name: str) -> Path | None:
    if len(name) > MAX_NAME:
        raise PromptError(f"An embedding's name has at most {MAX_NAME} characters; {name[:20]!r}… has more.")
    parts = name.split("/")
    if "\\" in name or "\0" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
        raise PromptError(
            f"The embedding name {name!r} leads out of the embeddings' folder; give a plain name."
        )
    root = folder.resolve()
    stem = name.removesuffix(".safetensors")
    path = (root / f"{stem}.safetensors").resolve()
    if not path.is_relative_to(root):
        raise PromptError(f"The embedding {name!r} lies outside the embeddings' folder; copy it into it.")
    if path.is_file():
        return path
    pickle = next((p for p in _PICKLES if (root / f"{stem.removesuffix(p)}{p}").is_file()), None)
    if pickle is not None:
        raise PromptError(
            f"The embedding {name!r} is a pickle ({pickle}), which could run code; convert it to safetensors."
        )
    return None


def _as_float32(name: str, tensor: dict[str, Any]) -> F32:
    dtype, shape, data = tensor["dtype"], tensor["shape"], tensor["data"]
    if dtype == "BF16":  # the upper half of a float32
        halves = np.frombuffer(data, "<u2").astype(np.uint32) << 16
        return halves.view(np.float32).reshape(shape)
    if dtype not in _DTYPES:
        raise PromptError(f"The embedding {name!r} holds {dtype} numbers; save it as F32, F16 or BF16.")
    return np.frombuffer(data, _DTYPES[dtype]).astype(np.float32).reshape(shape)
