"""Latents: made, resized, laid over one another, turned. Sizes of inputs are in pixels, as the picture will have them.

A latent keeps its noise mask and its places in the batch, except where a node is about these.
"""

from dataclasses import replace

import numpy as np

from control.workflows.nodes.images import CROP, FLIPS, TURNS, turned, turns
from control.workflows.nodes.pure import MAX_SIDE, many, pure, size_of
from control.workflows.types import Input, NodeType, Size, outputs
from control.workflows.values import Latent, Mask
from ensembles.arrays import Array
from ensembles.imaging.compositing import paste, ramp
from ensembles.imaging.resizing import centre, resize
from ensembles.imaging.tiling import FACTOR

LATENT = Input("LATENT")
METHOD = Input("COMBO", choices=("nearest-exact", "bilinear", "area", "bicubic", "bislerp"))
# ComfyUI's editor goes in steps of 8; its API takes any number and rounds down.
SIDE = Input("INT", default=512, low=16, high=MAX_SIDE, step=1)
OFFSET = Input("INT", default=0, low=0, high=MAX_SIDE, step=1)
STEPS_OF_8 = {"step": FACTOR}
CHANNELS = 4


def last(samples: Array) -> Array:
    """f32[N,C,h,w] with its channels last, as pictures have them."""
    return np.moveaxis(samples, 1, -1)


def first(samples: Array) -> Array:
    """The other way."""
    return np.moveaxis(samples, -1, 1)


def _sides(samples: Size, width: int, height: int) -> tuple[int, int]:
    """Width and height in pixels, at least 64 each, where 0 is computed from the other one; both 0: as they are."""
    if not width and not height:
        return samples.width, samples.height
    wide = width or round(samples.width * max(64, height) / samples.height)
    high = height or round(samples.height * max(64, width) / samples.width)
    return max(64, wide) // FACTOR * FACTOR, max(64, high) // FACTOR * FACTOR


def _resized(samples: Latent, width: int, height: int, method: str, crop: str) -> Latent:
    cells = last(samples.samples)
    if crop == "center":
        cells = centre(cells, width // FACTOR, height // FACTOR)
    return replace(samples, samples=first(resize(cells, width // FACTOR, height // FACTOR, method)))


def _upscale(samples: Latent, upscale_method: str, width: int, height: int, crop: str) -> Latent:
    if not width and not height:
        return samples
    wide, high = _sides(size_of(samples), width, height)
    return _resized(samples, wide, high, upscale_method, crop)


def _by(samples: Size, scale_by: float) -> Size:
    width, height = (round(one // FACTOR * scale_by) * FACTOR for one in (samples.width, samples.height))
    return Size(samples.pictures, width, height)


def _upscale_by(samples: Latent, upscale_method: str, scale_by: float) -> Latent:
    size = _by(size_of(samples), scale_by)
    return _resized(samples, size.width, size.height, upscale_method, "disabled")


def _composite(samples_to: Latent, samples_from: Latent, x: int, y: int, feather: int) -> Latent:
    to, over = last(samples_to.samples), last(samples_from.samples)
    over = many("samples_from", over, len(to))
    x, y, feather = (value // FACTOR for value in (x, y, feather))
    mask = None
    if feather:
        # Edges that lie on the picture's own stay sharp.
        rows, columns = (
            max(0, min(over.shape[1], to.shape[1] - y)),
            max(0, min(over.shape[2], to.shape[2] - x)),
        )
        over = over[:, :rows, :columns]
        down = ramp(rows, feather if y else 0, feather if y + rows < to.shape[1] else 0)
        along = ramp(columns, feather if x else 0, feather if x + columns < to.shape[2] else 0)
        mask = (down[:, None] * along)[None]
    return replace(samples_to, samples=first(paste(to, over, x, y, mask)))


def _composite_masked(
    destination: Latent, source: Latent, x: int, y: int, resize_source: bool, mask: Mask | None
) -> Latent:
    to, over = last(destination.samples), last(source.samples)
    if resize_source:
        over = resize(over[: len(to)], to.shape[2], to.shape[1])
    return replace(destination, samples=first(paste(to, over, x // FACTOR, y // FACTOR, mask)))


def _corner(whole: int, part: int) -> int:
    """Where a crop begins, in cells: eight at least are left, where there are as many."""
    return max(0, min(part // FACTOR, whole // FACTOR - 8))


def _crop(samples: Latent, width: int, height: int, x: int, y: int) -> Latent:
    size = size_of(samples)
    left, top = _corner(size.width, x), _corner(size.height, y)
    part = samples.samples[:, :, top : top + height // FACTOR, left : left + width // FACTOR]
    return replace(samples, samples=part)


def _cropped(samples: Size, width: int, height: int, x: int, y: int) -> Size:
    left, top = _corner(samples.width, x) * FACTOR, _corner(samples.height, y) * FACTOR
    width, height = width // FACTOR * FACTOR, height // FACTOR * FACTOR
    return Size(samples.pictures, min(width, samples.width - left), min(height, samples.height - top))


NODES: tuple[NodeType, ...] = (
    pure(
        "EmptyLatentImage", "Empty Latent Image", "latent",
        {"width": SIDE, "height": SIDE, "batch_size": Input("INT", default=1, low=1, high=4096, step=1)},
        outputs("LATENT"),
        lambda width, height, batch_size: Latent(
            np.zeros((batch_size, CHANNELS, height // FACTOR, width // FACTOR), np.float32)
        ),
        size=lambda width, height, batch_size: Size(
            batch_size, width // FACTOR * FACTOR, height // FACTOR * FACTOR
        ),
        cause="width",
        ui={"width": STEPS_OF_8, "height": STEPS_OF_8},
        description="Where a picture from nothing begins.",
    ),
    pure(
        "LatentUpscale", "Upscale Latent", "latent",
        {
            "samples": LATENT,
            "upscale_method": METHOD,
            "width": replace(SIDE, low=0),
            "height": replace(SIDE, low=0),
            "crop": CROP,
        },
        outputs("LATENT"),
        _upscale,
        size=lambda samples, width, height: Size(samples.pictures, *_sides(samples, width, height)),
        cause="width",
        ui={"width": STEPS_OF_8, "height": STEPS_OF_8},
        description="A side of 0 follows from the other one.",
    ),
    pure(
        "LatentUpscaleBy", "Upscale Latent By", "latent",
        {
            "samples": LATENT,
            "upscale_method": METHOD,
            "scale_by": Input("FLOAT", default=1.5, low=0.01, high=8.0, step=0.01),
        },
        outputs("LATENT"),
        _upscale_by,
        size=_by,
        cause="scale_by",
        description="Latents so many times as wide and high.",
    ),
    pure(
        "LatentComposite", "Latent Composite", "latent",
        {
            "samples_to": replace(LATENT, tooltip="What lies below."),
            "samples_from": replace(LATENT, tooltip="What is laid over it."),
            "x": OFFSET,
            "y": OFFSET,
            "feather": replace(OFFSET, tooltip="Pixels over which its edges fade."),
        },
        outputs("LATENT"),
        _composite,
        ui=dict.fromkeys(("x", "y", "feather"), STEPS_OF_8),
        description="A latent over another, with soft edges.",
    ),
    pure(
        "LatentCompositeMasked", "Latent Composite Masked", "latent",
        {
            "destination": LATENT,
            "source": LATENT,
            "x": OFFSET,
            "y": OFFSET,
            "resize_source": Input("BOOLEAN", default=False),
            "mask": Input("MASK", optional=True, tooltip="Where the source shows; everywhere without it."),
        },
        outputs("LATENT"),
        _composite_masked,
        ui=dict.fromkeys(("x", "y"), STEPS_OF_8),
        description="A latent over another, where a mask lets it.",
    ),
    pure(
        "LatentFlip", "Flip Latent", "latent/transform",
        {"samples": LATENT, "flip_method": FLIPS},
        outputs("LATENT"),
        lambda samples, flip_method: replace(
            samples, samples=np.flip(samples.samples, 2 if flip_method.startswith("x") else 3)
        ),
        description="Latents mirrored.",
    ),
    pure(
        "LatentRotate", "Rotate Latent", "latent/transform",
        {"samples": LATENT, "rotation": TURNS},
        outputs("LATENT"),
        lambda samples, rotation: replace(
            samples, samples=np.rot90(samples.samples, turns(rotation), axes=(3, 2))
        ),
        size=lambda samples, rotation: turned(image=samples, rotation=rotation),
        cause="rotation",
        description="Latents turned by quarters.",
    ),
    pure(
        "LatentCrop", "Crop Latent", "latent/transform",
        {
            "samples": LATENT,
            "width": replace(SIDE, low=64),
            "height": replace(SIDE, low=64),
            "x": OFFSET,
            "y": OFFSET,
        },
        outputs("LATENT"),
        _crop,
        size=_cropped,
        cause="width",
        ui=dict.fromkeys(("width", "height", "x", "y"), STEPS_OF_8),
        description="A part of a latent, 64 pixels at least; it ends at the border.",
    ),
)  # fmt: skip
