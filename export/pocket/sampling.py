"""Paint with a diffusers folder in torch: the reference that evaluation uses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizerFast

from export.pocket import tokenizer


class Painter:
    """The four parts in float32, sampled by DPM-Solver++(2M) on Karras sigmas."""

    def __init__(
        self,
        folder: Path,
        *,
        unet: UNet2DConditionModel | None = None,
        steps: int = 20,
        guidance: float = 7.0,
    ) -> None:
        self.words: CLIPTokenizerFast = tokenizer.load(folder / "tokenizer")
        self.encoder = CLIPTextModel.from_pretrained(
            folder / "text_encoder", torch_dtype=torch.float32
        ).eval()
        self.vae = AutoencoderKL.from_pretrained(folder / "vae", torch_dtype=torch.float32).eval()
        self.unet = (
            unet or UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32)
        ).eval()
        self.steps, self.guidance = steps, guidance

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def __call__(self, captions: Sequence[str], seeds: Sequence[int]) -> npt.NDArray[np.uint8]:
        """Paint one picture a caption: uint8 [N, 128, 128, 3]. A seed draws its latent alone."""
        scheduler = DPMSolverMultistepScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            use_karras_sigmas=True,
            algorithm_type="dpmsolver++",
        )
        scheduler.set_timesteps(self.steps)
        latents = torch.cat(
            [torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        )
        ids = tokenizer.encode(self.words, [*([""] * len(captions)), *captions])
        states = self.encoder(torch.from_numpy(ids)).last_hidden_state
        latents = latents * scheduler.init_noise_sigma
        for time in scheduler.timesteps:
            both = self.unet(torch.cat([latents, latents]), time, encoder_hidden_states=states).sample
            plain, told = both.chunk(2)
            epsilon = plain + self.guidance * (told - plain)
            latents = scheduler.step(epsilon, time, latents).prev_sample
        pixels = self.vae.decode(latents / self.vae.config.scaling_factor).sample
        shown = (pixels / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1) * 255.0
        return np.asarray(shown.round().to(torch.uint8).numpy())
