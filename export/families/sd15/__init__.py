"""Stable Diffusion 1.x."""

from export.families.family import Family, Tower
from export.families.signs import linear, open_clip, sized
from export.networks import NETWORKS

FAMILY = Family(
    name="sd15",
    title="Stable Diffusion 1.5",
    networks=NETWORKS,
    towers=(
        Tower("text_encoder", "text-encoder", "cond_stage_model.transformer.", namespace="cond_stage_model."),
    ),
    pipelines=frozenset(
        {
            "StableDiffusionPipeline",
            "StableDiffusionImg2ImgPipeline",
            "StableDiffusionInpaintPipeline",
        }
    ),
    in_folder=lambda index, unet: not unet.get("use_linear_projection"),
    in_file=lambda header: not (sized(header) or linear(header) or open_clip(header)),
    assumed={
        "text_encoder": {"hidden_act": "quick_gelu", "layer_norm_eps": 1e-5},
        "unet": {"attention_head_dim": 8, "norm_num_groups": 32, "sample_size": 64},
        "vae": {"norm_num_groups": 32, "scaling_factor": 0.18215, "sample_size": 512},
    },
)
