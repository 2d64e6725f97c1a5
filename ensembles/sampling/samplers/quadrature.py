"""Weights of multistep formulas: integrals of Lagrange polynomials through earlier points."""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import roots_legendre

F64: TypeAlias = npt.NDArray[np.float64]

_POINTS, _WEIGHTS = roots_legendre(48)


def _plain(values: F64) -> F64:
    return values


def lagrange_weights(
    nodes: Sequence[float],
    start: float,
    end: float,
    time: Callable[[F64], F64] = _plain,
    density: Callable[[F64], F64] = np.ones_like,
) -> list[float]:
    """w_j = ∫ L_j(time(s))·density(s) ds from start to end, L_j the Lagrange polynomial of the j-th of `nodes`.

    Gauss-Legendre with 48 points: exact for the polynomials alone, to rounding for the smooth weights used here.
    """
    half = (end - start) / 2
    s = start + half * (_POINTS + 1)
    at, measure = time(s), _WEIGHTS * density(s) * half
    return [
        float(
            np.sum(
                measure * math.prod(((at - b) / (a - b) for k, b in enumerate(nodes) if k != j), start=1.0)
            )
        )
        for j, a in enumerate(nodes)
    ]
