"""What must be known of a published network that makes pictures larger: `upscaler.json`."""

from pathlib import Path

import msgspec

FOLDER = "upscalers"
"""Under $STUDIO_HOME: one folder a network."""
FILE = "upscaler.json"
GRAPH = "model.onnx"
"""`image` fp32 [B,3,h,w] in 0..1 → `upscaled` fp32 [B,3,kh,kw] in 0..1."""
INPUT, OUTPUT = "image", "upscaled"


class Upscaler(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published upscaler. Written by `studio upscalers`, read by its model in Triton and by workers."""

    name: str
    """Also of its Triton model."""
    scale: int
    """How many times as wide and high its pictures become."""
    tile: int
    """Side in pixels of what is computed at a time, before it is made larger."""
    overlap: int
    """Pixels that neighbouring tiles share: twice the field that one pixel depends on, where that is not too large."""
    weights: str
    """SHA-256 of the weights' file."""
    source: str
    """Package and version that the weights are from."""
    licence: str
    """Of the weights."""
    form: int = 1
    """How its graph is written: another number is another graph of the same weights."""


def read_upscaler(path: Path) -> Upscaler:
    """What `path` (an upscaler.json) says; raises `OSError` or `msgspec.MsgspecError`."""
    return msgspec.json.decode(path.read_bytes(), type=Upscaler)
