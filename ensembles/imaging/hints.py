"""What maps of a network become as hints: thin lines, scribbles, depth, coloured classes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ensembles.arrays import Array
from ensembles.imaging.ade20k import COLOURS

F32 = NDArray[np.float32]


def ridges(edges: F32, blur: float) -> NDArray[np.bool_]:
    """Where a map f32[h,w], blurred by a Gaussian of σ `blur` pixels, is above what lies on both sides of its lines.

    Across a line is where the blurred map bends down most: the Hessian's eigenvector of the lowest eigenvalue.
    """
    smooth, down, right, both = (
        ndimage.gaussian_filter(edges.astype(np.float64), blur, order=order, mode="nearest")
        for order in ((0, 0), (2, 0), (0, 2), (1, 1))
    )
    across = np.arctan2(2 * both, right - down) / 2 + np.pi / 2
    y, x = np.indices(edges.shape)
    before, after = (
        ndimage.map_coordinates(
            smooth, (y + side * np.sin(across), x + side * np.cos(across)), order=1, mode="nearest"
        )
        for side in (-1, 1)
    )
    # Flat ground has no ridges.
    return np.asarray((smooth >= before) & (smooth > after) & (down + right < 0))


def lineart(edges: F32) -> F32:
    """Soft edges f32[h,w] in 0..1 → white lines about two pixels wide on black, fainter where the edge is."""
    thin = np.where(ridges(edges, 1.0), np.clip((edges - 0.1) / 0.5, 0, 1), 0).astype(np.float32)
    return np.asarray(np.clip(ndimage.gaussian_filter(thin, 0.7) * 2.2, 0, 1), np.float32)


def scribble(edges: F32) -> F32:
    """Soft edges f32[h,w] in 0..1 → strokes of one width, 1 on 0: ridges above a half, blurred and cut again."""
    scale = max(1.0, min(edges.shape) / 512)
    thin = (ridges(edges, 3 * scale) & (edges > 0.5)).astype(np.float32)
    return np.asarray(ndimage.gaussian_filter(thin, 3 * scale) * scale > 4 / 255, np.float32)


def depth(values: Array, *, invert: bool) -> F32:
    """What a network gives, [h,w] → f32[h,w]: 1 where it is nearest and 0 where it is farthest, each picture by itself.

    `invert`: the network gives distances. A flat one is 0 everywhere.
    """
    values = -values.astype(np.float32) if invert else values.astype(np.float32)
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-6 * max(abs(low), abs(high), 1e-6):
        return np.zeros(values.shape, np.float32)
    return np.asarray((values - low) / (high - low), np.float32)


def coloured(labels: NDArray[np.int64], palette: Sequence[tuple[int, int, int]] = ()) -> F32:
    """Classes [h,w] → f32[h,w,3] in 0..1, each in its colour of `palette` (ADE20K's); black beyond its end."""
    colours = np.array([*(palette or COLOURS), (0, 0, 0)], np.float32) / 255
    last = len(colours) - 1
    return np.asarray(colours[np.where((labels >= 0) & (labels < last), labels, last)])
