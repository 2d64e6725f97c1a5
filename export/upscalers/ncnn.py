"""Reads ncnn's network files: `.param`, a text of one layer a line, and `.bin`, the weights in the order of the layers.

The forms are those of ncnn's own documentation (github.com/Tencent/ncnn/wiki/param-and-model-file-structure).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ensembles.arrays import Array
from export.errors import ExportError

MAGIC = "7767517"
HALF = 0x01306B47
"""What stands before weights that are kept as float16."""
_ARRAY = -23300
"""Numbers of parameters that are arrays count down from here."""

Value = float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One line of a .param file, with its weights."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    params: Mapping[int, Value]
    """Number of the parameter → its value, as written; what it means is the layer's affair."""
    weights: Mapping[str, Array] = field(default_factory=dict, repr=False)
    """`weight` as it is kept (float16 or float32), `bias` and `slope` float32."""

    def number(self, place: int, default: float = 0) -> float:
        """The parameter of that number, where it is one value."""
        value = self.params.get(place, default)
        assert not isinstance(value, tuple)
        return value

    def whole(self, place: int, default: int = 0) -> int:
        """The same, where it is a whole number."""
        return int(self.number(place, default))

    def array(self, place: int) -> tuple[float, ...]:
        """The parameter of that number, where it is an array; empty where it is not given."""
        value = self.params.get(place, ())
        return value if isinstance(value, tuple) else (value,)


def read_network(param: Path, weights: Path) -> list[Layer]:
    """The layers of a network in their order; raises `ExportError` for files that are not ncnn's or do not fit together."""
    try:
        lines = param.read_text().split("\n")
        data = weights.read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(f"{param} and {weights.name} cannot be read: {error}.") from error
    if lines[0].strip() != MAGIC:
        raise ExportError(f"{param} is no network of ncnn's: its first line is not {MAGIC}.")
    reader = _Weights(data, weights)
    layers = []
    for line in lines[2:]:
        if line.strip():
            layer = _layer(line, param)
            layers.append(_with_weights(layer, reader))
    if reader.place != len(data):
        raise ExportError(f"{weights} holds {len(data)} bytes, and {param.name} asks for {reader.place}.")
    return layers


def _layer(line: str, param: Path) -> Layer:
    try:
        kind, name, taken, given, *rest = line.split()
        ins, outs = int(taken), int(given)
        params: dict[int, Value] = {}
        for text in rest[ins + outs :]:
            number, _, value = text.partition("=")
            if int(number) <= _ARRAY:
                count, *values = (float(one) for one in value.split(","))
                if len(values) != count:
                    raise ValueError(text)
                params[_ARRAY - int(number)] = tuple(values)
            else:
                params[int(number)] = float(value)
    except ValueError as error:
        raise ExportError(f"{param}: this line cannot be read as a layer: {line.strip()!r}.") from error
    return Layer(kind, name, tuple(rest[:ins]), tuple(rest[ins : ins + outs]), params)


class _Weights:
    def __init__(self, data: bytes, path: Path) -> None:
        self.data, self.path, self.place = data, path, 0

    def plain(self, count: int) -> Array:
        """Float32 values without a word before them."""
        return self._take(count, np.dtype("<f4"))

    def tagged(self, count: int) -> Array:
        """Values after a word that says how they are kept."""
        tag = int(self._take(1, np.dtype("<u4"))[0])
        if tag not in (0, HALF):
            raise ExportError(
                f"{self.path}: weights of the kind {tag:#x} are not read, only float16 and float32."
            )
        values = self._take(count, np.dtype("<f2" if tag else "<f4"))
        self.place += -self.place % 4
        return values

    def _take(self, count: int, dtype: np.dtype[np.generic]) -> Array:
        end = self.place + count * dtype.itemsize
        if end > len(self.data):
            raise ExportError(
                f"{self.path} ends too early: it is not the file of this network, or not whole."
            )
        values = np.frombuffer(self.data, dtype, count, self.place)
        self.place = end
        return values


def _with_weights(layer: Layer, reader: _Weights) -> Layer:
    weights: dict[str, Array] = {}
    if layer.kind in ("Convolution", "Deconvolution"):
        outputs, width = layer.whole(0), layer.whole(1)
        height = layer.whole(11, width)
        # Both kinds: [outputs, inputs, height, width].
        weights["weight"] = reader.tagged(layer.whole(6)).reshape(outputs, -1, height, width)
        if layer.whole(5):
            weights["bias"] = reader.plain(outputs)
    elif layer.kind == "PReLU":
        weights["slope"] = reader.plain(layer.whole(0))
    return Layer(layer.kind, layer.name, layer.inputs, layer.outputs, layer.params, weights)
