"""Small formulas that several samplers share. Scalars are Python floats, so that arrays stay float32."""

import math

from ensembles.sampling.types import F32


def slope(x: F32, denoised: F32, sigma: float) -> F32:
    """dx/dσ of the probability flow: (x − x0)/σ (Karras et al. 2022, eq. 3)."""
    return (x - denoised) / sigma


def toward(x: F32, denoised: F32, sigma: float, to: float) -> F32:
    """First order step of the flow, x0 held: x·e^−h + x0·(1 − e^−h), e^−h = to/σ (DPM-Solver++, eq. 9; DDIM)."""
    return x * (to / sigma) + denoised * (1 - to / sigma)


def ancestral(sigma: float, to: float, eta: float = 1.0) -> tuple[float, float]:
    """(level to step down to, noise to add back): down² + up² = to² (k-diffusion; DDPM's posterior at eta 1)."""
    if to == 0:
        return 0.0, 0.0
    up = min(to, eta * math.sqrt(to**2 * (sigma**2 - to**2) / sigma**2))
    return math.sqrt(max(to**2 - up**2, 0.0)), up


def lam(sigma: float) -> float:
    """λ = −log σ, half the log signal-to-noise ratio: the time of the exponential integrators."""
    return -math.log(sigma)


def between(sigma: float, to: float, share: float = 0.5) -> float:
    """The level at a share of the way in λ: σ^(1−share)·to^share."""
    return math.exp((1 - share) * math.log(sigma) + share * math.log(to))


def phi_1(h: float) -> float:
    """1 − e^−h: what of the way to x0 a first order step of length h in λ goes."""
    return -math.expm1(-h)
