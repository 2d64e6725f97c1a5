"""Stable Diffusion XL: two text encoders side by side, the second one's pooled state and the picture's sizes."""

from ensembles.manifest import LatentRGB
from export.families.family import Family, Tower
from export.families.sd15 import FAMILY as SD15
from export.families.signs import levels, sized
from export.networks import SIZED, VAES, text_encoder, unet

CLIP_G = Tower(
    "text_encoder_2",
    "text-encoder-2",
    "conditioner.embedders.1.model.",
    namespace="conditioner.embedders.1.",
    style="open_clip",
    pad=0,
    skip=2,
    embedding="clip_g",
    kind="CLIPTextModelWithProjection",
)
UNET = unet("unet-sized", **SIZED)
LATENT_RGB = LatentRGB(
    weight=[[v / 255 for v in row] for row in ((60, 60, 60), (-60, -5, 10), (25, 15, -5), (-70, -50, -35))],
    bias=[v / 255 for v in (150, 140, 130)],
)
"""As T. Alexis Vass, Explaining the SDXL latent space (2024), gives it in 0..255."""

FAMILY = Family(
    name="sdxl",
    title="Stable Diffusion XL",
    networks={
        # Neither layer is normalised again: the layer before the last, as it is.
        "text-encoder": text_encoder(module="text-raw"),
        "text-encoder-2": text_encoder("text_encoder_2", "text-projected"),
        "unet": UNET,
        **VAES,
    },
    towers=(
        Tower(
            "text_encoder",
            "text-encoder",
            "conditioner.embedders.0.transformer.",
            namespace="conditioner.embedders.0.",
            skip=2,
        ),
        CLIP_G,
    ),
    pipelines=frozenset(
        {
            "StableDiffusionXLPipeline",
            "StableDiffusionXLImg2ImgPipeline",
            "StableDiffusionXLInpaintPipeline",
        }
    ),
    in_folder=lambda index, unet: (index.get("text_encoder") or [None, None])[1] is not None,
    in_file=lambda header: sized(header) and levels(header) < 4,
    size_ids=6,
    assumed={
        "text_encoder": {"hidden_act": "quick_gelu", "layer_norm_eps": 1e-5},
        "text_encoder_2": {"hidden_act": "gelu", "layer_norm_eps": 1e-5},
        "unet": {"norm_num_groups": 32, "sample_size": 128},
        "vae": SD15.assumed["vae"] | {"scaling_factor": 0.13025, "sample_size": 1024},
    },
    head=64,
    latent_rgb=LATENT_RGB,
)
