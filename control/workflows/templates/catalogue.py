"""All templates there are. Each has a graph (NAME.json) and what it painted (NAME.webp, made by `make templates`)."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from control.errors import NotFound
from control.workflows.documents import schemas
from control.workflows.documents.exchange import plain
from control.workflows.editor.draw import drawn
from control.workflows.graph import Node

FOLDER = Path(__file__).parent


class Entry(NamedTuple):
    """What people read of a template."""

    name: str
    title: str
    description: str
    tags: tuple[str, ...]


TEMPLATES: tuple[Entry, ...] = (
    Entry(
        "text-to-image", "Text to image",
        "A prompt becomes a picture: what most workflows begin with.", ("basics",),
    ),
    Entry(
        "image-to-image", "Image to image",
        "A picture is encoded, noised to four fifths of the way, and painted anew after another prompt. Put a LoadImage in "
        "place of the first half to begin with a picture of yours.",
        ("basics", "image to image"),
    ),
    Entry(
        "inpaint", "Inpaint",
        "A mask, put together from two plain ones, says what is painted anew; the rest stays.", ("inpainting", "masks"),
    ),
    Entry(
        "outpaint", "Outpaint",
        "A picture is given room on two sides, which is painted in.", ("inpainting",),
    ),
    Entry(
        "inpaint-detail", "Inpaint at full resolution",
        "A small part of a larger picture is cut out, painted at the size that the model knows, and put back: outside the "
        "feathered mask not a bit changes.",
        ("inpainting", "masks"),
    ),
    Entry(
        "outpaint-blend", "Outpaint with a blended seam",
        "The room at the sides begins with the colours of the edge, and what is painted passes softly into the old picture.",
        ("inpainting",),
    ),
    Entry(
        "edges", "Paint along edges",
        "A ControlNet keeps to the edges of one picture while another prompt decides on the rest.",
        ("ControlNet",),
    ),
    Entry(
        "style-lora", "Style by a LoRA",
        "The same words and the same noise without a LoRA and with it: dusk falls around the subject.",
        ("LoRA",),
    ),
    Entry(
        "two-passes", "Two passes",
        "Paints small, makes the latent half as large again, and paints over it with less than half the noise: sharper than "
        "enlarging alone.",
        ("upscaling",),
    ),
    Entry(
        "upscale", "Upscale with a model",
        "A network that was made for it enlarges the picture four times.", ("upscaling",),
    ),
    Entry(
        "variations", "Variations",
        "One prompt, four pictures: each has the noise of its place in the batch.", ("batches",),
    ),
    Entry(
        "contact-sheet", "Contact sheet",
        "Four variations are taken out of their batch and put together in one picture.", ("batches", "images"),
    ),
    Entry(
        "areas", "Areas",
        "Two prompts share a wide picture, each in a half of its own; what is to be avoided has the same halves.", ("prompts",),
    ),
    Entry(
        "blend-prompts", "Blend prompts",
        "From one prompt to another in five steps: their conditionings are averaged. All else is the same.", ("prompts",),
    ),
    Entry(
        "switch-prompts", "Switch prompts",
        "One prompt counts at first, another from 2, 10 or 25 % of the way on: the layout is found early.", ("prompts",),
    ),
    Entry(
        "custom-sampling", "Custom sampling",
        "Noise, guider, sampler and sigmas from nodes of their own: the first half with one sampler, the second with another.",
        ("sampling",),
    ),
    Entry(
        "latent-composite", "Latent composite",
        "Two latents, sampled for the first 8 of 20 steps, are put into a third, wide one, and finished as one picture.",
        ("sampling", "latents"),
    ),
    Entry(
        "cut-out", "Cut-out",
        "A painted shape becomes a mask, through which another picture is seen.", ("masks", "images"),
    ),
    Entry(
        "effects", "Effects",
        "A glow, sharpening, six colours with dither, and the inverse of one picture: all computed, nothing painted twice.",
        ("images",),
    ),
)  # fmt: skip
"""In the order in which they are shown."""
_BY_NAME = {entry.name: entry for entry in TEMPLATES}


@cache
def graph_of(name: str) -> dict[str, Node]:
    """The graph of a template."""
    return msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=dict[str, Node])


def listed() -> list[schemas.Template]:
    """All of them."""
    return [schemas.Template(**_fields(entry)) for entry in TEMPLATES]


def details(name: str) -> schemas.TemplateDetails:
    """One of them; raises `NotFound`."""
    graph = graph_of(_entry(name).name)
    return schemas.TemplateDetails(**_fields(_entry(name)), graph=plain(graph), document=drawn(graph))


def thumbnail(name: str) -> bytes:
    """A WebP; raises `NotFound`."""
    return (FOLDER / f"{_entry(name).name}.webp").read_bytes()


def _entry(name: str) -> Entry:
    if (found := _BY_NAME.get(name)) is None:
        raise NotFound("There is no such template. GET /api/v1/workflows/templates lists them.")
    return found


def _fields(entry: Entry) -> dict[str, Any]:
    return {
        **entry._asdict(),
        "tags": list(entry.tags),
        "node_types": sorted({node.class_type for node in graph_of(entry.name).values()}),
        "thumbnail_url": f"/api/v1/workflows/templates/{entry.name}/thumbnail",
    }
