"""Random IP-Adapter files in the names of those that are published, and a random CLIP image encoder. Imports torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from export.tracing_modules import scatter

Form = Literal["base", "plus", "full"]
SIDE, WIDTH, POOLED = 56, 64, 48
"""Of the image encoder: pixels, channels, numbers of its projection."""


def write_encoder(folder: Path) -> CLIPVisionModelWithProjection:
    """A transformers folder; and the network in it."""
    config = CLIPVisionConfig(
        hidden_size=WIDTH, intermediate_size=128, num_hidden_layers=3, num_attention_heads=4, patch_size=14,
        image_size=SIDE, projection_dim=POOLED, hidden_act="gelu",
    )  # fmt: skip
    network = CLIPVisionModelWithProjection(config).eval()
    scatter(network, seed=1)
    network.save_pretrained(folder)
    return network


def write_adapter(path: Path, form: Form, layers: Sequence[int], context: int) -> dict[str, Tensor]:
    """An IP-Adapter for cross attentions of the widths `layers`; its tensors."""
    made = _Tensors()
    {"base": _base, "plus": _plus, "full": _full}[form](made, context)
    for number, width in enumerate(layers):
        for part in "kv":
            made.linear(f"ip_adapter.{2 * number + 1}.to_{part}_ip", width, context, bias=False)
    save_file(made.tensors, path)
    return made.tensors


def nested(tensors: dict[str, Tensor]) -> dict[str, Any]:
    """As diffusers takes them."""
    return {
        part: {
            name.removeprefix(f"{part}."): value for name, value in tensors.items() if name.startswith(part)
        }
        for part in ("image_proj", "ip_adapter")
    }


def seen(vision: CLIPVisionModelWithProjection, pixels: Tensor, form: Form) -> Tensor:
    """What diffusers' pipelines hand to a UNet [2,…]: of no picture, then of the picture `pixels` [1,3,SIDE,SIDE]."""
    with torch.no_grad():
        if form == "base":
            embeds = vision(pixels).image_embeds
            return torch.cat([torch.zeros_like(embeds), embeds])
        both = torch.cat([torch.zeros_like(pixels), pixels])
        states: Tensor = vision(both, output_hidden_states=True).hidden_states[-2]
        return states


def with_adapter(
    unet: UNet2DConditionModel, tensors: dict[str, Tensor], weight: float
) -> UNet2DConditionModel:
    """A copy of diffusers' `unet` with the adapter at work in it."""
    made = UNet2DConditionModel.from_config(unet.config).float()
    made.load_state_dict(unet.state_dict())
    made._load_ip_adapter_weights([nested(tensors)])
    for processor in made.attn_processors.values():
        if hasattr(processor, "scale"):
            processor.scale = [weight]
    return made.float().eval().requires_grad_(False)


class _Tensors:
    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}
        self._generator = torch.Generator().manual_seed(3)

    def normal(self, name: str, *shape: int) -> Tensor:
        self.tensors[name] = torch.randn(*shape, generator=self._generator)
        return self.tensors[name]

    def linear(self, name: str, out: int, width: int, *, bias: bool = True) -> None:
        self.normal(f"{name}.weight", out, width).mul_(width**-0.5)
        if bias:
            self.normal(f"{name}.bias", out).mul_(0.1)

    def norm(self, name: str, width: int) -> None:
        self.normal(f"{name}.weight", width).mul_(0.1).add_(1)
        self.normal(f"{name}.bias", width).mul_(0.1)


def _base(made: _Tensors, context: int) -> None:
    made.linear("image_proj.proj", 4 * context, POOLED)
    made.norm("image_proj.norm", context)


def _full(made: _Tensors, context: int) -> None:
    made.linear("image_proj.proj.0", WIDTH, WIDTH)
    made.linear("image_proj.proj.2", context, WIDTH)
    made.norm("image_proj.proj.3", context)


def _plus(made: _Tensors, context: int, width: int = 96, inner: int = 128) -> None:
    made.normal("image_proj.latents", 1, 16, width)
    made.linear("image_proj.proj_in", width, WIDTH)
    made.linear("image_proj.proj_out", context, width)
    made.norm("image_proj.norm_out", context)
    for number in range(4):
        attention, forward = f"image_proj.layers.{number}.0", f"image_proj.layers.{number}.1"
        made.norm(f"{attention}.norm1", width)
        made.norm(f"{attention}.norm2", width)
        made.linear(f"{attention}.to_q", inner, width, bias=False)
        made.linear(f"{attention}.to_kv", 2 * inner, width, bias=False)
        made.linear(f"{attention}.to_out", width, inner, bias=False)
        made.norm(f"{forward}.0", width)
        made.linear(f"{forward}.1", 4 * width, width, bias=False)
        made.linear(f"{forward}.3", width, 4 * width, bias=False)
