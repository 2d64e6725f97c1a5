"""Samplers that put fresh noise back at every step."""

import math

import numpy as np

from ensembles.sampling.samplers.quadrature import F64
from ensembles.sampling.samplers.steps import between, lam, phi_1
from ensembles.sampling.types import F32, Run


async def ddpm(x: F32, run: Run) -> F32:
    """The posterior of the training process (Ho et al. 2020, eq. 7 and 11), with ᾱ = 1/(1+σ²) and x_vp = x·√ᾱ."""
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        bar, bar_to = 1 / (1 + sigma**2), 1 / (1 + to**2)
        alpha = bar / bar_to
        eps = (x - denoised) / sigma
        mean = (x * math.sqrt(bar) - eps * ((1 - alpha) / math.sqrt(1 - bar))) / math.sqrt(alpha)
        if to > 0:
            variance = (1 - alpha) * (1 - bar_to) / (1 - bar)
            mean = mean + run.noise(sigma, to) * math.sqrt(variance)
        x = mean / math.sqrt(bar_to)
    return x


async def lcm(x: F32, run: Run) -> F32:
    """Multistep consistency sampling (Song et al. 2023, algorithm 1; Luo et al. 2023): guess, renoise, repeat."""
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        x = denoised + run.noise(sigma, to) * to if to > 0 else denoised
    return x


async def er_sde(x: F32, run: Run, points: int = 200) -> F32:
    """ER-SDE-Solver-3 (Cui et al. 2023, arXiv 2309.06169; QinpengCui/ER-SDE-Solver, MIT), VE form.

    φ(σ) = σ·(e^(σ^0.3) + 10) scales the noise; the integrals of 1/φ are Riemann sums over `points`.
    """
    guess: F32 | None = None
    rise: F32 | None = None
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        if to == 0:
            return denoised
        ratio = _phi(to) / _phi(sigma)
        x = x * ratio + denoised * (1 - ratio)
        if guess is not None:
            inverse, moment, width = _integrals(sigma, to, points)
            new = (denoised - guess) / (sigma - run.sigmas[i - 1])
            x = x + new * (to - sigma + inverse * _phi(to))
            if rise is not None:
                bend = (new - rise) * (2 / (sigma - run.sigmas[i - 2]))
                x = x + bend * (width**2 / 2 + moment * _phi(to))
            rise = new
        x = x + run.noise(sigma, to) * math.sqrt(max(to**2 - (sigma * ratio) ** 2, 0.0))
        guess = denoised
    return x


def _phi(sigma: float) -> float:
    return sigma * (math.exp(sigma**0.3) + 10)


def _integrals(sigma: float, to: float, points: int) -> tuple[float, float, float]:
    """(∫ 1/φ, ∫ (s−σ)/φ, σ−to) over s from `to` to σ."""
    width = sigma - to
    s: F64 = to + np.arange(points) / points * width
    share = width / points / (s * (np.exp(s**0.3) + 10))
    return float(np.sum(share)), float(np.sum((s - sigma) * share)), width


async def seeds_2(x: F32, run: Run, r: float = 1 / 2) -> F32:
    """SEEDS-2 (Gonzalez et al. 2023, arXiv 2305.14267), data prediction, η = 1.

    The exact solution over a step in λ with x0 held is x·e^−2h + x0·(1−e^−2h) + σ'·√(1−e^−2h)·z; the stage inside the
    step and the step share the noise up to the stage.
    """
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        if to == 0:
            return denoised
        middle = between(sigma, to, r)
        noise = _grown(None, sigma, middle, run)
        stage = _drift(x, denoised, sigma, middle) + noise
        denoised = denoised + (await run.model(stage, middle) - denoised) / (2 * r)
        x = _drift(x, denoised, sigma, to) + _grown(noise, middle, to, run)
    return x


async def seeds_3(x: F32, run: Run, r1: float = 1 / 3, r2: float = 2 / 3) -> F32:
    """SEEDS-3: as seeds_2 with two stages inside the step, combined as DPM-Solver-3's."""
    for i, sigma, to in run.walk():
        denoised = await run.model(x, sigma)
        await run.step(i, sigma, x, denoised)
        if to == 0:
            return denoised
        double = 2 * (lam(to) - lam(sigma))
        first, second = between(sigma, to, r1), between(sigma, to, r2)
        noise = _grown(None, sigma, first, run)
        stage = _drift(x, denoised, sigma, first) + noise
        change = await run.model(stage, first) - denoised
        noise = _grown(noise, first, second, run)
        stage = _drift(x, denoised, sigma, second) + change * (r2 / r1 * _phi_2(r2 * double)) + noise
        change = await run.model(stage, second) - denoised
        x = _drift(x, denoised, sigma, to) + change * (_phi_2(double) / r2) + _grown(noise, second, to, run)
    return x


def _phi_2(h: float) -> float:
    """1 − (1 − e^−h)/h: weight of the slope of x0 over a step."""
    return 1 - phi_1(h) / h


def _drift(x: F32, denoised: F32, sigma: float, to: float) -> F32:
    """Mean of the exact solution: e^−2h = (to/σ)²."""
    keep = (to / sigma) ** 2
    return x * keep + denoised * (1 - keep)


def _grown(noise: F32 | None, sigma: float, to: float, run: Run) -> F32:
    """The noise gathered before, carried on to level `to`, and what the way there adds."""
    keep = (to / sigma) ** 2
    fresh = run.noise(sigma, to) * (to * math.sqrt(1 - keep))
    return fresh if noise is None else noise * keep + fresh
