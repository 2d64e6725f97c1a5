"""The identity of a set of graphs: a hash over all that changes them, and nothing else."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

PARTS = ("text_encoder", "unet", "vae")
"""The folders of a diffusers checkpoint of Stable Diffusion 1.x and 2.x that hold weights."""

_WITHOUT_EFFECT = {
    "text_encoder": {
        "architectures", "attention_dropout", "bos_token_id", "dropout", "dtype", "initializer_factor",
        "initializer_range", "model_type", "pad_token_id", "projection_dim", "torch_dtype",
        "transformers_version", "use_cache", "is_decoder", "gradient_checkpointing",
        "output_attentions", "output_hidden_states", "return_dict",
    },
    # In fp32 nothing is cast up.
    "unet": {"sample_size", "dropout", "upcast_attention"},
    "vae": {
        "sample_size", "scaling_factor", "shift_factor", "latents_mean", "latents_std", "force_upcast",
    },
}  # fmt: skip
"""Config keys that say nothing of the graph: training, sizes at rest, what the sampler reads."""

_DEFAULTS: dict[str, dict[str, Any]] = {
    "text_encoder": {"hidden_act": "quick_gelu", "layer_norm_eps": 1e-5},
    "unet": {
        "act_fn": "silu", "addition_embed_type_num_heads": 64, "attention_head_dim": 8,
        "attention_type": "default",
        "center_input_sample": False, "class_embeddings_concat": False, "conv_in_kernel": 3,
        "conv_out_kernel": 3, "downsample_padding": 1, "dual_cross_attention": False,
        "flip_sin_to_cos": True, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2,
        "mid_block_scale_factor": 1, "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-5,
        "norm_num_groups": 32, "only_cross_attention": False, "out_channels": 4,
        "resnet_out_scale_factor": 1.0, "resnet_skip_time_act": False,
        "resnet_time_scale_shift": "default", "time_embedding_type": "positional",
        "transformer_layers_per_block": 1, "use_linear_projection": False,
    },
    "vae": {
        "act_fn": "silu", "in_channels": 3, "latent_channels": 4, "layers_per_block": 1,
        "mid_block_add_attention": True, "norm_num_groups": 32, "out_channels": 3,
        "use_post_quant_conv": True, "use_quant_conv": True,
    },
}  # fmt: skip
"""What a key means when an older diffusers did not write it, so that both spellings hash alike."""

_KINDS = {"text_encoder_2": "text_encoder"}
"""part → the part whose config has the same keys"""

_PER_LEVEL = {
    "attention_head_dim", "cross_attention_dim", "layers_per_block", "only_cross_attention",
    "transformer_layers_per_block",
}  # fmt: skip
"""Config keys that hold one value for all levels or a list with one for each."""

_OLD_EOS = 2
"""What older configs say of the token that ends a text; its meaning is the highest id."""

HASH_LENGTH = 16


def graph_config(part: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a config that change the graph; a key nobody knows counts as one of them."""
    kind = _KINDS.get(part, part)
    ignored, defaults = _WITHOUT_EFFECT[kind], _DEFAULTS[kind]
    plain = {
        key: value[0]
        if key in _PER_LEVEL and isinstance(value, list) and value and value.count(value[0]) == len(value)
        else value
        for key, value in config.items()
    }
    if kind == "text_encoder" and plain.get("eos_token_id") == _OLD_EOS and "vocab_size" in plain:
        plain["eos_token_id"] = plain["vocab_size"] - 1
    return {
        key: value
        for key, value in sorted(plain.items())
        if not key.startswith("_") and key not in ignored and value is not None and value != defaults.get(key)
    }


def shape_hash(
    family: str,
    configs: Mapping[str, Mapping[str, Any]],
    shapes: Mapping[str, Mapping[str, Sequence[int]]],
) -> str:
    """Hash over the family, every parameter's name and shape, and the config values that matter.

    `configs` and `shapes` are keyed by the parts of a diffusers folder; `shapes` maps parameter to shape.
    """
    identity = {
        part: {
            "config": graph_config(part, configs[part]),
            "parameters": {name: list(shape) for name, shape in sorted(shapes[part].items())},
        }
        for part in configs
    }
    text = msgspec.json.encode([family, identity], order="sorted")
    return hashlib.sha256(text).hexdigest()[:HASH_LENGTH]
