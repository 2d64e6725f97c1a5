"""Low-rank adapters of the pocket UNet: the factors, their file in kohya's layout, and merging.

Hu et al. 2021 (LoRA): W + strength * alpha / rank * up @ down; convolutions as in LoCon, with the
kernel in ``down`` and a 1x1 ``up``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file
from torch import nn

PREFIX = "lora_unet_"
#: Ends of the module paths that get factors: everything that shapes a picture but not the way in and out.
TARGETS = (
    ".conv1",
    ".conv2",
    ".proj_in",
    ".proj_out",
    ".to_q",
    ".to_k",
    ".to_v",
    ".to_out.0",
    ".ff.net.0.proj",
    ".ff.net.2",
)


class Factors(nn.Module):  # type: ignore[misc]
    """The down and up factors of each target; ``up`` starts at zero, so that nothing changes at first."""

    def __init__(self, unet: UNet2DConditionModel, rank: int) -> None:
        super().__init__()
        self.rank = rank
        self.down, self.up = nn.ParameterDict(), nn.ParameterDict()
        for path, module in targets(unet):
            name, weight = flat_name(path), module.weight
            self.down[name] = nn.Parameter(torch.empty(rank, *weight.shape[1:]))
            nn.init.kaiming_uniform_(self.down[name].view(rank, -1), a=5**0.5)
            tail = (1, 1) if weight.ndim == 4 else ()
            self.up[name] = nn.Parameter(torch.zeros(weight.shape[0], rank, *tail))

    def state(self, gain: float = 1.0) -> dict[str, torch.Tensor]:
        """Tensors in kohya's layout, fp16; alpha is ``gain`` times the rank."""
        found: dict[str, torch.Tensor] = {}
        for name in self.down:
            found[f"{PREFIX}{name}.lora_down.weight"] = self.down[name].detach().half().contiguous()
            found[f"{PREFIX}{name}.lora_up.weight"] = self.up[name].detach().half().contiguous()
            found[f"{PREFIX}{name}.alpha"] = torch.tensor(gain * self.rank).half()
        return found


def targets(unet: UNet2DConditionModel) -> list[tuple[str, Any]]:
    """Paths and modules that get factors."""
    return [(path, module) for path, module in unet.named_modules() if path.endswith(TARGETS)]


def flat_name(path: str) -> str:
    """A module path as kohya writes it."""
    return path.replace(".", "_")


def product(down: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """up @ down in the shape of the weight they change."""
    return (up.flatten(1) @ down.flatten(1)).view(up.shape[0], *down.shape[1:])


def merge(unet: UNet2DConditionModel, path: Path, strength: float = 1.0) -> UNet2DConditionModel:
    """Add a file in kohya's layout to a float32 UNet's weights, in place."""
    tensors = load_file(path)
    modules = {f"{PREFIX}{flat_name(name)}": module for name, module in unet.named_modules()}
    with torch.no_grad():
        for key in [key for key in tensors if key.endswith(".lora_down.weight")]:
            name = key.removesuffix(".lora_down.weight")
            down, up = tensors[key].float(), tensors[f"{name}.lora_up.weight"].float()
            scale = strength * float(tensors[f"{name}.alpha"]) / down.shape[0]
            modules[name].weight += scale * product(down, up)
    return unet


def save(state: dict[str, torch.Tensor], path: Path, metadata: dict[str, Any]) -> None:
    """Write a safetensors file; metadata that is not text is written as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in metadata.items()}
    save_file(state, str(path), metadata=texts)


def size(state: dict[str, torch.Tensor]) -> int:
    """How many numbers a file holds."""
    return int(np.sum([tensor.numel() for tensor in state.values()]))
