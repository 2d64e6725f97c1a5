"""Latents mixed: f32[N,C,h,w], each place a vector of C channels."""

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def interpolate(a: F32, b: F32, share: float) -> F32:
    """`share` of a and the rest of b: directions are mixed apart from lengths, so that none is lost in between."""
    part, rest = np.float32(share), np.float32(1 - share)
    length_a, length_b = (np.linalg.norm(one, axis=1, keepdims=True) for one in (a, b))
    mixed = _unit(a, length_a) * part + _unit(b, length_b) * rest
    mixed = _unit(mixed, np.linalg.norm(mixed, axis=1, keepdims=True))
    return np.asarray(mixed * (length_a * part + length_b * rest), np.float32)


def _unit(values: F32, length: F32) -> F32:
    return np.divide(values, length, out=np.zeros_like(values), where=length > 0)
