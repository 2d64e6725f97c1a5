"""What a traced graph says of itself: `NETWORK.json` beside `NETWORK.onnx`."""

from pathlib import Path

import msgspec

from ensembles.engine.errors import EngineError

PARTS = {
    "text-encoder": "text_encoder",
    "text-encoder-2": "text_encoder_2",
    "unet": "unet",
    "vae-encoder": "vae",
    "vae-decoder": "vae",
}
"""network → the part of a checkpoint whose weights it holds"""


class Port(msgspec.Struct, frozen=True):
    """One input or output of a network."""

    name: str
    dtype: str
    """NumPy's name: float32, int64."""
    shape: list[int | str]
    """Extents; a string names one that is free, and the first is always `batch`."""


class Comparison(msgspec.Struct, frozen=True):
    """One run of a network against its reference."""

    batch: int
    shapes: dict[str, list[int]]
    """input → shape"""
    difference: float
    """max |served − reference| over all outputs"""
    magnitude: float
    """max |reference|"""


class GraphMeta(msgspec.Struct, frozen=True):
    """One network's graph: its ports, the parameters to bind, and how it was traced."""

    network: str
    architecture: str
    inputs: list[Port]
    outputs: list[Port]
    parameters: dict[str, list[int]]
    """name → shape; each is an initializer of the graph without data"""
    versions: dict[str, str]
    """What traced it: torch, diffusers, transformers, onnx, onnxruntime, opset."""
    verified: list[Comparison]
    """Against torch, at tracing, with random parameters."""


def read_meta(path: Path) -> GraphMeta:
    """The description at `path`; raises `EngineError` when it is missing or malformed."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=GraphMeta)
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise EngineError(f"{path} does not describe a graph: {error}") from error
