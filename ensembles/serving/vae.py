"""`vae_encode` and `vae_decode`: uint8 pictures ↔ scaled latents, in tiles above a size."""

import asyncio
from collections.abc import Callable

import numpy as np

from ensembles.arrays import Array
from ensembles.imaging.codec import to_float, to_uint8
from ensembles.imaging.latents import scale, unscale
from ensembles.imaging.tiling import decode_tiled, encode_tiled
from ensembles.sampling.parameters import MAX_BATCH, MAX_SIZE
from ensembles.serving import checkpoints
from ensembles.serving.tensors import BadInput, call


def check_size(name: str, pictures: int, width: int, height: int) -> None:
    """Raises `BadInput` for more than the process should take on; sizes in pixels."""
    if not (1 <= pictures <= MAX_BATCH and min(width, height) >= 8 and max(width, height) <= MAX_SIZE):
        raise BadInput(
            f"{name}: {pictures} of {width}x{height} pixels; send 1 to {MAX_BATCH} pictures of up to "
            f"{MAX_SIZE}x{MAX_SIZE}."
        )


async def decode(model: str, latent: Array, check: Callable[[], None] = lambda: None) -> Array:
    """Scaled latents fp32 [N,4,h,w] → pictures uint8 [N,8h,8w,3].

    `check` is asked before every network call and may raise `Cancelled`.
    """
    manifest = checkpoints.manifest(model)
    if latent.ndim != 4 or latent.shape[1] != manifest.latent_channels or not latent.size:
        raise BadInput(
            f"LATENT: the shape must be [N,{manifest.latent_channels},h,w], not {list(latent.shape)}."
        )

    check_size(
        "LATENT", len(latent), latent.shape[3] * manifest.vae_factor, latent.shape[2] * manifest.vae_factor
    )

    async def network(tile: Array) -> Array:
        check()
        (image,) = await call(f"{model}-vae-decoder", {"latent": tile}, ["image"])
        return image

    unscaled = unscale(latent, manifest.scaling_factor)
    # One request a picture: Triton's batcher joins them, with those of other jobs too.
    images = await asyncio.gather(
        *(decode_tiled(one[None], network, factor=manifest.vae_factor) for one in unscaled)
    )
    return np.concatenate([to_uint8(image) for image in images])


async def encode(model: str, image: Array) -> Array:
    """Pictures uint8 [N,H,W,3] → scaled latents fp32 [N,4,H/8,W/8]; the mode, as the field takes it."""
    manifest = checkpoints.manifest(model)
    if image.ndim != 4 or image.shape[3] != 3 or image.dtype != np.uint8:
        raise BadInput(f"IMAGE: send uint8 [N,H,W,3], not {image.dtype} {list(image.shape)}.")
    _, height, width, _ = image.shape
    check_size("IMAGE", len(image), width, height)
    if height % manifest.vae_factor or width % manifest.vae_factor:
        raise BadInput(
            f"IMAGE: width and height must be multiples of {manifest.vae_factor}, not {width}x{height}."
        )

    async def network(tile: Array) -> Array:
        (latent,) = await call(f"{model}-vae-encoder", {"image": tile}, ["latent"])
        return latent

    latents = await asyncio.gather(
        *(encode_tiled(to_float(one[None]), network, factor=manifest.vae_factor) for one in image)
    )
    return scale(np.concatenate(latents), manifest.scaling_factor)
