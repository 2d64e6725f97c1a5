"""Read safetensors files without torch: named tensors at known offsets of a mapped file."""

import math
import mmap
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ensembles.engine.errors import EngineError

HEADER_LIMIT = 100 * 1024 * 1024
"""Bytes; the safetensors format allows no longer header."""

NAME_LIMIT = 1_000
"""Characters of a tensor's name."""
COUNT_LIMIT = 100_000
"""Tensors of a file; the largest checkpoints have a few thousand."""

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

_EXPONENTS = {"F32": ("<u4", 0x7F800000), "F16": ("<u2", 0x7C00), "BF16": ("<u2", 0x7F80)}
"""file dtype → (its bits as NumPy reads them, the mask of its exponent, all ones in NaN and infinity)"""
_PIECE = 1 << 18
"""Elements: what stays in a core's cache."""

LAYOUT = "layout.json"


class PartLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a part of a published checkpoint finds its tensors."""

    file: str
    """Name of the safetensors file, in the same folder; several parts may share one."""
    tensors: dict[str, str]
    """The graph's parameter → the tensor's name in the file, for every parameter of the part."""
    shapes: dict[str, list[int]] = {}
    """parameter → the shape that the graph wants, where the file's differs by axes of length 1"""
    rows: dict[str, tuple[int, int]] = {}
    """parameter → (first row, row after its last) of the tensor that it is a piece of"""
    transposed: tuple[str, ...] = ()
    """Matrices that the file holds turned over"""


class WeightLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`weights/layout.json` of a published checkpoint."""

    parts: dict[str, PartLayout]
    """text_encoder, text_encoder_2, unet, vae"""


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """Where one tensor lies in its file."""

    dtype: str
    """As safetensors spells it: F32, F16, BF16, …"""
    shape: tuple[int, ...]
    start: int
    """Offset in bytes from the beginning of the file."""
    end: int
    transposed: bool = False
    """The bytes are those of a matrix of the reverse shape, turned over."""


def read_header(path: Path) -> dict[str, TensorPlace]:
    """Name → place, for every tensor of a safetensors file; names and shapes as they stand in the file.

    Raises `EngineError` when the file is not safetensors or shorter than its header promises, and where tensors
    overlap or leave bytes out, as two of one name do.
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
    if len(header) > COUNT_LIMIT or max(map(len, header), default=0) > NAME_LIMIT:
        raise EngineError(
            f"{path} cannot be used: it has {len(header)} tensors, and names of up to {max(map(len, header))} "
            f"characters; {COUNT_LIMIT} and {NAME_LIMIT} are allowed."
        )
    places: dict[str, TensorPlace] = {}
    for name, entry in header.items():
        place = _place(entry, 8 + length)
        if place is None:
            raise EngineError(f"{path} is not a valid safetensors file: its entry for {name} makes no sense.")
        if place.end > size:
            raise EngineError(
                f"{path} is cut off: {name} ends at byte {place.end} but the file has only {size}; "
                "download or copy it again."
            )
        places[name] = place
    end = 8 + length
    for start, after, name in sorted((place.start, place.end, name) for name, place in places.items()):
        if start != end:
            raise EngineError(
                f"{path} is not a valid safetensors file: {name} does not begin where the tensor before it ends; "
                "save it again."
            )
        end = after
    return places


def read_metadata(path: Path) -> dict[str, str]:
    """What whoever wrote a safetensors file noted in it; `read_header` tells whether the file is whole."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        noted = msgspec.json.decode(file.read(length), type=dict[str, Any]).get("__metadata__", {})
    return {key: value for key, value in noted.items() if isinstance(value, str)}


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


def write_tensors(
    path: Path, shapes: Mapping[str, tuple[int, ...]], make: Callable[[str], NDArray[np.float32]]
) -> None:
    """Write float32 tensors to a new safetensors file, each as `make` gives it: one at a time is in memory.

    Raises `OSError` where the disk is full.
    """
    header: dict[str, Any] = {}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    text = msgspec.json.encode(header)
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in shapes:
            file.write(np.ascontiguousarray(make(name), "<f4").data)
        file.flush()
        os.fsync(file.fileno())


class WeightFile:
    """A mapped safetensors file; tensors come out as float32, without a copy where they already are."""

    def __init__(self, path: Path, places: dict[str, TensorPlace] | None = None) -> None:
        """`places` gives tensors other names and shapes than the file's header does."""
        self.path = path
        self.places = read_header(path) if places is None else places
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
        if place.transposed:
            return convert(raw).reshape(place.shape[::-1]).T
        return convert(raw).reshape(place.shape)

    def is_finite(self, name: str) -> bool:
        """Whether the tensor called `name` (F32, F16 or BF16) holds neither NaN nor infinity.

        Looks at the exponents as they lie in the file: a conversion would take ten times as long.
        """
        place = self.places[name]
        dtype, exponent = _EXPONENTS[place.dtype]
        count = (place.end - place.start) // np.dtype(dtype).itemsize
        raw = np.frombuffer(self._bytes, dtype=dtype, count=count, offset=place.start)
        pieces = (raw[start : start + _PIECE] for start in range(0, count, _PIECE))
        return not any(((piece & exponent) == exponent).any() for piece in pieces)

    def missing(self, parameters: Iterable[str]) -> list[str]:
        """Those of `parameters` that the file does not hold."""
        return [name for name in parameters if name not in self.places]


def read_layout(folder: Path) -> WeightLayout:
    """`weights/layout.json` of the published `folder` (`models/NAME`); raises `EngineError`."""
    path = folder / "weights" / LAYOUT
    try:
        return msgspec.json.decode(path.read_bytes(), type=WeightLayout)
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {error.strerror}; export the checkpoint again.") from error
    except msgspec.DecodeError as error:
        raise EngineError(
            f"{path} does not describe weights: {error}; export the checkpoint again."
        ) from error


def open_weights(folder: Path, part: str) -> WeightFile:
    """The weights of `part` (text_encoder, text_encoder_2, unet or vae) of the published `folder` (`models/NAME`).

    `places` holds the part's parameters alone, under the graph's names and with the graph's shapes,
    whatever the file calls them. Raises `EngineError` when the file lacks one of them.
    """
    layout = read_layout(folder).parts.get(part)
    if layout is None or Path(layout.file).name != layout.file:
        raise EngineError(f"{folder} names no weights of its {part}: export the checkpoint again.")
    path = folder / "weights" / layout.file
    return WeightFile(path, resolve(path, read_header(path), layout))


def resolve(path: Path, header: dict[str, TensorPlace], layout: PartLayout) -> dict[str, TensorPlace]:
    """The graph's parameter → its place, for the tensors of `header` that `layout` names.

    Raises `EngineError` for a tensor that is not there, or whose shape differs by more than axes of length 1.
    """
    places: dict[str, TensorPlace] = {}
    for name, tensor in layout.tensors.items():
        place = header.get(tensor)
        if place is None:
            raise EngineError(f"{path} has no tensor {tensor}: export the checkpoint again.")
        if name in layout.rows:
            place = _piece(path, tensor, place, *layout.rows[name])
        if name in layout.transposed:
            place = replace(place, shape=place.shape[::-1], transposed=True)
        shape = tuple(layout.shapes.get(name, place.shape))
        if [extent for extent in shape if extent != 1] != [extent for extent in place.shape if extent != 1]:
            raise EngineError(f"{path}: {tensor} has shape {place.shape}, but the graph wants {shape}.")
        places[name] = replace(place, shape=shape)
    return places


def _piece(path: Path, tensor: str, place: TensorPlace, first: int, after: int) -> TensorPlace:
    """Rows `first` to `after` of a tensor."""
    if not place.shape or not 0 <= first < after <= place.shape[0]:
        raise EngineError(f"{path}: {tensor} has shape {place.shape}, and no rows {first} to {after}.")
    row = (place.end - place.start) // place.shape[0]
    start = place.start + first * row
    return replace(
        place, shape=(after - first, *place.shape[1:]), start=start, end=start + (after - first) * row
    )
