"""Small pictures of a latent while it is being sampled, by a linear map instead of the VAE."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ensembles.manifest import LatentRGB

SIDE = 256

SD15_RGB = LatentRGB(
    weight=[
        [0.3444 / 2, 0.1385 / 2, 0.0670 / 2],
        [0.1247 / 2, 0.4027 / 2, 0.1494 / 2],
        [-0.3192 / 2, 0.2513 / 2, 0.2103 / 2],
        [-0.1307 / 2, -0.1874 / 2, -0.7445 / 2],
    ],
    bias=[0.5, 0.5, 0.5],
)
"""For Stable Diffusion 1's VAE. The factors, for a picture in −1..1, are InvokeAI's (Apache-2.0,
invokeai/app/util/step_callback.py, SD1_5_LATENT_RGB_FACTORS); here halved, for one in 0..1."""


def latent_to_rgb(latent: NDArray[np.float32], latent_rgb: LatentRGB | None = None) -> NDArray[np.uint8]:
    """A scaled latent f32[4,h,w] as uint8[h,w,3], one pixel per cell.

    `latent_rgb` is the checkpoint's own map (`Manifest.latent_rgb`); without one, SD 1's is taken.
    Values that are not finite come out black.
    """
    chosen = latent_rgb or SD15_RGB
    weight, bias = np.asarray(chosen.weight, np.float32), np.asarray(chosen.bias, np.float32)
    finite = np.nan_to_num(latent, nan=-1e9, posinf=1e9, neginf=-1e9)
    rgb = np.einsum("chw,cr->hwr", finite, weight) + bias
    rgb = np.where(np.isfinite(latent).all(axis=0)[..., None], rgb, 0)
    return np.asarray(np.clip(rgb, 0, 1) * 255, np.uint8)


def preview_jpeg(
    latent: NDArray[np.float32],
    latent_rgb: LatentRGB | None = None,
    *,
    side: int = SIDE,
    smooth: bool = True,
    quality: int = 80,
) -> bytes:
    """A scaled latent f32[4,h,w] as JPEG bytes whose longer side is at most `side` pixels.

    A cell becomes up to 8 pixels (the VAE's own factor); `smooth` chooses bilinear over nearest.
    """
    image = Image.fromarray(latent_to_rgb(latent, latent_rgb))
    zoom = min(8.0, side / max(image.size))
    size = (max(1, round(image.width * zoom)), max(1, round(image.height * zoom)))
    how = Image.Resampling.BILINEAR if smooth or zoom < 1 else Image.Resampling.NEAREST
    out = io.BytesIO()
    image.resize(size, how).save(out, "JPEG", quality=quality)
    return out.getvalue()
