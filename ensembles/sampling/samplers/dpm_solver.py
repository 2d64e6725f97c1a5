"""DPM-Solver (Lu et al. 2022, arXiv 2206.00927), noise prediction: dpm_fast and dpm_adaptive, as in k-diffusion (MIT).

Both walk from the first level to the last positive one at times of their own, evenly in λ or as the error allows.
"""

import math
from collections.abc import Sequence

import numpy as np

from ensembles.sampling.samplers.steps import ancestral, between
from ensembles.sampling.types import F32, Run

RELATIVE, ABSOLUTE = 0.05, 0.0078
"""Tolerances of dpm_adaptive (the paper's for 8 bit pictures, appendix C)."""
MAX_ROUNDS = 1000


async def dpm_fast(x: F32, run: Run) -> F32:
    """As many evaluations as steps asked for, in steps of order 3 and a shorter rest (section 3.4)."""
    evaluations = len(run.sigmas) - 1
    top, bottom = run.sigmas[0], _last_positive(run.sigmas)
    m = evaluations // 3 + 1
    rest = [2, 1] if evaluations % 3 == 0 else [evaluations % 3]
    orders = [3] * (m - len(rest)) + rest
    done = 0
    for i, order in enumerate(orders):
        sigma, to = between(top, bottom, i / m), between(top, bottom, (i + 1) / m)
        eps = await _eps(x, sigma, run)
        await run.step(done, sigma, x, x - eps * sigma)
        x = (await _estimates(x, eps, run, sigma=sigma, to=to, order=order))[-1]
        done += order
    return x


async def dpm_adaptive(
    x: F32,
    run: Run,
    *,
    order: int = 3,
    rtol: float = RELATIVE,
    atol: float = ABSOLUTE,
    h_init: float = 0.05,
    pcoeff: float = 0.0,
    icoeff: float = 1.0,
    dcoeff: float = 0.0,
    accept_safety: float = 0.81,
    eta: float = 0.0,
    s_noise: float = 1.0,
) -> F32:
    """Order 2 or 3 with an estimate one order below, whose distance sets the step (algorithm 3, appendix C).

    The number of model calls depends on the picture, not on the steps asked for; progress counts the way in λ.
    `h_init` is the first step in λ; the coefficients are a PID controller's (Söderlind 2003, "Digital Filters in
    Adaptive Time-Stepping"), and a step whose factor falls below `accept_safety` is done again.
    """
    steps = len(run.sigmas) - 1
    top, bottom = run.sigmas[0], _last_positive(run.sigmas)
    way = math.log(top / bottom)
    gone, h, x_before, reported, rounds = 0.0, h_init, x, -1, 0
    powers = [
        one / (1.5 if eta else order) for one in (pcoeff + icoeff + dcoeff, -(pcoeff + 2 * dcoeff), dcoeff)
    ]
    past: tuple[float, float] | None = None
    while gone < way - 1e-5:
        reach = min(way, gone + h)
        sigma, to = top * math.exp(-gone), top * math.exp(-reach)
        eps = await _eps(x, sigma, run)
        index = min(int(gone / way * steps), steps - 1)
        if index > reported:
            await run.step(index, sigma, x, x - eps * sigma)
            reported = index
        down = max(ancestral(sigma, to, eta)[0], bottom) if eta else to
        *_, low, high = await _estimates(x, eps, run, sigma=sigma, to=down, order=order)
        tolerance = np.maximum(atol, rtol * np.maximum(np.abs(low), np.abs(x_before)))
        error = float(np.sqrt(np.mean(np.square((low - high) / tolerance))))
        rounds += 1
        if not math.isfinite(error) or rounds > MAX_ROUNDS:
            raise FloatingPointError(
                "dpm_adaptive finds no step small enough; take another sampler or a lower cfg"
            )
        now = 1 / (error + 1e-8)
        past = past or (now, now)
        raw = math.prod(one**power for one, power in zip((now, *past), powers, strict=True))
        factor = 1 + math.atan(raw - 1)
        h *= factor
        if factor >= accept_safety:
            past = now, past[0]
            x_before, x, gone = low, high, reach
            if eta:
                x = x + run.noise(sigma, to) * (math.sqrt(max(to**2 - down**2, 0.0)) * s_noise)
    return x


def _last_positive(sigmas: Sequence[float]) -> float:
    return sigmas[-1] if sigmas[-1] > 0 else sigmas[-2]


async def _eps(x: F32, sigma: float, run: Run) -> F32:
    return (x - await run.model(x, sigma)) / sigma


async def _estimates(x: F32, eps: F32, run: Run, *, sigma: float, to: float, order: int) -> list[F32]:
    """The step's results of each order up to `order`, with the same evaluations (algorithms 1, 2, 4)."""
    h = math.log(sigma / to)
    first = x - eps * (to * math.expm1(h))
    if order == 1:
        return [first]
    r1 = 1 / 2 if order == 2 else 1 / 3
    s1 = sigma * math.exp(-r1 * h)
    d1 = await _eps(x - eps * (s1 * math.expm1(r1 * h)), s1, run) - eps
    second = first - d1 * (to / (2 * r1) * math.expm1(h))
    if order == 2:
        return [first, second]
    r2 = 2 / 3
    s2 = sigma * math.exp(-r2 * h)
    bend = math.expm1(r2 * h) / (r2 * h) - 1
    x2 = x - eps * (s2 * math.expm1(r2 * h)) - d1 * (s2 * r2 / r1 * bend)
    d2 = await _eps(x2, s2, run) - eps
    return [first, second, first - d2 * (to / r2 * (math.expm1(h) / h - 1))]
