"""Configs from what a file without any holds: the names and the shapes of its tensors.

Heads, norm groups and the like leave no trace in shapes; there the family's values stand in.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from export.families import Family
from export.ldm import PROJECTION, count

Shapes = Mapping[str, tuple[int, ...]]
Config = dict[str, Any]

CLIP_HEAD = 64
"""Channels of one attention head in every published CLIP text encoder."""


def unet_blocks(names: Collection[str]) -> Config:
    """How the UNet's blocks are arranged, from LDM names without prefix."""
    total = count(names, r"input_blocks\.(\d+)\.")
    kinds = []
    for index in range(1, total):
        own = [name for name in names if name.startswith(f"input_blocks.{index}.")]
        down = any(name.startswith(f"input_blocks.{index}.0.op.") for name in own)
        kinds.append(
            "down" if down else count(own, rf"input_blocks\.{index}\.1\.transformer_blocks\.(\d+)\.")
        )
    levels: list[list[Any]] = [[]]
    for kind in kinds:
        if kind == "down":
            levels.append([])
        else:
            levels[-1].append(kind)
    layers = [max(1, len(level)) for level in levels]
    attending = [max(level, default=0) for level in levels]
    middle = count(names, r"middle_block\.1\.transformer_blocks\.(\d+)\.")
    deep = {depth for depth in (*attending, middle) if depth}
    # diffusers gives the middle the last level's depth, and asks none of a level without attention.
    depths = [*(depth or 1 for depth in attending[:-1]), attending[-1] or middle or 1]
    return {
        "layers_per_block": _one(layers),
        "transformer_layers_per_block": _one(depths) if len(deep) > 1 else max(deep, default=1),
        "down_block_types": [f"{'CrossAttn' if depth else ''}DownBlock2D" for depth in attending],
        "up_block_types": [f"{'CrossAttn' if depth else ''}UpBlock2D" for depth in reversed(attending)],
        **({"addition_embed_type": "text_time"} if any(n.startswith("label_emb.") for n in names) else {}),
    }


def vae_blocks(names: Collection[str]) -> Config:
    """How the VAE's blocks are arranged, from LDM names without prefix."""
    levels = max(1, count(names, r"encoder\.down\.(\d+)\."))
    return {
        "layers_per_block": max(1, count(names, r"encoder\.down\.\d+\.block\.(\d+)\.")),
        "down_block_types": ["DownEncoderBlock2D"] * levels,
        "up_block_types": ["UpDecoderBlock2D"] * levels,
        "use_quant_conv": any(name.startswith("quant_conv.") for name in names),
        "use_post_quant_conv": any(name.startswith("post_quant_conv.") for name in names),
    }


def text_blocks(names: Collection[str]) -> Config:
    """How many layers the text encoder has, from transformers' names."""
    return {"num_hidden_layers": max(1, count(names, r"text_model\.encoder\.layers\.(\d+)\."))}


def open_clip_blocks(names: Collection[str]) -> Config:
    """How many layers the text encoder has, from OpenCLIP's names."""
    return {"num_hidden_layers": max(1, count(names, r"transformer\.resblocks\.(\d+)\."))}


BLOCKS: dict[str, Callable[[Collection[str]], Config]] = {
    "text_encoder": text_blocks,
    "unet": unet_blocks,
    "vae": vae_blocks,
}
"""part → what names alone say of its config"""


def unet_widths(shapes: Shapes) -> Config:
    """What the shapes of the UNet's parameters say; names as in diffusers."""
    levels = count(shapes, r"down_blocks\.(\d+)\.")
    contexts = {shape[1] for name, shape in shapes.items() if name.endswith(".attn2.to_k.weight")}
    projections = {len(shape) for name, shape in shapes.items() if name.endswith(".proj_in.weight")}
    return {
        "block_out_channels": [shapes[f"down_blocks.{i}.resnets.0.conv1.weight"][0] for i in range(levels)],
        "cross_attention_dim": max(contexts),
        "in_channels": shapes["conv_in.weight"][1],
        "out_channels": shapes["conv_out.weight"][0],
        "use_linear_projection": projections == {2},
        **(
            {"projection_class_embeddings_input_dim": shapes["add_embedding.linear_1.weight"][1]}
            if "add_embedding.linear_1.weight" in shapes
            else {}
        ),
    }


def vae_widths(shapes: Shapes) -> Config:
    """What the shapes of the VAE's parameters say; names as in diffusers."""
    levels = count(shapes, r"encoder\.down_blocks\.(\d+)\.")
    widths = [shapes[f"encoder.down_blocks.{level}.resnets.0.conv1.weight"][0] for level in range(levels)]
    return {
        "block_out_channels": widths,
        "in_channels": shapes["encoder.conv_in.weight"][1],
        "out_channels": shapes["decoder.conv_out.weight"][0],
        "latent_channels": shapes["decoder.conv_in.weight"][1],
    }


def text_widths(shapes: Shapes) -> Config:
    """What the shapes of the text encoder's parameters say."""
    vocabulary, hidden = shapes["text_model.embeddings.token_embedding.weight"]
    return {
        "vocab_size": vocabulary,
        "hidden_size": hidden,
        "max_position_embeddings": shapes["text_model.embeddings.position_embedding.weight"][0],
        "intermediate_size": shapes["text_model.encoder.layers.0.mlp.fc1.weight"][0],
        **({"projection_dim": shapes[PROJECTION][0]} if PROJECTION in shapes else {}),
    }


WIDTHS: dict[str, Callable[[Shapes], Config]] = {
    "text_encoder": text_widths,
    "text_encoder_2": text_widths,
    "unet": unet_widths,
    "vae": vae_widths,
}
"""part → what shapes say of its config"""


TIME_WIDTH = 256
"""Numbers that each of a picture's sizes becomes, in every published UNet that takes them"""


def assumed(family: Family, part: str, found: Config) -> Config:
    """What cannot be inferred of `part`, of which `found` is known."""
    if part == "unet":
        config = dict(family.assumed[part])
        if family.head:
            config["attention_head_dim"] = [
                max(1, width // family.head) for width in found["block_out_channels"]
            ]
        if family.size_ids:
            config["addition_time_embed_dim"] = TIME_WIDTH
        return config
    if part == "vae":
        return dict(family.assumed[part])
    vocabulary = found["vocab_size"]
    heads = max(1, found["hidden_size"] // CLIP_HEAD)
    # CLIP's vocabulary ends with the token that begins a text and the one that ends it.
    return family.assumed[part] | {
        "num_attention_heads": heads,
        "bos_token_id": vocabulary - 2,
        "eos_token_id": vocabulary - 1,
    }


def impossible(part: str, config: Config) -> str | None:
    """Why the assumed values cannot be this part's, or None: widths must divide by groups and heads."""
    if part.startswith("text_encoder"):
        heads, width = config["num_attention_heads"], config["hidden_size"]
        return None if width % CLIP_HEAD == 0 else f"a width of {width} does not divide into {heads} heads"
    widths, groups = config["block_out_channels"], config["norm_num_groups"]
    for width in widths:
        if width % groups:
            return f"a width of {width} does not divide into {groups} norm groups"
        heads = config["attention_head_dim"] if part == "unet" else 1
        if isinstance(heads, int) and width % heads:
            return f"a width of {width} does not divide into {heads} heads"
    return None


def _one(values: list[int]) -> int | list[int]:
    """A list of equal numbers as that number."""
    return values[0] if len(set(values)) == 1 else values
