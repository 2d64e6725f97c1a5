"""Second order multistep methods that need nothing but the last guess."""

from ensembles.sampling.samplers.steps import lam, phi_1, slope, toward
from ensembles.sampling.types import F32, Run


async def res_multistep(x: F32, run: Run) -> F32:
    """Refined exponential solver, second order multistep (Zhang et al. 2023, arXiv 2308.02157).

    In the form of NVIDIA's Cosmos (Apache-2.0): the guess before stands where the stage inside the step would.
    """
    last: F32 | None = None
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        before = run.sigmas[i - 1]
        x = toward(x, denoised, sigma, to) + res_correction(denoised, last, before, sigma, to)
        last = denoised
    return x


def res_correction(denoised: F32, last: F32 | None, before: float, sigma: float, to: float) -> F32 | float:
    """What the guess at level `before` adds to a first order step: h·φ₂(−h)/c₂·(x0_before − x0)."""
    if last is None or to == 0:
        return 0.0
    h = lam(to) - lam(sigma)
    c2 = (lam(before) - lam(sigma)) / h
    return (last - denoised) * ((h - phi_1(h)) / h / c2)


async def gradient_estimation(x: F32, run: Run, gamma: float = 2.0) -> F32:
    """ε̄ = γ·ε + (1−γ)·ε_before (Permenter and Yuan 2023, arXiv 2306.04848, algorithm 2); σ = 0 takes the guess."""
    last: F32 | None = None
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        d = slope(x, denoised, sigma)
        steered = d if last is None or to == 0 else d * gamma + last * (1 - gamma)
        x = x + steered * (to - sigma)
        last = d
    return x
