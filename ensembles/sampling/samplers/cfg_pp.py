"""CFG++ variants (Chung et al. 2024, arXiv 2406.08070): step towards the guided guess, renoise with the unguided one.

In a first order step, x' = x0_guided + σ'·(x − x0_uncond)/σ (their eq. 14 in VE form); which noise a sampler renoises
with is all that differs from its plain form. The forms of euler, euler_ancestral, dpmpp_2s_ancestral and dpmpp_2m are
those of the authors' CFGpp repository; res_multistep and gradient_estimation are our own by the same rule: the plain
step on the unguided guesses, then the whole difference guided − unguided. None has been compared with ComfyUI's.
"""

from ensembles.sampling.samplers.exponential import res_correction
from ensembles.sampling.samplers.steps import ancestral, between, lam, phi_1, slope, toward
from ensembles.sampling.types import F32, Run


def _toward(x: F32, guided: F32, uncond: F32, sigma: float, to: float) -> F32:
    return guided + slope(x, uncond, sigma) * to


async def euler_cfg_pp(x: F32, run: Run) -> F32:
    """Euler (their algorithm 1)."""
    for i, sigma, to in run.walk():
        guided, uncond = await run.model.both(x, sigma)
        await run.step(i, sigma, x, guided)
        x = _toward(x, guided, uncond, sigma, to)
    return x


async def euler_ancestral_cfg_pp(x: F32, run: Run) -> F32:
    """Euler down below the next level, then noise back up to it."""
    for i, sigma, to in run.walk():
        guided, uncond = await run.model.both(x, sigma)
        await run.step(i, sigma, x, guided)
        down, up = ancestral(sigma, to)
        x = _toward(x, guided, uncond, sigma, down)
        if to > 0:
            x = x + run.noise(sigma, to) * up
    return x


async def dpmpp_2s_ancestral_cfg_pp(x: F32, run: Run) -> F32:
    """DPM-Solver++(2S): the stage is unguided, the step takes both guesses there."""
    for i, sigma, to in run.walk():
        guided, uncond = await run.model.both(x, sigma)
        await run.step(i, sigma, x, guided)
        down, up = ancestral(sigma, to)
        if down > 0:
            middle = between(sigma, down)
            guided, uncond = await run.model.both(toward(x, uncond, sigma, middle), middle)
        x = _toward(x, guided, uncond, sigma, down)
        if to > 0:
            x = x + run.noise(sigma, to) * up
    return x


async def dpmpp_2m_cfg_pp(x: F32, run: Run) -> F32:
    """DPM-Solver++(2M): the slope of x0 runs from the last unguided guess to this guided one."""
    last: F32 | None = None
    for i, sigma, to in run.walk():
        guided, uncond = await run.model.both(x, sigma)
        await run.step(i, sigma, x, guided)
        x = _toward(x, guided, uncond, sigma, to)
        if last is not None and to > 0:
            h, h_last = lam(to) - lam(sigma), lam(sigma) - lam(run.sigmas[i - 1])
            x = x + (guided - last) * (phi_1(h) * h / (2 * h_last))
        last = uncond
    return x


async def res_multistep_cfg_pp(x: F32, run: Run) -> F32:
    """res_multistep on the unguided guesses, then the guidance."""
    last: F32 | None = None
    for i, sigma, to in run.walk():
        guided, uncond = await run.model.both(x, sigma)
        await run.step(i, sigma, x, guided)
        before = run.sigmas[i - 1]
        x = _toward(x, guided, uncond, sigma, to) + res_correction(uncond, last, before, sigma, to)
        last = uncond
    return x


async def gradient_estimation_cfg_pp(x: F32, run: Run, gamma: float = 2.0) -> F32:
    """gradient_estimation on the unguided guesses, then the guidance."""
    last: F32 | None = None
    for i, sigma, to in run.walk():
        guided, uncond = await run.model.both(x, sigma)
        await run.step(i, sigma, x, guided)
        d = slope(x, uncond, sigma)
        x = _toward(x, guided, uncond, sigma, to)
        if last is not None and to > 0:
            x = x + (d - last) * ((gamma - 1) * (to - sigma))
        last = d
    return x
