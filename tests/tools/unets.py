"""UNets traced and laid out as in a published checkpoint, with nothing else beside them. Imports torch."""

from pathlib import Path
from typing import Any

import msgspec
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file

from ensembles.engine.graph import GraphMeta, Port
from ensembles.engine.weights import LAYOUT, PartLayout, WeightLayout
from ensembles.manifest import Manifest
from export.trace import _declare, _export
from export.tracing_modules import scatter

_AXES: dict[str, list[int | str]] = {
    "sample": ["batch", "S", "height", "width"],
    "timestep": ["batch", 1],
    "encoder_hidden_states": ["batch", "tokens", "C"],
    "text_embeds": ["batch", "P"],
    "time_ids": ["batch", "K"],
}


class _Unet(UNet2DConditionModel):  # type: ignore[misc]
    def forward(
        self, sample: torch.Tensor, timestep: torch.Tensor, context: torch.Tensor, *sized: torch.Tensor
    ) -> Any:
        more = (
            {"added_cond_kwargs": dict(zip(("text_embeds", "time_ids"), sized, strict=True))} if sized else {}
        )
        return super().forward(sample, timestep[:, 0], context, return_dict=False, **more)[0]


def publish_unet(config: dict[str, Any], home: Path, name: str) -> tuple[Path, UNet2DConditionModel]:
    """`home`/models/NAME with the UNet of `config`, its parameters random; and diffusers' own module of them."""
    folder = home / "models" / name
    for part in ("graphs", "weights"):
        (folder / part).mkdir(parents=True)
    module = _Unet.from_config(config).float().eval()
    scatter(module, seed=1)
    weights = folder / "weights" / "unet.safetensors"
    save_file({key: value.detach().contiguous() for key, value in module.named_parameters()}, weights)
    generator = torch.Generator().manual_seed(0)
    pooled, ids = _sizes(config)
    arrays = {
        "sample": torch.randn(2, config.get("in_channels", 4), 9, 13, generator=generator),
        "timestep": torch.tensor([[7.0], [900.0]]),
        "encoder_hidden_states": torch.randn(2, 83, config["cross_attention_dim"], generator=generator),
    }
    if pooled:
        arrays["text_embeds"] = torch.randn(2, pooled, generator=generator)
        arrays["time_ids"] = torch.full((2, ids), 64.0)
    known = {"S": config.get("in_channels", 4), "C": config["cross_attention_dim"], "P": pooled, "K": ids}
    inputs = [
        Port(
            one, "float32", [known.get(axis, axis) if isinstance(axis, str) else axis for axis in _AXES[one]]
        )
        for one in arrays
    ]
    outputs = [Port("noise_pred", "float32", ["batch", 4, "height", "width"])]
    graph = folder / "graphs" / "unet.onnx"
    _export(module, {one: array.numpy() for one, array in arrays.items()}, inputs, outputs, graph)
    shapes = {key: list(value.shape) for key, value in module.named_parameters()}
    _declare(graph, shapes, dict(module.named_buffers()), weights.name)
    meta = GraphMeta("unet", f"test-{name}", inputs, outputs, shapes, {}, [])
    (folder / "graphs" / "unet.json").write_bytes(msgspec.json.encode(meta))
    layout = WeightLayout({"unet": PartLayout(weights.name, {key: key for key in shapes})})
    (folder / "weights" / LAYOUT).write_bytes(msgspec.json.encode(layout))
    manifest = Manifest(name, f"test-{name}", config["cross_attention_dim"], pooled_dim=pooled, size_ids=ids)
    (folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    plain = UNet2DConditionModel.from_config(config).float().eval()
    plain.load_state_dict(module.state_dict())
    return folder, plain.requires_grad_(False)


def _sizes(config: dict[str, Any]) -> tuple[int, int]:
    """Width of the pooled text and how many sizes the UNet takes; 0, 0: none."""
    if config.get("addition_embed_type") != "text_time":
        return 0, 0
    return config["projection_class_embeddings_input_dim"] - 6 * config["addition_time_embed_dim"], 6
