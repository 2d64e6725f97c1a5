"""Noise levels of a checkpoint, and the schedules that choose n of them to walk through.

Names and rules are ComfyUI's (docs: facts measured on 0.3.64), formulas from k-diffusion (MIT), diffusers
(Apache-2.0) and the papers named at each function. All are worked out in double precision and rounded to float32
at the end.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from ensembles.sampling.types import F32

F64: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ModelSampling:
    """The noise levels a checkpoint was trained on (its manifest's betas), variance exploding: x = x0 + σ·noise."""

    beta_schedule: Literal["scaled_linear", "linear"] = "scaled_linear"
    beta_start: float = 0.00085
    beta_end: float = 0.012
    train_timesteps: int = 1000
    prediction: Literal["epsilon", "v_prediction"] = "epsilon"

    @cached_property
    def sigmas(self) -> F32:
        """[train_timesteps], rising: σ = √((1−ᾱ)/ᾱ), ᾱ the running product of 1−β (Song et al. 2021, VE form)."""
        power = 2 if self.beta_schedule == "scaled_linear" else 1
        start, end = self.beta_start ** (1 / power), self.beta_end ** (1 / power)
        alphas = np.cumprod(1.0 - np.linspace(start, end, self.train_timesteps) ** power)
        sigmas: F32 = np.sqrt((1.0 - alphas) / alphas).astype(np.float32)
        return sigmas

    @cached_property
    def log_sigmas(self) -> F32:
        """[train_timesteps], natural logarithm of `sigmas`."""
        logs: F32 = np.log(self.sigmas)
        return logs

    @property
    def sigma_min(self) -> float:
        """The lowest level."""
        return float(self.sigmas[0])

    @property
    def sigma_max(self) -> float:
        """The highest level."""
        return float(self.sigmas[-1])

    def sigma(self, timestep: npt.ArrayLike) -> F64:
        """Level at a timestep 0..train_timesteps−1, fractions interpolated in log σ (k-diffusion's t_to_sigma)."""
        steps = np.arange(self.train_timesteps)
        return np.exp(np.interp(np.asarray(timestep, dtype=np.float64), steps, self.log_sigmas))

    def timestep(self, sigma: float) -> float:
        """The trained timestep nearest to a level in log σ; always a whole number (k-diffusion, quantised)."""
        return float(np.abs(np.float32(math.log(sigma)) - self.log_sigmas).argmin())

    def percent_to_sigma(self, percent: float) -> float:
        """Level at timestep (1−percent)·(train_timesteps−1): 0 is the noisiest, 1 the cleanest; not a step share."""
        return float(self.sigma((1.0 - percent) * (self.train_timesteps - 1)))


Schedule: TypeAlias = Callable[[ModelSampling, int], F64]
"""(model, n) → n+1 falling levels, the last 0. Some give fewer or more than n+1 (beta, ddim_uniform)."""


def _with_zero(sigmas: npt.ArrayLike) -> F64:
    return np.append(np.asarray(sigmas, dtype=np.float64), 0.0)


def normal(model: ModelSampling, n: int) -> F64:
    """n timesteps evenly from the last to 0 (k-diffusion's DiscreteSchedule)."""
    return _with_zero(model.sigma(np.linspace(model.train_timesteps - 1, 0, n)))


def sgm_uniform(model: ModelSampling, n: int) -> F64:
    """As normal with n+1 points, the last dropped (Stability's generative-models, MIT)."""
    return _with_zero(model.sigma(np.linspace(model.train_timesteps - 1, 0, n + 1)[:-1]))


def karras(model: ModelSampling, n: int, rho: float = 7.0) -> F64:
    """Karras et al. 2022, "Elucidating the Design Space", eq. 5."""
    low, high = model.sigma_min ** (1 / rho), model.sigma_max ** (1 / rho)
    return _with_zero(np.linspace(high, low, n) ** rho)


def exponential(model: ModelSampling, n: int) -> F64:
    """Evenly in log σ (k-diffusion)."""
    return _with_zero(np.exp(np.linspace(math.log(model.sigma_max), math.log(model.sigma_min), n)))


def simple(model: ModelSampling, n: int) -> F64:
    """Trained levels at a fixed stride down from the top, the stride not rounded."""
    stride = model.train_timesteps / n
    return _with_zero([model.sigmas[-1 - int(i * stride)] for i in range(n)])


def ddim_uniform(model: ModelSampling, n: int) -> F64:
    """Trained levels from index 1 at stride train_timesteps//n (Song et al. 2020, DDIM); may give more than n."""
    stride = max(model.train_timesteps // n, 1)
    return _with_zero(model.sigmas[1::stride][::-1])


def beta(model: ModelSampling, n: int, a: float = 0.6, b: float = 0.6) -> F64:
    """Quantiles of a beta distribution (Lee et al. 2024, "Beta Sampling is All You Need"), repeats dropped."""
    quantiles = betaincinv(a, b, 1.0 - np.arange(n) / n)
    indices = np.rint(quantiles * (model.train_timesteps - 1)).astype(int)
    return _with_zero(model.sigmas[list(dict.fromkeys(indices.tolist()))])


def linear_quadratic(model: ModelSampling, n: int, threshold: float = 0.025) -> F64:
    """A straight first half that removes only `threshold` of σmax, then a parabola (Mochi; Polyak et al. 2024).

    The parabola continues the line with its slope and ends at 0.
    """
    half = n // 2
    if half == 0:
        return _with_zero([model.sigma_max])
    slope, rest = threshold / half, n - half
    i = np.arange(n + 1, dtype=np.float64)
    bend = (1.0 - slope * n) / rest**2
    removed = slope * i + bend * np.maximum(i - half, 0.0) ** 2
    return _with_zero((1.0 - removed[:-1]) * model.sigma_max)


def kl_optimal(model: ModelSampling, n: int) -> F64:
    """Evenly in arctan σ (Sabour et al. 2024, "Align Your Steps", theorem 3.1)."""
    return _with_zero(np.tan(np.linspace(math.atan(model.sigma_max), math.atan(model.sigma_min), n)))


SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        "normal": normal,
        "karras": karras,
        "exponential": exponential,
        "sgm_uniform": sgm_uniform,
        "simple": simple,
        "ddim_uniform": ddim_uniform,
        "beta": beta,
        "linear_quadratic": linear_quadratic,
        "kl_optimal": kl_optimal,
    }
)

DROP_LAST_BUT_ONE = frozenset({"dpm_2", "dpm_2_ancestral", "uni_pc", "uni_pc_bh2"})
"""Samplers whose step before the last would be tiny: they plan n+1 steps and leave that level out."""


def sigmas_for(name: str, steps: int, denoise: float, sampler: str, model_sampling: ModelSampling) -> F32:
    """The levels one request walks through, float32, falling, the last 0; steps+1 of them in the ordinary case.

    `denoise` in (0, 1]: below 1 a schedule of int(steps/denoise) is made and its last steps+1 levels kept.
    Raises `KeyError` for an unknown `name` (`parameters.check` gives the friendly message).
    """
    total = steps if denoise > 0.9999 else int(steps / denoise)
    drop = sampler in DROP_LAST_BUT_ONE
    sigmas = SCHEDULES[name](model_sampling, total + drop)
    if drop:
        sigmas = np.delete(sigmas, -2)
    if total != steps:
        sigmas = sigmas[-(steps + 1) :]
    levels: F32 = sigmas.astype(np.float32)
    # A schedule stretched beyond the trained levels (tiny denoise) repeats some: a step must lead somewhere.
    falling: F32 = levels[np.append(True, np.diff(levels) < 0)]
    return falling
