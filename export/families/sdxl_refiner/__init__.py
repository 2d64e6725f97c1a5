"""Stable Diffusion XL's refiner: the second text encoder alone, and an aesthetic score among the sizes."""

from dataclasses import replace

from export.families.sdxl import CLIP_G
from export.families.sdxl import FAMILY as SDXL
from export.families.signs import levels, sized

FAMILY = replace(
    SDXL,
    name="sdxl-refiner",
    title="Stable Diffusion XL's refiner",
    networks={name: kind for name, kind in SDXL.networks.items() if name != "text-encoder"},
    towers=(replace(CLIP_G, prefix="conditioner.embedders.0.model.", namespace="conditioner.embedders.0."),),
    in_folder=lambda index, unet: (index.get("text_encoder") or [None, None])[1] is None,
    in_file=lambda header: sized(header) and levels(header) == 4,
    size_ids=5,
    inpainting=False,
)
