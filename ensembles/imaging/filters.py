"""Pictures blurred, sharpened, brought down to few colours: f32[N,H,W,C]."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ensembles.imaging.batches import each
from ensembles.imaging.resizing import eight_bits

F32 = NDArray[np.float32]


def blur(image: F32, radius: int, sigma: float) -> F32:
    """Gaussian over 2·radius+1 pixels; `sigma` is a share of the radius. Edges are mirrored, not repeated."""
    return each(lambda one: _blur(one, radius, sigma), image)


def _blur(image: F32, radius: int, sigma: float) -> F32:
    # Half the kernel, from the middle outwards.
    weights = np.exp(-((np.arange(radius + 1) / radius) ** 2) / (2 * sigma**2))
    weights /= weights[0] + 2 * weights[1:].sum()
    for axis in (1, 2):
        length = image.shape[axis]
        around = (
            np.pad(np.arange(length), radius, mode="reflect") if length > 1 else np.zeros(2 * radius + 1, int)
        )
        total = image * np.float32(weights[0])
        for step in range(1, radius + 1):
            before = around[radius - step : radius - step + length]
            after = around[radius + step : radius + step + length]
            total += (image.take(before, axis) + image.take(after, axis)) * np.float32(weights[step])
        image = total
    return image


def sharpen(image: F32, radius: int, sigma: float, alpha: float) -> F32:
    """Unsharp mask: the picture plus 10·alpha times what `blur` takes away, clipped to 0..1."""
    amount = np.float32(10 * alpha)
    return each(lambda one: np.clip(one + amount * (one - _blur(one, radius, sigma)), 0, 1), image)


def quantize(image: F32, colors: int, dither: str) -> F32:
    """Each picture in the best `colors` colours (median cut), to 8 bits; an alpha channel stays.

    `dither` is none, floyd-steinberg, or bayer-2, -4, -8, -16: ordered dithering with a matrix of that side.
    """

    def quantized(one: F32) -> F32:
        few = _quantize(eight_bits(one[0, ..., :3]), colors, dither).astype(np.float32) / np.float32(255)
        return np.concatenate([few[None], one[..., 3:]], -1)

    return each(quantized, image)


def _quantize(picture: NDArray[np.uint8], colors: int, dither: str) -> NDArray[np.uint8]:
    image = Image.fromarray(picture)
    palette = image.quantize(colors)
    how = Image.Dither.FLOYDSTEINBERG if dither == "floyd-steinberg" else Image.Dither.NONE
    if dither.startswith("bayer"):
        matrix = bayer(int(dither.removeprefix("bayer-")))
        height, width = picture.shape[:2]
        matrix = matrix[np.arange(height)[:, None] % len(matrix), np.arange(width) % len(matrix), None]
        # Colours lie about 256/colors apart.
        shifted = picture + (2 * 256 / _colours(palette) * matrix + 0.5)
        image = Image.fromarray(np.clip(shifted, 0, 255).astype(np.uint8))
    return np.asarray(image.quantize(colors, palette=palette, dither=how).convert("RGB"))


def _colours(image: Image.Image) -> int:
    return len(image.getpalette() or ()) // 3


def bayer(side: int) -> NDArray[np.float64]:
    """f64[side,side]: Bayer's thresholds (1973) around 0, from −½ + 1/(2·side²) up; `side` a power of two."""
    order = np.zeros((1, 1))
    while len(order) < side:
        order = np.block([[4 * order, 4 * order + 2], [4 * order + 3, 4 * order + 1]])
    return (order + 0.5) / side**2 - 0.5
