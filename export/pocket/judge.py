"""A classifier that reads shape, colour and background off a picture, trained on drawn scenes only.

It never sees a generated picture. Blur, noise, small shifts and a trip through the VAE are drawn
into its training, so that it also reads pictures whose edges are soft.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import nn
from torch.nn import functional

from export.pocket import loop
from export.pocket.scenes import Scene, render, sample_scene
from export.pocket.vocabulary import COLOUR_NAMES, SHAPES

LABELS: dict[str, tuple[str, ...]] = {
    "shape": SHAPES,
    "colour": COLOUR_NAMES,
    "background": COLOUR_NAMES,
}


class Judge(nn.Module):  # type: ignore[misc]
    """[N, 3, 128, 128] in 0..1 to three logit tables [N, 10] (shape, colour, background)."""

    def __init__(self) -> None:
        super().__init__()

        def stage(inputs: int, outputs: int, stride: int) -> nn.Sequential:
            return nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(inplace=True),
            )

        self.body = nn.Sequential(
            nn.AvgPool2d(2),
            stage(3, 32, 2),
            stage(32, 48, 1),
            stage(48, 64, 2),
            stage(64, 64, 1),
            stage(64, 96, 2),
            stage(96, 96, 1),
        )
        self.heads = nn.ModuleList(nn.Linear(2 * 96, len(names)) for names in LABELS.values())

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Logits in the order of LABELS."""
        features = self.body(pixels - 0.5)
        # The mean tells of the background, the maximum of whatever is somewhere.
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)
        return tuple(head(pooled) for head in self.heads)


def labels(scenes: list[Scene]) -> torch.Tensor:
    """int64 [N, 3] in the order of LABELS."""
    return torch.tensor(
        [
            [
                SHAPES.index(scene.shape),
                COLOUR_NAMES.index(scene.colour),
                COLOUR_NAMES.index(scene.background),
            ]
            for scene in scenes
        ]
    )


def pixels(scenes: list[Scene]) -> torch.Tensor:
    """Rendered scenes, float32 [N, 3, 128, 128] in 0..1."""
    drawn = np.stack([render(scene) for scene in scenes])
    return torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 255.0


def soften(clean: torch.Tensor, rng: np.random.Generator, vae: AutoencoderKL | None) -> torch.Tensor:
    """Augment a batch in 0..1: VAE trip or blur, shift of tint, noise, each now and then."""
    out = clean.clone()
    chance = rng.random(len(out))
    if vae is not None and (chance < 0.05).any():
        chosen = torch.from_numpy(chance < 0.05)
        with torch.no_grad():
            part = out[chosen].to(torch.bfloat16).to(memory_format=torch.channels_last)
            mean = vae.encode(part * 2 - 1).latent_dist.mean
            jolt = torch.from_numpy(rng.standard_normal(tuple(mean.shape))).to(mean)
            again = vae.decode(mean + jolt * float(rng.uniform(0, 0.3)) * mean.std()).sample
        out[chosen] = (again.float() / 2 + 0.5).clamp(0, 1)
    for low, high, kernel in ((0.05, 0.25, 3), (0.25, 0.4, 5)):
        chosen = torch.from_numpy((chance >= low) & (chance < high))
        if chosen.any():
            padded = functional.pad(out[chosen], (kernel // 2,) * 4, mode="replicate")
            out[chosen] = functional.avg_pool2d(padded, kernel, 1)
    tint = torch.from_numpy(rng.uniform(-0.03, 0.03, (len(out), 3, 1, 1))).float()
    level = torch.from_numpy(rng.choice([0.0, 0.02, 0.05], (len(out), 1, 1, 1))).float()
    grain = torch.from_numpy(rng.standard_normal(out.shape, np.float32))
    return (out + tint + level * grain).clamp(0, 1)


def train(
    out: Path,
    work: Path,
    vae: AutoencoderKL | None,
    *,
    steps: int = 800,
    size: int = 64,
    seed: int = 7,
    stop_at: int | None = None,
) -> Judge:
    """Train the judge and write ``judge.onnx`` and ``labels.json`` into ``out``; resumes.

    Its scenes include the held-out pairs: it must know every pair, the painter must not.
    """
    torch.manual_seed(seed)
    judge = Judge()
    optimiser = torch.optim.AdamW(judge.parameters(), lr=2e-3, weight_decay=0.01)
    state = loop.load(work / "judge.pt")
    start = 0
    if state is not None:
        judge.load_state_dict(state["judge"])
        optimiser.load_state_dict(state["optimiser"])
        start = state["step"]
    if vae is not None:
        vae = vae.eval().to(torch.bfloat16).to(memory_format=torch.channels_last)
    judge.train().to(memory_format=torch.channels_last)
    end = min(steps, stop_at or steps)
    for step in range(start, end):
        scenes = [sample_scene(seed, i, held_out=None) for i in range(step * size, (step + 1) * size)]
        view = soften(pixels(scenes), loop.step_rng(seed, step), vae)
        with torch.autocast("cpu", torch.bfloat16):
            guess = judge(view.to(memory_format=torch.channels_last))
        losses = [
            functional.cross_entropy(logits.float(), truth, label_smoothing=0.02)
            for logits, truth in zip(guess, labels(scenes).T, strict=True)
        ]
        loss = torch.stack(losses).sum()
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * loop.cosine(step, steps, 50)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        if step % 100 == 99:
            print(f"judge {step + 1}/{steps} loss {loss.item():.4f}", flush=True)
        if step % 250 == 249 or step + 1 == end:
            loop.save(
                work / "judge.pt",
                {
                    "judge": judge.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "step": step + 1,
                },
            )
    judge.eval()
    export(judge, out)
    return judge


def export(judge: Judge, out: Path) -> None:
    """Write ``judge.onnx`` (opset 17, any batch) and ``labels.json``."""
    out.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        judge.to(memory_format=torch.contiguous_format),
        (torch.zeros(2, 3, 128, 128),),
        str(out / "judge.onnx"),
        input_names=["pixels"],
        output_names=list(LABELS),
        dynamic_axes={name: {0: "batch"} for name in ("pixels", *LABELS)},
        opset_version=17,
        dynamo=False,
    )
    (out / "labels.json").write_text(json.dumps(LABELS, indent=1) + "\n", encoding="utf-8")


@torch.no_grad()  # type: ignore[untyped-decorator]
def accuracy(judge: Judge, *, count: int = 1000, seed: int = 77) -> dict[str, float]:
    """Share read rightly on fresh clean scenes of all pairs, by label kind."""
    right = torch.zeros(3)
    for start in range(0, count, 100):
        scenes = [sample_scene(seed, i, held_out=None) for i in range(start, start + 100)]
        guess = judge(pixels(scenes))
        truth = labels(scenes)
        right += torch.stack([(g.argmax(1) == t).sum() for g, t in zip(guess, truth.T, strict=True)])
    return dict(zip(LABELS, (right / count).tolist(), strict=True))
