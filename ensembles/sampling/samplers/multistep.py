"""Linear multistep methods on the flow's slope d = (x − x0)/σ: one evaluation a step, earlier slopes reused.

Sources: k-diffusion (MIT) for lms; Zhang and Chen 2022, "Fast Sampling of Diffusion Models with Exponential
Integrator" (arXiv 2204.13902) for ipndm and deis, in the σ form of zju-pi/diff-sampler (Apache-2.0), which is also
where ipndm_v comes from. The last step of those three, to σ = 0, takes the model's guess as it is.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from ensembles.sampling.samplers.quadrature import F64, lagrange_weights
from ensembles.sampling.samplers.steps import slope
from ensembles.sampling.types import F32, Run, Sampler

Weights: TypeAlias = Callable[[Sequence[float], float], list[float]]
"""(levels of the slopes, newest first; next level) → what each slope is multiplied by."""


async def _walk(x: F32, run: Run, *, weights: Weights, order: int, guess_at_zero: bool) -> F32:
    slopes: list[F32] = []
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        if to == 0 and guess_at_zero:
            return denoised
        slopes = [slope(x, denoised, sigma), *slopes[: order - 1]]
        levels = [run.sigmas[i - k] for k in range(len(slopes))]
        for weight, d in zip(weights(levels, to), slopes, strict=True):
            x = x + d * weight
    return x


def _adams(levels: Sequence[float], to: float) -> list[float]:
    """Variable step Adams-Bashforth: the polynomial through the slopes, integrated."""
    return lagrange_weights(levels, levels[0], to)


_FIXED = {
    1: (1.0,),
    2: (3 / 2, -1 / 2),
    3: (23 / 12, -16 / 12, 5 / 12),
    4: (55 / 24, -59 / 24, 37 / 24, -9 / 24),
}


def _adams_fixed(levels: Sequence[float], to: float) -> list[float]:
    """Adams-Bashforth as if the steps were equal."""
    return [(to - levels[0]) * c for c in _FIXED[len(levels)]]


def _diff_sampler_v(levels: Sequence[float], to: float) -> list[float]:
    """diff-sampler's variable step coefficients, kept as published since they are what ipndm_v stands for.

    They are not quite Adams-Bashforth's: from order 3 on the corrections t1 and t2 differ from the exact integrals.
    """
    h, *past = [a - b for a, b in zip([to, *levels], levels, strict=False)]
    order = len(levels)
    t1 = t2 = 0.0
    if order == 1:
        return [h]
    a = h / past[0]
    weights = [1 + a / 2, -a / 2, 0.0, 0.0]
    if order >= 3:
        h1, h2 = past[:2]
        t1 = (1 - h * h / (3 * h1 * (h1 + h2))) / 2
        b = h1 / h2
        weights = [weights[0] + t1, weights[1] - (1 + b) * t1, t1 * b, 0.0]
    if order >= 4:
        h1, h2, h3 = past[:3]
        span = h * (h + h1) * (h + h1 + h2) / (h1 * (h1 + h2) * (h1 + h2 + h3))
        t2 = (1 - h / (3 * (h + h1))) / 2 + (1 - h / (2 * (h + h1))) * h / (6 * (h + h1 + h2))
        t2 *= span
        b, c = h1 / h2, h1 * (h1 + h2) / (h2 * (h2 + h3))
        weights[0] += t2
        weights[1] -= (1 + b + c) * t2
        weights[2] += (b + c * (1 + h2 / h3)) * t2
        weights[3] -= t2 * c * b
    return [h * w for w in weights[:order]]


def _vp_time(sigma: F64) -> F64:
    """Time of the linear-β VP process with σ from 0.002 at 1e-3 to 80 at 1 (Karras et al. 2022, table 1)."""
    low, high, early = np.log(0.002**2 + 1), np.log(80.0**2 + 1), 1e-3
    slope_of_beta = 2 * (low / early - high) / (early - 1)
    beta_min = high - 0.5 * slope_of_beta
    return np.asarray(
        (np.sqrt(beta_min**2 + 2 * slope_of_beta * np.log(sigma**2 + 1)) - beta_min) / slope_of_beta
    )


def _adams_in_vp_time(levels: Sequence[float], to: float) -> list[float]:
    """tAB-DEIS: the polynomial is in the VP process's time, the integral over σ (Zhang and Chen, eq. 15)."""
    times = _vp_time(np.asarray(levels)).tolist()
    return lagrange_weights(times, levels[0], to, time=_vp_time)


lms: Sampler = partial(_walk, weights=_adams, order=4, guess_at_zero=False)
"""Order 4, weights by integration (k-diffusion)."""
ipndm: Sampler = partial(_walk, weights=_adams_fixed, order=4, guess_at_zero=True)
"""Order 4, weights of equal steps."""
ipndm_v: Sampler = partial(_walk, weights=_diff_sampler_v, order=4, guess_at_zero=True)
"""Order 4, weights for unequal steps."""
deis: Sampler = partial(_walk, weights=_adams_in_vp_time, order=3, guess_at_zero=True)
"""Order 3, the polynomial in VP time."""
