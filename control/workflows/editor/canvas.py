"""An editor's document, read: nodes, links and subgraphs, alike for all the shapes in which editors write them.

Format 0.4 writes a link as [id, origin, slot, target, slot, type], format 1.0 and all subgraphs as an object. Places,
groups, notes, colours and the points that a link is drawn through (reroutes of format 1.0) mean nothing to what is
painted; they stay in the document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from control.errors import BadRequest

MOST_NODES = 1000
"""Of a document, those of its subgraphs among them, and of the graph that it comes to."""
MOST_LINKS = 20_000


class Slot(NamedTuple):
    """An input or an output of a node."""

    name: str
    type: str
    link: str | None = None
    """Of an input: the id of its link."""
    widget: str | None = None
    """Of an input: the widget whose value it stands for."""


@dataclass(frozen=True)
class CanvasNode:
    """A node as it stands in a document."""

    id: str
    type: str
    """Its class, or the id of a subgraph."""
    mode: int
    """0 runs; 2 is muted, 4 bypassed."""
    title: str
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    widgets: list[Any] | dict[str, Any]
    """Values in the order of the widgets, or by name."""
    properties: Mapping[str, Any]


class CanvasLink(NamedTuple):
    """Where something comes from and goes to."""

    origin: str
    origin_slot: int
    target: str
    target_slot: int


@dataclass(frozen=True)
class Canvas:
    """One canvas: the document's own, or a subgraph's."""

    nodes: Mapping[str, CanvasNode]
    links: Mapping[str, CanvasLink]
    inputs: tuple[Slot, ...] = ()
    """Of a subgraph: what its instances are given."""
    outputs: tuple[Slot, ...] = ()
    entrance: str = "-10"
    """Of a subgraph: the node that stands for its inputs."""
    exit: str = "-20"

    @cached_property
    def leaving(self) -> Mapping[int, str]:
        """Of a subgraph: output → the first link that leads there."""
        found: dict[int, str] = {}
        for name, link in self.links.items():
            if link.target == self.exit:
                found.setdefault(link.target_slot, name)
        return found


class Document(NamedTuple):
    """A whole document."""

    canvas: Canvas
    subgraphs: Mapping[str, Canvas]
    """By id, which is the type of their instances."""


def read(document: Mapping[str, Any]) -> Document:
    """Raises `BadRequest` where it is no editor's document, with the place that is wrong."""
    definitions = _object(document.get("definitions") or {}, "definitions")
    subgraphs = {
        _text(inner.get("id"), f"{place}.id"): _canvas(inner, place)
        for inner, place in _objects(definitions.get("subgraphs"), "definitions.subgraphs")
    }
    found = Document(_canvas(document, ""), subgraphs)
    if (nodes := sum(len(c.nodes) for c in (found.canvas, *subgraphs.values()))) > MOST_NODES:
        raise _wrong("nodes", f"there are {nodes} nodes; {MOST_NODES} are the most")
    return found


def _canvas(given: Mapping[str, Any], place: str) -> Canvas:
    prefix = f"{place}." if place else ""
    if not isinstance(given.get("nodes"), list):
        raise _wrong(f"{prefix}nodes", "it must be a list of nodes")
    nodes: dict[str, CanvasNode] = {}
    for raw, at in _objects(given["nodes"], f"{prefix}nodes"):
        node = _node(raw, at)
        if node.id in nodes:
            raise _wrong(f"{at}.id", f"there are two nodes {node.id}")
        nodes[node.id] = node
    links = dict(_links(given.get("links") or [], f"{prefix}links"))
    ends = [
        _object(given.get(name) or {}, f"{prefix}{name}").get("id") for name in ("inputNode", "outputNode")
    ]
    return Canvas(
        nodes,
        links,
        tuple(_slots(given.get("inputs"), f"{prefix}inputs") if place else ()),
        tuple(_slots(given.get("outputs"), f"{prefix}outputs") if place else ()),
        *(default if end is None else str(end) for end, default in zip(ends, ("-10", "-20"), strict=True)),
    )


def _node(raw: Mapping[str, Any], place: str) -> CanvasNode:
    mode, widgets, title = raw.get("mode", 0), raw.get("widgets_values"), raw.get("title")
    return CanvasNode(
        id=_id(raw.get("id"), f"{place}.id"),
        type=_text(raw.get("type"), f"{place}.type"),
        mode=mode if isinstance(mode, int) else 0,
        title=title if isinstance(title, str) else "",
        inputs=tuple(_slots(raw.get("inputs"), f"{place}.inputs")),
        outputs=tuple(_slots(raw.get("outputs"), f"{place}.outputs")),
        widgets=widgets if isinstance(widgets, list | dict) else [],
        properties=_object(raw.get("properties") or {}, f"{place}.properties"),
    )


def _slots(given: object, place: str) -> Iterator[Slot]:
    # Some editors write a list as an object whose names are numbers.
    listed = list(given.values()) if isinstance(given, dict) else given
    for raw, _ in _objects(listed, place):
        link, widget = raw.get("link"), raw.get("widget")
        name, kind = raw.get("name"), raw.get("type")
        yield Slot(
            name if isinstance(name, str) else "",
            # A list of choices is how some write a COMBO.
            kind if isinstance(kind, str) else "COMBO" if isinstance(kind, list) else "*",
            None if link is None else str(link),
            widget.get("name") if isinstance(widget, dict) and isinstance(widget.get("name"), str) else None,
        )


def _links(given: object, place: str) -> Iterator[tuple[str, CanvasLink]]:
    listed = list(given.values()) if isinstance(given, dict) else given
    if not isinstance(listed, list):
        raise _wrong(place, "it must be a list of links")
    if len(listed) > MOST_LINKS:
        raise _wrong(place, f"there are {len(listed)} links; {MOST_LINKS} are the most")
    for number, raw in enumerate(listed):
        at = f"{place}[{number}]"
        if isinstance(raw, dict):
            names = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
            values = [raw.get(name) for name in names]
        elif isinstance(raw, list) and len(raw) >= 5:
            values = raw[:5]
        elif raw is None:
            continue
        else:
            raise _wrong(at, "a link is [id, origin, slot, target, slot, type], or an object with these")
        link, origin, origin_slot, target, target_slot = values
        if not isinstance(origin_slot, int) or not isinstance(target_slot, int):
            # A link that hangs in the air: one of its ends is nowhere.
            continue
        yield str(link), CanvasLink(_id(origin, at), origin_slot, _id(target, at), target_slot)


def _objects(given: object, place: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    if given is None:
        return
    if not isinstance(given, list):
        raise _wrong(place, "it must be a list")
    for number, one in enumerate(given):
        yield _object(one, f"{place}[{number}]"), f"{place}[{number}]"


def _object(given: object, place: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise _wrong(place, "it must be an object")
    return given


def _id(given: object, place: str) -> str:
    if isinstance(given, bool) or not isinstance(given, int | str) or len(str(given)) > 100:
        raise _wrong(place, "an id is a number or a short text")
    return str(given)


def _text(given: object, place: str) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= 200:
        raise _wrong(place, "it must be a text of 1 to 200 characters")
    return given


def _wrong(place: str, message: str) -> BadRequest:
    return BadRequest(
        f"This is no editor's document that can be read. {place}: {message}.",
        errors=[{"in": "body", "path": f"document.{place}", "message": message}],
    )
