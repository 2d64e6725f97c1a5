"""One request from noise to a finished latent: what Triton's sampler model calls."""

import inspect
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from ensembles.sampling.brownian import BrownianNoise
from ensembles.sampling.guidance import GuidedModel, Mask, NoisePredictor
from ensembles.sampling.noise import Generator
from ensembles.sampling.parameters import ParameterError
from ensembles.sampling.samplers import ONE_AT_A_TIME, SAMPLERS
from ensembles.sampling.schedules import ModelSampling, sigmas_for
from ensembles.sampling.types import F32, Run, StepInfo

OnStep: TypeAlias = Callable[[StepInfo], Awaitable[None] | None]
Check: TypeAlias = Callable[[], Awaitable[None] | None]


@dataclass(frozen=True)
class Request:
    """What to paint. `parameters.check` tells beforehand whether the numbers and names are usable."""

    seed: int
    steps: int
    cfg: float
    sampler: str
    scheduler: str
    positive: F32 = field(repr=False)
    """[T, C]"""
    negative: F32 | None = field(default=None, repr=False)
    """[T', C]; None paints without guidance whatever cfg says. T' may differ from T."""
    denoise: float = 1.0
    """In (0, 1]: the share of the schedule's end that is walked."""
    width: int = 512
    height: int = 512
    """Pixels; not used where a latent gives the size."""
    batch: int = 1
    """Pictures. A latent of one picture is repeated, one of N must agree."""
    latent: F32 | None = field(default=None, repr=False)
    """[N or 1, C, h, w], scaled, to start from; zeros where None."""
    mask: F32 | None = field(default=None, repr=False)
    """[N or 1, 1, h, w] in 0..1: 1 is repainted, 0 stays as `latent`."""
    start_step: int = 0
    """The first step to take, from 0: earlier ones were taken by another request."""
    last_step: int | None = None
    """The step to stop before; None walks to the end."""
    add_noise: bool = True
    """False where `latent` already carries the noise of its level."""
    return_with_leftover_noise: bool = False
    """With `last_step`: keep the noise of that level instead of stepping to 0 from it."""
    latent_channels: int = 4
    vae_factor: int = 8
    """Pixels per latent cell, along each axis."""


async def sample(
    request: Request,
    model_sampling: ModelSampling,
    predict: NoisePredictor,
    on_step: OnStep | None = None,
    check: Check | None = None,
) -> F32:
    """The finished scaled latent [N,C,h,w], float32.

    `on_step` is called (awaited if it returns an awaitable) once a step, when the model has answered; `check` before
    every network call, of which some samplers make several a step. Either may raise `Cancelled` to stop: it passes
    through, and no further network call is made. Raises `ParameterError` for shapes that do not fit.
    """
    latent = _latent(request)
    sigmas = _levels(request, model_sampling)
    if len(sigmas) < 2:
        return latent
    generator = Generator(request.seed)
    noise = generator.randn(latent.shape) if request.add_noise else np.zeros_like(latent)
    top = sigmas[0] > model_sampling.sigma_max * (1 - 1e-5)
    x = noise * (math.sqrt(1 + sigmas[0] ** 2) if top else sigmas[0]) + latent
    model = GuidedModel(
        predict=predict,
        sampling=model_sampling,
        cfg=request.cfg,
        positive=request.positive,
        negative=request.negative,
        mask=_mask(request, latent, noise),
        check=None if check is None else lambda: _settle(check()),
    )
    run = Run(
        sigmas=sigmas,
        model=model,
        noise=lambda _sigma, _next: generator.randn(latent.shape),
        brownian=BrownianNoise(sigmas, latent.shape, request.seed),
        step=_reporter(on_step, len(sigmas) - 1),
        sigma_of_percent=model_sampling.percent_to_sigma,
    )
    sampler = SAMPLERS[request.sampler]
    if request.sampler in ONE_AT_A_TIME and len(x) > 1:
        alone = [replace(run, model=replace(model, mask=m)) for m in _split(model.mask, len(x))]
        return np.concatenate([await sampler(x[i : i + 1], r) for i, r in enumerate(alone)])
    return await sampler(x, run)


def _latent(request: Request) -> F32:
    if request.latent is None:
        size = (request.height // request.vae_factor, request.width // request.vae_factor)
        return np.zeros((request.batch, request.latent_channels, *size), dtype=np.float32)
    latent = np.asarray(request.latent, dtype=np.float32)
    if latent.ndim != 4 or len(latent) not in (1, request.batch):
        raise ParameterError(
            "latent", f"its shape is {list(latent.shape)}; give [1 or {request.batch}, channels, h, w]"
        )
    return latent if len(latent) == request.batch else np.repeat(latent, request.batch, axis=0)


def _levels(request: Request, model_sampling: ModelSampling) -> tuple[float, ...]:
    levels = sigmas_for(
        request.scheduler, request.steps, request.denoise, request.sampler, model_sampling
    ).tolist()
    if request.last_step is not None and request.last_step < len(levels) - 1:
        levels = levels[: request.last_step + 1]
        if not request.return_with_leftover_noise:
            levels[-1] = 0.0
    return tuple(levels[request.start_step :])


def _mask(request: Request, latent: F32, noise: F32) -> Mask | None:
    if request.mask is None:
        return None
    weight = np.asarray(request.mask, dtype=np.float32)
    n, _, h, w = latent.shape
    if weight.ndim != 4 or weight.shape[0] not in (1, n) or weight.shape[1:] != (1, h, w):
        raise ParameterError("mask", f"its shape is {list(weight.shape)}; give [1 or {n}, 1, {h}, {w}]")
    return Mask(weight, latent, noise)


def _split(mask: Mask | None, n: int) -> list[Mask | None]:
    """One mask per picture."""
    if mask is None:
        return [None] * n
    weights = np.broadcast_to(mask.weight, (n, *mask.weight.shape[1:]))
    return [Mask(weights[i : i + 1], mask.latent[i : i + 1], mask.noise[i : i + 1]) for i in range(n)]


def _reporter(on_step: OnStep | None, steps: int) -> Callable[[int, float, F32, F32], Awaitable[None]]:
    async def report(index: int, sigma: float, x: F32, denoised: F32) -> None:
        if on_step is not None:
            await _settle(on_step(StepInfo(index + 1, steps, sigma, x, denoised)))

    return report


async def _settle(outcome: Awaitable[None] | None) -> None:
    if inspect.isawaitable(outcome):
        await outcome
