"""Pictures to latents and back, by a VAE."""

from typing import Any

import numpy as np
from scipy import ndimage

from control.workflows.engine import Engine
from control.workflows.nodes.pure import size_of
from control.workflows.types import Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Image, Latent, Mask, Vae
from ensembles.imaging.inpainting import greyed
from ensembles.imaging.resizing import resize
from ensembles.imaging.tiling import FACTOR
from ensembles.sampling.parameters import MAX_SIZE

MAX_TILE = 4096


def cropped(array: Image, factor: int) -> Image:
    """[N,H,W,…] cut evenly at both ends to whole latent cells."""
    height, width = array.shape[1:3]
    top, left = height % factor // 2, width % factor // 2
    return array[:, top : top + height // factor * factor, left : left + width // factor * factor]


async def encode(
    engine: Engine, pixels: Image, vae: Vae, *, tile: int = 0, overlap: int = 0
) -> tuple[Latent]:
    """fp32 [N,H,W,3 or 4] → fp32 [N,C,H/8,W/8]; alpha is left out, what is over at the edges cut off."""
    check_pixels(Size(len(pixels), pixels.shape[2], pixels.shape[1]))
    pictures = cropped(pixels, engine.manifest(vae.checkpoint).vae_factor)[..., :3]
    return (Latent(await engine.encode(vae, pictures, tile=tile, overlap=overlap)),)


async def encode_tiled(
    engine: Engine, pixels: Image, vae: Vae, tile_size: int, overlap: int, **_: Any
) -> tuple[Latent]:
    """As `encode`, in squares of `tile_size` pixels that share `overlap`."""
    return await encode(engine, pixels, vae, **tiles(tile_size, overlap))


async def encode_for_inpaint(
    engine: Engine, pixels: Image, vae: Vae, mask: Mask, grow_mask_by: int
) -> tuple[Latent]:
    """As `encode`, of the picture with middle grey where the mask is, and with the grown mask as noise mask."""
    factor = engine.manifest(vae.checkpoint).vae_factor
    height, width = pixels.shape[1:3]
    check_mask(Size(len(pixels), width, height), Size(len(mask), *mask.shape[:0:-1]))
    sized = resize(mask, width, height)
    pictures, sized = cropped(pixels, factor)[..., :3], cropped(sized, factor)
    samples = await engine.encode(vae, greyed(pictures, sized))
    return (Latent(samples, mask=grown(sized, grow_mask_by)),)


def grown(mask: Mask, pixels: int) -> Mask:
    """fp32 [N,H,W] → 0 or 1: rounded, then 1 where a square `pixels` wide holds a 1; not grown where `pixels` is 0."""
    # Rounded first: what is soft adds up in a large square, and a feathered edge would be painted in all its width.
    mask = np.round(mask)
    if pixels:
        for axis in (1, 2):
            mask = ndimage.correlate1d(mask, np.ones(pixels, np.float32), axis=axis, mode="constant")
    return np.asarray(np.clip(mask, 0, 1), np.float32)


async def decode(engine: Engine, samples: Latent, vae: Vae) -> tuple[Image]:
    """fp32 [N,C,h,w] → fp32 [N,8h,8w,3] in 0..1."""
    check_samples(size_of(samples))
    return (await engine.decode(vae, samples.samples),)


async def decode_tiled(
    engine: Engine, samples: Latent, vae: Vae, tile_size: int, overlap: int, **_: Any
) -> tuple[Image]:
    """As `decode`, in squares of `tile_size` pixels that share `overlap`."""
    check_samples(size_of(samples))
    return (await engine.decode(vae, samples.samples, **tiles(tile_size, overlap)),)


def tiles(tile_size: int, overlap: int) -> dict[str, int]:
    """Tiles that share more than a quarter are work done twice: ComfyUI's rule. Larger ones than the server takes are cut.

    Both in whole latent cells.
    """
    tile = min(tile_size, MAX_SIZE) // FACTOR * FACTOR
    return {"tile": tile, "overlap": min(overlap, tile // 4) // FACTOR * FACTOR}


def encoded_size(pixels: Size | None = None, **_: Any) -> tuple[Size | None]:
    """Whole latent cells, in pixels."""
    return (None if pixels is None else Size(pixels.pictures, pixels.width // 8 * 8, pixels.height // 8 * 8),)


def check_pixels(pixels: Size | None = None, **_: Any) -> None:
    """A latent has at least one cell, and at most as many as the server takes."""
    if pixels is None:
        return
    if min(pixels.width, pixels.height) < FACTOR:
        raise Unfit("pixels", f"{pixels.width} x {pixels.height} is too small: 8 pixels a side are the least")
    _fits("pixels", pixels)


def check_samples(samples: Size | None = None, **_: Any) -> None:
    """No larger than the server takes."""
    if samples is not None:
        _fits("samples", samples)


def _fits(name: str, size: Size) -> None:
    if max(size.width, size.height) // FACTOR * FACTOR > MAX_SIZE:
        raise Unfit(
            name,
            f"{size.width} x {size.height} is too large: {MAX_SIZE} pixels a side are the most; scale it down",
        )


def check_mask(pixels: Size | None = None, mask: Size | None = None, **_: Any) -> None:
    """One mask for all pictures, or one each."""
    check_pixels(pixels)
    if pixels is not None and mask is not None and mask.pictures not in (1, pixels.pictures):
        raise Unfit(
            "mask", f"there are {mask.pictures} masks for {pixels.pictures} pictures; give 1, or one each"
        )


_VAE = Input("VAE", tooltip="The VAE, of a checkpoint or of a loader.")
_PIXELS = Input("IMAGE", tooltip="The pictures; what is over beyond multiples of 8 is cut off at the edges.")
_SAMPLES = Input("LATENT", tooltip="The latent to be decoded.")
_TILES = {
    "tile_size": Input("INT", 512, 64, MAX_TILE, 32, tooltip="Side of a tile in pixels."),
    "overlap": Input(
        "INT",
        64,
        0,
        MAX_TILE,
        32,
        tooltip="Pixels that neighbouring tiles share: a quarter of a tile at most.",
    ),
    "temporal_size": Input(
        "INT", 64, 8, 4096, 4, optional=True, tooltip="Of videos; pictures do not use it."
    ),
    "temporal_overlap": Input(
        "INT", 8, 4, 4096, 4, optional=True, tooltip="Of videos; pictures do not use it."
    ),
}


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="VAEDecode",
        title="VAE Decode",
        category="latent",
        description="Latents back to pictures.",
        inputs={"samples": _SAMPLES, "vae": _VAE},
        outputs=outputs("IMAGE"),
        run=decode,
        asks="vae_decode",
        check=check_samples,
    ),
    NodeType(
        name="VAEDecodeTiled",
        title="VAE Decode (Tiled)",
        category="_for_testing",
        description="Latents back to pictures, tile by tile: needs less memory, and differs a little from the whole.",
        inputs={"samples": _SAMPLES, "vae": _VAE, **_TILES},
        outputs=outputs("IMAGE"),
        run=decode_tiled,
        asks="vae_decode",
        check=check_samples,
    ),
    NodeType(
        name="VAEEncode",
        title="VAE Encode",
        category="latent",
        description="Pictures to latents, where sampling can begin.",
        inputs={"pixels": _PIXELS, "vae": _VAE},
        outputs=outputs("LATENT"),
        run=encode,
        asks="vae_encode",
        check=check_pixels,
        size=encoded_size,
    ),
    NodeType(
        name="VAEEncodeTiled",
        title="VAE Encode (Tiled)",
        category="_for_testing",
        description="Pictures to latents, tile by tile: needs less memory, and differs a little from the whole.",
        inputs={"pixels": _PIXELS, "vae": _VAE, **_TILES},
        outputs=outputs("LATENT"),
        run=encode_tiled,
        asks="vae_encode",
        check=check_pixels,
        size=encoded_size,
    ),
    NodeType(
        name="VAEEncodeForInpaint",
        title="VAE Encode (for Inpainting)",
        category="latent/inpaint",
        description="Pictures to latents with grey where the mask is, which alone is painted then. Use denoise 1.",
        inputs={
            "pixels": _PIXELS,
            "vae": _VAE,
            "mask": Input("MASK", tooltip="What is to be painted anew."),
            "grow_mask_by": Input(
                "INT", 6, 0, 64, 1, tooltip="Pixels by which more is painted, to hide the seam."
            ),
        },
        outputs=outputs("LATENT"),
        run=encode_for_inpaint,
        asks="vae_encode",
        version=2,
        check=check_mask,
        size=encoded_size,
    ),
)
