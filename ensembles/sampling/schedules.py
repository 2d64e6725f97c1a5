"""Noise levels of a checkpoint, and the schedules that choose n of them to walk through.

Names and rules are ComfyUI's (measured on 0.3.64), formulas from k-diffusion (MIT), diffusers (Apache-2.0) and the
papers named at each function.

Rounding is torch's float32, operation by operation, because last bits show: a level halfway between two trained
timesteps (sgm_uniform at 20 steps has one) goes to one or the other by them, and Brownian noise hangs on them too.
exp, log and power are rounded from double precision, which equals torch's vectorised ones in 95 to 99 % of values;
where torch's own would round otherwise, so does it between machines.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from ensembles.sampling.types import F32

LEAST_SIGNAL = 4.8973451890853435e-08
"""ᾱ at the last timestep under `zero_snr`, where none at all would make σ infinite: σmax is 4518.76, as ComfyUI has it."""


@dataclass(frozen=True)
class ModelSampling:
    """The noise levels a checkpoint was trained on (its manifest's betas), variance exploding: x = x0 + σ·noise."""

    beta_schedule: Literal["scaled_linear", "linear"] = "scaled_linear"
    beta_start: float = 0.00085
    beta_end: float = 0.012
    train_timesteps: int = 1000
    prediction: Literal["epsilon", "v_prediction"] = "epsilon"
    zero_snr: bool = False
    """Betas rescaled to no signal at the last timestep (Lin et al. 2023, algorithm 1)."""

    @cached_property
    def sigmas(self) -> F32:
        """[train_timesteps], rising: σ = √((1−ᾱ)/ᾱ), ᾱ the running product of 1−β (Song et al. 2021, VE form)."""
        power = 2 if self.beta_schedule == "scaled_linear" else 1
        start, end = self.beta_start ** (1 / power), self.beta_end ** (1 / power)
        alphas = np.cumprod(1.0 - np.linspace(start, end, self.train_timesteps) ** power)
        if self.zero_snr:
            roots = np.sqrt(alphas)
            roots = (roots - roots[-1]) * (roots[0] / (roots[0] - roots[-1]))
            alphas = np.maximum(roots**2, LEAST_SIGNAL)
        sigmas: F32 = np.sqrt((1.0 - alphas) / alphas).astype(np.float32)
        return sigmas

    @cached_property
    def log_sigmas(self) -> F32:
        """[train_timesteps], natural logarithm of `sigmas`."""
        return log(self.sigmas)

    @property
    def sigma_min(self) -> float:
        """The lowest level."""
        return float(self.sigmas[0])

    @property
    def sigma_max(self) -> float:
        """The highest level."""
        return float(self.sigmas[-1])

    def sigma(self, timestep: npt.ArrayLike) -> F32:
        """Level at a timestep 0..train_timesteps−1, fractions interpolated in log σ (k-diffusion's t_to_sigma)."""
        t = np.asarray(timestep, dtype=np.float32)
        low = np.floor(t)
        share = t - low
        logs = self.log_sigmas[low.astype(int)], self.log_sigmas[np.ceil(t).astype(int)]
        return exp((np.float32(1) - share) * logs[0] + share * logs[1])

    def timestep(self, sigma: float) -> float:
        """The trained timestep nearest to a level in log σ; always a whole number (k-diffusion, quantised)."""
        return float(np.abs(log(np.float32(sigma)) - self.log_sigmas).argmin())

    def percent_to_sigma(self, percent: float) -> float:
        """Level at timestep (1−percent)·(train_timesteps−1): 0 is the noisiest, 1 the cleanest; not a step share."""
        return float(self.sigma((1.0 - percent) * (self.train_timesteps - 1)))


class Span(Protocol):
    """Whatever has a lowest and a highest level."""

    @property
    def sigma_min(self) -> float:
        """The lowest level."""

    @property
    def sigma_max(self) -> float:
        """The highest level."""


Schedule: TypeAlias = Callable[[ModelSampling, int], F32]
"""(model, n) → n falling levels, without the last 0. beta may give fewer, ddim_uniform more."""


def exp(x: npt.ArrayLike) -> F32:
    """Rounded from double precision (see the module's docstring)."""
    return np.exp(np.asarray(x, dtype=np.float64)).astype(np.float32)


def log(x: npt.ArrayLike) -> F32:
    """Rounded from double precision (see the module's docstring)."""
    return np.log(np.asarray(x, dtype=np.float64)).astype(np.float32)


def linspace(start: float, end: float, n: int) -> F32:
    """torch.linspace: from both ends to the middle, multiply and add rounded once."""
    if n == 1:
        return np.array([start], dtype=np.float32)
    a, b = np.float32(start), np.float32(end)
    step, i = np.float64((b - a) / np.float32(n - 1)), np.arange(n, dtype=np.float64)
    return np.where(i < n // 2, a + step * i, b - step * (n - 1 - i)).astype(np.float32)


def normal(model: ModelSampling, n: int) -> F32:
    """n timesteps evenly from the last to 0 (k-diffusion's DiscreteSchedule)."""
    return model.sigma(linspace(model.train_timesteps - 1, 0, n))


def sgm_uniform(model: ModelSampling, n: int) -> F32:
    """As normal with n+1 points, the last dropped (Stability's generative-models, MIT)."""
    return model.sigma(linspace(model.train_timesteps - 1, 0, n + 1)[:-1])


def karras(model: Span, n: int, rho: float = 7.0) -> F32:
    """Karras et al. 2022, "Elucidating the Design Space", eq. 5."""
    low, high = model.sigma_min ** (1 / rho), model.sigma_max ** (1 / rho)
    root = linspace(0, 1, n) * np.float32(low - high) + np.float32(high)
    return np.power(root, rho, dtype=np.float64).astype(np.float32)


def exponential(model: Span, n: int) -> F32:
    """Evenly in log σ (k-diffusion)."""
    return exp(linspace(math.log(model.sigma_max), math.log(model.sigma_min), n))


def simple(model: ModelSampling, n: int) -> F32:
    """Trained levels at a fixed stride down from the top, the stride not rounded."""
    stride = model.train_timesteps / n
    return model.sigmas[[-1 - int(i * stride) for i in range(n)]]


def ddim_uniform(model: ModelSampling, n: int) -> F32:
    """Trained levels from index 1 at stride train_timesteps//n (Song et al. 2020, DDIM); may give more than n."""
    stride = max(model.train_timesteps // n, 1)
    return model.sigmas[1::stride][::-1]


def beta(model: ModelSampling, n: int, a: float = 0.6, b: float = 0.6) -> F32:
    """Quantiles of a beta distribution (Lee et al. 2024, "Beta Sampling is All You Need"), repeats dropped."""
    quantiles = betaincinv(a, b, 1.0 - np.arange(n) / n)
    indices = np.rint(quantiles * (model.train_timesteps - 1)).astype(int)
    return model.sigmas[list(dict.fromkeys(indices.tolist()))]


def linear_quadratic(model: ModelSampling, n: int, threshold: float = 0.025) -> F32:
    """A straight first half that removes only `threshold` of σmax, then a parabola (Mochi; Polyak et al. 2024).

    The parabola continues the line with its slope and ends at 0.
    """
    half = n // 2
    if half == 0:
        return model.sigmas[-1:]
    slope, rest = threshold / half, n - half
    i = np.arange(n)
    bend = (1.0 - slope * n) / rest**2
    removed = slope * i + bend * np.maximum(i - half, 0.0) ** 2
    sigmas: F32 = (1.0 - removed).astype(np.float32) * model.sigmas[-1]
    return sigmas


def kl_optimal(model: ModelSampling, n: int) -> F32:
    """Evenly in arctan σ (Sabour et al. 2024, "Align Your Steps", theorem 3.1)."""
    angles = np.linspace(math.atan(model.sigma_max), math.atan(model.sigma_min), n)
    sigmas: F32 = np.tan(angles).astype(np.float32)
    return sigmas


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
    levels = SCHEDULES[name](model_sampling, total + drop)
    if drop:
        levels = levels[:-1]
    if total != steps:
        levels = levels[-steps:]
    # A schedule stretched beyond the trained levels (tiny denoise) repeats some: a step must lead somewhere.
    sigmas = np.append(levels, np.float32(0))
    falling: F32 = sigmas[np.append(True, np.diff(sigmas) < 0)]
    return falling
