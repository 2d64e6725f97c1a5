"""A request in plain fields on its way to a job: completed, and compiled where Triton's own stream cannot paint it."""

import asyncio
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.assets import reading as assets
from control.billing import entitlement, prices
from control.billing.prices import Price, PriceLine
from control.errors import BadRequest, NotFound
from control.jobs.additions import MOST_LORAS, Additions, has_additions
from control.jobs.prompting import Wrong, read, with_embeddings
from control.jobs.requests import (
    Img2Img,
    Inpaint,
    Outpaint,
    Painting,
    Preprocess,
    Short,
    Txt2Img,
    Upscale,
    complete,
    effort,
)
from control.models import registry
from control.settings import ControlSettings
from control.workflows.compiling import Compiled, compile_graph
from control.workflows.gathering import gather
from control.workflows.keys import embedded
from control.workflows.plan import Plan
from control.workflows.problems import NodeError
from control.workflows.short_forms import Drawn, drawn
from ensembles.manifest import Manifest

Size = tuple[int, int]
"""Width and height in pixels."""


class Ready(NamedTuple):
    """A request that may be put in line."""

    work: Short
    """With nothing left open."""
    plan: Plan | None
    """None: it is painted in one stream."""
    price: Price
    effort: float
    model: str
    """The checkpoint; empty for what needs none."""


async def ready(who: Principal, work: Short, settings: ControlSettings) -> Ready:
    """Completes a request, and compiles it where it has more than plain fields.

    Raises `BadRequest` for what cannot be, with the field, `NotFound` for what it names and the caller does not see,
    `Forbidden` where the caller's tier does not include it.
    """
    sizes = await _sizes(who, work)
    manifest: Manifest | None = None
    if not isinstance(work, Upscale | Preprocess):
        embeddings = (await registry.names(who, settings.home, ("embedding",)))["embedding"]
        worded: Any = _worded(work, embeddings)
        work, manifest = complete(worded, settings, sizes.get("image"), who.organisation_id)
        if isinstance(work, Txt2Img | Img2Img) and is_plain(work, embeddings):
            entitlement.check(who, work, settings)
            return Ready(work, None, prices.price(work, manifest), effort(work), work.model)
    work = _checked(work, sizes)
    form = drawn(work, inpainting=manifest is not None and manifest.unet_channels == 9)
    graph = msgspec.to_builtins(form.nodes)
    known = await gather(who, graph, settings)
    compiled = await asyncio.to_thread(compile_graph, graph, known)
    plan = _compiled(compiled, form)
    entitlement.check(who, compiled.largest, settings)
    lines = [_said(line, work) for line in compiled.lines]
    return Ready(work, plan, prices.total(lines), plan.effort, getattr(work, "model", ""))


def is_plain(work: Txt2Img | Img2Img, embeddings: Collection[str]) -> bool:
    """Can Triton's own stream paint it? It has no additions, and its prompts name nothing of the registry."""
    texts = (work.prompt, work.negative_prompt)
    return not (
        has_additions(work)
        or (isinstance(work, Txt2Img) and work.hires is not None)
        or any("<lora:" in text or not embedded(text).isdisjoint(embeddings) for text in texts)
    )


def images_of(work: Short) -> Iterator[tuple[str, UUID]]:
    """Field → asset, of all pictures that a request names."""
    for name in ("image", "mask"):
        if (found := getattr(work, name, None)) is not None:
            yield name, found
    if isinstance(work, Additions):
        for place, control in enumerate(work.controls):
            yield f"controls[{place}].image", control.image
        for place, one in enumerate(work.image_prompt.images if work.image_prompt else ()):
            yield f"image_prompt.images[{place}]", one


async def _sizes(who: Principal, work: Short) -> dict[str, Size]:
    """Field → how large its picture is; raises `NotFound`, and `BadRequest` for what is none."""
    found: dict[str, Size] = {}
    rows: dict[UUID, dict[str, Any]] = {}
    for field, asset in images_of(work):
        if asset not in rows:
            rows[asset] = await assets.visible(who, asset)
        row = rows[asset]
        if not row["media_type"].startswith("image/") or not row["width"] or not row["height"]:
            raise wrong(
                field,
                f"{asset} is a file of type {row['media_type']}, and no picture: send a PNG, JPEG or WebP",
            )
        found[field] = row["width"], row["height"]
    return found


def _worded(work: Any, embeddings: Collection[str]) -> Any:
    """With embeddings written out in its prompts; raises `BadRequest` for tags that cannot be used."""
    count = len(work.loras)
    for field in ("prompt", "negative_prompt"):
        try:
            count += len(read(getattr(work, field)).loras)
        except Wrong as error:
            raise wrong(field, str(error)) from None
    if count > MOST_LORAS:
        raise wrong("loras", f"there are {count}, those in the prompts among them; {MOST_LORAS} are the most")
    if not embeddings:
        return work
    return msgspec.structs.replace(
        work,
        prompt=with_embeddings(work.prompt, embeddings),
        negative_prompt=with_embeddings(work.negative_prompt, embeddings),
    )


def _checked(work: Any, sizes: dict[str, Size]) -> Any:
    """What hangs on several fields; raises `BadRequest`."""
    if isinstance(work, Painting):
        for place, control in enumerate(work.controls):
            if control.start > control.end:
                raise wrong(f"controls[{place}].end", f"{control.end:g} lies before start, {control.start:g}")
            if control.preprocessor == "inpaint":
                _check_inpainted(work, f"controls[{place}]", control.image)
        if work.image_prompt is not None and work.image_prompt.start > work.image_prompt.end:
            raise wrong(
                "image_prompt.end",
                f"{work.image_prompt.end:g} lies before start, {work.image_prompt.start:g}",
            )
        if work.format != "png":
            raise wrong("format", f"{work.format} is for requests in plain fields alone; with more, take png")
    hires = work.hires if isinstance(work, Txt2Img) else None
    if hires is not None and (hires.width is None) != (hires.height is None):
        raise wrong("hires", "send width and height together, or scale instead")
    if isinstance(work, Outpaint) and not (work.left or work.top or work.right or work.bottom):
        raise wrong("left", "say at which side there shall be more: left, top, right or bottom, in pixels")
    if isinstance(work, Preprocess) and work.preprocessor == "none":
        raise wrong("preprocessor", "none makes no hint; choose another one")
    if isinstance(work, Upscale):
        if (work.width is None) != (work.height is None):
            raise wrong("width", "send width and height together, or scale instead")
        if work.scale is not None and work.width is None:
            width, height = sizes["image"]
            work = msgspec.structs.replace(
                work, width=max(1, round(width * work.scale)), height=max(1, round(height * work.scale))
            )
    return work


def _check_inpainted(work: Any, field: str, image: UUID) -> None:
    """Has what a ControlNet of inpainting is shown a mask?"""
    if not isinstance(work, Inpaint | Outpaint):
        raise wrong(f"{field}.preprocessor", "inpaint goes by a mask: send it to inpaint or outpaint")
    if image != work.image:
        raise wrong(f"{field}.image", "with inpaint it is the picture itself: send the same as image")


def _compiled(compiled: Compiled, form: Drawn) -> Plan:
    """The plan; raises `BadRequest` or `NotFound` in the words of the request's fields."""
    problems = list(compiled.errors)
    if compiled.plan is not None and not problems:
        return compiled.plan
    if not problems:
        whole = compiled.errors.error
        assert whole is not None
        raise wrong("prompt", ". ".join(part for part in (whole.message, whole.details) if part).rstrip("."))
    found = [(_field(form, node, error), error) for node, error in problems]
    field, first = found[0]
    message = _message(first)
    if first.type == "value_not_in_list":
        raise NotFound(f"{field}: {message}", errors=_errors(found))
    raise BadRequest(f"The body is wrong. {field}: {message}", errors=_errors(found))


def _errors(found: list[tuple[str, NodeError]]) -> list[dict[str, str]]:
    return [{"in": "body", "path": field, "message": _message(error)} for field, error in found]


def _field(form: Drawn, node: str, error: NodeError) -> str:
    name = str(error.extra_info.get("input_name", ""))
    return form.fields.get((node, name)) or name or form.nodes[node].class_type


def _message(error: NodeError) -> str:
    name = error.extra_info.get("input_name")
    message = error.details.removeprefix(f"{name}: ") if name else error.details
    return f"{message[:1].upper()}{message[1:]}"


def _said(line: PriceLine, work: Short) -> PriceLine:
    """A line in the words of the request."""
    if line.item == "txt2img" and isinstance(work, Img2Img | Inpaint | Outpaint):
        return msgspec.structs.replace(line, item="img2img")
    return line


def wrong(field: str, message: str) -> BadRequest:
    """What no schema tells: it depends on several fields, or on what they name."""
    return BadRequest(
        f"The body is wrong. {field}: {message}.", errors=[{"in": "body", "path": field, "message": message}]
    )


__all__ = ["Ready", "images_of", "is_plain", "ready"]
