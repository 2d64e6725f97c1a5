"""Colours as brightness and two differences: YCbCr with the weights of ITU-R BT.601, as kornia has it."""

import numpy as np
from numpy.typing import NDArray

from ensembles.imaging.edges import GREY

F32 = NDArray[np.float32]
_BLUE, _RED = 0.564, 0.713


def to_ycbcr(image: F32) -> F32:
    """f32[…,3] in 0..1 → brightness, blue and red difference, each in 0..1 with 0.5 for none."""
    y = image @ GREY.astype(np.float32)
    return np.asarray(
        np.stack([y, (image[..., 2] - y) * _BLUE + 0.5, (image[..., 0] - y) * _RED + 0.5], -1), np.float32
    )


def from_ycbcr(image: F32) -> F32:
    """The inverse of `to_ycbcr`, clipped to 0..1."""
    y, blue, red = (image[..., channel] for channel in range(3))
    r, b = y + (red - 0.5) / _RED, y + (blue - 0.5) / _BLUE
    g = (y - GREY[0] * r - GREY[2] * b) / GREY[1]
    return np.asarray(np.clip(np.stack([r, g, b], -1), 0, 1), np.float32)
