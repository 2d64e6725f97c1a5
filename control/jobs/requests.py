"""What a job may be asked for. `complete` fills in every default, so that the queue carries nothing unsaid."""

import secrets
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from control.errors import BadRequest
from control.jobs.additions import Additions, Fill, Hires, Preprocessor, Side
from control.models.catalogue import usable
from control.settings import ControlSettings
from control.workflows.graph import Workflow
from ensembles.manifest import Manifest
from ensembles.sampling.parameters import (
    MAX_BATCH,
    MAX_CFG,
    MAX_SEED,
    MAX_SIZE,
    MAX_STEPS,
    MIN_SIZE,
    ParameterError,
    check,
)
from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import SCHEDULES

MAX_BODY = 4 * 2**20
"""Bytes of a submission: a workflow brings what its editor keeps of it."""
MOST_SIDE = 16384
"""Pixels of a side of what is no checkpoint's own work."""
MAX_TEXT = 10_000
"""Characters of a prompt."""
# A zero byte is in no prompt, and PostgreSQL keeps none.
Prompt = Annotated[
    str,
    Meta(
        max_length=MAX_TEXT,
        pattern=r"^[^\x00]*$",
        examples=["a large red circle on a blue background"],
    ),
]


Strength = Annotated[float, Meta(gt=0, le=1)]
Pixels = Annotated[int, Meta(ge=0, le=1024)]


class Painting(Additions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all requests for pictures have."""

    prompt: Prompt
    """What to paint; (words:1.2) weights, embedding:name or an embedding's bare name, <lora:name:0.8>."""
    negative_prompt: Annotated[Prompt, Meta(examples=["blurry, text"])] = ""
    """What to keep away from."""
    model: Annotated[str, Meta(min_length=1, max_length=200, examples=["pocket"])] = "pocket"
    """A published checkpoint."""
    steps: Annotated[int, Meta(ge=1, le=MAX_STEPS)] = 20
    """Denoising steps."""
    cfg: Annotated[float, Meta(ge=0, le=MAX_CFG)] = 7.0
    """Guidance scale; 1 leaves the negative prompt unused."""
    # Any text to the decoder: `complete` names what is near.
    sampler: Annotated[
        str, Meta(max_length=50, examples=["dpmpp_2m"], extra_json_schema={"enum": [*SAMPLERS]})
    ] = "dpmpp_2m"
    scheduler: Annotated[
        str, Meta(max_length=50, examples=["karras"], extra_json_schema={"enum": [*SCHEDULES]})
    ] = "karras"
    seed: Annotated[int, Meta(ge=0, extra_json_schema={"maximum": MAX_SEED})] | None = None
    """Of the noise: the same seed paints the same picture; drawn at random when not given."""
    batch: Annotated[int, Meta(ge=1, le=MAX_BATCH)] = 1
    """Pictures of one request."""
    clip_skip: Annotated[int, Meta(ge=1, le=12)] = 1
    """Which text layer is used, counted from the last."""
    format: Literal["png", "webp"] = "png"
    preview_every: Annotated[int, Meta(ge=0, le=MAX_STEPS)] = 0
    """A preview every so many steps; 0: none."""


class OfWords(Painting, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pictures of words."""

    width: Side | None = None
    """Pixels; the checkpoint's own size when not given."""
    height: Side | None = None
    hires: Annotated[Hires | None, Meta(examples=[None])] = None
    """A second pass over a larger form of the picture."""


class OfPicture(Painting, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pictures of another picture and words."""

    image: UUID
    """The asset to begin with; it is scaled to width and height."""
    strength: Strength = 0.75
    """How much is repainted: 1 is all."""
    width: Side | None = None
    """Pixels; the picture's own size, to the nearest multiple of 8 that is allowed, when not given."""
    height: Side | None = None


class OfMask(Painting, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Parts of a picture painted anew."""

    image: UUID
    """The asset whose parts are painted anew; what comes out is as large."""
    mask: UUID
    """An asset of the same proportions: what is white is painted anew, what is black stays."""
    invert: bool = False
    """Does what is black say what is painted anew?"""
    strength: Strength = 1.0
    """How much is repainted: 1 is all."""
    fill: Fill = "original"
    """What stands there before: the picture, noise, the colours around, or grey."""
    grow: Pixels = 0
    """Pixels by which the mask is made larger."""
    feather: Pixels = 16
    """Pixels over which what is painted passes into the picture."""
    only_masked: bool = False
    """Is what surrounds the mask cut out and painted at width and height (full resolution), and put back?"""
    padding: Pixels = 32
    """Pixels around the mask that are cut out with it."""
    width: Side | None = None
    """Pixels at which it is painted; the picture's own size (`only_masked`: the checkpoint's) when not given."""
    height: Side | None = None


class OfRoom(Painting, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A picture painted further."""

    image: UUID
    """The asset that is painted further, at its own size."""
    left: Pixels = 0
    """Pixels to be painted at the left."""
    top: Pixels = 0
    right: Annotated[Pixels, Meta(examples=[64])] = 0
    bottom: Pixels = 0
    feather: Pixels = 32
    """Pixels of the old picture over which what is painted passes into it."""
    strength: Strength = 1.0
    """How much of what stands there before is repainted: 1 is all."""
    fill: Fill = "blur"
    """What stands there before."""


class OfSize(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A picture made larger."""

    image: UUID
    """The asset."""
    upscaler: Annotated[str, Meta(min_length=1, max_length=200, examples=["realesr-animevideov3-x2"])]
    """The name of an upscaler."""
    scale: Annotated[float, Meta(gt=0, le=8)] | None = None
    """How much larger the result shall be; the upscaler's own factor when neither it nor a size is given."""
    width: Annotated[int, Meta(ge=1, le=MOST_SIDE)] | None = None
    """Pixels of the result, instead of `scale`; give both."""
    height: Annotated[int, Meta(ge=1, le=MOST_SIDE)] | None = None


class OfHint(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The hint that a ControlNet is shown, made of a picture."""

    image: UUID
    """The asset."""
    preprocessor: Annotated[Preprocessor, Meta(examples=["canny"])]
    """What turns it into a hint."""
    resolution: Annotated[int, Meta(ge=64, le=MAX_SIZE)] = 512
    """Pixels of the hint's shorter side."""


class Txt2Img(
    OfWords, tag_field="kind", tag="txt2img", frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Pictures of words."""


class Img2Img(
    OfPicture, tag_field="kind", tag="img2img", frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Pictures of another picture and words."""


class Inpaint(OfMask, tag_field="kind", tag="inpaint", frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Parts of a picture painted anew."""


class Outpaint(
    OfRoom, tag_field="kind", tag="outpaint", frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """A picture painted further."""


class Upscale(OfSize, tag_field="kind", tag="upscale", frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A picture made larger."""


class Preprocess(
    OfHint, tag_field="kind", tag="preprocess", frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """The hint that a ControlNet is shown, made of a picture."""


Work = Txt2Img | Img2Img
"""What Triton can paint in one stream, where it has no additions."""
Short = Work | Inpaint | Outpaint | Upscale | Preprocess
"""What can be asked for in plain fields."""
AnyWork = Short | Workflow
"""What a job may be asked for: in plain fields, or as a graph of nodes."""
Body = OfWords | OfPicture | OfMask | OfRoom | OfSize | OfHint
KINDS: dict[type[Body], type[Short]] = {
    OfWords: Txt2Img, OfPicture: Img2Img, OfMask: Inpaint, OfRoom: Outpaint, OfSize: Upscale, OfHint: Preprocess,
}  # fmt: skip
"""Body of /generate/KIND, which needs not say its kind → request."""


def of_kind(body: Body) -> Short:
    """The request that a body of /generate/KIND is."""
    return KINDS[type(body)](**{name: getattr(body, name) for name in body.__struct_fields__})


W = TypeVar("W", Txt2Img, Img2Img, Inpaint, Outpaint)


def complete(
    work: W,
    settings: ControlSettings,
    size: tuple[int, int] | None = None,
    organisation_id: UUID | None = None,
) -> tuple[W, Manifest]:
    """`work` with nothing left open, and its checkpoint; raises `BadRequest` or `NotFound`.

    `size` (width, height in pixels) is the beginning picture's, for all but txt2img. Checkpoints that are one
    organisation's are there for `organisation_id` alone.
    """
    manifest = usable(settings.home, work.model, organisation_id)
    own = (manifest.default_size, manifest.default_size)
    if size is not None and not (isinstance(work, Inpaint) and work.only_masked):
        own = tuple(max(MIN_SIZE, min(MAX_SIZE, round(side / 8) * 8)) for side in size)  # type: ignore[assignment]
    # What every JSON reader can hold.
    changes: dict[str, Any] = {"seed": secrets.randbits(53) if work.seed is None else work.seed}
    if work.variation_strength and work.variation_seed is None:
        changes["variation_seed"] = secrets.randbits(53)
    if not isinstance(work, Outpaint):
        changes |= {"width": work.width or own[0], "height": work.height or own[1]}
    work = msgspec.structs.replace(work, **changes)
    width, height = own if isinstance(work, Outpaint) else (work.width or 0, work.height or 0)
    try:
        check(
            seed=work.seed or 0, steps=work.steps, cfg=work.cfg, sampler=work.sampler, scheduler=work.scheduler,
            width=width, height=height, batch=work.batch,
            denoise=1.0 if isinstance(work, Txt2Img) else work.strength,
        )  # fmt: skip
    except ParameterError as error:
        name = "strength" if error.parameter == "denoise" else error.parameter
        raise _wrong(name, error.message) from None
    if (work.variation_seed or 0) > MAX_SEED:
        raise _wrong("variation_seed", f"{work.variation_seed} is too large; send 0 to {MAX_SEED}")
    if work.clip_skip > manifest.text_layers:
        raise _wrong("clip_skip", f"{work.model} has {manifest.text_layers} text layers")
    return work, manifest


def _wrong(name: str, message: str) -> BadRequest:
    """What no schema tells: it depends on the checkpoint, or on several fields."""
    return BadRequest(
        f"The body is wrong. {name}: {message}.", errors=[{"in": "body", "path": name, "message": message}]
    )


def effort(work: Work) -> float:
    """Expected work of a completed request: steps x pictures x megapixels."""
    assert work.width
    assert work.height
    # Whatever the strength: an img2img request does all its steps, on the end of a longer schedule.
    return work.steps * work.batch * work.width * work.height / 1e6
