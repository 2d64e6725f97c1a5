"""Parts of pictures painted anew: which part, what stands there before, and how it goes back.

Pictures f32[N,H,W,3] in 0..1, masks f32[N,H,W] in 0..1. Where the weight of what is painted is 0, a picture stays as it is,
to the last bit.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ensembles.imaging.batches import as_many
from ensembles.imaging.resizing import resize

F32 = NDArray[np.float32]
Fill = Literal["original", "noise", "blur", "neutral"]
CELL = 8
"""Pixels of a grain of noise: a VAE makes one latent cell of them, and nothing of what is finer."""


class Box(NamedTuple):
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int


def greyed(pictures: F32, mask: F32) -> F32:
    """Pictures as inpainting UNets see them: middle grey where `mask`, of the same size or one for all, is above 0.5."""
    kept = 1 - np.round(mask)[..., None]
    return np.asarray((pictures - 0.5) * kept + 0.5, np.float32)


def feathered(mask: F32, grow: int, feather: int) -> F32:
    """The weight of what is painted: 1 up to `grow` pixels around what the mask chooses (from 0.5 on), then falling smoothly
    to 0 over `feather` pixels more; nowhere less than the mask itself. Distances are Euclidean."""
    return np.stack([_feathered(one, grow, feather) for one in mask])


def _feathered(mask: F32, grow: int, feather: int) -> F32:
    chosen = mask >= 0.5
    if not chosen.any() or not (grow or feather):
        return mask
    far = ndimage.distance_transform_edt(~chosen) - grow
    # 0 is not reached within the feather: so many pixels of it are neither painted nor left.
    share = np.clip(1 - far / (feather + 1), 0, 1) if feather else (far <= 0).astype(np.float64)
    return np.maximum(mask, (share * share * (3 - 2 * share)).astype(np.float32))


def around(weight: F32, padding: int, width: int, height: int) -> Box:
    """What of a picture is looked at to paint where `weight` is above 0: its bounding box and `padding` pixels around,
    widened to the proportions of width to height as far as the picture goes. `weight` must not be 0 everywhere."""
    rows, columns = weight.shape[1:]
    chosen = weight.max(0) > 0
    top, bottom = _ends(chosen.any(1), padding)
    left, right = _ends(chosen.any(0), padding)
    wide, high = right - left, bottom - top
    if wide * height > high * width:
        high = min(rows, round(wide * height / width))
    else:
        wide = min(columns, round(high * width / height))
    x = min(max(0, (left + right - wide) // 2), columns - wide)
    y = min(max(0, (top + bottom - high) // 2), rows - high)
    return Box(x, y, wide, high)


def _ends(chosen: NDArray[np.bool_], padding: int) -> tuple[int, int]:
    found = np.flatnonzero(chosen)
    return max(0, int(found[0]) - padding), min(len(chosen), int(found[-1]) + 1 + padding)


def cut(values: F32, box: Box) -> F32:
    """A rectangle of f32[N,H,W,…]."""
    return values[:, box.y : box.y + box.height, box.x : box.x + box.width]


def stitched(original: F32, painted: F32, weight: F32, x: int, y: int) -> F32:
    """`original` with `painted`, resized to `weight`'s size, laid over it at x, y by that weight.

    There are as many as of the more numerous of the two; one serves for all.
    """
    count = max(len(original), len(painted))
    height, width = weight.shape[1:]
    result = np.array(as_many(original, count), np.float32)
    place = result[:, y : y + height, x : x + width]
    over = np.clip(as_many(resize(painted, width, height, "bicubic"), count), 0, 1)
    place += as_many(weight, count)[..., None] * (over - place)
    return result


def extended(image: F32, left: int, top: int, right: int, bottom: int) -> tuple[F32, F32]:
    """A picture with room around, where its edge goes on, and a mask f32[1,H,W]: 1 in that room."""
    around = ((top, bottom), (left, right))
    larger = np.pad(image, ((0, 0), *around, (0, 0)), mode="edge")
    return larger, np.pad(np.zeros((1, *image.shape[1:3]), np.float32), ((0, 0), *around), constant_values=1)


def filled(image: F32, mask: F32, how: Fill, seed: int) -> F32:
    """What a picture holds where it will be painted anew, by the mask's weight."""
    if how == "original":
        return image
    weight = as_many(mask, len(image))[..., None]
    return np.asarray(image + weight * (FILLS[how](image, weight, seed) - image), np.float32)


def _neutral(image: F32, _weight: F32, _seed: int) -> F32:
    return np.full_like(image, 0.5)


def _noise(image: F32, weight: F32, seed: int) -> F32:
    """Grains of the rest's mean and spread, channel by channel."""
    count, height, width, channels = image.shape
    kept = 1 - weight
    total = np.maximum(kept.sum((1, 2), keepdims=True), 1e-6)
    mean = (image * kept).sum((1, 2), keepdims=True) / total
    spread = np.sqrt((kept * (image - mean) ** 2).sum((1, 2), keepdims=True) / total)
    cells = (count, -(-height // CELL), -(-width // CELL), channels)
    grains = np.random.default_rng(seed).standard_normal(cells, np.float32)
    large = resize(grains, cells[2] * CELL, cells[1] * CELL, "bicubic")[:, :height, :width]
    return np.asarray(np.clip(mean + spread * large, 0, 1), np.float32)


def _blur(image: F32, weight: F32, _seed: int) -> F32:
    """The colours around, grown softly into the hole: pull and push over halved pictures (Gortler et al. 1996)."""
    # 1 − weight of what is only partly painted counts partly; what is painted in full not at all.
    return _pulled(image, (1 - weight).astype(np.float32))


def _pulled(image: F32, kept: F32) -> F32:
    """f32[N,H,W,C] with its holes (kept 0) filled from a picture half as large, which is filled the same way."""
    height, width = image.shape[1:3]
    if max(height, width) == 1:
        return image
    even = ((0, 0), (0, height % 2), (0, width % 2), (0, 0))
    colour, share = (np.pad(one, even) for one in (image * kept, kept))
    colour, share = (
        one.reshape(len(one), one.shape[1] // 2, 2, one.shape[2] // 2, 2, -1).sum((2, 4)) for one in (colour, share)
    )  # fmt: skip
    half = np.divide(colour, share, out=np.zeros_like(colour), where=share > 0)
    below = _pulled(half, np.minimum(share, 1))
    larger = resize(below, 2 * below.shape[2], 2 * below.shape[1], "bilinear")[:, :height, :width]
    return np.asarray(kept * image + (1 - kept) * larger, np.float32)


FILLS: dict[str, Callable[[F32, F32, int], F32]] = {"noise": _noise, "blur": _blur, "neutral": _neutral}
"""Pictures, weights f32[N,H,W,1], a seed → what is put there; `original` beside them."""
