"""What a job may be asked for. `complete` fills in every default, so that the queue carries nothing unsaid."""

import secrets
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from control.errors import BadRequest
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

Side = Annotated[int, Meta(ge=MIN_SIZE, le=MAX_SIZE, multiple_of=8)]
MAX_BODY = 4 * 2**20
"""Bytes of a submission: a workflow brings what its editor keeps of it."""
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


class Painting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all requests for pictures have."""

    prompt: Prompt
    """What to paint; (words:1.2) weights, embedding:name."""
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


class OfPicture(Painting, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pictures of another picture and words."""

    image: UUID
    """The asset to begin with; it is scaled to width and height."""
    strength: Annotated[float, Meta(gt=0, le=1)] = 0.75
    """How much is repainted: 1 is all."""
    width: Side | None = None
    """Pixels; the picture's own size, to the nearest multiple of 8 that is allowed, when not given."""
    height: Side | None = None


class Txt2Img(
    OfWords, tag_field="kind", tag="txt2img", frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Pictures of words."""


class Img2Img(
    OfPicture, tag_field="kind", tag="img2img", frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Pictures of another picture and words."""


Work = Txt2Img | Img2Img
AnyWork = Work | Workflow
"""What a job may be asked for: in plain fields, or as a graph of nodes."""
KINDS: dict[type[Painting], type[Work]] = {OfWords: Txt2Img, OfPicture: Img2Img}
"""Body of /generate/KIND, which needs not say its kind → request."""


def of_kind(body: OfWords | OfPicture) -> Work:
    """The request that a body of /generate/KIND is."""
    return KINDS[type(body)](**msgspec.structs.asdict(body))


def complete(
    work: Work,
    settings: ControlSettings,
    size: tuple[int, int] | None = None,
    organisation_id: UUID | None = None,
) -> tuple[Work, Manifest]:
    """`work` with nothing left open, and its checkpoint; raises `BadRequest` or `NotFound`.

    `size` (width, height in pixels) is the beginning picture's, for img2img. Checkpoints that are one organisation's
    are there for `organisation_id` alone.
    """
    manifest = usable(settings.home, work.model, organisation_id)
    own = (manifest.default_size, manifest.default_size)
    if size is not None:
        own = tuple(max(MIN_SIZE, min(MAX_SIZE, round(side / 8) * 8)) for side in size)  # type: ignore[assignment]
    work = msgspec.structs.replace(
        work,
        width=work.width or own[0],
        height=work.height or own[1],
        # What every JSON reader can hold.
        seed=secrets.randbits(53) if work.seed is None else work.seed,
    )
    try:
        check(
            seed=work.seed or 0, steps=work.steps, cfg=work.cfg, sampler=work.sampler, scheduler=work.scheduler,
            width=work.width or 0, height=work.height or 0, batch=work.batch,
            denoise=work.strength if isinstance(work, Img2Img) else 1.0,
        )  # fmt: skip
    except ParameterError as error:
        name = "strength" if error.parameter == "denoise" else error.parameter
        raise _wrong(name, error.message) from None
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
