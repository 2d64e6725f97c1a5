"""The other side: diffusers' pipeline and UNet on torch, fp32, with the same weights."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler, EulerDiscreteScheduler, StableDiffusionPipeline

from ensembles.arrays import Array

SCHEDULERS: dict[str, Any] = {
    # Our dpmpp_2m on karras.
    "speed": lambda config: DPMSolverMultistepScheduler.from_config(
        config, algorithm_type="dpmsolver++", solver_order=2, use_karras_sigmas=True
    ),
    # Our euler on normal, where both sides agree on every sigma if (steps - 1) divides 999.
    "parity": lambda config: EulerDiscreteScheduler.from_config(config, timestep_spacing="linspace"),
}
OURS = {
    "speed": {"SAMPLER": "dpmpp_2m", "SCHEDULER": "karras"},
    "parity": {"SAMPLER": "euler", "SCHEDULER": "normal"},
}
"""The same as our parameters."""


@dataclass(frozen=True)
class Painting:
    """What both sides are asked for."""

    prompt: str
    seed: int
    steps: int
    size: int
    cfg: float = 7.0

    def ours(self, kind: str) -> dict[str, Any]:
        """As parameters of the Triton API."""
        return OURS[kind] | {
            "PROMPT": self.prompt,
            "SEED": self.seed,
            "STEPS": self.steps,
            "CFG": self.cfg,
            "WIDTH": self.size,
            "HEIGHT": self.size,
        }


def load_pipeline(folder: Path, threads: int) -> Any:
    """StableDiffusionPipeline over the diffusers folder, with diffusers' own attention for torch 2 (SDPA)."""
    torch.set_num_threads(threads)
    pipeline = StableDiffusionPipeline.from_pretrained(
        folder,
        torch_dtype=torch.float32,
        safety_checker=None,
        requires_safety_checker=False,
        feature_extractor=None,
        image_encoder=None,
    )
    pipeline.set_progress_bar_config(disable=True)
    names = {type(processor).__name__ for processor in pipeline.unet.attn_processors.values()}
    assert names == {"AttnProcessor2_0"}, names
    return pipeline


def paint(pipeline: Any, asked: Painting, kind: str) -> Array:
    """uint8 [H,W,3]; the same starting noise as ours."""
    pipeline.scheduler = SCHEDULERS[kind](pipeline.scheduler.config)
    cells = asked.size // 8
    noise = torch.randn(1, 4, cells, cells, generator=torch.Generator().manual_seed(asked.seed))
    if kind == "parity":
        # The pipeline scales noise by the first sigma; the field's rule is the square root of 1 + sigma squared.
        pipeline.scheduler.set_timesteps(asked.steps)
        top = float(pipeline.scheduler.sigmas[0])
        noise = noise * math.sqrt(1 + top**2) / top
    image = pipeline(
        asked.prompt,
        latents=noise,
        num_inference_steps=asked.steps,
        guidance_scale=asked.cfg,
        width=asked.size,
        height=asked.size,
        output_type="np",
    ).images[0]
    # Cut off rather than rounded, as ours are; diffusers' own rounding would cost 1/255 here and there.
    picture: Array = np.clip(image * 255, 0, 255).astype(np.uint8)
    return picture


def step(pipeline: Any, inputs: dict[str, Array]) -> Array:
    """One UNet call of the pair that guidance asks for: [2,4,h,w] → [2,4,h,w]."""
    with torch.inference_mode():
        arrays = {name: torch.from_numpy(array) for name, array in inputs.items()}
        made: Array = pipeline.unet(
            arrays["sample"], arrays["timestep"][:, 0], arrays["encoder_hidden_states"]
        ).sample.numpy()
    return made


def psnr(a: Array, b: Array) -> float:
    """Peak signal to noise ratio of uint8 pictures, in dB."""
    error = float(np.mean((a.astype(float) - b.astype(float)) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)
