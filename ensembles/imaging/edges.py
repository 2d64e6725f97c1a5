"""Edges of pictures, by Canny (1986), in the form and with the conventions that kornia documents for its `canny`."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

F32 = NDArray[np.float32]

GREY = np.array([0.299, 0.587, 0.114])
"""Weights of red, green and blue (ITU-R BT.601)."""
_GAUSS = np.exp(-(np.arange(-2, 3) ** 2) / 2)
_GAUSS /= _GAUSS.sum()
_SMOOTH, _SLOPE = (1.0, 2.0, 1.0), (-1.0, 0.0, 1.0)
_LEAST = 1e-6
"""Under the root of the magnitude."""
# Direction of the slope in steps of 45 degrees, modulo 180 → the pixels before and after along it, (down, right).
_ALONG = (((0, -1), (0, 1)), ((-1, -1), (1, 1)), ((-1, 0), (1, 0)), ((-1, 1), (1, -1)))


def canny(image: F32, low: float, high: float) -> F32:
    """f32[N,H,W,3] → f32[N,H,W], 1 on edges and 0 elsewhere.

    Grey, blurred by a Gaussian (5×5, σ 1), Sobel, thinned to one pixel. A ridge is an edge where its magnitude, at
    most 4√2 on pictures in 0..1, is above `low` and it is connected to a pixel above `high`.
    """
    return np.stack([_canny(picture, low, high) for picture in image])


def _canny(picture: F32, low: float, high: float) -> F32:
    # In double precision: ridges two pixels wide, which are common in drawn pictures, are to be equal on both.
    grey = picture.astype(np.float64) @ GREY
    for axis in (0, 1):
        grey = ndimage.correlate1d(grey, _GAUSS, axis, mode="mirror")
    down, right = (
        ndimage.correlate1d(
            ndimage.correlate1d(grey, _SLOPE, axis, mode="nearest"), _SMOOTH, 1 - axis, mode="nearest"
        )
        for axis in (0, 1)
    )
    magnitude = np.sqrt(down**2 + right**2 + _LEAST).astype(np.float32)
    ridge = np.where(_is_ridge(magnitude, down, right), magnitude, 0)
    pieces, _ = ndimage.label(ridge > low, np.ones((3, 3)))
    kept = np.zeros(pieces.max() + 1, bool)
    kept[pieces[ridge > high]] = True
    kept[0] = False
    return np.asarray(kept[pieces], np.float32)


def _is_ridge(magnitude: F32, down: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the magnitude is largest along the slope; of two equal ones the left or upper one, on diagonals neither."""
    height, width = magnitude.shape
    around = np.pad(magnitude, 1, constant_values=np.float32(math.sqrt(_LEAST)))
    direction = np.round(np.arctan2(down, right) * (4 / math.pi)).astype(int) % 4
    found = np.zeros(magnitude.shape, bool)
    for number, sides in enumerate(_ALONG):
        before, after = (around[1 + y : 1 + y + height, 1 + x : 1 + x + width] for y, x in sides)
        falls = magnitude > after if number % 2 else magnitude >= after
        found |= (direction == number) & (magnitude > before) & falls
    return found
