"""Paint with adapters in torch: the reference against which serving is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from diffusers import ControlNetModel, DPMSolverMultistepScheduler

from export.pocket import tokenizer
from export.pocket.sampling import Painter


@dataclass(frozen=True, slots=True)
class Region:
    """What an inpainting keeps: pictures uint8 [N, 128, 128, 3] and masks [N, 128, 128] in 0..1, 1 is repainted."""

    pictures: npt.NDArray[np.uint8]
    masks: npt.NDArray[np.float32]
    #: Share of the noise schedule that is run, 0..1.
    strength: float = 1.0


class Studio(Painter):
    """A painter that also takes hints, text states of its own making, and regions."""

    control: ControlNetModel | None = None

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def states(self, captions: Sequence[str]) -> torch.Tensor:
        """Text states float32 [N, 77, 128]."""
        return self.encoder(torch.from_numpy(tokenizer.encode(self.words, list(captions)))).last_hidden_state

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def encode(self, pictures: npt.NDArray[np.uint8]) -> torch.Tensor:
        """Scaled posterior means [N, 4, 16, 16] of uint8 [N, 128, 128, 3]."""
        pixels = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1.0
        return self.vae.encode(pixels).latent_dist.mean * self.vae.config.scaling_factor

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def decode(self, latents: torch.Tensor) -> npt.NDArray[np.uint8]:
        """Pictures uint8 [N, 128, 128, 3] of scaled latents."""
        pixels = self.vae.decode(latents / self.vae.config.scaling_factor).sample
        shown = (pixels / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1) * 255.0
        return np.asarray(shown.round().to(torch.uint8).numpy())

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def paint(
        self,
        captions: Sequence[str],
        seeds: Sequence[int],
        *,
        hints: npt.NDArray[np.float32] | None = None,
        strength: float = 1.0,
        states: torch.Tensor | None = None,
        region: Region | None = None,
    ) -> npt.NDArray[np.uint8]:
        """One picture a caption, uint8 [N, 128, 128, 3]; a seed draws its latent alone.

        ``hints`` float32 [N, 128, 128] in 0..1 go to the ControlNet at ``strength``, in both
        branches of the guidance; ``states`` [N, 77, 128] stand in for the captions'.
        """
        scheduler = DPMSolverMultistepScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            use_karras_sigmas=True,
            algorithm_type="dpmsolver++",
        )
        scheduler.set_timesteps(self.steps)
        noise = torch.cat(
            [torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        )
        told = self.states(captions) if states is None else states
        words = torch.cat([self.states([""] * len(noise)), told])
        cond = None
        if hints is not None:
            cond = torch.from_numpy(hints)[:, None].float().expand(-1, 3, -1, -1).repeat(2, 1, 1, 1)
        times = scheduler.timesteps
        if region is None:
            latents = noise * scheduler.init_noise_sigma
        else:
            first = len(times) - max(1, round(len(times) * region.strength))
            times = times[first:]
            scheduler.set_begin_index(first)
            clean = self.encode(region.pictures)
            keep = 1.0 - torch.nn.functional.max_pool2d(torch.from_numpy(region.masks)[:, None], 8)
            latents = scheduler.add_noise(clean, noise, times[:1])
        for index, time in enumerate(times):
            both = torch.cat([latents, latents])
            extra = {}
            if cond is not None:
                assert self.control is not None
                skips, middle = self.control(
                    both,
                    time,
                    encoder_hidden_states=words,
                    controlnet_cond=cond,
                    conditioning_scale=strength,
                    return_dict=False,
                )
                extra = {
                    "down_block_additional_residuals": skips,
                    "mid_block_additional_residual": middle,
                }
            plain, led = self.unet(both, time, encoder_hidden_states=words, **extra).sample.chunk(2)
            epsilon = plain + self.guidance * (led - plain)
            latents = scheduler.step(epsilon, time, latents).prev_sample
            if region is not None:
                last = index + 1 == len(times)
                known = clean if last else scheduler.add_noise(clean, noise, times[index + 1 : index + 2])
                latents = keep * known + (1.0 - keep) * latents
        painted: npt.NDArray[np.uint8] = self.decode(latents)
        if region is None:
            return painted
        cover = region.masks[..., None]
        mixed = region.pictures * (1.0 - cover) + painted * cover
        return np.asarray(mixed.round().astype(np.uint8))


def studio(folder: Path, *, control: Path | None = None) -> Studio:
    """The shipped family in float32, with a ControlNet from a diffusers folder where one is given."""
    made = Studio(folder)
    if control is not None:
        made.control = ControlNetModel.from_pretrained(control, torch_dtype=torch.float32).eval()
    return made
