"""Masks: made, cut, combined, grown, turned into pictures and back."""

from collections.abc import Callable
from typing import Any

import numpy as np

from control.workflows.nodes.images import COLOUR, IMAGE, OFFSET, SIDE
from control.workflows.nodes.pure import MAX_SIDE, pure
from control.workflows.types import Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Image, Mask
from ensembles.imaging.batches import as_many
from ensembles.imaging.compositing import ramp
from ensembles.imaging.morphology import grow

MASK = Input("MASK")
LEVEL = Input("FLOAT", default=1.0, low=0.0, high=1.0, step=0.01, tooltip="0 to 1.")
CHANNELS = ("red", "green", "blue", "alpha")


def _chosen(mask: Mask) -> Any:
    return np.round(mask) != 0


OPERATIONS: dict[str, Callable[[Mask, Mask], Any]] = {
    "multiply": lambda a, b: a * b,
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "and": lambda a, b: _chosen(a) & _chosen(b),
    "or": lambda a, b: _chosen(a) | _chosen(b),
    "xor": lambda a, b: _chosen(a) ^ _chosen(b),
}
"""Of two masks; the last three look at them rounded to 0 or 1."""


def _composite(destination: Mask, source: Mask, x: int, y: int, operation: str) -> Mask:
    place = np.s_[:, y : y + source.shape[1], x : x + source.shape[2]]
    result = destination.copy()
    there = result[place]
    over = as_many(source, len(destination))[:, : there.shape[1], : there.shape[2]]
    result[place] = OPERATIONS[operation](there, over)
    return np.asarray(np.clip(result, 0, 1))


def _cropped(mask: Size, x: int, y: int, width: int, height: int) -> Size:
    return Size(mask.pictures, min(width, mask.width - x), min(height, mask.height - y))


def _feather(mask: Mask, left: int, top: int, right: int, bottom: int) -> Mask:
    height, width = mask.shape[1:]
    rows = ramp(height, min(top, height), min(bottom, height))
    return np.asarray(mask * rows[:, None] * ramp(width, min(left, width), min(right, width)))


def _from_channel(image: Image, channel: str) -> Mask:
    place = CHANNELS.index(channel)
    if place >= image.shape[-1]:
        raise Unfit("channel", "The picture has no alpha channel. Take red, green or blue.")
    return image[..., place]


def _from_colour(image: Image, color: int) -> Mask:
    levels = np.round(np.clip(image[..., :3], 0, 1) * np.float32(255)).astype(np.int64)
    return np.asarray(levels @ np.array([1 << 16, 1 << 8, 1]) == color, np.float32)


NODES: tuple[NodeType, ...] = (
    pure(
        "SolidMask", "SolidMask", "mask",
        {"value": LEVEL, "width": SIDE, "height": SIDE},
        outputs("MASK"),
        lambda value, width, height: np.full((1, height, width), value, np.float32),
        size=lambda width, height: Size(1, width, height),
        cause="width",
        description="A mask that has one value everywhere.",
    ),
    pure(
        "InvertMask", "InvertMask", "mask",
        {"mask": MASK},
        outputs("MASK"),
        lambda mask: 1 - mask,
        description="What was chosen is not, and the other way round.",
    ),
    pure(
        "CropMask", "CropMask", "mask",
        {"mask": MASK, "x": OFFSET, "y": OFFSET, "width": SIDE, "height": SIDE},
        outputs("MASK"),
        lambda mask, x, y, width, height: mask[:, y : y + height, x : x + width],
        size=_cropped,
        cause="x",
        description="A part of a mask; it ends at its border.",
    ),
    pure(
        "MaskComposite", "MaskComposite", "mask",
        {
            "destination": MASK,
            "source": MASK,
            "x": OFFSET,
            "y": OFFSET,
            "operation": Input("COMBO", choices=tuple(OPERATIONS), tooltip="What becomes of both where they meet."),
        },
        outputs("MASK"),
        _composite,
        description="A mask worked into another.",
    ),
    pure(
        "FeatherMask", "FeatherMask", "mask",
        {"mask": MASK, "left": OFFSET, "top": OFFSET, "right": OFFSET, "bottom": OFFSET},
        outputs("MASK"),
        _feather,
        description="The edges of the whole mask fall to 0; shapes inside it keep their own.",
    ),
    pure(
        "GrowMask", "GrowMask", "mask",
        {
            "mask": MASK,
            "expand": Input(
                "INT", default=0, low=-MAX_SIDE, high=MAX_SIDE, step=1, tooltip="Pixels; negative shrinks."
            ),
            "tapered_corners": Input("BOOLEAN", default=True, tooltip="Do corners grow less than sides?"),
        },
        outputs("MASK"),
        grow,
        description="What is chosen grows by some pixels, or shrinks.",
    ),
    pure(
        "ThresholdMask", "ThresholdMask", "mask",
        {"mask": MASK, "value": Input(
                "FLOAT", default=0.5, low=0.0, high=1.0, step=0.01, tooltip="Above it a value counts as chosen."
            )},
        outputs("MASK"),
        lambda mask, value: (mask > np.float32(value)).astype(np.float32),
        description="1 where the mask is above the value, else 0.",
    ),
    pure(
        "ImageToMask", "Convert Image to Mask", "mask",
        {"image": IMAGE, "channel": Input("COMBO", choices=CHANNELS, tooltip="Which of the picture's.")},
        outputs("MASK"),
        _from_channel,
        description="A channel of the pictures as a mask.",
    ),
    pure(
        "MaskToImage", "Convert Mask to Image", "mask",
        {"mask": MASK},
        outputs("IMAGE"),
        lambda mask: np.repeat(mask[..., None], 3, -1),
        description="A mask as grey pictures.",
    ),
    pure(
        "ImageColorToMask", "ImageColorToMask", "mask",
        {"image": IMAGE, "color": COLOUR},
        outputs("MASK"),
        _from_colour,
        ui={"color": {"display": "color"}},
        description="1 where a pixel is of exactly that colour, to 8 bits.",
    ),
)  # fmt: skip
