"""Masks grown and shrunk: f32[N,H,W]."""

import itertools

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def grow(mask: F32, pixels: int, tapered: bool) -> F32:
    """Every value spread over `pixels` to each side, the largest wins; negative: the smallest wins.

    Over a square, or where `tapered` over a square that stands on its corner (all that lies that many steps away).
    """
    if pixels < 0:
        return -_spread(-mask, -pixels, tapered)
    return _spread(mask, pixels, tapered)


def _spread(mask: F32, pixels: int, tapered: bool) -> F32:
    # What has been spread over n is spread over n + k by moving it k each way: a logarithmic number of times, not
    # `pixels`. It leaves no gap as long as 2k − 2 ≤ n where tapered, and k ≤ n + 1 for the square (with a larger k
    # one near the border, whose neighbour would lie outside, is not reached).
    pixels = min(pixels, sum(mask.shape[1:]))
    done = 0
    while done < pixels:
        step = min(pixels - done, done // 2 + 1 if tapered else done + 1)
        mask = _moved(mask, step, tapered)
        done += step
    return mask


def _moved(mask: F32, step: int, tapered: bool) -> F32:
    """The largest of the mask and of itself moved by `step` each way; what comes from outside does not count."""
    result = mask.copy()
    for down, right in itertools.product((-step, 0, step), repeat=2):
        if tapered and down and right:
            continue
        to_rows, from_rows = _overlap(down)
        to_columns, from_columns = _overlap(right)
        target = result[:, to_rows, to_columns]
        if target.size:
            np.maximum(target, mask[:, from_rows, from_columns], out=target)
    return result


def _overlap(by: int) -> tuple[slice, slice]:
    """Where something lands that is moved by `by`, and where it comes from."""
    if by >= 0:
        return slice(by, None), slice(0, -by or None)
    return slice(0, by), slice(-by, None)
