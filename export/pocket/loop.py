"""What the training loops share: atomic checkpoints, schedules, and streams addressed by step.

Nothing random is carried from step to step: step ``k`` draws from a generator seeded by
``(seed, k)`` alone. A run that is cut off and resumed therefore sees the data and the noise that an
unbroken run sees, and a checkpoint needs no generator state.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch


def step_rng(seed: int, step: int, rank: int = 0) -> np.random.Generator:
    """The NumPy generator of one step of one process."""
    return np.random.default_rng([seed, 0x57E9, rank, step])


def step_generator(seed: int, step: int, rank: int = 0) -> torch.Generator:
    """The torch generator of one step of one process."""
    return torch.Generator().manual_seed(int(step_rng(seed, step, rank).integers(2**62)))


def cosine(step: int, total: int, warmup: int) -> float:
    """Factor on the learning rate: linear warm-up, then half a cosine down to zero."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, (step - warmup) / max(1, total - warmup))))


def save(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint so that a crash leaves the previous one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def load(path: Path) -> dict[str, Any] | None:
    """Read a checkpoint, or None where there is none yet."""
    if not path.exists():
        return None
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state
