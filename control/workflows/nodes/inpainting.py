"""Parts of pictures painted anew, and pictures painted further: cut out, filled, told to the model, put back."""

from dataclasses import replace

import numpy as np

from control.workflows.engine import Engine
from control.workflows.nodes.masks import MASK
from control.workflows.nodes.pure import MAX_SIDE, many, pure, size_of
from control.workflows.nodes.vae import check_mask, cropped, encoded_size
from control.workflows.types import Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Conditioning, Image, Latent, Mask, Stitch, Vae
from ensembles.arrays import Array
from ensembles.imaging.inpainting import (
    FILLS,
    Box,
    around,
    cut,
    extended,
    feathered,
    filled,
    greyed,
    stitched,
)
from ensembles.imaging.resizing import fit, resize
from ensembles.imaging.tiling import FACTOR
from ensembles.sampling.parameters import MAX_SEED, MAX_SIZE

REGIONS = ("masked", "whole")
MAX_FEATHER = 1024
PROPORTION = 0.02
"""How far a mask's proportions may be from its picture's, to be scaled to it."""


def same_proportions(image: Size, mask: Size) -> None:
    """Raises `Unfit` for a mask that cannot be scaled to its picture: it would choose something else."""
    wide, high = mask.width * image.height, mask.height * image.width
    # Or a pixel, of small ones.
    if abs(wide - high) > max(PROPORTION * max(wide, high), image.width, image.height):
        raise Unfit(
            "mask",
            f"the mask has {mask.width} x {mask.height} pixels and the picture {image.width} x {image.height}: give one of "
            "the same size, or of the same proportions",
        )


def _fitted(image: Image, mask: Mask) -> Mask:
    """The mask at its picture's size."""
    return np.clip(resize(many("mask", mask, len(image)), image.shape[2], image.shape[1]), 0, 1)


def _whole(width: int, height: int) -> tuple[int, int]:
    """The next larger whole latent cells."""
    return -(-width // FACTOR) * FACTOR, -(-height // FACTOR) * FACTOR


def _crop(
    image: Image, mask: Mask, region: str, width: int, height: int, padding: int, grow: int, feather: int
) -> tuple[Stitch, Image, Mask]:
    same_proportions(size_of(image), size_of(mask))
    image = image[..., :3]
    weight = feathered(_fitted(image, mask), grow, feather)
    rows, columns = image.shape[1:3]
    box = Box(0, 0, columns, rows)
    if region == "masked":
        if not weight.any():
            raise Unfit("mask", "it chooses nothing: paint over what shall be painted anew")
        box = around(weight, padding, width or columns, height or rows)
    part = cut(weight, box)
    stitch = Stitch(image, part, box.x, box.y)
    wide, high = _whole(width or box.width, height or box.height)
    shrinks = wide * high < box.width * box.height
    return (
        stitch,
        np.clip(resize(cut(image, box), wide, high, "area" if shrinks else "bicubic"), 0, 1),
        resize(part, wide, high),
    )


def _crop_size(
    image: Size, mask: Size, region: str, width: int, height: int
) -> tuple[Size, Size | None, Size | None]:
    same_proportions(image, mask)
    if region == "masked" and not (width and height):
        return image, None, None
    wide, high = _whole(width or image.width, height or image.height)
    return image, Size(image.pictures, wide, high), Size(mask.pictures, wide, high)


def _stitch(stitch: Stitch, image: Image) -> Image:
    if len(image) % len(stitch.original):
        raise Unfit(
            "image",
            f"{len(image)} pictures were painted for {len(stitch.original)} originals: give as many, or several of each",
        )
    repeated = np.tile(stitch.original, (len(image) // len(stitch.original), 1, 1, 1))
    return stitched(repeated, image[..., :3], _as_many(stitch.weight, len(image)), stitch.x, stitch.y)


def _crop_hint(stitch: Stitch, image: Image) -> Image:
    left, top, right, bottom = stitch.room
    rows, columns = stitch.original.shape[1:3]
    # As a hint of another size is fitted beside the UNet.
    whole = fit(image[..., :3], columns - left - right, rows - top - bottom, "nearest-exact")
    whole = np.pad(whole, ((0, 0), (top, bottom), (left, right), (0, 0)))
    return cut(whole, Box(stitch.x, stitch.y, stitch.weight.shape[2], stitch.weight.shape[1]))


def _as_many(weight: Mask, count: int) -> Mask:
    return weight if len(weight) == 1 else np.tile(weight, (count // len(weight), 1, 1))


def _pad(
    image: Image, left: int, top: int, right: int, bottom: int, feather: int
) -> tuple[Stitch, Image, Mask]:
    if not (left or top or right or bottom):
        raise Unfit("left", "say at which side there shall be more: left, top, right or bottom")
    larger, outside = extended(image[..., :3], left, top, right, bottom)
    weight = feathered(outside, 0, feather)
    wide, high = _whole(larger.shape[2], larger.shape[1])
    return (
        Stitch(larger, weight, 0, 0, (left, top, right, bottom)),
        np.clip(resize(larger, wide, high, "bicubic"), 0, 1),
        resize(weight, wide, high),
    )


def _padded(image: Size, left: int, top: int, right: int, bottom: int) -> tuple[Size, Size, Size]:
    larger = Size(image.pictures, left + image.width + right, top + image.height + bottom)
    wide, high = _whole(larger.width, larger.height)
    return larger, Size(image.pictures, wide, high), Size(1, wide, high)


async def model_conditioning(
    engine: Engine,
    positive: Conditioning,
    negative: Conditioning,
    vae: Vae,
    pixels: Image,
    mask: Mask,
    noise_mask: bool,
) -> tuple[Conditioning, Conditioning, Latent]:
    """Texts that tell an inpainting UNet what is hidden and what is not, and the picture's latent to begin with."""
    height, width = pixels.shape[1:3]
    check_mask(Size(len(pixels), width, height), Size(len(mask), *mask.shape[:0:-1]))
    factor = engine.manifest(vae.checkpoint).vae_factor
    sized = cropped(resize(mask, width, height), factor)
    pictures = cropped(pixels, factor)[..., :3]
    samples = await engine.encode(vae, pictures)
    masked = await engine.encode(vae, greyed(pictures, sized))
    told = inpainted(masked, sized)
    return (
        tuple(replace(one, inpaint=told) for one in positive),
        tuple(replace(one, inpaint=told) for one in negative),
        Latent(samples, mask=sized if noise_mask else None),
    )


def inpainted(masked: Array, mask: Mask) -> Array:
    """fp32 [N,5,h,w] of `Condition.inpaint`: a masked picture's latent [N,4,h,w] below its mask [N or 1,H,W]."""
    height, width = masked.shape[2:]
    planes = np.round(np.clip(resize(mask, width, height), 0, 1))[:, None]
    if len(planes) != len(masked):
        planes = np.repeat(planes[:1], len(masked), 0)
    return np.asarray(np.concatenate([planes, masked], axis=1), np.float32)


def _check_model(pixels: Size | None = None, mask: Size | None = None, **_: object) -> None:
    check_mask(pixels, mask)
    if pixels is not None and mask is not None:
        same_proportions(pixels, mask)


def _model_size(pixels: Size | None = None, **_: object) -> tuple[None, None, Size | None]:
    (found,) = encoded_size(pixels)
    return None, None, found


_WHAT = Input("MASK", tooltip="What is painted anew: 1. Of the picture's size, or scaled to it.")
_SIDE = Input(
    "INT", 512, 0, MAX_SIZE, 8, tooltip="At which it is painted; 0: as it is. Rounded up to whole 8."
)
_FEATHER = Input(
    "INT", 16, 0, MAX_FEATHER, 1, tooltip="Pixels over which what is painted passes into the picture."
)


def _room(name: str) -> Input:
    return Input("INT", 0, 0, MAX_SIDE, 8, tooltip=f"Pixels to be painted at the {name}.")


_CATEGORY = "inpaint"


NODES: tuple[NodeType, ...] = (
    pure(
        "StudioInpaintCrop", "Inpaint Crop", _CATEGORY,
        {
            "image": Input("IMAGE", tooltip="The picture."),
            "mask": _WHAT,
            "region": Input(
                "COMBO", "masked", choices=REGIONS,
                tooltip="masked: what surrounds the mask alone, at full resolution; whole: all of the picture.",
            ),
            "width": _SIDE,
            "height": _SIDE,
            "padding": Input("INT", 32, 0, MAX_FEATHER, 1, tooltip="Pixels around the mask that the model sees."),
            "grow": Input("INT", 0, 0, MAX_FEATHER, 1, tooltip="Pixels by which the mask is made larger."),
            "feather": _FEATHER,
        },
        outputs("STITCH", "IMAGE", "MASK"),
        _crop,
        size=_crop_size,
        cause="width",
        description="The part of a picture that is painted anew, and what surrounds it, at the size at which it is painted.",
    ),
    pure(
        "StudioInpaintFill", "Inpaint Fill", _CATEGORY,
        {
            "image": Input("IMAGE", tooltip="The picture, as Inpaint Crop gives it."),
            "mask": _WHAT,
            "fill": Input(
                "COMBO", "original", choices=("original", *FILLS),
                tooltip="original: as it was; noise: grains of the rest's colours; blur: the colours around, grown into it; "
                "neutral: middle grey.",
            ),
            "seed": Input("INT", 0, 0, MAX_SEED, 1, tooltip="Of the noise."),
        },
        outputs("IMAGE"),
        lambda image, mask, fill, seed: filled(image[..., :3], _fitted(image, mask), fill, seed),
        size=lambda image: image,
        cause="image",
        description="What stands where a picture will be painted anew, for samplers that keep a part of it (denoise below 1).",
    ),
    pure(
        "StudioInpaintStitch", "Inpaint Stitch", _CATEGORY,
        {
            "stitch": Input("STITCH", tooltip="Of Inpaint Crop or Outpaint Pad."),
            "image": Input("IMAGE", tooltip="What was painted, of any size."),
        },
        outputs("IMAGE"),
        _stitch,
        size=lambda stitch, image: Size(max(stitch.pictures, image.pictures), stitch.width, stitch.height),
        cause="image",
        description="What was painted goes back to where it was cut out; all outside the feathered mask is as before.",
    ),
    pure(
        "StudioInpaintCropHint", "Inpaint Crop Hint", _CATEGORY,
        {
            "stitch": Input("STITCH", tooltip="Of Inpaint Crop or Outpaint Pad."),
            "image": Input("IMAGE", tooltip="What belongs to the whole picture: a ControlNet's hint."),
        },
        outputs("IMAGE"),
        _crop_hint,
        size=lambda image: None,
        cause="image",
        description="The part of a hint that belongs to what is painted; black where the picture was given more room.",
    ),
    pure(
        "StudioOutpaintPad", "Outpaint Pad", _CATEGORY,
        {
            "image": Input("IMAGE", tooltip="The picture."),
            "left": _room("left"),
            "top": _room("top"),
            "right": _room("right"),
            "bottom": _room("bottom"),
            "feather": Input(
                "INT", 32, 0, MAX_FEATHER, 1,
                tooltip="Pixels of the old picture over which what is painted passes into it.",
            ),
        },
        outputs("STITCH", "IMAGE", "MASK"),
        _pad,
        size=_padded,
        cause="left",
        description="A picture with room at its sides, which is to be painted; Inpaint Stitch blends the seam.",
    ),
    pure(
        "StudioFeatherMask", "Grow and Feather Mask", "mask",
        {
            "mask": MASK,
            "grow": Input("INT", 0, 0, MAX_FEATHER, 1, tooltip="Pixels by which it is made larger."),
            "feather": Input("INT", 16, 0, MAX_FEATHER, 1, tooltip="Pixels over which it then falls to 0."),
        },
        outputs("MASK"),
        feathered,
        description="What is chosen grows, and its shape's edge falls softly to 0, outwards.",
    ),
    NodeType(
        name="InpaintModelConditioning",
        title="InpaintModelConditioning",
        category="conditioning/inpaint",
        description="Tells an inpainting checkpoint, whose UNet has 9 channels, what of a picture is to be painted anew.",
        inputs={
            "positive": Input("CONDITIONING", tooltip="What shall be in the picture."),
            "negative": Input("CONDITIONING", tooltip="What shall not be in it."),
            "vae": Input("VAE", tooltip="The VAE of the inpainting checkpoint."),
            "pixels": Input("IMAGE", tooltip="The picture; what is over beyond multiples of 8 is cut off at the edges."),
            "mask": _WHAT,
            "noise_mask": Input(
                "BOOLEAN", True, tooltip="Is what the mask leaves kept at every step? Off: the model alone sees to it."
            ),
        },
        outputs=outputs(("CONDITIONING", "positive"), ("CONDITIONING", "negative"), ("LATENT", "latent")),
        run=model_conditioning,
        asks="vae_encode",
        check=_check_model,
        size=_model_size,
    ),
)  # fmt: skip
