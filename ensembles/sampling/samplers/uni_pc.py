"""UniPC (Zhao et al. 2023, arXiv 2302.04867; wl-zhao/UniPC, MIT), data prediction."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np

from ensembles.sampling.samplers.steps import lam, toward
from ensembles.sampling.types import F32, Run, Sampler


async def _walk(x: F32, run: Run, variant: Literal["bh1", "bh2"], top_order: int = 3) -> F32:
    """Algorithms 5 to 8: each guess first corrects the step that led to it, then predicts the next.

    Orders rise to `top_order` and fall again before the end; σ = 0 is a first order step, which takes the guess as
    it is.
    """
    steps = len(run.sigmas) - 1
    guesses: list[F32] = []  # newest first
    x_before, order_before = x, 0
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        if i > 0:
            levels = [run.sigmas[i - 1 - k] for k in range(order_before)]
            x = _step(x_before, guesses[:order_before], levels, sigma, variant=variant, arrived=denoised)
        guesses = [denoised, *guesses[: top_order - 1]]
        order_before = min(top_order, i + 1, steps - i)
        levels = [run.sigmas[i - k] for k in range(order_before)]
        x_before, x = x, _step(x, guesses[:order_before], levels, to, variant=variant)
    return x


def _step(
    x: F32,
    guesses: list[F32],
    levels: Sequence[float],
    to: float,
    *,
    variant: str,
    arrived: F32 | None = None,
) -> F32:
    """One step from levels[0] to `to`: predicted from `guesses`, or corrected with the guess that it `arrived` at."""
    sigma, base = levels[0], guesses[0]
    step = toward(x, base, sigma, to)
    if to == 0:
        return step
    h = lam(to) - lam(sigma)
    scale = -h if variant == "bh1" else math.expm1(-h)
    ratios = [(lam(level) - lam(sigma)) / h for level in levels[1:]]
    changes = [(g - base) / r for g, r in zip(guesses[1:], ratios, strict=True)]
    if arrived is not None:
        ratios, changes = [*ratios, 1.0], [*changes, arrived - base]
    order = len(ratios)
    if order == 0:
        return step
    # The papers' shortcut: a single change counts half instead of b₁.
    rhos = [0.5] if order == 1 else _weights(ratios, h, scale)
    for rho, change in zip(rhos, changes, strict=True):
        step = step - change * (scale * rho)
    return step


def _weights(ratios: Sequence[float], h: float, scale: float) -> list[float]:
    """ρ of R·ρ = b: R the Vandermonde matrix of the ratios, b_k = k!·φ_{k+1}(−h)/B(h)."""
    phi, factorial, b = math.expm1(-h) / -h - 1, 1, []
    for k in range(1, len(ratios) + 1):
        b.append(phi * factorial / scale)
        factorial *= k + 1
        phi = phi / -h - 1 / factorial
    matrix = np.vander(np.asarray(ratios), increasing=True).T
    return [float(v) for v in np.linalg.solve(matrix, np.asarray(b))]


uni_pc: Sampler = partial(_walk, variant="bh1")
"""UniPC with B(h) = −h."""
uni_pc_bh2: Sampler = partial(_walk, variant="bh2")
"""UniPC with B(h) = e^−h − 1."""
