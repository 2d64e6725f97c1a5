"""First order steps, and the second order ones of Karras et al.

Sources: Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", algorithms 1 and 2
(without churn, s_churn = 0); k-diffusion (MIT, K. Crowson) for the ancestral forms.
"""

import math

from ensembles.sampling.samplers.steps import ancestral, slope
from ensembles.sampling.types import F32, Run


async def euler(x: F32, run: Run) -> F32:
    """dx/dσ = (x − x0)/σ, one straight step a level (Karras et al., algorithm 1 without the correction)."""
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        x = x + slope(x, denoised, sigma) * (to - sigma)
    return x


async def euler_ancestral(x: F32, run: Run, *, eta: float = 1.0, s_noise: float = 1.0) -> F32:
    """Euler down below the next level, then noise back up to it (k-diffusion)."""
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        down, up = ancestral(sigma, to, eta)
        x = x + slope(x, denoised, sigma) * (down - sigma)
        if to > 0:
            x = x + run.noise(sigma, to) * (up * s_noise)
    return x


async def heun(x: F32, run: Run) -> F32:
    """Trapezoid of the slopes at both ends of the step (Karras et al., algorithm 1)."""
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        d = slope(x, denoised, sigma)
        if to > 0:
            ahead = x + d * (to - sigma)
            d = (d + slope(ahead, await run.model(ahead, to), to)) / 2
        x = x + d * (to - sigma)
    return x


async def heunpp2(x: F32, run: Run) -> F32:
    """Heun++ 2 (Carzit): slopes at this level and up to two ahead, weighted by their share of the first sigma.

    With w2 = σ₁/(kσ₀), w3 = σ₂/(kσ₀) for k slopes, and what is left for the first: the corrections fade as the
    levels fall, since slopes at low noise are the least certain. Two slopes before the last step, one in it.
    """
    sigmas = run.sigmas
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        ahead, slopes = x, [slope(x, denoised, sigma)]
        for level, after in zip(sigmas[i : i + 2], sigmas[i + 1 : i + 3], strict=False):
            if after == sigmas[-1]:
                break
            ahead = ahead + slopes[-1] * (after - level)
            slopes.append(slope(ahead, await run.model(ahead, after), after))
        weights = [s / (len(slopes) * sigmas[0]) for s in sigmas[i + 1 : i + len(slopes)]]
        d = slopes[0] * (1 - sum(weights))
        for weight, extra in zip(weights, slopes[1:], strict=True):
            d = d + extra * weight
        x = x + d * (to - sigma)
    return x


async def dpm_2(x: F32, run: Run) -> F32:
    """Midpoint in log σ: DPM-Solver-2 (Lu et al. 2022, algorithm 1) in the form of k-diffusion."""
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        x = await _midpoint(x, denoised, sigma, to, run)
    return x


async def dpm_2_ancestral(x: F32, run: Run) -> F32:
    """As dpm_2 to below the next level, then noise back up to it (k-diffusion)."""
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        down, up = ancestral(sigma, to)
        x = await _midpoint(x, denoised, sigma, down, run)
        if down > 0:
            x = x + run.noise(sigma, to) * up
    return x


async def _midpoint(x: F32, denoised: F32, sigma: float, to: float, run: Run) -> F32:
    d = slope(x, denoised, sigma)
    if to > 0:
        middle = math.sqrt(sigma * to)
        between = x + d * (middle - sigma)
        d = slope(between, await run.model(between, middle), middle)
    return x + d * (to - sigma)
