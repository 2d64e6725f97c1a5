"""All templates there are. Each has a graph (NAME.json) and what it painted (NAME.webp, made by `make templates`)."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from control.errors import NotFound
from control.workflows.documents import schemas
from control.workflows.editor.draw import drawn
from control.workflows.graph import Node

FOLDER = Path(__file__).parent


class Entry(NamedTuple):
    """What people read of a template."""

    name: str
    title: str
    description: str
    tags: tuple[str, ...]


TEMPLATES: tuple[Entry, ...] = ()
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
    return schemas.TemplateDetails(**_fields(_entry(name)), graph=graph, document=drawn(graph))


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
