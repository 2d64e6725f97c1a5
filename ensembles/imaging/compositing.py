"""Pictures laid over one another: f32[N,H,W,C]; latents with their channels last. Nothing is changed in place."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ensembles.imaging.batches import as_many, each
from ensembles.imaging.resizing import fit, resize

F32 = NDArray[np.float32]


def same_channels(image: F32, other: F32) -> tuple[F32, F32]:
    """`other` with as many channels as `image`: an alpha too many falls away, a missing one is 1."""
    missing = image.shape[-1] - other.shape[-1]
    return image, opaque(other) if missing > 0 else other[..., : image.shape[-1]]


def opaque(image: F32) -> F32:
    """f32[N,H,W,3] → f32[N,H,W,4] with alpha 1; 4 channels stay as they are."""
    if image.shape[-1] == 4:
        return image
    return np.concatenate([image, np.ones((*image.shape[:-1], 1), np.float32)], -1)


def paste(destination: F32, source: F32, x: int, y: int, mask: F32 | None = None) -> F32:
    """`destination` with `source` over it at x, y (≥ 0), as far as it fits; where `mask` is 0 it shows through.

    `mask` f32[M,h,w] of any size is resized to the source (bilinear); source and mask are begun again where they are
    fewer than the destination's pictures.
    """
    rows = min(source.shape[1], destination.shape[1] - y)
    columns = min(source.shape[2], destination.shape[2] - x)
    if rows <= 0 or columns <= 0:
        return destination
    over = as_many(source, len(destination))[:, :rows, :columns]
    result = destination.copy()
    place = result[:, y : y + rows, x : x + columns]
    if mask is None:
        place[...] = over
    else:
        share = resize(mask[: len(destination)], source.shape[2], source.shape[1])
        share = as_many(share, len(destination))[:, :rows, :columns, None]
        place[...] = share * over + (1 - share) * place
    return result


def ramp(length: int, before: int, after: int) -> F32:
    """f32[length]: 1, but rising from 1/before over the first `before`, falling to 1/after over the last `after`."""
    rising = np.arange(1, length + 1, dtype=np.float32)
    first = rising / before if before else np.ones(length, np.float32)
    last = rising[::-1] / after if after else np.ones(length, np.float32)
    return np.asarray(np.minimum(first, 1) * np.minimum(last, 1), np.float32)


def outpaint(image: F32, left: int, top: int, right: int, bottom: int, feathering: int) -> tuple[F32, F32]:
    """The picture in the middle of grey 0.5, and the mask f32[1,H,W] of what shall be painted.

    The mask is 1 outside the old picture. Inside it falls with the square of the distance d to the next extended
    edge: ((feathering − d)/feathering)², unless twice the feathering is as long as a side: then it is 0 inside.
    """
    count, rows, columns, channels = image.shape
    shape = (top + rows + bottom, left + columns + right)
    grey = np.full((count, *shape, channels), 0.5, np.float32)
    grey[:, top : top + rows, left : left + columns] = image
    mask = np.ones((1, *shape), np.float32)
    inside = np.zeros((rows, columns), np.float32)
    if 0 < feathering * 2 < min(rows, columns):
        far = [_far(rows, top, bottom)[:, None], _far(columns, left, right)[None, :]]
        inside = np.clip((feathering - np.minimum(*far)) / feathering, 0, 1).astype(np.float32) ** 2
    mask[0, top : top + rows, left : left + columns] = inside
    return grey, mask


def _far(length: int, before: int, after: int) -> NDArray[np.int64]:
    """Distance to the next of those edges that are extended; at least `length` where none is."""
    place = np.arange(length)
    far = np.full(length, np.iinfo(np.int64).max)
    if before:
        far = np.minimum(far, place)
    return np.minimum(far, length - place) if after else far


Layer = tuple[F32, F32]
"""Colour times alpha, and alpha."""

PORTER_DUFF: dict[str, Callable[[F32, F32, F32, F32], Layer]] = {
    "ADD": lambda s, a, d, b: (np.minimum(s + d, 1), np.minimum(a + b, 1)),
    "CLEAR": lambda s, a, d, b: (np.zeros_like(d), np.zeros_like(b)),
    "DARKEN": lambda s, a, d, b: ((1 - b) * s + (1 - a) * d + np.minimum(s, d), a + b - a * b),
    "DST": lambda s, a, d, b: (d, b),
    "DST_ATOP": lambda s, a, d, b: (a * d + (1 - b) * s, a),
    "DST_IN": lambda s, a, d, b: (a * d, a * b),
    "DST_OUT": lambda s, a, d, b: ((1 - a) * d, (1 - a) * b),
    "DST_OVER": lambda s, a, d, b: (d + (1 - b) * s, b + (1 - b) * a),
    "LIGHTEN": lambda s, a, d, b: ((1 - b) * s + (1 - a) * d + np.maximum(s, d), a + b - a * b),
    "MULTIPLY": lambda s, a, d, b: (s * d, a * b),
    "OVERLAY": lambda s, a, d, b: (
        np.where(2 * d < b, 2 * s * d, a * b - 2 * (b - s) * (a - d)),
        a + b - a * b,
    ),
    "SCREEN": lambda s, a, d, b: (s + d - s * d, a + b - a * b),
    "SRC": lambda s, a, d, b: (s, a),
    "SRC_ATOP": lambda s, a, d, b: (b * s + (1 - a) * d, b),
    "SRC_IN": lambda s, a, d, b: (b * s, a * b),
    "SRC_OUT": lambda s, a, d, b: ((1 - b) * s, (1 - b) * a),
    "SRC_OVER": lambda s, a, d, b: (s + (1 - a) * d, a + (1 - a) * b),
    "XOR": lambda s, a, d, b: ((1 - b) * s + (1 - a) * d, (1 - b) * a + (1 - a) * b),
}
"""Colour and alpha of source and destination → of the result; colours are multiplied by their alpha. The modes are
those of Android's PorterDuff.Mode, after Porter and Duff 1984."""


def porter_duff(source: F32, source_mask: F32, destination: F32, destination_mask: F32, mode: str) -> Layer:
    """Two pictures f32[N,H,W,C] with masks f32[N,H,W] (1 is transparent) → one, as large as the destination.

    There are as many as of the fewest of the four. What is not as large as the destination is cut to its proportions
    around the middle and resized (bicubic).
    """
    count = min(map(len, (source, source_mask, destination, destination_mask)))
    height, width = destination.shape[1:3]
    source_mask = fit(source_mask[:count], source.shape[2], source.shape[1], "bicubic")
    s, s_mask, d, d_mask = (
        fit(one[:count], width, height, "bicubic")
        for one in (source, source_mask, destination, destination_mask)
    )

    def layered(s: F32, s_mask: F32, d: F32, d_mask: F32) -> F32:
        a, b = (1 - s_mask)[..., None], (1 - d_mask)[..., None]
        colour, alpha = PORTER_DUFF[mode](s * a, a, d * b, b)
        colour = np.divide(colour, alpha, out=np.zeros_like(d), where=alpha > 1e-5)
        return np.concatenate([np.clip(colour, 0, 1), 1 - alpha], -1)

    result = each(layered, s, s_mask, d, d_mask)
    return result[..., :-1], result[..., -1]
