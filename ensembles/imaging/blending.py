"""Modes in which one picture is mixed into another, pixel by pixel: f32 in 0..1 (W3C Compositing and Blending, 10)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ensembles.imaging.batches import as_many, each

F32 = NDArray[np.float32]


def _overlay(a: F32, b: F32) -> F32:
    return np.asarray(np.where(a <= 0.5, 2 * a * b, 1 - 2 * (1 - a) * (1 - b)), np.float32)


def _soft_light(a: F32, b: F32) -> F32:
    bright = np.where(a <= 0.25, ((16 * a - 12) * a + 4) * a, np.sqrt(np.maximum(a, 0)))
    return np.asarray(
        np.where(b <= 0.5, a - (1 - 2 * b) * a * (1 - a), a + (2 * b - 1) * (bright - a)), np.float32
    )


MODES: dict[str, Callable[[F32, F32], F32]] = {
    "normal": lambda a, b: b,
    "multiply": lambda a, b: a * b,
    "screen": lambda a, b: a + b - a * b,
    "overlay": _overlay,
    "soft_light": _soft_light,
    # Not its absolute value, as in ComfyUI.
    "difference": lambda a, b: a - b,
}
"""Backdrop and source → mixed."""


def blend(image: F32, other: F32, share: float, mode: str) -> F32:
    """`image` with `share` of what `other` makes of it, clipped to 0..1; both of one size, `other` one or as many."""
    factor = np.float32(share)
    return each(
        lambda a, b: np.clip(a * (1 - factor) + MODES[mode](a, b) * factor, 0, 1),
        image,
        as_many(other, len(image)),
    )
