"""Schedules that are given their own ends and shapes, where ensembles/sampling/schedules.py takes a checkpoint's.

Rounding is torch's float32, as there. All give float32 levels without a last 0.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.special import expm1

from ensembles.sampling.schedules import ModelSampling, Span, exp, linspace
from ensembles.sampling.types import F32


class Between(NamedTuple):
    """Two levels."""

    sigma_min: float
    sigma_max: float


def polyexponential(span: Span, n: int, rho: float = 1.0) -> F32:
    """A polynomial of degree `rho` in log σ (k-diffusion); `rho` 1 is `exponential`."""
    low, high = math.log(span.sigma_min), math.log(span.sigma_max)
    ramp = np.power(linspace(1, 0, n), rho, dtype=np.float64).astype(np.float32)
    return exp(ramp * np.float32(high - low) + np.float32(low))


def variance_preserving(n: int, beta_d: float = 19.9, beta_min: float = 0.1, eps_s: float = 1e-3) -> F32:
    """Song et al. 2021's continuous VP process, from time 1 to `eps_s` (k-diffusion): σ² = e^(β_d·t²/2 + β_min·t) − 1."""
    t = linspace(1, eps_s, n).astype(np.float64)
    sigmas: F32 = np.sqrt(expm1(beta_d * t**2 / 2 + beta_min * t)).astype(np.float32)
    return sigmas


NEAR_ZERO = 1e-5
"""Added to what a logarithm is taken of."""


def laplace(span: Span, n: int, mu: float = 0.0, beta: float = 0.5) -> F32:
    """Quantiles of a Laplace distribution of log σ (Hang and Gu 2024, "Improved Noise Schedule"), kept inside `span`."""
    x = linspace(0, 1, n).astype(np.float64)
    log_sigma = mu - beta * np.sign(0.5 - x) * np.log(1 - 2 * np.abs(0.5 - x) + NEAR_ZERO)
    sigmas: F32 = np.clip(np.exp(log_sigma), span.sigma_min, span.sigma_max).astype(np.float32)
    return sigmas


TURBO_STEPS = 10


def sd_turbo(model: ModelSampling, n: int, denoise: float = 1.0) -> F32:
    """The levels of SD-Turbo's training: ten timesteps, 999, 899, …, 99, of which the last int(10·denoise) count."""
    first = TURBO_STEPS - int(TURBO_STEPS * denoise)
    timesteps = np.arange(TURBO_STEPS, 0, -1) * 100 - 1
    return model.sigma(timesteps[first : first + n])
