"""A world whose best denoiser is known: every latent value is drawn from N(MEAN, SPREAD²)."""

import math
from collections.abc import Awaitable, Callable

import numpy as np

from ensembles.sampling.brownian import BrownianNoise
from ensembles.sampling.noise import Generator
from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import ModelSampling
from ensembles.sampling.types import F32, Model, Run

MEAN, SPREAD = 0.7, 0.4
MODEL = ModelSampling()


class Denoiser:
    """The posterior mean E[x0 | x]; the unconditional one is that of another mean, `shift` away."""

    def __init__(self, shift: float = 0.0) -> None:
        self.shift = shift
        self.calls: list[float] = []

    async def __call__(self, x: F32, sigma: float) -> F32:
        return (await self.both(x, sigma))[0]

    async def both(self, x: F32, sigma: float) -> tuple[F32, F32]:
        self.calls.append(sigma)
        keep = SPREAD**2 / (SPREAD**2 + sigma**2)
        return x * keep + MEAN * (1 - keep), x * keep + (MEAN + self.shift) * (1 - keep)


def start(sigma: float, shape: tuple[int, ...] = (1, 4, 32, 32), seed: int = 3) -> F32:
    """A sample of the noisy world at level sigma."""
    return (Generator(seed).randn(shape) * math.sqrt(SPREAD**2 + sigma**2) + MEAN).astype(np.float32)


def flow(x: F32, sigma: float, to: float = 0.0) -> F32:
    """Where the probability flow carries x: in closed form, deviations from MEAN shrink with the spread."""
    return MEAN + (x - MEAN) * math.sqrt((SPREAD**2 + to**2) / (SPREAD**2 + sigma**2))


async def walk(
    sampler: str | Callable[..., Awaitable[F32]],
    x: F32,
    sigmas: F32,
    model: Model | None = None,
    seed: int = 11,
) -> F32:
    """One sampler over the levels, without the loop around it."""
    generator = Generator(seed)

    async def step(index: int, sigma: float, x: F32, denoised: F32) -> None:
        assert 0 <= index < len(sigmas) - 1

    run = Run(
        sigmas=tuple(sigmas.tolist()),
        model=model or Denoiser(),
        noise=lambda _sigma, _to: generator.randn(x.shape),
        brownian=BrownianNoise(sigmas.tolist(), x.shape, seed),
        step=step,
        sigma_of_percent=MODEL.percent_to_sigma,
    )
    return await (SAMPLERS[sampler] if isinstance(sampler, str) else sampler)(x, run)
