"""Between the latents that the VAE speaks and those that the UNet sees."""

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def scale(latent: F32, scaling_factor: float) -> F32:
    """VAE latents → UNet latents: `latent × scaling_factor` (SD1/2 0.18215), f32, any shape."""
    return np.asarray(latent * np.float32(scaling_factor), np.float32)


def unscale(latent: F32, scaling_factor: float) -> F32:
    """UNet latents → VAE latents: `latent / scaling_factor`, f32, any shape."""
    return np.asarray(latent / np.float32(scaling_factor), np.float32)
