"""SA-Solver (Xue et al. 2023, arXiv 2309.05019), data prediction."""

import math
from collections.abc import Sequence

import numpy as np

from ensembles.sampling.samplers.quadrature import lagrange_weights
from ensembles.sampling.samplers.steps import lam, phi_1
from ensembles.sampling.types import F32, Run


async def sa_solver(x: F32, run: Run, predictor: int = 3, corrector: int = 4) -> F32:
    """Stochastic Adams, predict then correct (eq. 14 and 17).

    τ = 1 between 20 % and 80 % of the training timesteps, else 0 (diffusers' SASolverScheduler, Apache-2.0, whose
    low order start, low order end and second order tweak are followed too). σ = 0 takes the guess.
    """
    low, high = run.sigma_of_percent(0.8), run.sigma_of_percent(0.2)
    steps = len(run.sigmas) - 1
    guesses: list[F32] = []  # newest first
    x_before, noise, tau = x, np.zeros_like(x), 0
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        if to == 0:
            return denoised
        guesses = [denoised, *guesses[: max(predictor, corrector) - 1]]
        if i > 0:
            order = min(corrector, i + 1, steps - i + 2)
            levels = [run.sigmas[i - k] for k in range(order)]
            x = _step(x_before, guesses, levels, sigma=run.sigmas[i - 1], to=sigma, tau=tau) + noise
        tau = 1 if low <= sigma <= high else 0
        order = min(predictor, i + 1, steps - i)
        levels = [run.sigmas[i - k] for k in range(order)]
        noise = run.noise(sigma, to) * (to * math.sqrt(phi_1(2 * tau * math.log(sigma / to))))
        x_before, x = x, _step(x, guesses, levels, sigma=sigma, to=to, tau=tau) + noise
    return x


def _step(x: F32, guesses: list[F32], levels: Sequence[float], *, sigma: float, to: float, tau: int) -> F32:
    """The mean of one step: x decayed, and the guesses at `levels` by their exponentially weighted integrals."""
    rate, end = 1 + tau**2, lam(to)
    h = end - lam(sigma)
    nodes = [lam(level) for level in levels]
    weights = lagrange_weights(nodes, lam(sigma), end, density=lambda s: rate * np.exp(rate * (s - end)))
    if len(levels) == 2:
        # "Empirically we find it will slightly improve the image quality" (the authors); a change of order h³.
        tweak = rate * (h**2 / 2 - (h * rate - phi_1(rate * h)) / rate**2) / (nodes[0] - nodes[1])
        weights = [weights[0] + tweak, weights[1] - tweak]
    x = x * math.exp(-rate * h)
    for weight, guess in zip(weights, guesses, strict=False):
        x = x + guess * weight
    return x
