"""Stable Diffusion 2.x: OpenCLIP's ViT-H text encoder, linear projections, mostly v-prediction."""

from export.families.family import Family, Tower
from export.families.sd15 import FAMILY as SD15
from export.families.signs import linear, open_clip, sized
from export.networks import NETWORKS

FAMILY = Family(
    name="sd2",
    title="Stable Diffusion 2",
    networks=NETWORKS,
    towers=(
        Tower(
            "text_encoder",
            "text-encoder",
            "cond_stage_model.model.",
            namespace="cond_stage_model.",
            style="open_clip",
            pad=0,
            # The layer before the last is what the UNet was trained with; folders keep none after it.
            skip=2,
            left_out=1,
            embedding="clip_h",
        ),
    ),
    pipelines=SD15.pipelines,
    in_folder=lambda index, unet: bool(unet.get("use_linear_projection")),
    in_file=lambda header: not sized(header) and (linear(header) or open_clip(header)),
    assumed={
        "text_encoder": {"hidden_act": "gelu", "layer_norm_eps": 1e-5},
        "unet": {"norm_num_groups": 32, "sample_size": 96},
        "vae": SD15.assumed["vae"],
    },
    head=64,
    scheduler={"prediction_type": "v_prediction"},
)
