"""Random LoRA files in each of the field's layouts, and what each makes of a torch module's weight.

The formulas stand here as their authors publish them, apart from ensembles/adapters: LoRA (Hu et al. 2021), LoCon, LoHa
and LoKr (LyCORIS, Yeh et al. 2023, Apache-2.0), DoRA (Liu et al. 2024). Names: kohya's sd-scripts, diffusers, PEFT.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

RANK, ALPHA = 4, 2.0
SIZE = 0.06
"""Deviation of a random factor: large enough that every layout changes the picture plainly."""

Tensors: TypeAlias = dict[str, Tensor]
Delta: TypeAlias = Callable[[Tensor, float], Tensor]
"""(weight, strength) → weight with the LoRA in it"""


@dataclass(frozen=True)
class Made:
    """One module's part of a file."""

    network: str
    """unet, text_encoder or text_encoder_2: attributes of a diffusers pipeline."""
    module: str
    delta: Delta


def _down_up(weight: Tensor, kernel: bool) -> tuple[Tensor, Tensor]:
    if weight.ndim == 2:
        return SIZE * torch.randn(RANK, weight.shape[1]), SIZE * torch.randn(weight.shape[0], RANK)
    down = torch.randn(RANK, weight.shape[1], *(weight.shape[2:] if kernel else (1, 1)))
    return SIZE * down, SIZE * torch.randn(weight.shape[0], RANK, 1, 1)


def _product(down: Tensor, up: Tensor) -> Tensor:
    made: Tensor = (up.flatten(1) @ down.flatten(1)).reshape(up.shape[0], *down.shape[1:])
    return made


def _plain(weight: Tensor) -> tuple[Tensors, Delta]:
    down, up = _down_up(weight, kernel=True)
    change = _product(down, up) * (ALPHA / RANK)
    tensors = {"lora_down.weight": down, "lora_up.weight": up, "alpha": torch.tensor(ALPHA)}
    return tensors, lambda w, strength: w + strength * change.reshape(w.shape)


def _hadamard(weight: Tensor) -> tuple[Tensors, Delta]:
    columns = weight[0].numel()
    w1b, w2b = (0.5 * torch.randn(RANK, columns) for _ in range(2))
    w1a, w2a = (0.2 * torch.randn(weight.shape[0], RANK) for _ in range(2))
    change = (w1a @ w1b) * (w2a @ w2b) * (ALPHA / RANK)
    tensors = {
        "hada_w1_a": w1a, "hada_w1_b": w1b, "hada_w2_a": w2a, "hada_w2_b": w2b, "alpha": torch.tensor(ALPHA),
    }  # fmt: skip
    return tensors, lambda w, strength: w + strength * change.reshape(w.shape)


def _kronecker(weight: Tensor) -> tuple[Tensors, Delta]:
    rows, columns = weight.shape[:2]
    first = 0.3 * torch.randn(4, 4)
    b = 0.3 * torch.randn(RANK, weight[0].numel() // 4 if weight.ndim == 2 else columns // 4)
    a = 0.3 * torch.randn(rows // 4, RANK)
    change = torch.kron(first, a @ b) * (ALPHA / RANK)
    tensors = {"lokr_w1": first, "lokr_w2_a": a, "lokr_w2_b": b, "alpha": torch.tensor(ALPHA)}
    return tensors, lambda w, strength: w + strength * change.reshape(w.shape)


def _decomposed(weight: Tensor) -> tuple[Tensors, Delta]:
    tensors, _ = _plain(weight)
    change = _product(tensors["lora_down.weight"], tensors["lora_up.weight"]) * (ALPHA / RANK)
    axes = tuple(range(1, weight.ndim))
    magnitude = weight.norm(dim=axes, keepdim=True) * (1 + 0.2 * torch.rand(len(weight), *(1 for _ in axes)))
    tensors["dora_scale"] = magnitude

    def delta(w: Tensor, strength: float) -> Tensor:
        merged = w + change.reshape(w.shape)
        directed = magnitude * merged / merged.norm(dim=axes, keepdim=True)
        return w + strength * (directed - w)

    return tensors, delta


Maker: TypeAlias = Callable[[Tensor], tuple[Tensors, Delta]]


@dataclass(frozen=True)
class Layout:
    """How a file names its tensors, and which kind of change it holds."""

    maker: Maker
    naming: str = "kohya"
    convolutions: bool = False
    texts: bool = True


LAYOUTS = {
    "kohya": Layout(_plain),
    "diffusers": Layout(_plain, "diffusers"),
    "peft": Layout(_plain, "peft", texts=False),
    "locon": Layout(_plain, convolutions=True),
    "loha": Layout(_hadamard),
    "lokr": Layout(_kronecker),
    "dora": Layout(_decomposed),
}
_ATTENTION = ("to_q", "to_k", "to_v", "to_out.0", "q_proj", "k_proj", "v_proj", "out_proj", "proj", "net.2")


def _targets(pipe: Any, layout: Layout) -> Iterator[tuple[str, str, nn.Module]]:
    for network in ("unet", *(("text_encoder", "text_encoder_2") if layout.texts else ())):
        model = getattr(pipe, network, None)
        for name, module in model.named_modules() if model is not None else ():
            if isinstance(module, nn.Linear) and name.endswith(_ATTENTION) and "time" not in name:
                yield network, name, module
            if (
                layout.convolutions
                and isinstance(module, nn.Conv2d)
                and ".conv" in name
                and "resnets" in name
            ):
                yield network, name, module


def write(path: Path, kind: str, pipe: Any, seed: int) -> list[Made]:
    """A random file of the layout for the networks of a diffusers pipeline, at `path`."""
    layout = LAYOUTS[kind]
    torch.manual_seed(seed)
    tensors: Tensors = {}
    made = []
    towers = sum(getattr(pipe, name, None) is not None for name in ("text_encoder", "text_encoder_2"))
    for network, name, module in _targets(pipe, layout):
        parts, delta = layout.maker(module.weight.detach())
        if layout.naming != "kohya":
            delta = _without_alpha(parts, delta)
        for part, tensor in parts.items():
            if (named := _name(layout.naming, network, name, part, towers)) is not None:
                tensors[named] = tensor.contiguous()
        made.append(Made(network, name, delta))
    save_file(tensors, path)
    return made


def _without_alpha(parts: Tensors, _delta: Delta) -> Delta:
    """diffusers' and PEFT's files hold no alpha: it is the rank."""
    change = _product(parts["lora_down.weight"], parts["lora_up.weight"])
    return lambda w, strength: w + strength * change.reshape(w.shape)


def _name(naming: str, network: str, module: str, part: str, towers: int) -> str | None:
    if naming == "kohya":
        tower = {"unet": "unet", "text_encoder": "te1" if towers > 1 else "te", "text_encoder_2": "te2"}[
            network
        ]
        return f"lora_{tower}_{module.replace('.', '_')}.{part}"
    end = {"lora_down.weight": "lora_A.weight", "lora_up.weight": "lora_B.weight"}.get(part)
    if end is None:
        return None
    return f"base_model.model.{module}.{end}" if naming == "peft" else f"{network}.{module}.{end}"


def merged(pipe: Any, files: list[tuple[list[Made], float]]) -> dict[str, Tensor]:
    """Puts files at strengths into the pipeline's weights; returns what stood there before, for `restore`.

    Changes of several files add up: each is taken from the weight as it was.
    """
    before: dict[str, Tensor] = {}
    for parts, strength in files:
        for part in parts:
            module = getattr(pipe, part.network).get_submodule(part.module)
            place = f"{part.network}:{part.module}"
            if place not in before:
                before[place] = module.weight.detach().clone()
            own = before[place]
            module.weight.data += part.delta(own, strength) - own
    return before


def restore(pipe: Any, before: dict[str, Tensor]) -> None:
    """Undoes `merged`."""
    for place, weight in before.items():
        network, _, module = place.partition(":")
        getattr(pipe, network).get_submodule(module).weight.data = weight
