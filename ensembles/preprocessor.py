"""What must be known of a published network that turns a picture into a ControlNet hint: `preprocessor.json`."""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

FOLDER = "preprocessors"
"""Under $STUDIO_HOME: one folder a network."""
FILE = "preprocessor.json"
GRAPH = "model.onnx"
INPUT, OUTPUT, KEYPOINTS = "image", "hint", "keypoints"
"""Tensors of its Triton model: `image` and `hint` fp32 [B,3,h,w] in 0..1; of poses `keypoints` BYTES [B,1], JSON."""
MAX_PIXELS = 2**24
"""Of a picture."""

Type = Literal["softedge", "lineart", "scribble", "openpose", "depth", "segmentation"]
Output = Literal["map", "people", "classes", "labels"]
Colour = Annotated[tuple[int, int, int], msgspec.Meta(description="Red, green, blue: 0..255.")]
TYPES: tuple[Type, ...] = ("softedge", "lineart", "scribble", "openpose", "depth", "segmentation")


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the graph wants a picture."""

    name: str = "image"
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    dtype: Literal["float32", "float16"] = "float32"
    low: float = 0.0
    high: float = 1.0
    """What black and white are before mean and std: 0 and 1, 0 and 255, or −1 and 1."""
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Of red, green and blue: (value − mean) / std."""
    height: int = 0
    width: int = 0
    """Pixels, where the graph takes this size alone; 0: any."""
    side: int = 1024
    """Pixels of the longer side at most; larger pictures are reduced before, and their hint enlarged."""
    multiple: int = 1
    """Sides are made whole multiples of it."""


class Preprocessor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published preprocessor. Written by `studio preprocessors`, read by its model in Triton and by workers."""

    name: str
    type: Type
    version: str
    weights: str
    """SHA-256 of the weights' file."""
    source: str
    """Package and version that the weights are from; of a file that somebody brought, its name."""
    licence: str
    """Of the weights."""
    output: Output
    """What the graph gives: map: [B,h,w], a value a pixel; people: [1,P,56], MoveNet's 17 points, box and score each;
    classes: [B,C,h,w], or [B,h,w,C] where the input is NHWC, how likely each class is; labels: [B,h,w], the class of each pixel."""
    answer: str = "hint"
    """Name of that output."""
    input: Input = Input()
    invert: bool = False
    """Depth: does the graph give how far a pixel is, rather than how near?"""
    palette: tuple[Colour, ...] = ()
    """Segmentation: the colour of each class; empty: ADE20K's 150."""
    form: int = 1
    """How its graph is written: another number is another graph of the same weights."""

    @property
    def model(self) -> str:
        """Name of its Triton model."""
        return f"{self.name}-preprocessor"

    @property
    def hash(self) -> str:
        """SHA-256 of all that its hints depend on."""
        return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(self, name=""))).hexdigest()

    @property
    def outputs(self) -> tuple[str, ...]:
        """Tensors that its Triton model gives."""
        return (OUTPUT, KEYPOINTS) if self.type == "openpose" else (OUTPUT,)


def read_preprocessor(path: Path) -> Preprocessor:
    """What `path` (a preprocessor.json) says; raises `OSError` or `msgspec.MsgspecError`."""
    return msgspec.json.decode(path.read_bytes(), type=Preprocessor)
