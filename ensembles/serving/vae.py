"""`vae_encode` and `vae_decode`: uint8 pictures ↔ scaled latents, in tiles above a size."""

import asyncio

import numpy as np

from ensembles.arrays import Array
from ensembles.imaging.codec import to_float, to_uint8
from ensembles.imaging.latents import scale, unscale
from ensembles.imaging.tiling import decode_tiled, encode_tiled
from ensembles.serving import checkpoints
from ensembles.serving.tensors import BadInput, call


async def decode(model: str, latent: Array) -> Array:
    """Scaled latents fp32 [N,4,h,w] → pictures uint8 [N,8h,8w,3]."""
    manifest = checkpoints.manifest(model)
    if latent.ndim != 4 or latent.shape[1] != manifest.latent_channels or not latent.size:
        raise BadInput(
            f"LATENT: the shape must be [N,{manifest.latent_channels},h,w], not {list(latent.shape)}."
        )

    async def network(tile: Array) -> Array:
        (image,) = await call(f"{model}-vae-decoder", {"latent": tile}, ["image"])
        return image

    unscaled = unscale(latent, manifest.scaling_factor)
    # One request a picture: Triton's batcher joins them, with those of other jobs too.
    images = await asyncio.gather(*(decode_tiled(one[None], network) for one in unscaled))
    return np.concatenate([to_uint8(image) for image in images])


async def encode(model: str, image: Array) -> Array:
    """Pictures uint8 [N,H,W,3] → scaled latents fp32 [N,4,H/8,W/8]; the mode, as the field takes it."""
    manifest = checkpoints.manifest(model)
    if image.ndim != 4 or image.shape[3] != 3 or image.dtype != np.uint8:
        raise BadInput(f"IMAGE: send uint8 [N,H,W,3], not {image.dtype} {list(image.shape)}.")
    _, height, width, _ = image.shape
    if height % manifest.vae_factor or width % manifest.vae_factor:
        raise BadInput(
            f"IMAGE: width and height must be multiples of {manifest.vae_factor}, not {width}x{height}."
        )

    async def network(tile: Array) -> Array:
        (latent,) = await call(f"{model}-vae-encoder", {"image": tile}, ["latent"])
        return latent

    latents = await asyncio.gather(*(encode_tiled(to_float(one[None]), network) for one in image))
    return scale(np.concatenate(latents), manifest.scaling_factor)
