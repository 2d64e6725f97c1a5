"""From a network that predicts noise to the guided guess of the clean latent."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ensembles.sampling.schedules import ModelSampling
from ensembles.sampling.types import F32


class NoisePredictor(Protocol):
    """One UNet call, awaitable; the caller does BLS, onnxruntime or anything else."""

    async def __call__(self, sample: F32, timestep: F32, context: F32) -> F32:
        """sample [B,4,h,w] already scaled by c_in, timestep [B], context [B,T,C] → prediction [B,4,h,w]."""


@dataclass(frozen=True)
class Mask:
    """What of the picture may change."""

    weight: F32
    """[N or 1, 1, h, w], 1 where the sampler paints, 0 where the latent stays."""
    latent: F32
    """[N,4,h,w], the clean latent."""
    noise: F32
    """[N,4,h,w], the noise that the start was made with."""

    def into(self, x: F32, sigma: float) -> F32:
        """x inside the mask, the latent noised to sigma outside."""
        noised: F32 = self.latent + self.noise * sigma
        blend: F32 = x * self.weight + noised * (1 - self.weight)
        return blend

    def out_of(self, denoised: F32) -> F32:
        """The model's guess inside the mask, the clean latent outside."""
        blend: F32 = denoised * self.weight + self.latent * (1 - self.weight)
        return blend


MOST_REPEATS = 4
"""Of a short prompt, to share a batch with a long one; beyond, two calls cost less."""


def same_length(prompts: list[F32]) -> list[F32]:
    """Prompts [T,C] repeated to their common multiple, so that they fit one batch.

    Attention does not change: with every key k times, softmax gives each copy a k-th of its weight. Prompts that
    would have to be repeated more than `MOST_REPEATS` times stay as they are.
    """
    common = math.lcm(*(len(p) for p in prompts))
    if any(common > MOST_REPEATS * len(p) for p in prompts):
        return prompts
    return [np.tile(p, (common // len(p), 1)) for p in prompts]


@dataclass(frozen=True)
class GuidedModel:
    """Classifier-free guidance (Ho and Salimans 2022): u + (c − u)·cfg, in the order [uncond, cond].

    cfg 1 (or no negative) asks for the condition alone, but for the CFG++ samplers, which need both.
    """

    predict: NoisePredictor
    sampling: ModelSampling
    cfg: float
    positive: F32
    """[T, C]"""
    negative: F32 | None
    """[T, C]"""
    mask: Mask | None = None
    check: Callable[[], Awaitable[None]] | None = None
    """Awaited before every network call; raises `Cancelled` to stop."""
    _made: dict[tuple[int, int], list[tuple[int, F32]]] = field(default_factory=dict, init=False, repr=False)
    """(prompts, pictures) → contexts of the calls"""

    async def __call__(self, x: F32, sigma: float) -> F32:
        """x [N,4,h,w] at noise level sigma > 0 → guided x0 [N,4,h,w]."""
        if self.negative is not None and self.cfg == 1.0:
            (guided,) = await self._clean(x, sigma, [self.positive])
            return guided
        return (await self.both(x, sigma))[0]

    async def both(self, x: F32, sigma: float) -> tuple[F32, F32]:
        """(guided x0, unconditional x0); without a negative both are the conditional one."""
        if self.negative is None:
            (only,) = await self._clean(x, sigma, [self.positive])
            return only, only
        uncond, cond = await self._clean(x, sigma, [self.negative, self.positive])
        return uncond + (cond - uncond) * np.float32(self.cfg), uncond

    async def _clean(self, x: F32, sigma: float, prompts: list[F32]) -> list[F32]:
        """x0 under each of the prompts."""
        if self.mask is not None:
            x = self.mask.into(x, sigma)
        scale = 1.0 / np.sqrt(sigma * sigma + 1.0)
        outputs = await self._predictions(x * np.float32(scale), sigma, prompts)
        clean = [self._x0(x, output, sigma) for output in outputs]
        return clean if self.mask is None else [self.mask.out_of(c) for c in clean]

    async def _predictions(self, sample: F32, sigma: float, prompts: list[F32]) -> list[F32]:
        timestep = self.sampling.timestep(sigma)
        n = len(sample)
        outputs: list[F32] = []
        for size, context in self._contexts(prompts, n):
            if self.check is not None:
                await self.check()
            batch = np.concatenate([sample] * size)
            times = np.full(len(batch), timestep, dtype=np.float32)
            answer = await self.predict(batch, times, context)
            outputs += [answer[start : start + n] for start in range(0, size * n, n)]
        return outputs

    def _contexts(self, prompts: list[F32], n: int) -> list[tuple[int, F32]]:
        """(prompts, context [prompts·n,T,C]) of each call: the same in every step, so made once."""
        key = (len(prompts), n)
        if key not in self._made:
            prompts = same_length(prompts)
            groups = [prompts] if len({p.shape for p in prompts}) == 1 else [[p] for p in prompts]
            self._made[key] = [
                (
                    len(group),
                    np.concatenate([np.broadcast_to(p, (n, *p.shape)) for p in group]).astype(np.float32),
                )
                for group in groups
            ]
        return self._made[key]

    def _x0(self, x: F32, output: F32, sigma: float) -> F32:
        """ε: x − σε (Karras et al. 2022, appendix C.1); v: Salimans and Ho 2022, appendix D, in VE scaling."""
        if self.sampling.prediction == "epsilon":
            return x - output * np.float32(sigma)
        square = sigma * sigma + 1.0
        return x * np.float32(1.0 / square) - output * np.float32(sigma / np.sqrt(square))
