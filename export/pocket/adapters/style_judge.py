"""A classifier that tells dusk pictures from the base family's pictures, trained on drawn scenes only.

It never sees a generated picture. Blur, grain, tint and trips through the VAE are drawn into its
training, as in the family's judge, with which it shares nothing but that augmentation.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from diffusers import AutoencoderKL
from torch import nn
from torch.nn import functional

from export.pocket import loop
from export.pocket.adapters.style import dusk
from export.pocket.judge import soften
from export.pocket.scenes import Scene, render, sample_scene

FILE = Path(__file__).parents[1] / "judge" / "dusk.onnx"


class Reader(nn.Module):  # type: ignore[misc]
    """[N, 3, 128, 128] in 0..1 to the logit of "this is dusk", [N]."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 24, 32, 48, 64)
        self.body = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Conv2d(before, after, 3, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(True)
                )
                for before, after in itertools.pairwise(widths)
            )
        )
        self.head = nn.Linear(2 * widths[-1], 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """One logit a picture."""
        features = self.body(pixels - 0.5)
        logits: torch.Tensor = self.head(torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1))
        return logits[:, 0]


def draw(scenes: list[Scene], flags: npt.NDArray[np.bool_]) -> torch.Tensor:
    """Scenes in dusk where flagged, float32 [N, 3, 128, 128] in 0..1."""
    drawn = np.stack([dusk(s) if flag else render(s) for s, flag in zip(scenes, flags, strict=True)])
    return torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 255.0


def train(
    out: Path,
    vae: AutoencoderKL | None,
    *,
    steps: int = 300,
    size: int = 64,
    seed: int = 31,
) -> Reader:
    """Train and write ``out`` (ONNX)."""
    torch.manual_seed(seed)
    reader = Reader()
    optimiser = torch.optim.AdamW(reader.parameters(), lr=2e-3, weight_decay=0.01)
    if vae is not None:
        vae = vae.eval().to(torch.bfloat16).to(memory_format=torch.channels_last)
    for step in range(steps):
        rng = loop.step_rng(seed, step)
        scenes = [sample_scene(seed, i, held_out=None) for i in range(step * size, (step + 1) * size)]
        flags = rng.random(size) < 0.5
        view = soften(draw(scenes, flags), rng, vae)
        loss = functional.binary_cross_entropy_with_logits(reader(view), torch.from_numpy(flags).float())
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * loop.cosine(step, steps, 30)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        if step % 50 == 49:
            print(f"style judge {step + 1}/{steps} loss {loss.item():.4f}", flush=True)
    reader.eval()
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        reader,
        (torch.zeros(2, 3, 128, 128),),
        str(out),
        input_names=["pixels"],
        output_names=["dusk"],
        dynamic_axes={"pixels": {0: "batch"}, "dusk": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    return reader


def read(pictures: npt.NDArray[np.uint8], file: Path = FILE) -> npt.NDArray[np.bool_]:
    """Whether each of uint8 [N, 128, 128, 3] is dusk."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    pixels = pictures.transpose(0, 3, 1, 2).astype(np.float32) / 255.0
    parts = [
        session.run(["dusk"], {"pixels": pixels[start : start + 50]})[0]
        for start in range(0, len(pixels), 50)
    ]
    return np.asarray(np.concatenate(parts) > 0.0, bool)
