"""The whole service against diffusers: the same prompt and seed through Triton and through torch."""

import math
from pathlib import Path

import numpy as np
import pytest

from tests.serving.pictures import paint

pytestmark = pytest.mark.triton
WEIGHTS = Path(__file__).parents[2] / "export" / "pocket" / "weights"
STEPS = 10  # 999/9 is whole: diffusers and the field then agree on the timesteps of the schedule "normal"


@pytest.fixture(scope="module")
def pipeline():
    """diffusers' own pipeline over the shipped weights, in fp32."""
    import torch
    from diffusers import EulerDiscreteScheduler

    from perf.bench.reference import load_pipeline

    made = load_pipeline(WEIGHTS, torch.get_num_threads())
    made.scheduler = EulerDiscreteScheduler.from_config(made.scheduler.config, timestep_spacing="linspace")
    return made


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Peak signal to noise ratio of uint8 pictures, in dB."""
    error = np.mean((a.astype(float) - b.astype(float)) ** 2)
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


@pytest.mark.parametrize(
    ("prompt", "negative", "seed", "cfg", "size"),
    [
        ("a large red circle on a blue background", "", 7, 7.0, (128, 128)),
        ("a small yellow star", "green", 2**40 + 3, 4.0, (128, 128)),
        ("a white heart", "", 1, 1.0, (192, 128)),
    ],
)
def test_triton_paints_what_diffusers_paints(triton, pipeline, prompt, negative, seed, cfg, size):
    import torch

    width, height = size
    torch.manual_seed(seed)
    noise = torch.randn(1, 4, height // 8, width // 8)
    pipeline.scheduler.set_timesteps(STEPS)
    top = float(pipeline.scheduler.sigmas[0])
    # The pipeline scales noise by the first sigma; the field's rule is the square root of 1 + sigma squared.
    latents = noise * math.sqrt(1 + top**2) / top
    reference = pipeline(
        prompt, negative_prompt=negative, latents=latents, num_inference_steps=STEPS, guidance_scale=cfg,
        width=width, height=height, output_type="np",
    ).images  # fmt: skip
    ours = paint(
        triton.grpc, PROMPT=prompt, NEGATIVE_PROMPT=negative, SEED=seed, CFG=cfg, WIDTH=width, HEIGHT=height,
        STEPS=STEPS, SAMPLER="euler", SCHEDULER="normal",
    ).images  # fmt: skip
    wanted = np.clip(reference * 255, 0, 255).astype(np.uint8)
    assert ours.shape == wanted.shape
    assert psnr(ours, wanted) >= 50
