"""What travels over the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from control.jobs.requests import Prompt

Visibility = Literal["private", "team", "organisation"]
PresetName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$(?!\n)",
        examples=["Quick draft"],
    ),
]
PresetSettings = Annotated[
    dict[str, Any],
    Meta(
        description="Fields as `POST /generate/txt2img` and its like take them, without prompt and pictures, which are "
        "checked; beside them whatever a client wants to keep. 64 KiB at most.",
        examples=[{"steps": 12, "cfg": 5.5, "sampler": "euler"}],
    ),
]


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """A way to paint whatever a prompt says."""

    name: Annotated[str, Meta(examples=["outlined"])]
    title: str
    description: str
    prompt: Annotated[str, Meta(examples=["{prompt}, outlined"])]
    """Put what is to be painted in the place of `{prompt}`."""
    negative_prompt: str
    checkpoints: list[str] | None
    """Only with these; null: with any."""
    thumbnail: Annotated[str, Meta(examples=["/api/v1/styles/outlined/thumbnail"])]
    """What it painted, a WebP for everybody."""


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt to go on with."""

    text: Annotated[str, Meta(examples=["a large red star on a blue background"])]
    """The whole prompt."""
    title: Annotated[str, Meta(examples=["on a blue background"])]
    """What it adds to what was typed; the prompt itself where nothing was."""


class PastPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """Words that one has painted with."""

    prompt: str
    negative_prompt: str
    model: str
    """The checkpoint, the last time."""
    kind: Annotated[str, Meta(examples=["txt2img"])]
    """What was asked for, the last time."""
    count: int
    """In so many jobs."""
    job_id: UUID
    """The latest of them."""
    used_at: datetime
    """When that was submitted."""


class ToCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A prompt to look at."""

    checkpoint: Annotated[str, Meta(min_length=1, max_length=200, examples=["pocket"])]
    prompt: Prompt
    clip_skip: Annotated[int, Meta(ge=1, le=12)] = 1
    """Changes no count; what the checkpoint does not have is said in `syntax`."""


class TokenChunk(msgspec.Struct, frozen=True, kw_only=True):
    """What the text encoder reads at once."""

    tokens: Annotated[int, Meta(examples=[9])]
    """75 at most."""
    text: str
    """What its tokens say, as the tokenizer reads it: in lower case; embeddings by name."""


class SyntaxNote(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a prompt that will not do what it seems to."""

    severity: Literal["error", "warning"]
    """error: a job with this prompt is refused."""
    message: str
    start: int
    """Place of the first character that it is about."""
    end: int
    """Behind the last one."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What a prompt comes to."""

    chunks: list[TokenChunk]
    """One at least."""
    total: int
    """Tokens of all chunks, vectors of embeddings among them; LoRA tags count nothing."""
    limit: int
    """Tokens of one chunk."""
    syntax: list[SyntaxNote]


class NewPreset(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings to keep."""

    name: PresetName
    settings: PresetSettings
    visibility: Visibility = "private"
    """private: oneself; team: the members of `team_id` as well; organisation: everybody in it."""
    team_id: UUID | None = None
    """A team that one is in."""


class PresetPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What shall change; what is left out stays."""

    name: PresetName | UnsetType = UNSET
    settings: PresetSettings | UnsetType = UNSET
    visibility: Annotated[Visibility, Meta(examples=["private"])] | UnsetType = UNSET
    team_id: UUID | UnsetType | None = UNSET


class Preset(msgspec.Struct, kw_only=True):
    """Settings by a name."""

    id: UUID
    name: PresetName
    settings: PresetSettings
    visibility: Visibility
    user_id: UUID
    """Whose it is."""
    owner: str
    """Their name."""
    mine: bool
    """Is it the caller's own?"""
    team_id: UUID | None
    created_at: datetime
    updated_at: datetime


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to choose."""

    name: Annotated[str, Meta(examples=["dpmpp_2m"])]
    """As requests have it."""
    title: Annotated[str, Meta(examples=["DPM++ 2M"])]
    description: str
    """When to take it."""
    recommended: bool = False
    """Is it among the few that suit nearly everything?"""


class SizePreset(msgspec.Struct, frozen=True, kw_only=True):
    """A size that suits a checkpoint."""

    title: Annotated[str, Meta(examples=["Square"])]
    ratio: Annotated[str, Meta(examples=["1:1"])]
    """Width to height."""
    width: int
    """Pixels."""
    height: int


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What suits a checkpoint where nothing else is wanted."""

    width: int
    height: int
    steps: int
    cfg: float
    sampler: str
    scheduler: str
    clip_skip: int
    negative_prompt: str


class CheckpointOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to choose with one checkpoint."""

    name: Annotated[str, Meta(examples=["pocket"])]
    family: Annotated[str, Meta(examples=["sd15"])]
    """sd15, sd2, sdxl, sdxl-refiner"""
    inpainting: bool
    """Was it made for inpainting?"""
    text_layers: int
    """The highest `clip_skip`."""
    native_size: int
    """Pixels of a side that it was trained at."""
    sizes: list[SizePreset]
    """The square first."""
    defaults: Defaults


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What numbers may be."""

    min_side: int
    """Pixels."""
    max_side: int
    side_step: int
    """Sides are multiples of it."""
    max_pixels: int
    """Width times height, by the organisation's tier."""
    max_steps: int
    max_cfg: float
    max_batch: int
    max_seed: int
    """The largest that a JSON number holds exactly in every client."""
    max_prompt: int
    """Characters."""
    max_loras: int
    max_controls: int


class HintChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A preprocessor of ControlNet hints."""

    name: Annotated[str, Meta(examples=["canny"])]
    title: str
    description: str
    available: bool
    """Is there what it needs? `why` says what to do where not."""
    why: str = ""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """All that a form for requests in plain fields chooses from, but for LoRAs, embeddings and ControlNets (`/models`)."""

    checkpoints: list[CheckpointOptions]
    samplers: list[Choice]
    schedulers: list[Choice]
    vaes: list[str]
    """Names for `vae`."""
    upscalers: list[str]
    preprocessors: list[HintChoice]
    bounds: Bounds
