"""CLIP's image encoder (Radford et al. 2021) as a graph, with the names that transformers gives its parameters."""

from collections.abc import Collection

import msgspec
import onnx

from ensembles.engine.building import Activation, Builder, Shapes

PIXELS = "pixel_values"
EMBEDS, HIDDEN = "image_embeds", "penultimate"


class VisionConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shapes do not tell of an image encoder."""

    heads: int
    activation: Activation
    size: int = 224
    """Pixels along each axis of what it looks at."""
    epsilon: float = 1e-5


def layers_in(names: Collection[str]) -> int:
    """How many layers an image encoder with these parameters has."""
    return len({name.split(".")[3] for name in names if name.startswith("vision_model.encoder.layers.")})


def vision_graph(shapes: Shapes, config: VisionConfig) -> onnx.ModelProto:
    """`pixel_values` fp32 [B,3,size,size], normalised → `image_embeds` [B,P], projected, and `penultimate` [B,N,D], the
    states before the last layer.

    Raises `KeyError` for a parameter that is not there.
    """
    made = Builder("vision", {PIXELS: ["batch", 3, config.size, config.size]}, shapes)
    outer = "vision_model.embeddings"
    width, side = (
        made.width(f"{outer}.patch_embedding.weight"),
        made.width(f"{outer}.patch_embedding.weight", 2),
    )
    kernel = made.own(f"{outer}.patch_embedding.weight")
    patches = made.make("Conv", PIXELS, kernel, strides=[side, side])
    flat = made.make("Reshape", patches, made.constant([0, width, -1]))
    places = made.make("Transpose", flat, perm=[0, 2, 1])
    first = made.make("Reshape", made.own(f"{outer}.class_embedding"), made.constant([1, 1, width]))
    batch = made.make(
        "Slice", made.make("Shape", PIXELS), made.constant([0]), made.constant([1]), made.constant([0])
    )
    extent = made.make("Concat", batch, made.constant([1, width]), axis=0)
    value = made.make("Concat", made.make("Expand", first, extent), places, axis=1)
    value = made.make("Add", value, made.own(f"{outer}.position_embedding.weight"))
    # transformers misspells it, and so do all files.
    value = made.norm(value, "vision_model.pre_layrnorm", config.epsilon)
    penultimate = value
    for number in range(layers_in(shapes)):
        penultimate = value
        value = _layer(made, value, f"vision_model.encoder.layers.{number}", width, config)
    pooled = made.make("Gather", value, made.constant(0), axis=1)
    pooled = made.norm(pooled, "vision_model.post_layernorm", config.epsilon)
    embeds = made.linear(pooled, "visual_projection")
    return made.done({EMBEDS: embeds, HIDDEN: penultimate})


def _layer(made: Builder, value: str, layer: str, width: int, config: VisionConfig) -> str:
    seen = made.norm(value, f"{layer}.layer_norm1", config.epsilon)
    query, key, own = (made.linear(seen, f"{layer}.self_attn.{part}_proj") for part in "qkv")
    attended = made.attention(query, key, own, config.heads, width)
    value = made.make("Add", value, made.linear(attended, f"{layer}.self_attn.out_proj"))
    seen = made.norm(value, f"{layer}.layer_norm2", config.epsilon)
    inner = made.activation(made.linear(seen, f"{layer}.mlp.fc1"), config.activation)
    return made.make("Add", value, made.linear(inner, f"{layer}.mlp.fc2"))
