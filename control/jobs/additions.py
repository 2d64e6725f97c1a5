"""What a request for pictures may have beside its plain fields: files of the registry, second passes, ways to guide."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from ensembles.sampling.conditions import Mode
from ensembles.sampling.parameters import MAX_SEED, MAX_SIZE, MAX_STEPS, MIN_SIZE, MOST_BLOCKS

MOST_LORAS = 16
"""Of one request, those in its prompts among them."""
MOST_CONTROLS = 8
MOST_PICTURES = 8
"""That guide together."""
ModelName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$(?!\n)")]
"""Of a file of the registry; an ending in .safetensors is left out."""
Share = Annotated[float, Meta(ge=0, le=1)]
Side = Annotated[int, Meta(ge=MIN_SIZE, le=MAX_SIZE, multiple_of=8)]
Preprocessor = Literal[
    "none", "canny", "softedge", "lineart", "scribble", "scribble_lines", "openpose", "depth", "segmentation", "tile", "invert",
]  # fmt: skip
ControlPreprocessor = Literal[Preprocessor, "inpaint"]
"""`inpaint` marks by the request's mask what is to be painted: there is no file of that."""
Tiling = Literal["none", "x", "y", "xy"]
Fill = Literal["original", "noise", "blur", "neutral"]


class Lora(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A LoRA at work. In prompts: `<lora:NAME:1>`, `<lora:NAME:TEXT:UNET>`."""

    name: Annotated[ModelName, Meta(examples=["pocket-dusk"])]
    strength: Annotated[float, Meta(ge=-10, le=10, examples=[0.8])] = 1.0
    """In the UNet; below 0 the other way."""
    strength_clip: Annotated[float, Meta(ge=-10, le=10)] | None = None
    """In the text encoder; as `strength` when not given."""
    blocks: Annotated[
        Annotated[list[Annotated[float, Meta(ge=-10, le=10)]], Meta(min_length=1, max_length=MOST_BLOCKS)]
        | None,
        Meta(
            description="Block weights, BASE first: 17 numbers for SD, 12 for SDXL; all 1 when not given.",
            examples=[None],
        ),
    ] = None


class Controlled(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A ControlNet beside the prompt, and the picture that it is shown."""

    name: Annotated[ModelName, Meta(examples=["pocket-edges"])]
    image: UUID
    """The asset that is the hint, or of which `preprocessor` makes it."""
    preprocessor: ControlPreprocessor = "none"
    """What turns the picture into a hint: none where it is one; inpaint, of the picture that is painted anew and its mask."""
    strength: Annotated[float, Meta(ge=0, le=10)] = 1.0
    start: Share = 0.0
    """Share of the way from noise to picture from which it counts."""
    end: Share = 1.0
    """Up to which it counts."""
    mode: Mode = "balanced"
    """What counts more, the prompt or the hint."""


class Pictured(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pictures that guide like a prompt, by an IP-Adapter."""

    name: Annotated[ModelName, Meta(examples=["ip-adapter"])]
    images: Annotated[list[UUID], Meta(min_length=1, max_length=MOST_PICTURES)]
    """Assets; several are averaged."""
    strength: Annotated[float, Meta(ge=-1, le=3)] = 1.0
    start: Share = 0.0
    end: Share = 1.0


class Hires(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A second pass over a larger form of the picture (hires fix)."""

    scale: Annotated[float, Meta(gt=1, le=4)] | None = None
    """How much larger; 2 where neither it nor a size is given."""
    width: Side | None = None
    """Pixels, instead of `scale`; give both."""
    height: Side | None = None
    upscaler: Annotated[str, Meta(min_length=1, max_length=200)] = "latent"
    """`latent`, or the name of an upscaler."""
    denoise: Annotated[float, Meta(gt=0, le=1)] = 0.6
    """How much is painted anew."""
    steps: Annotated[int, Meta(ge=1, le=MAX_STEPS)] | None = None
    """As in the first pass when not given."""


class FreeU(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """FreeU: the UNet's deep features weighed against its skip connections."""

    b1: Annotated[float, Meta(ge=0, le=10)] = 1.3
    b2: Annotated[float, Meta(ge=0, le=10)] = 1.4
    s1: Annotated[float, Meta(ge=0, le=10)] = 0.9
    s2: Annotated[float, Meta(ge=0, le=10)] = 0.2
    version: Literal[1, 2] = 2


class Thresholding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Dynamic thresholding: guidance as high as asked for, contrast as at a lower one."""

    mimic: Annotated[float, Meta(ge=0, le=100)] = 7.0
    """The guidance whose contrast it shall have."""
    percentile: Share = 1.0
    """Share of the values that count for the contrast."""


class Additions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of them; a request that has none is a plain one."""

    loras: Annotated[list[Lora], Meta(max_length=MOST_LORAS, examples=[[]])] = []
    """LoRAs at work, beside those in the prompts."""
    controls: Annotated[list[Controlled], Meta(max_length=MOST_CONTROLS, examples=[[]])] = []
    """ControlNets, all at once."""
    image_prompt: Annotated[Pictured | None, Meta(examples=[None])] = None
    """Pictures that guide beside the prompt."""
    vae: Annotated[ModelName | None, Meta(examples=[None])] = None
    """Another checkpoint's VAE, or one published by itself."""
    tiling: Tiling = "none"
    """Along which axes the picture's edges meet."""
    variation_seed: Annotated[int, Meta(ge=0, extra_json_schema={"maximum": MAX_SEED})] | None = None
    """Of the noise that it varies towards; drawn at random when not given and wanted."""
    variation_strength: Share = 0.0
    """How far: 0 is the seed's own picture, 1 the other seed's."""
    freeu: Annotated[FreeU | None, Meta(examples=[None])] = None
    pag: Annotated[float, Meta(ge=0, le=100)] = 0.0
    """Scale of perturbed-attention guidance; 3 is usual, 0 is none."""
    cfg_rescale: Share = 0.0
    """Share of CFG rescaling, against what high guidance burns out."""
    thresholding: Annotated[Thresholding | None, Meta(examples=[None])] = None


def has_additions(work: Additions) -> bool:
    """Is there anything but the plain fields?"""
    return any(getattr(work, name) != getattr(_NONE, name) for name in Additions.__struct_fields__)


_NONE = Additions()
