"""Read safetensors files without torch: named tensors at known offsets of a mapped file."""

import mmap
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ensembles.engine.errors import EngineError

HEADER_LIMIT = 100 * 1024 * 1024
"""Bytes; the safetensors format allows no longer header."""

ITEM_SIZES = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1,
    "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "U16": 2, "U32": 4, "U64": 8, "BOOL": 1,
}  # fmt: skip


def _from_bfloat16(raw: NDArray[Any]) -> NDArray[np.float32]:
    """A bfloat16 is the upper half of a float32."""
    return (raw.astype(np.uint32) << 16).view(np.float32)


_READERS: dict[str, tuple[str, Callable[[NDArray[Any]], NDArray[np.float32]]]] = {
    "F32": ("<f4", lambda raw: raw),
    "F16": ("<f2", lambda raw: raw.astype(np.float32)),
    "BF16": ("<u2", _from_bfloat16),
}
"""file dtype → (NumPy dtype of its bytes, bytes → float32). F32 is a view: nothing is copied."""

_RENAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    # What diffusers before 0.18 called the parts of the VAE's attention.
    (re.compile(r"(mid_block\.attentions\.\d+)\.query\."), r"\1.to_q."),
    (re.compile(r"(mid_block\.attentions\.\d+)\.key\."), r"\1.to_k."),
    (re.compile(r"(mid_block\.attentions\.\d+)\.value\."), r"\1.to_v."),
    (re.compile(r"(mid_block\.attentions\.\d+)\.proj_attn\."), r"\1.to_out.0."),
    # transformers 5 saves a text encoder without its outer name.
    (re.compile(r"^(?=(embeddings|final_layer_norm|encoder\.layers)\.)"), "text_model."),
)
_NOT_PARAMETERS = re.compile(r"(^|\.)position_ids$")


def canonical_name(name: str) -> str:
    """The parameter's name in the graph for the tensor's name in the file."""
    for pattern, replacement in _RENAMES:
        name = pattern.sub(replacement, name, count=1)
    return name


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """Where one tensor lies in its file."""

    dtype: str
    """As safetensors spells it: F32, F16, BF16, …"""
    shape: tuple[int, ...]
    start: int
    """Offset in bytes from the beginning of the file."""
    end: int


def read_header(path: Path) -> dict[str, TensorPlace]:
    """Parameter name (as the graph calls it) → place, for every tensor of a safetensors file.

    Raises `EngineError` when the file is not safetensors or shorter than its header promises.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or length > min(HEADER_LIMIT, size - 8):
                raise EngineError(f"{path} is not a safetensors file, or it is cut off in its header.")
            header = msgspec.json.decode(file.read(length), type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise EngineError(f"{path} is not a safetensors file: its header is no JSON object.") from error
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {error.strerror}.") from error
    header.pop("__metadata__", None)
    places: dict[str, TensorPlace] = {}
    for name, entry in header.items():
        if _NOT_PARAMETERS.search(name):
            continue
        place = _place(entry, 8 + length)
        if place is None:
            raise EngineError(f"{path} is not a valid safetensors file: its entry for {name} makes no sense.")
        if place.end > size:
            raise EngineError(
                f"{path} is cut off: {name} ends at byte {place.end} but the file has only {size}; "
                "download or copy it again."
            )
        places[canonical_name(name)] = place
    return places


def _place(entry: Any, data_start: int) -> TensorPlace | None:
    """The place that a header's entry describes, or None when its fields do not fit together."""
    try:
        start, end = (int(offset) for offset in entry["data_offsets"])
        shape = tuple(int(extent) for extent in entry["shape"])
        count = ITEM_SIZES[entry["dtype"]]
        for extent in shape:
            count *= extent
    except (KeyError, TypeError, ValueError):
        return None
    if start < 0 or end - start != count or any(extent < 0 for extent in shape):
        return None
    return TensorPlace(entry["dtype"], shape, data_start + start, data_start + end)


class WeightFile:
    """A mapped safetensors file; tensors come out as float32, without a copy where they already are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.places = read_header(path)
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """The tensor called `name`, float32; a read-only view of the mapped file when stored as F32.

        Raises `EngineError` for a missing name or a dtype that is no float of 16 or 32 bits.
        """
        place = self.places.get(name)
        if place is None:
            raise EngineError(f"{self.path} has no tensor {name}.")
        if place.dtype not in _READERS:
            raise EngineError(f"{self.path} stores {name} as {place.dtype}; save it as F32, F16 or BF16.")
        dtype, convert = _READERS[place.dtype]
        count = (place.end - place.start) // np.dtype(dtype).itemsize
        raw = np.frombuffer(self._bytes, dtype=dtype, count=count, offset=place.start)
        return convert(raw).reshape(place.shape)

    def missing(self, parameters: Iterable[str]) -> list[str]:
        """Those of `parameters` that the file does not hold."""
        return [name for name in parameters if name not in self.places]
