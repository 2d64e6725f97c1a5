"""What maps of a network become as hints: thin lines, scribbles, depth, coloured classes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ensembles.arrays import Array
from ensembles.imaging.ade20k import COLOURS

F32 = NDArray[np.float32]

_LINES = (
    ((0, -1), (0, 1)),
    ((-1, 0), (1, 0)),
    ((-1, -1), (1, 1)),
    ((-1, 1), (1, -1)),
)
"""Neighbours on both sides: across, down, and both diagonals."""


def ridges(edges: F32, blur: float) -> NDArray[np.bool_]:
    """Where a map f32[h,w], blurred by a Gaussian of σ `blur` pixels, is above its neighbours along some line."""
    smooth = ndimage.gaussian_filter(edges, blur, mode="nearest").astype(np.float64)
    # Flat ground has no ridges: of equal neighbours neither is above.
    around = np.pad(smooth, 1, constant_values=-1.0)
    height, width = edges.shape
    found = np.zeros(edges.shape, bool)
    for line in _LINES:
        before, after = (around[1 + y : 1 + y + height, 1 + x : 1 + x + width] for y, x in line)
        found |= (smooth >= before) & (smooth > after)
    return found


def lineart(edges: F32) -> F32:
    """Soft edges f32[h,w] in 0..1 → white lines about two pixels wide on black, fainter where the edge is."""
    thin = np.where(ridges(edges, 1.0), np.clip((edges - 0.1) / 0.5, 0, 1), 0).astype(np.float32)
    return np.asarray(np.clip(ndimage.gaussian_filter(thin, 0.7) * 2.2, 0, 1), np.float32)


def scribble(edges: F32) -> F32:
    """Soft edges f32[h,w] in 0..1 → strokes of one width, 1 on 0: ridges above a half, blurred and cut again."""
    scale = max(1.0, min(edges.shape) / 512)
    thin = (ridges(edges, 3 * scale) & (edges > 0.5)).astype(np.float32)
    return np.asarray(ndimage.gaussian_filter(thin, 3 * scale) > 4 / 255, np.float32)


def depth(values: Array, *, invert: bool) -> F32:
    """What a network gives, [h,w] → f32[h,w]: 1 where it is nearest and 0 where it is farthest, each picture by itself.

    `invert`: the network gives distances. A flat one is 0 everywhere.
    """
    values = -values.astype(np.float32) if invert else values.astype(np.float32)
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-6 * max(abs(low), abs(high), 1e-6):
        return np.zeros(values.shape, np.float32)
    return np.asarray((values - low) / (high - low), np.float32)


def coloured(labels: NDArray[np.integer], palette: Sequence[tuple[int, int, int]] = ()) -> F32:
    """Classes [h,w] → f32[h,w,3] in 0..1, each in its colour of `palette` (ADE20K's); black beyond its end."""
    colours = np.array([*(palette or COLOURS), (0, 0, 0)], np.float32) / 255
    last = len(colours) - 1
    return np.asarray(colours[np.where((labels >= 0) & (labels < last), labels, last)])
