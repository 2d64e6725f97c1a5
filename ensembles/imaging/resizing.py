"""Pictures made larger or smaller: f32[N,H,W,C], or f32[N,H,W] for masks; latents with their channels last.

The methods are those of torch's `interpolate` (align_corners=False, no antialiasing), Pillow's Lanczos, and spherical
interpolation. Positions are rounded as torch rounds them, so that both agree to 1e-6 and `nearest-exact` takes the same.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ensembles.imaging.batches import each

F32 = NDArray[np.float32]
Indices = NDArray[np.int64]

HEIGHT, WIDTH = 1, 2
"""Axes."""


def resize(values: F32, width: int, height: int, method: str = "bilinear") -> F32:
    """f32[N,H,W,…] → f32[N,height,width,…] by one of `METHODS`.

    `bicubic` may go a little beyond the range of the values. `lanczos` takes 3 or 4 channels, rounds down to 8 bits,
    and weights colours by alpha. `bislerp` needs channels.
    """
    if method == "lanczos":
        return _lanczos(values, width, height)
    if values.shape[1:3] == (height, width):
        return values
    along = METHODS[method]

    def resized(values: F32) -> F32:
        # Spherical interpolation depends on the order: width first.
        for axis, size in ((WIDTH, width), (HEIGHT, height)):
            if values.shape[axis] != size:
                values = along(values, axis, size)
        return values

    return each(resized, values)


def centre(values: F32, width: int, height: int) -> F32:
    """The largest middle part of f32[N,H,W,…] whose sides are as width to height, to within a pixel or two.

    A pixel is left at least.
    """
    rows, columns = values.shape[1:3]
    old, new = columns / rows, width / height
    x = round((columns - columns * (new / old)) / 2) if old > new else 0
    y = round((rows - rows * (old / new)) / 2) if old < new else 0
    x, y = min(x, (columns - 1) // 2), min(y, (rows - 1) // 2)
    return values[:, y : rows - y, x : columns - x]


def fit(values: F32, width: int, height: int, method: str = "bilinear") -> F32:
    """f32[N,H,W,…] → f32[N,height,width,…]: what is too wide or too high is cut off at both sides, then resized."""
    if values.shape[1:3] == (height, width):
        return values
    return resize(centre(values, width, height), width, height, method)


def _places(old: int, new: int) -> F32:
    """For each new pixel's centre its place among the old ones; may be below 0."""
    # torch multiplies and subtracts in one instruction, which rounds once: so does fp64, rounded at the end.
    return ((np.arange(new) + 0.5) * np.float64(np.float32(old / new)) - 0.5).astype(np.float32)


def _taps(old: int, new: int) -> tuple[Indices, Indices, F32]:
    """For each new pixel: the two old ones that it lies between, and the upper one's share."""
    place = np.clip(_places(old, new), 0, None)
    low = np.minimum(place.astype(np.int64), old - 1)
    return low, np.minimum(low + 1, old - 1), np.asarray(place - low, np.float32)


def _shaped(weights: F32, axis: int, ndim: int) -> F32:
    """f32[size] so that it multiplies along `axis`."""
    return weights.reshape([-1 if at == axis else 1 for at in range(ndim)])


def _nearest(values: F32, axis: int, size: int) -> F32:
    old = values.shape[axis]
    scale = np.float32(old / size)
    place = (np.arange(size, dtype=np.float32) + np.float32(0.5)) * scale
    return values.take(np.minimum(place.astype(np.int64), old - 1), axis)


def _linear(values: F32, axis: int, size: int) -> F32:
    low, high, share = _taps(values.shape[axis], size)
    share = _shaped(share, axis, values.ndim)
    return np.asarray(values.take(low, axis) * (1 - share) + values.take(high, axis) * share, np.float32)


def _cubic(values: F32, axis: int, size: int) -> F32:
    """Keys 1981 with a = −0.75; edges are repeated."""
    old = values.shape[axis]
    place = _places(old, size)
    low = np.floor(place)
    share = place - low
    result = np.zeros((), np.float32)
    for tap in (-1, 0, 1, 2):
        at = np.clip(low.astype(np.int64) + tap, 0, old - 1)
        result = result + values.take(at, axis) * _shaped(_keys(np.abs(share - tap)), axis, values.ndim)
    return result


def _keys(x: F32, a: float = -0.75) -> F32:
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.asarray(np.where(x <= 1, near, np.where(x < 2, far, 0)), np.float32)


def _area(values: F32, axis: int, size: int) -> F32:
    """The mean of all old pixels that the new one touches."""
    old, new = values.shape[axis], np.arange(size)
    starts, ends = new * old // size, -(-(new + 1) * old // size)
    total = np.zeros((), np.float32)
    for step in range(int((ends - starts).max())):
        at = starts + step
        counts = _shaped((at < ends).astype(np.float32), axis, values.ndim)
        total = total + values.take(np.minimum(at, old - 1), axis) * counts
    return np.asarray(total / _shaped((ends - starts).astype(np.float32), axis, values.ndim), np.float32)


def _spherical(values: F32, axis: int, size: int) -> F32:
    """Between neighbours along the great circle (Shoemake 1985), lengths linearly. Channels are the last axis.

    Where both point the same way the lower one is taken, where they are opposed the linear mean.
    """
    low, high, share = _taps(values.shape[axis], size)
    share = _shaped(share, axis, values.ndim)
    a, b = values.take(low, axis), values.take(high, axis)
    length_a, length_b = (np.linalg.norm(one, axis=-1, keepdims=True) for one in (a, b))
    unit_a, unit_b = (
        np.divide(one, length, out=np.zeros_like(one), where=length > 0)
        for one, length in ((a, length_a), (b, length_b))
    )
    cosine = (unit_a * unit_b).sum(-1, keepdims=True)
    angle = np.arccos(np.clip(cosine, -1, 1))
    sine = np.where(np.sin(angle) == 0, 1, np.sin(angle))
    turned = (np.sin((1 - share) * angle) * unit_a + np.sin(share * angle) * unit_b) / sine
    turned = turned * (length_a * (1 - share) + length_b * share)
    turned = np.where(cosine > 1 - 1e-5, a, turned)
    return np.asarray(np.where(cosine < 1e-5 - 1, a * (1 - share) + b * share, turned), np.float32)


def _lanczos(values: F32, width: int, height: int) -> F32:
    def resized(one: F32) -> F32:
        picture = Image.fromarray(eight_bits(one[0])).resize((width, height), Image.Resampling.LANCZOS)
        return (np.asarray(picture, np.float32) / np.float32(255))[None]

    return each(resized, values)


def eight_bits(values: F32) -> NDArray[np.uint8]:
    """0..1 → 0..255, rounded down as ComfyUI does; what lies outside is clipped."""
    return np.clip(values * np.float32(255), 0, 255).astype(np.uint8)


METHODS: dict[str, Callable[[F32, int, int], F32]] = {
    "nearest-exact": _nearest,
    "bilinear": _linear,
    "area": _area,
    "bicubic": _cubic,
    "bislerp": _spherical,
}
"""How one axis is resized; `lanczos` beside them."""
