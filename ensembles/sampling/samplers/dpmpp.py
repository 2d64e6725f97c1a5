"""DPM-Solver++ (Lu et al. 2022, arXiv 2211.01095) in the forms of k-diffusion (MIT): data prediction, time λ = −log σ.

With h the step in λ, the first order step is x·e^−h + x0·(1 − e^−h); higher orders correct x0 by differences of the
guesses at neighbouring times. The SDE forms step a distance (1+η)h and put noise back.
"""

import math

from ensembles.sampling.samplers.steps import ancestral, between, lam, phi_1, toward
from ensembles.sampling.types import F32, Run


async def dpmpp_2s_ancestral(x: F32, run: Run, *, eta: float = 1.0, s_noise: float = 1.0) -> F32:
    """Two evaluations a step, the second midway in λ (algorithm 1), down and back up as euler_ancestral."""
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        down, up = ancestral(sigma, to, eta)
        if down > 0:
            middle = between(sigma, down)
            denoised = await run.model(toward(x, denoised, sigma, middle), middle)
        x = toward(x, denoised, sigma, down)
        if to > 0:
            x = x + run.noise(sigma, to) * (up * s_noise)
    return x


async def dpmpp_sde(x: F32, run: Run, *, eta: float = 1.0, s_noise: float = 1.0, r: float = 0.5) -> F32:
    """Two evaluations a step with noise after each, from one Brownian path (k-diffusion).

    `r` in (0, 1]: where in the step, in λ, the second one stands.
    """
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        if to == 0:
            x = denoised
            continue
        middle = between(sigma, to, r)
        down, up = ancestral(sigma, middle, eta)
        x_middle = toward(x, denoised, sigma, down) + run.brownian(sigma, middle) * (up * s_noise)
        there = await run.model(x_middle, middle)
        ahead = there if r == 0.5 else denoised * (1 - 1 / (2 * r)) + there * (1 / (2 * r))
        down, up = ancestral(sigma, to, eta)
        x = toward(x, ahead, sigma, down) + run.brownian(sigma, to) * (up * s_noise)
    return x


async def dpmpp_2m(x: F32, run: Run) -> F32:
    """The last guess gives the slope: second order at one evaluation a step (algorithm 2)."""
    sigmas = run.sigmas
    last: F32 | None = None
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        ahead = denoised
        if last is not None and to > 0:
            r = (lam(sigma) - lam(sigmas[i - 1])) / (lam(to) - lam(sigma))
            ahead = denoised + (denoised - last) / (2 * r)
        x = toward(x, ahead, sigma, to)
        last = denoised
    return x


async def dpmpp_2m_sde(
    x: F32, run: Run, *, eta: float = 1.0, s_noise: float = 1.0, solver_type: str = "midpoint"
) -> F32:
    """Second order multistep for the SDE (k-diffusion); `solver_type` midpoint or heun, which weighs the slope's part."""
    last: F32 | None = None
    h_last = 0.0
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        if to == 0:
            return denoised
        h = lam(to) - lam(sigma)
        far = (1 + eta) * h
        weight = phi_1(far)
        x = x * math.exp(-far) + denoised * weight
        if last is not None:
            part = 1 - weight / far if solver_type == "heun" else 0.5 * weight
            x = x + (denoised - last) * (part * h / h_last)
        if eta > 0:
            x = x + run.brownian(sigma, to) * (to * math.sqrt(phi_1(2 * eta * h)) * s_noise)
        last, h_last = denoised, h
    return x


async def dpmpp_3m_sde(x: F32, run: Run, *, eta: float = 1.0, s_noise: float = 1.0) -> F32:
    """Third order multistep for the SDE (k-diffusion)."""
    history: list[tuple[F32, float]] = []  # (guess, step that followed it), newest first
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        if to == 0:
            return denoised
        h = lam(to) - lam(sigma)
        far = (1 + eta) * h
        phi_2 = 1 - phi_1(far) / far
        x = x * math.exp(-far) + denoised * phi_1(far)
        if len(history) == 2:
            (d1, h1), (d2, h2) = history
            r0, r1 = h1 / h, h2 / h
            first, second = (denoised - d1) / r0, (d1 - d2) / r1
            bend = (first - second) / (r0 + r1)
            x = x + (first + bend * r0) * phi_2 - bend * (phi_2 / far - 0.5)
        elif history:
            d1, h1 = history[0]
            x = x + (denoised - d1) * (h / h1 * phi_2)
        if eta > 0:
            x = x + run.brownian(sigma, to) * (to * math.sqrt(phi_1(2 * eta * h)) * s_noise)
        history = [(denoised, h), *history[:1]]
    return x
