"""Which family of checkpoints a LoRA was made for, as far as its tensors tell."""

from ensembles.adapters.lora.reading import LoraFile
from ensembles.adapters.lora.shapes import extents

PEOPLE = {
    "sd15": "Stable Diffusion 1.x",
    "sd2": "Stable Diffusion 2.x",
    "sdxl": "SDXL",
    "sdxl-refiner": "SDXL's refiner",
}
"""Family → what people call it."""

_WIDTHS = {768: "sd15", 1024: "sd2", 2048: "sdxl", 1280: "sdxl-refiner"}
"""Width of the texts that a UNet's cross attention reads → family"""
_NOTES = (
    ("modelspec.architecture", "stable-diffusion-xl-v1-refiner", "sdxl-refiner"),
    ("modelspec.architecture", "stable-diffusion-xl", "sdxl"),
    ("modelspec.architecture", "stable-diffusion-v2", "sd2"),
    ("modelspec.architecture", "stable-diffusion-v1", "sd15"),
    ("ss_base_model_version", "sdxl", "sdxl"),
    ("ss_base_model_version", "sd_v2", "sd2"),
    ("ss_base_model_version", "sd_v1", "sd15"),
)
"""What trainers note: key, how its value begins, family."""


def width_of(file: LoraFile) -> int:
    """Width of the texts that the LoRA goes with, from its cross attentions' keys and values; 0: not told."""
    for layer in file.layers:
        if layer.part == "unet" and layer.module.endswith(("attn2_to_k", "attn2_to_v")):
            found = extents(layer.shapes)
            if found is not None:
                return found[1]
    return 0


def family_of(file: LoraFile) -> str:
    """sd15, sd2, sdxl, sdxl-refiner; empty where neither tensors nor the trainer's notes tell."""
    width = width_of(file)
    if width in _WIDTHS:
        return _WIDTHS[width]
    if any(layer.part == "te2" for layer in file.layers):
        return "sdxl"
    for key, beginning, family in _NOTES:
        if not width and file.metadata.get(key, "").startswith(beginning):
            return family
    return ""
