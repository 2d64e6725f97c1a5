"""What parameters are called in the layout of the original LDM code, and in OpenCLIP's.

Each table is parameter (as diffusers and transformers name it) → name in the file without its prefix,
for blocks and layers in any number. `conv_shortcut` stands in it for every residual block, though only
those that change the width have one.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Names = dict[str, str]

OPTIONAL = re.compile(r"\.conv_shortcut\.(weight|bias)$")

_UNET_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_UNET_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_UNET_SIZES = {"add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2"}
"""Of UNets that are told of sizes"""
_ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
_TRANSFORMER_BLOCK = (
    *("norm1", "norm2", "norm3", "ff.net.0.proj", "ff.net.2"),
    *(f"{attention}.{module}" for attention in ("attn1", "attn2") for module in _ATTENTION),
)
_WITHOUT_BIAS = re.compile(r"\.attn[12]\.to_[qkv]$")
_VAE_RESNET = {
    "norm1": "norm1", "conv1": "conv1", "norm2": "norm2", "conv2": "conv2", "conv_shortcut": "nin_shortcut",
}  # fmt: skip
_VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
_VAE_MID = {
    **{f"resnets.0.{ours}": f"block_1.{theirs}" for ours, theirs in _VAE_RESNET.items()},
    **{f"attentions.0.{ours}": f"attn_1.{theirs}" for ours, theirs in _VAE_ATTENTION.items()},
    **{f"resnets.1.{ours}": f"block_2.{theirs}" for ours, theirs in _VAE_RESNET.items()},
}
_CLIP_LAYER = (
    *(f"self_attn.{name}" for name in ("q_proj", "k_proj", "v_proj", "out_proj")),
    *("layer_norm1", "layer_norm2", "mlp.fc1", "mlp.fc2"),
)


_OPEN_CLIP_LAYER = {
    "self_attn.out_proj": "attn.out_proj",
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
}
FUSED = ("q_proj", "k_proj", "v_proj")
PROJECTION = "text_projection.weight"
"""Held turned over by OpenCLIP."""


def per_level(value: int | list[int], levels: int) -> list[int]:
    """A config value that is one number for all levels, or a list with one for each."""
    return [value] * levels if isinstance(value, int) else list(value)


def unet_names(config: Mapping[str, Any]) -> Names:
    """The UNet's table; `config` needs `down_block_types`, `layers_per_block`, `transformer_layers_per_block`."""
    kinds = config["down_block_types"]
    levels = len(kinds)
    layers = per_level(config.get("layers_per_block", 2), levels)
    depth = per_level(config.get("transformer_layers_per_block", 1), levels)
    depths = [deep if "CrossAttn" in kind else 0 for kind, deep in zip(kinds, depth, strict=True)]
    modules = _UNET_ENDS | (_UNET_SIZES if config.get("addition_embed_type") else {})
    index = 1
    for level, (count, deep) in enumerate(zip(layers, depths, strict=True)):
        ours = f"down_blocks.{level}"
        for layer in range(count):
            modules |= _unet_layer(ours, layer, f"input_blocks.{index}", deep)
            index += 1
        if level < levels - 1:
            modules[f"{ours}.downsamplers.0.conv"] = f"input_blocks.{index}.0.op"
            index += 1
    modules |= _under("mid_block.resnets.0", "middle_block.0", _UNET_RESNET)
    modules |= _transformer("mid_block.attentions.0", "middle_block.1", depth[-1])
    modules |= _under("mid_block.resnets.1", "middle_block.2", _UNET_RESNET)
    index = 0
    for level, (count, deep) in enumerate(zip(reversed(layers), reversed(depths), strict=True)):
        ours = f"up_blocks.{level}"
        for layer in range(count + 1):
            modules |= _unet_layer(ours, layer, f"output_blocks.{index}", deep)
            index += 1
        if level < levels - 1:
            modules[f"{ours}.upsamplers.0.conv"] = f"output_blocks.{index - 1}.{2 if deep else 1}.conv"
    return _parameters(modules)


def _unet_layer(ours: str, layer: int, theirs: str, depth: int) -> Names:
    """A residual block and, where `depth` is not 0, the transformer after it."""
    modules = _under(f"{ours}.resnets.{layer}", f"{theirs}.0", _UNET_RESNET)
    return modules | (_transformer(f"{ours}.attentions.{layer}", f"{theirs}.1", depth) if depth else {})


def _transformer(ours: str, theirs: str, depth: int) -> Names:
    names = ["norm", "proj_in", "proj_out"]
    names += [f"transformer_blocks.{k}.{name}" for k in range(depth) for name in _TRANSFORMER_BLOCK]
    return _under(ours, theirs, {name: name for name in names})


def vae_names(config: Mapping[str, Any]) -> Names:
    """The VAE's table; `config` needs `down_block_types` and `layers_per_block`."""
    levels, layers = len(config["down_block_types"]), config.get("layers_per_block", 1)
    modules: Names = {}
    for half, blocks, count in (("encoder", "down", layers), ("decoder", "up", layers + 1)):
        modules |= {
            f"{half}.conv_in": f"{half}.conv_in",
            f"{half}.conv_norm_out": f"{half}.norm_out",
            f"{half}.conv_out": f"{half}.conv_out",
        }
        modules |= _under(f"{half}.mid_block", f"{half}.mid", _VAE_MID)
        for level in range(levels):
            # The way up is counted from the finest level in LDM, from the coarsest in diffusers.
            theirs = f"{half}.{blocks}.{levels - 1 - level if blocks == 'up' else level}"
            ours = f"{half}.{blocks}_blocks.{level}"
            for layer in range(count):
                modules |= _under(f"{ours}.resnets.{layer}", f"{theirs}.block.{layer}", _VAE_RESNET)
            if level < levels - 1:
                modules[f"{ours}.{blocks}samplers.0.conv"] = f"{theirs}.{blocks}sample.conv"
    for name, key in (("quant_conv", "use_quant_conv"), ("post_quant_conv", "use_post_quant_conv")):
        if config.get(key, True):
            modules[name] = name
    return _parameters(modules)


def text_names(config: Mapping[str, Any]) -> Names:
    """The text encoder's table, which renames nothing; `config` needs `num_hidden_layers`."""
    modules = ["text_model.final_layer_norm"]
    for layer in range(config["num_hidden_layers"]):
        modules += [f"text_model.encoder.layers.{layer}.{name}" for name in _CLIP_LAYER]
    embeddings = [f"text_model.embeddings.{name}_embedding.weight" for name in ("token", "position")]
    return {name: name for name in embeddings} | _parameters({name: name for name in modules})


def open_clip_names(config: Mapping[str, Any]) -> Names:
    """The table of a text encoder in OpenCLIP's names, with its projection; `config` needs `num_hidden_layers`.

    Queries, keys and values are pieces of one tensor (`pieces_of`).
    """
    modules = {"text_model.final_layer_norm": "ln_final"}
    names = {
        "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
        "text_model.embeddings.position_embedding.weight": "positional_embedding",
        PROJECTION: "text_projection",
    }
    for layer in range(config["num_hidden_layers"]):
        ours, theirs = f"text_model.encoder.layers.{layer}", f"transformer.resblocks.{layer}"
        modules |= _under(ours, theirs, _OPEN_CLIP_LAYER)
        names |= {
            f"{ours}.self_attn.{projection}.{leaf}": f"{theirs}.attn.in_proj_{leaf}"
            for projection in FUSED
            for leaf in ("weight", "bias")
        }
    return names | _parameters(modules)


def piece_of(name: str) -> int | None:
    """Which third of OpenCLIP's joint tensor the parameter `name` is, None where it is a tensor of its own."""
    return next((place for place, one in enumerate(FUSED) if f".self_attn.{one}." in name), None)


NAMES: dict[str, Callable[[Mapping[str, Any]], Names]] = {
    "text_encoder": text_names,
    "unet": unet_names,
    "vae": vae_names,
}
"""part → its table from its config"""


def averaged_name(name: str) -> str:
    """Where the running average of the UNet's tensor `name` (without prefix) stands: LitEma drops the dots."""
    return "model_ema." + f"diffusion_model.{name}".replace(".", "")


def _under(ours: str, theirs: str, modules: Mapping[str, str]) -> Names:
    return {f"{ours}.{name}": f"{theirs}.{other}" for name, other in modules.items()}


def _parameters(modules: Mapping[str, str]) -> Names:
    """Modules to their weights and biases."""
    return {
        f"{ours}.{leaf}": f"{theirs}.{leaf}"
        for ours, theirs in modules.items()
        for leaf in (("weight",) if _WITHOUT_BIAS.search(ours) else ("weight", "bias"))
    }


def count(names: Iterable[str], pattern: str) -> int:
    """One more than the highest number that the group of `pattern` matches at the beginning of a name."""
    compiled = re.compile(pattern)
    found = (compiled.match(name) for name in names)
    return max((int(match[1]) + 1 for match in found if match), default=0)
