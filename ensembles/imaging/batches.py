"""Batches: f32[N,…]."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def as_many(values: F32, count: int) -> F32:
    """The first `count` of f32[N,…], begun again where there are fewer."""
    return values if len(values) == count else values[np.arange(count) % len(values)]


def each(compute: Callable[..., F32], *batches: F32) -> F32:
    """`compute` of one after another, each f32[1,…]: what it needs meanwhile is needed for one, not for all."""
    result: F32 | None = None
    for place in range(len(batches[0])):
        one = compute(*(batch[place : place + 1] for batch in batches))
        if result is None:
            if len(batches[0]) == 1:
                return one
            result = np.empty((len(batches[0]), *one.shape[1:]), np.float32)
        result[place] = one[0]
    assert result is not None, "there is no batch without pictures"
    return result
