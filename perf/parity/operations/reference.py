"""A checkpoint in torch float32, with diffusers' networks and text encoding: what operations are held against.

It shares the folder of weights with what is served, and nothing else: prompts are encoded by diffusers' pipelines,
noise is torch's, the walk is Euler's method as k-diffusion writes it (MIT), schedules are perf/parity/schedules.py.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import torch
from diffusers import DiffusionPipeline
from torch import Tensor

from ensembles.arrays import Array
from perf.parity.schedules import sigmas as schedule
from perf.parity.schedules import timestep

Network: TypeAlias = Callable[[Tensor, Tensor, "Side", float], Tensor]
"""(scaled sample, timestep [1], which side of the guidance, sigma) → the UNet's answer."""
REFINER = "sdxl-refiner"


class Text(NamedTuple):
    """A prompt, encoded by diffusers."""

    context: Tensor
    """[1, T, C]"""
    pooled: Tensor | None = None
    """[1, P]"""


class Side(NamedTuple):
    """One side of the guidance."""

    text: Text
    positive: bool


@dataclass(frozen=True)
class Walk:
    """What to paint; as the graph of the served side."""

    seed: int = 77
    steps: int = 8
    cfg: float = 5.0
    size: int = 64
    batch: int = 1
    denoise: float = 1.0
    scheduler: str = "simple"


@dataclass
class Reference:
    """A diffusers folder, loaded by diffusers."""

    folder: Path
    pipe: Any = field(init=False)

    def __post_init__(self) -> None:
        self.pipe = DiffusionPipeline.from_pretrained(
            self.folder, torch_dtype=torch.float32, **self._without_safety()
        )
        for part in ("unet", "vae", "text_encoder", "text_encoder_2"):
            if (network := getattr(self.pipe, part, None)) is not None:
                network.requires_grad_(False).eval()

    def _without_safety(self) -> dict[str, Any]:
        index = (self.folder / "model_index.json").read_text()
        return {"safety_checker": None, "requires_safety_checker": False} if "XL" not in index else {}

    @property
    def unet(self) -> Any:
        return self.pipe.unet

    @property
    def vae(self) -> Any:
        return self.pipe.vae

    @property
    def of_xl(self) -> bool:
        """Does its UNet take pooled texts and sizes?"""
        return bool(self.unet.config.addition_embed_type == "text_time")

    @property
    def is_refiner(self) -> bool:
        return getattr(self.pipe, "text_encoder", None) is None

    def text(self, prompt: str, skip: int = 1) -> Text:
        """As diffusers encodes it. `skip` counts layers from the last, 1; diffusers' clip_skip counts what is left out."""
        given = {"device": "cpu", "num_images_per_prompt": 1, "do_classifier_free_guidance": False}
        left_out = None if skip == 1 else skip - 1
        with torch.no_grad():
            made = self.pipe.encode_prompt(prompt, clip_skip=left_out, **given)
        return Text(made[0], made[2]) if self.of_xl else Text(made[0])

    def plain(self, walk: Walk, **more: Any) -> Network:
        """The UNet alone; `more` are keyword arguments of its forward."""

        def network(x: Tensor, t: Tensor, side: Side, _sigma: float) -> Tensor:
            answer: Tensor = self.unet(x, t, **self.conditioned(side, walk, len(x)), **more).sample
            return answer

        return network

    def conditioned(self, side: Side, walk: Walk, n: int) -> dict[str, Any]:
        """What every network of the family is told beside sample and timestep."""
        told: dict[str, Any] = {"encoder_hidden_states": side.text.context.expand(n, -1, -1)}
        if self.of_xl:
            assert side.text.pooled is not None
            size = float(walk.size)
            ids = [size, size, 0.0, 0.0]
            ids += [6.0 if side.positive else 2.5] if self.is_refiner else [size, size]
            told["added_cond_kwargs"] = {
                "text_embeds": side.text.pooled.expand(n, -1),
                "time_ids": torch.tensor([ids]).expand(n, -1),
            }
        return told

    def paint(
        self,
        walk: Walk,
        positive: Text,
        negative: Text,
        network: Network | None = None,
        *,
        latent: Tensor | None = None,
        concat: Tensor | None = None,
        keep: Tensor | None = None,
        noise: Tensor | None = None,
    ) -> Tensor:
        """The finished scaled latent.

        `latent` [1,4,h,w] scaled, to begin with; `concat` [1,5,h,w] beside the sample (inpainting UNets); `keep`
        [1,1,h,w] 1 where painting may change something: the rest is noised anew before each call, and stays.
        """
        network = network or self.plain(walk)
        total = int(walk.steps / walk.denoise)
        sigmas = schedule(walk.scheduler, total, "euler")[-(walk.steps + 1) :]
        side = walk.size // 8
        start = torch.zeros(1, 4, side, side) if latent is None else latent
        if noise is None:
            torch.manual_seed(walk.seed)
            noise = torch.randn(walk.batch, 4, side, side)
        top = float(sigmas[0]) > 14.614641 * 0.9999
        x = start + noise * ((1 + sigmas[0] ** 2) ** 0.5 if top else sigmas[0])
        sides = (Side(negative, False), Side(positive, True))
        with torch.no_grad():
            for now, after in itertools.pairwise(sigmas):
                seen = x if keep is None else x * keep + (start + noise * now) * (1 - keep)
                clean = self._guided(walk, seen, now, sides, network, concat)
                if keep is not None:
                    clean = clean * keep + start * (1 - keep)
                x = x + (x - clean) / now * (after - now)
        return x

    def _guided(
        self,
        walk: Walk,
        x: Tensor,
        sigma: Tensor,
        sides: Sequence[Side],
        network: Network,
        concat: Tensor | None,
    ) -> Tensor:
        scaled = x / (sigma**2 + 1) ** 0.5
        if concat is not None:
            scaled = torch.cat([scaled, concat.expand(len(x), -1, -1, -1)], 1)
        t = timestep(sigma).reshape(1)
        guesses = []
        for side in sides:
            output = network(scaled, t, side, float(sigma))
            guesses.append(self._clean(x, output, sigma))
        negative, positive = guesses
        guided: Tensor = negative + (positive - negative) * walk.cfg
        return guided

    def _clean(self, x: Tensor, output: Tensor, sigma: Tensor) -> Tensor:
        if self.pipe.scheduler.config.prediction_type == "v_prediction":
            made: Tensor = x / (sigma**2 + 1) - output * sigma / (sigma**2 + 1) ** 0.5
            return made
        return x - output * sigma

    def encode(self, pixels: Array) -> Tensor:
        """fp32 [N,H,W,3] in 0..1 → scaled latents: the mode."""
        with torch.no_grad():
            found = self.vae.encode(
                torch.from_numpy(np.moveaxis(pixels, -1, 1).copy()) * 2 - 1
            ).latent_dist.mode()
        scaled: Tensor = found * self.vae.config.scaling_factor
        return scaled

    def picture(self, latent: Tensor) -> Array:
        """[N,H,W,3] in 0..1."""
        with torch.no_grad():
            image = self.vae.decode(latent / self.vae.config.scaling_factor).sample
        return np.moveaxis((image / 2 + 0.5).clamp(0, 1).numpy(), 1, -1)
