"""The words the rooms of `ensembles.sampling` share."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

F32: TypeAlias = npt.NDArray[np.float32]
"""float32 array; latents are [N, 4, h, w] (scaled: VAE latents × the manifest's scaling_factor)."""

Noise: TypeAlias = Callable[[float, float], F32]
"""(sigma, sigma_next) → standard normal noise shaped like the latent, one fresh draw a call."""


class Cancelled(Exception):
    """Raised by `on_step` or `check`, and passed through: sampling stops before the next model call."""


@dataclass(frozen=True)
class StepInfo:
    """One finished step."""

    step: int
    """1-based."""
    steps: int
    """How many there will be; dpm_adaptive chooses its own and may report more."""
    sigma: float
    """Noise level that `x` had when the model was asked."""
    x: F32
    """[N,4,h,w], the noisy latent at `sigma`."""
    denoised: F32
    """[N,4,h,w], the model's guess of the finished latent: what previews show."""


class Model(Protocol):
    """The guided denoiser: noisy latents in, the guess of the clean ones out."""

    async def __call__(self, x: F32, sigma: float) -> F32:
        """x [N,4,h,w] at noise level sigma > 0 → x0 [N,4,h,w]."""

    async def both(self, x: F32, sigma: float) -> tuple[F32, F32]:
        """As a call, but (guided x0, unconditional x0): for the CFG++ samplers."""


@dataclass(frozen=True)
class Run:
    """What a sampler may use. `x` itself is its other argument."""

    sigmas: tuple[float, ...]
    """n+1 noise levels, falling; the last is 0 unless noise shall be left over."""
    model: Model
    noise: Noise
    """Continues the request's generator."""
    brownian: Noise
    """Increments of one Brownian path per request, normalised: for the SDE samplers."""
    step: Callable[[int, float, F32, F32], Awaitable[None]]
    """(index from 0, sigma, x, denoised): reports progress; may raise `Cancelled`."""
    sigma_of_percent: Callable[[float], float]
    """Noise level at a share 0..1 of the training timesteps, from the noisy end."""

    def walk(self) -> Iterator[tuple[int, float, float]]:
        """(index from 0, level, next level) of each step."""
        for i, (sigma, to) in enumerate(pairwise(self.sigmas)):
            yield i, sigma, to


class Sampler(Protocol):
    """Walks x from sigmas[0] to sigmas[-1]. Pure: all it needs is in its arguments."""

    async def __call__(self, x: F32, run: Run) -> F32:
        """x [N,4,h,w] at run.sigmas[0] → [N,4,h,w] at run.sigmas[-1]."""
