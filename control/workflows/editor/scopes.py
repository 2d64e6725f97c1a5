"""Where an input comes from: through reroutes, primitives, bypassed nodes, and into and out of subgraphs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from control.errors import BadRequest
from control.workflows.editor.canvas import Canvas, CanvasNode, Document, Slot
from control.workflows.graph import Link

MUTED, BYPASSED = 2, 4
REROUTE, PRIMITIVE = "Reroute", "PrimitiveNode"
NOTES = frozenset({"Note", "MarkdownNote"})
MOST_HOPS = 150
"""From one input through reroutes and the like; more are a ring."""
MOST_DEPTH = 10
"""Of subgraphs in each other."""


class Value(NamedTuple):
    """What a primitive, or a widget of a subgraph's instance, is set to."""

    value: Any


class Gone(NamedTuple):
    """It came from a node that is muted."""


Source = Link | Value | Gone | None
"""None: nothing is linked there."""


@dataclass
class Scope:
    """A canvas, as it stands in the whole."""

    document: Document
    canvas: Canvas
    prefix: str = ""
    """`12:` for the nodes of instance 12."""
    outside: "Scope | None" = None
    instance: CanvasNode | None = None
    promoted: Mapping[str, Any] = field(default_factory=dict)
    """Input of the subgraph → what the instance sets it to."""
    proxied: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    """Node and widget inside → what the instance sets it to."""
    inners: dict[str, "Scope | None"] = field(default_factory=dict)
    """Instance → inside of it, where that was asked for."""

    def inner(self, node: CanvasNode) -> "Scope | None":
        """Inside an instance of a subgraph; None where the node is no instance. Raises `BadRequest` for rings."""
        if node.id not in self.inners:
            self.inners[node.id] = self._inner(node)
        return self.inners[node.id]

    def _inner(self, node: CanvasNode) -> "Scope | None":
        canvas = self.document.subgraphs.get(node.type)
        if canvas is None:
            return None
        depth, above = 1, self
        while above.outside is not None:
            if above.canvas is canvas:
                raise BadRequest(f"The subgraph of node {self.prefix}{node.id} contains itself.")
            depth, above = depth + 1, above.outside
        if depth > MOST_DEPTH:
            raise BadRequest(f"Subgraphs may stand {MOST_DEPTH} deep in each other; these stand deeper.")
        promoted, proxied = _set(node)
        # What this one's own instance sets of it.
        promoted |= {name: value for (inside, name), value in self.proxied.items() if inside == node.id}
        return Scope(self.document, canvas, f"{self.prefix}{node.id}:", self, node, promoted, proxied)

    def source(self, link_id: str, hops: int = 0) -> Source:
        """What a link brings; raises `BadRequest` for a ring."""
        link = self.canvas.links.get(link_id)
        if link is None:
            return None
        if hops > MOST_HOPS:
            raise BadRequest(f"Node {self.prefix}{link.target} is linked to itself through reroutes.")
        if self.outside is not None and link.origin == self.canvas.entrance:
            return self._given(link.origin_slot, hops)
        node = self.canvas.nodes.get(link.origin)
        return None if node is None else self._output(node, link.origin_slot, hops)

    def _given(self, slot: int, hops: int) -> Source:
        """What the instance is given at an input of the subgraph."""
        assert self.outside is not None
        assert self.instance is not None
        if not 0 <= slot < len(self.canvas.inputs):
            return None
        wanted = self.canvas.inputs[slot].name
        given = next((one for one in self.instance.inputs if one.name == wanted), None)
        if given is not None and given.link is not None:
            return self.outside.source(given.link, hops + 1)
        return Value(self.promoted[wanted]) if wanted in self.promoted else None

    def _output(self, node: CanvasNode, slot: int, hops: int) -> Source:
        if node.mode == MUTED:
            return Gone()
        if node.mode == BYPASSED:
            return self._passed(node, slot, hops)
        if node.type == REROUTE:
            return self._first(node.inputs[:1], hops)
        if node.type == PRIMITIVE:
            values = node.widgets if isinstance(node.widgets, list) else list(node.widgets.values())
            return Value(values[0]) if values else None
        if node.type in NOTES:
            return None
        inner = self.inner(node)
        if inner is None:
            return Link(f"{self.prefix}{node.id}", slot)
        found = inner.canvas.leaving.get(slot)
        return None if found is None else inner.source(found, hops + 1)

    def _passed(self, node: CanvasNode, slot: int, hops: int) -> Source:
        """What a bypassed node lets through: the input beside the output, else the first, that is of its type."""
        if not 0 <= slot < len(node.outputs):
            return None
        wanted = node.outputs[slot].type
        beside = node.inputs[slot : slot + 1]
        return self._first([one for one in (*beside, *node.inputs) if _fits(one.type, wanted)], hops)

    def _first(self, slots: "list[Slot] | tuple[Slot, ...]", hops: int) -> Source:
        link = next((one.link for one in slots if one.link is not None), None)
        return None if link is None else self.source(link, hops + 1)


def _fits(given: str, wanted: str) -> bool:
    return given == wanted or "*" in (given, wanted)


def _set(node: CanvasNode) -> tuple[dict[str, Any], dict[tuple[str, str], Any]]:
    """What an instance of a subgraph sets: inputs that are widgets, and widgets of nodes inside.

    `proxyWidgets` lists [node inside, widget], with -1 for an input of the instance itself; without it, the widgets are
    its inputs that say so, in order.
    """
    own = [one.name for one in node.inputs if one.widget is not None]
    if isinstance(node.widgets, dict):
        return {name: value for name, value in node.widgets.items() if name in own}, {}
    listed = node.properties.get("proxyWidgets")
    names: list[tuple[str, str]] = [("-1", name) for name in own]
    if isinstance(listed, list):
        pairs = [
            (str(pair[0]), pair[1])
            for pair in listed
            if isinstance(pair, list) and len(pair) >= 2 and isinstance(pair[1], str)
        ]
        # Inputs that the list leaves out come first.
        names = [one for one in names if one not in pairs] + pairs
    promoted: dict[str, Any] = {}
    proxied: dict[tuple[str, str], Any] = {}
    for (inside, name), value in zip(names, node.widgets, strict=False):
        if value is None:
            continue
        if inside == "-1":
            promoted[name] = value
        else:
            proxied[inside, name] = value
    return promoted, proxied
