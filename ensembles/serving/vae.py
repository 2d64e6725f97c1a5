"""`vae_encode` and `vae_decode`: pictures ↔ scaled latents, in tiles above a size or as asked for.

Pictures are uint8, or fp32 in 0..1 and not rounded: what nodes of a workflow hand on.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np

from ensembles.arrays import Array
from ensembles.engine.variant import Seamless, Variant, to_text
from ensembles.imaging.codec import to_float, to_uint8
from ensembles.imaging.latents import scale, unscale
from ensembles.imaging.tiling import LAYOUT, Layout, decode_tiled, encode_tiled
from ensembles.manifest import Manifest
from ensembles.sampling.parameters import MAX_BATCH, MAX_SIZE
from ensembles.serving import checkpoints
from ensembles.serving.adapters import read_variant
from ensembles.serving.fields import OVERLAP, TILE, VARIANT
from ensembles.serving.tensors import BadInput, call, scalar

Check = Callable[[], None]
"""Asked before every network call; may raise `Cancelled`."""


def _unasked() -> None:
    pass


def check_size(name: str, pictures: int, width: int, height: int) -> None:
    """Raises `BadInput` for more than the process should take on; sizes in pixels."""
    if not (1 <= pictures <= MAX_BATCH and min(width, height) >= 8 and max(width, height) <= MAX_SIZE):
        raise BadInput(
            f"{name}: {pictures} of {width}x{height} pixels; send 1 to {MAX_BATCH} pictures of up to "
            f"{MAX_SIZE}x{MAX_SIZE}."
        )


def read_layout(request: Any, factor: int) -> Layout:
    """The tiles that TILE and OVERLAP ask for, in pixels; raises `BadInput`. `factor` is pixels per latent cell."""
    tile, overlap = scalar(request, TILE), scalar(request, OVERLAP)
    if tile == 0:
        return LAYOUT
    if not (
        64 <= tile <= MAX_SIZE and 0 <= overlap <= tile // 2 and not tile % factor and not overlap % factor
    ):
        raise BadInput(
            f"TILE, OVERLAP: {tile} and {overlap} pixels; send a tile of 64 to {MAX_SIZE} and an overlap of at most "
            f"half of it, multiples of {factor}."
        )
    cells, shared = tile // factor, overlap // factor
    return Layout(tile=cells, overlap=shared, blend=shared, whole=cells)


async def decode(
    model: str, latent: Array, layout: Layout = LAYOUT, check: Check = _unasked, seamless: Seamless = ""
) -> Array:
    """Scaled latents fp32 [N,4,h,w] → pictures uint8 [N,8h,8w,3]."""
    return to_uint8(await decoded(model, latent, layout, check, seamless))


async def decode_pixels(
    model: str, latent: Array, layout: Layout = LAYOUT, check: Check = _unasked, seamless: Seamless = ""
) -> Array:
    """Scaled latents fp32 [N,4,h,w] → pictures fp32 [N,8h,8w,3] in 0..1."""
    return to_pixels(await decoded(model, latent, layout, check, seamless))


def read_seamless(request: Any, manifest: Manifest) -> Seamless:
    """The axes along which pictures go round, of VARIANT; raises `BadInput`."""
    variant = read_variant(scalar(request, VARIANT), manifest)
    if variant.loras:
        raise BadInput("VARIANT: a VAE takes seamless alone; LoRAs change UNets and text encoders.")
    return variant.seamless


def _is_tiled(height: int, width: int, layout: Layout) -> bool:
    """Is it done in tiles? Then these lie over the edges of what goes round, and no tile goes round by itself."""
    return height * width > layout.whole**2


def _at_work(seamless: Seamless, samples: int) -> dict[str, Array]:
    """The optional input of a VAE's network."""
    if not seamless:
        return {}
    text = to_text(Variant(seamless=seamless)).encode()
    return {"variant": np.full((samples, 1), text, np.object_)}


def to_pixels(image: Array) -> Array:
    """The network's fp32 [N,3,H,W] in −1..1 → fp32 [N,H,W,3] in 0..1; NaN becomes 0."""
    halved = np.asarray(image, np.float32) / 2 + np.float32(0.5)
    pixels = np.clip(np.nan_to_num(halved, posinf=1, neginf=0), 0, 1)
    return np.ascontiguousarray(np.moveaxis(pixels, -3, -1))


async def decoded(
    model: str, latent: Array, layout: Layout = LAYOUT, check: Check = _unasked, seamless: Seamless = ""
) -> Array:
    """Scaled latents fp32 [N,4,h,w] → what the network says, fp32 [N,3,8h,8w] in about −1..1."""
    manifest = checkpoints.manifest(model)
    if latent.ndim != 4 or latent.shape[1] != manifest.latent_channels or not latent.size:
        raise BadInput(
            f"LATENT: the shape must be [N,{manifest.latent_channels},h,w], not {list(latent.shape)}."
        )

    check_size(
        "LATENT", len(latent), latent.shape[3] * manifest.vae_factor, latent.shape[2] * manifest.vae_factor
    )

    tiled = _is_tiled(latent.shape[2], latent.shape[3], layout)

    async def network(tile: Array) -> Array:
        check()
        (image,) = await call(
            f"{model}-vae-decoder",
            {"latent": tile, **_at_work("" if tiled else seamless, len(tile))},
            ["image"],
        )
        return image

    unscaled = unscale(latent, manifest.scaling_factor)
    # One request a picture: Triton's batcher joins them, with those of other jobs too.
    images = await asyncio.gather(
        *(decode_tiled(one[None], network, layout, manifest.vae_factor, seamless) for one in unscaled)
    )
    return np.concatenate(images)


async def encode(model: str, image: Array, layout: Layout = LAYOUT, seamless: Seamless = "") -> Array:
    """Pictures uint8 [N,H,W,3] → scaled latents fp32 [N,4,H/8,W/8]; the mode, as the field takes it."""
    manifest = checkpoints.manifest(model)
    if image.ndim != 4 or image.shape[3] != 3 or image.dtype != np.uint8:
        raise BadInput(f"IMAGE: send uint8 [N,H,W,3], not {image.dtype} {list(image.shape)}.")
    _check_picture("IMAGE", image, manifest)
    return await _encoded(model, [to_float(one[None]) for one in image], manifest, layout, seamless)


async def encode_pixels(model: str, pixels: Array, layout: Layout = LAYOUT, seamless: Seamless = "") -> Array:
    """Pictures fp32 [N,H,W,3] in 0..1 → scaled latents fp32 [N,4,H/8,W/8]; the mode, as the field takes it."""
    manifest = checkpoints.manifest(model)
    if pixels.ndim != 4 or pixels.shape[3] != 3:
        raise BadInput(f"PIXELS: send fp32 [N,H,W,3], not {list(pixels.shape)}.")
    if not np.isfinite(pixels).all():
        raise BadInput("PIXELS: send finite numbers only.")
    _check_picture("PIXELS", pixels, manifest)
    signed = np.moveaxis(pixels * np.float32(2) - np.float32(1), -1, -3)
    return await _encoded(
        model, [np.ascontiguousarray(one[None]) for one in signed], manifest, layout, seamless
    )


def _check_picture(name: str, image: Array, manifest: Manifest) -> None:
    _, height, width, _ = image.shape
    check_size(name, len(image), width, height)
    if height % manifest.vae_factor or width % manifest.vae_factor:
        raise BadInput(
            f"{name}: width and height must be multiples of {manifest.vae_factor}, not {width}x{height}."
        )


async def _encoded(
    model: str, images: list[Array], manifest: Manifest, layout: Layout, seamless: Seamless
) -> Array:
    height, width = (side // manifest.vae_factor for side in images[0].shape[2:])
    tiled = _is_tiled(height, width, layout)

    async def network(tile: Array) -> Array:
        (latent,) = await call(
            f"{model}-vae-encoder",
            {"image": tile, **_at_work("" if tiled else seamless, len(tile))},
            ["latent"],
        )
        return latent

    latents = await asyncio.gather(
        *(encode_tiled(one, network, layout, manifest.vae_factor, seamless) for one in images)
    )
    return scale(np.concatenate(latents), manifest.scaling_factor)
