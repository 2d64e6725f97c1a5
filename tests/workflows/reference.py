"""Sampling with conditions in torch, on the pocket weights: what the nodes are held against.

Nothing here imports ensembles or control, nor anything that has to be fetched.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from export.pocket.evaluate import WEIGHTS
from perf.parity import schedules
from perf.parity.pipeline import load

SCALE = 0.18215
Denoiser = Callable[[Tensor, Tensor], Tensor]


@dataclass
class Text:
    """A text, and where ([y, x, height, width] in cells), how much ([N or 1,1,h,w] of the box) and when it counts."""

    context: Tensor
    """[1,T,C]"""
    box: tuple[int, int, int, int] = (0, 0, 16, 16)
    weight: Tensor | float = 1.0
    first: float = float("inf")
    """Highest level."""
    last: float = 0.0


class Torch:
    """diffusers' and transformers' own networks."""

    def __init__(self) -> None:
        torch.set_grad_enabled(False)
        self.pipeline = load(WEIGHTS, "", "")
        from transformers import CLIPTextModel, CLIPTokenizerFast

        self.tokenizer = CLIPTokenizerFast.from_pretrained(WEIGHTS / "tokenizer")
        self.encoder = CLIPTextModel.from_pretrained(WEIGHTS / "text_encoder").eval()

    def encode(self, text: str, skip: int = 1) -> Tensor:
        """[1,77,C], of a layer counted from the last."""
        ids = self.tokenizer(
            text, padding="max_length", truncation=True, max_length=77, return_tensors="pt"
        ).input_ids
        states = self.encoder(ids, output_hidden_states=True).hidden_states
        model = getattr(self.encoder, "text_model", self.encoder)
        return model.final_layer_norm(states[-skip])

    def guess(self, x: Tensor, sigma: Tensor, context: Tensor) -> Tensor:
        """x0 by the network's noise."""
        n = len(x)
        scaled = x / (sigma**2 + 1) ** 0.5
        eps = self.pipeline.unet(
            scaled, schedules.timestep(sigma).expand(n), context.expand(n, -1, -1)
        ).sample
        return x - eps * sigma

    def mixed(self, texts: list[Text], x: Tensor, sigma: Tensor) -> Tensor:
        """The mean of the guesses in their boxes, by weight."""
        total, weights = torch.zeros_like(x), torch.full_like(x[:, :1], 1e-20)
        for one in texts:
            if not one.last <= float(sigma) <= one.first:
                continue
            y, left, height, width = one.box
            part = (..., slice(y, y + height), slice(left, left + width))
            total[part] += self.guess(x[part], sigma, one.context) * one.weight
            weights[part] += one.weight
        return total / weights

    def guided(self, positive: list[Text], negative: list[Text], cfg: float) -> Denoiser:
        """Classifier-free guidance."""

        def denoise(x: Tensor, sigma: Tensor) -> Tensor:
            without = self.mixed(negative, x, sigma)
            return without + (self.mixed(positive, x, sigma) - without) * cfg

        return denoise

    def sampled(
        self,
        denoise: Denoiser,
        *,
        seed: int,
        sigmas: Tensor,
        ancestral: bool = False,
        pictures: int = 1,
        size: tuple[int, int] = (16, 16),
        start: Tensor | None = None,
        add_noise: bool = True,
    ) -> Tensor:
        """A scaled latent by Euler's steps, from noise or from the scaled latent `start`."""
        start = torch.zeros(pictures, 4, *size) if start is None else start
        torch.manual_seed(seed)
        noise = torch.randn(start.shape) if add_noise else torch.zeros_like(start)
        top = sigmas[0] >= schedules.TRAINED[-1] * (1 - 1e-5)
        x = start + noise * ((1 + sigmas[0] ** 2) ** 0.5 if top else sigmas[0])
        for sigma, to in pairwise(sigmas):
            up = (to**2 * (sigma**2 - to**2) / sigma**2) ** 0.5 if ancestral else torch.zeros(())
            down = (to**2 - up**2) ** 0.5
            x = x + (x - denoise(x, sigma)) / sigma * (down - sigma)
            if up > 0:
                x = x + torch.randn_like(x) * up
        return x

    def encoded(self, image: np.ndarray) -> Tensor:
        """[N,H,W,3] in 0..1 → a latent, not scaled."""
        pixels = torch.from_numpy(image).permute(0, 3, 1, 2) * 2 - 1
        return self.pipeline.vae.encode(pixels).latent_dist.mode()

    def decoded(self, latent: Tensor) -> np.ndarray:
        """A latent, not scaled → [N,H,W,3] in 0..1."""
        image = self.pipeline.vae.decode(latent).sample
        return (image / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).numpy()

    def picture(self, scaled: Tensor) -> np.ndarray:
        """A scaled latent as a picture."""
        return self.decoded(scaled / SCALE)


def sigmas(scheduler: str, steps: int) -> Tensor:
    """[steps+1], the last 0."""
    if scheduler != "karras":
        return schedules.sigmas(scheduler, steps, "euler")
    low, high = schedules.TRAINED[0] ** (1 / 7), schedules.TRAINED[-1] ** (1 / 7)
    return torch.cat([(high + torch.linspace(0, 1, steps) * (low - high)) ** 7, torch.zeros(1)])


def level(percent: float) -> float:
    """The level at a share of the timesteps, from the noisy end."""
    return float(schedules.t_to_sigma(torch.tensor((1 - percent) * 999)))


def psnr(got: np.ndarray, want: np.ndarray) -> float:
    """Of pictures in 0..1, in dB."""
    assert got.shape == want.shape
    return float(-10 * np.log10(max(float(np.mean((got.astype(np.float64) - want) ** 2)), 1e-20)))
