"""A small network that reads shape, size and place off clean latents; its features teach the UNet.

Squared error alone rewards the right colour in the right place long before the right outline. The
critic's features, compared between the predicted and the true clean latent at middle noise (a
perceptual loss, Johnson et al. 2016, in latent space as in Lin and Yang 2024), reward outlines. It
is frozen while the UNet trains, sees only training scenes, and has nothing to do with the judge.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from export.pocket import loop
from export.pocket.scenes import sample_scene
from export.pocket.vocabulary import POSITION_NAMES, SHAPES, SIZES

LABELS = {"shape": SHAPES, "size": SIZES, "position": POSITION_NAMES}


class Critic(nn.Module):  # type: ignore[misc]
    """Latents [N, 4, 16, 16] to features at 8x8 and 4x4 and one logit table a label."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(4, 48, 3, 1, 1)
        self.second = nn.Conv2d(48, 64, 3, 2, 1)
        self.third = nn.Conv2d(64, 96, 3, 1, 1)
        self.fourth = nn.Conv2d(96, 128, 3, 2, 1)
        self.norms = nn.ModuleList(nn.GroupNorm(8, width) for width in (48, 64, 96, 128))
        self.heads = nn.ModuleList(nn.Linear(128 * 16, len(names)) for names in LABELS.values())

    def features(self, latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Maps [N, 96, 8, 8] and [N, 128, 4, 4] after the third and the fourth layer."""
        # Smooth units: their slopes reach the UNet.
        x = functional.silu(self.norms[0](self.first(latents)))
        x = functional.silu(self.norms[1](self.second(x)))
        middle = functional.silu(self.norms[2](self.third(x)))
        return middle, functional.silu(self.norms[3](self.fourth(middle)))

    def forward(self, latents: torch.Tensor) -> list[torch.Tensor]:
        """Logits in the order of LABELS."""
        flat = self.features(latents)[1].flatten(1)
        return [head(flat) for head in self.heads]

    def loss(
        self, guess: torch.Tensor, clean: torch.Tensor, shape: torch.Tensor, told: torch.Tensor
    ) -> torch.Tensor:
        """Feature distance, plus 0.3 of the shape's cross entropy where ``told`` [N]: one value each."""
        middle, deep = self.features(guess)
        with torch.no_grad():
            true_middle, true_deep = self.features(clean)
        distance = (middle - true_middle).square().mean((1, 2, 3))
        distance = distance + (deep - true_deep).square().mean((1, 2, 3))
        reading = functional.cross_entropy(self.heads[0](deep.flatten(1)), shape, reduction="none")
        return distance + 0.3 * reading * told


def labels(seed: int, count: int) -> torch.Tensor:
    """What training scenes 0 .. count show, int64 [count, 3] in the order of LABELS."""
    scenes = (sample_scene(seed, index) for index in range(count))
    return torch.tensor(
        [(SHAPES.index(s.shape), SIZES.index(s.size), POSITION_NAMES.index(s.position)) for s in scenes]
    )


def soften(latents: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Blur half and add noise, as predictions of the clean latent are blurred and uncertain."""
    blurred = functional.avg_pool2d(functional.pad(latents, (1, 1, 1, 1), mode="replicate"), 3, 1)
    share = torch.rand(len(latents), 1, 1, 1, generator=generator)
    share = (share * 2 - 1).clamp(min=0)
    level = 0.5 * torch.rand(len(latents), 1, 1, 1, generator=generator) ** 2
    noise = torch.randn(latents.shape, generator=generator)
    return latents + share * (blurred - latents) + level * noise


def train(work: Path, *, count: int, steps: int = 700, size: int = 128, seed: int = 1) -> Critic:
    """Train on the cached latents; saves ``work/critic.pt``."""
    torch.manual_seed(seed)
    critic = Critic()
    latents = np.memmap(work / "latents.bin", np.float16, "r", shape=(count, 4, 16, 16))
    truth = labels(seed, count)
    held = count // 16
    optimiser = torch.optim.AdamW(critic.parameters(), lr=2e-3, weight_decay=0.02)
    for step in range(steps):
        generator = loop.step_generator(seed + 5, step)
        rows = torch.randint(held, count, (size,), generator=generator)
        clean = torch.from_numpy(latents[rows.numpy()]).float()
        guess = critic(soften(clean, generator))
        loss = sum(
            (functional.cross_entropy(g, t) for g, t in zip(guess, truth[rows].T, strict=True)),
            torch.zeros(()),
        )
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * loop.cosine(step, steps, 50)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        if step % 100 == 99:
            print(f"critic {step + 1}/{steps} loss {float(loss.detach()):.4f}", flush=True)
    with torch.no_grad():
        guess = critic(torch.from_numpy(latents[: min(held, 1000)].astype(np.float32)))
    right = [float((g.argmax(1) == t[: len(g)]).float().mean()) for g, t in zip(guess, truth.T, strict=True)]
    print("critic reads", dict(zip(LABELS, right, strict=True)), flush=True)
    loop.save(work / "critic.pt", {"critic": critic.state_dict(), "labels": truth})
    return critic


def load(work: Path) -> tuple[Critic, torch.Tensor]:
    """The frozen critic and the shapes of the training scenes, int64 [count]."""
    state = loop.load(work / "critic.pt")
    if state is None:
        raise FileNotFoundError(work / "critic.pt")
    critic = Critic()
    critic.load_state_dict(state["critic"])
    return critic.eval().requires_grad_(False), state["labels"][:, 0]
