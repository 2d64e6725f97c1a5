"""What a single file's names and shapes say of its architecture."""

import re

from export.families.family import Header

_UNET = r"^model\.diffusion_model\."
_DOWN = re.compile(_UNET + r"input_blocks\.\d+\.0\.op\.weight$")
_PROJECTION = re.compile(_UNET + r".*\.proj_in\.weight$")
_SIZES = re.compile(r"^model\.diffusion_model\.label_emb\.|^conditioner\.")


def levels(header: Header) -> int:
    """Sizes that the UNet works at."""
    return 1 + sum(bool(_DOWN.match(name)) for name in header)


def linear(header: Header) -> bool:
    """Whether the UNet's transformers begin with a linear layer, as all but Stable Diffusion 1's do."""
    return any(len(place.shape) == 2 for name, place in header.items() if _PROJECTION.match(name))


def sized(header: Header) -> bool:
    """Whether the UNet is told of sizes, as those of the XL family are."""
    return any(_SIZES.match(name) for name in header)


def open_clip(header: Header) -> bool:
    """Whether the text encoder is Stable Diffusion 2's."""
    return any(name.startswith("cond_stage_model.model.") for name in header)
