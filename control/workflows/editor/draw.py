"""From the graph that ComfyUI's API takes to a document that its editor opens."""

from collections.abc import Mapping
from typing import Any, Literal

from control.workflows.editor.layout import places
from control.workflows.editor.widgets import UPLOAD, is_widget, kind_of, widgets
from control.workflows.graph import Link, Node, link_of
from control.workflows.types import Input, NodeType

Format = Literal["0.4", "1.0"]
WIDTH, LINE, TITLE, TEXT = 320, 24, 30, 120
"""Pixels: of a node, of a slot or a widget, of the title, of a text of several lines."""


def drawn(graph: Mapping[str, Node | Any], version: Format = "0.4") -> dict[str, Any]:
    """A document whose graph is this one, laid out; links to nodes that are not there are left out.

    Nodes may be plain JSON as well; what is no node is left out.
    """
    return _drawn(
        {name: node for name, given in graph.items() if (node := _as_node(given)) is not None}, version
    )


def _as_node(given: Any) -> Node | None:
    if isinstance(given, Node):
        return given
    if not isinstance(given, dict) or not isinstance(given.get("class_type"), str):
        return None
    inputs, meta = given.get("inputs"), given.get("_meta")
    return Node(
        given["class_type"],
        inputs if isinstance(inputs, dict) else {},
        meta if isinstance(meta, dict) else {},
    )


def _drawn(graph: Mapping[str, Node], version: Format) -> dict[str, Any]:
    links: list[tuple[int, str, int, str, int, str]] = []
    nodes: dict[str, dict[str, Any]] = {}
    needs: dict[str, list[str]] = {}
    for name, node in graph.items():
        nodes[name], wanted = _node(name, node)
        needs[name] = [link.node for _, link, _ in wanted]
        for slot, link, kind in wanted:
            if link.node in graph and link.output >= 0:
                number = len(links) + 1
                links.append((number, link.node, link.output, name, slot, kind))
                nodes[name]["inputs"][slot]["link"] = number
    for number, origin, output, _, _, kind in links:
        given = nodes[origin]["outputs"]
        while len(given) <= output and len(given) < 100:
            given.append({"name": kind, "type": kind, "links": []})
        if output < len(given):
            given[output]["links"].append(number)
    sizes = {name: (WIDTH, _height(node, graph[name])) for name, node in nodes.items()}
    spots = places(sizes, needs)
    for order, name in enumerate(sorted(nodes, key=lambda name: spots[name])):
        nodes[name] |= {"pos": [*spots[name]], "size": [*sizes[name]], "order": order}
    return _document([*nodes.values()], links, version)


def _node(name: str, node: Node) -> tuple[dict[str, Any], list[tuple[int, Link, str]]]:
    """A node without its place, and its links: slot, where from, type."""
    kind = kind_of(node.class_type)
    inputs: list[dict[str, Any]] = []
    linked: list[tuple[int, Link, str]] = []

    def slot(given: str, of: str, *, widget: bool) -> None:
        inputs.append(
            {"name": given, "type": of, "link": None} | ({"widget": {"name": given}} if widget else {})
        )
        if (link := link_of(node.inputs.get(given))) is not None:
            linked.append((len(inputs) - 1, link, of))

    for given, wanted in kind.inputs.items() if kind is not None else ():
        is_link = link_of(node.inputs.get(given)) is not None
        if not is_widget(kind, given) or is_link:  # type: ignore[arg-type]
            slot(given, wanted.type, widget=is_widget(kind, given))  # type: ignore[arg-type]
    values = _values(kind, node)
    for given, value in node.inputs.items():
        written = kind is not None and given in kind.inputs
        if written and (is_widget(kind, given) or link_of(value) is not None):  # type: ignore[arg-type]
            continue
        if link_of(value) is not None:
            slot(given, "*", widget=False)
        else:
            # What is not declared here: its place among the values is that of its slot.
            _declare(inputs, given)
            values.append(_written(value))
    title = node.meta.get("title")
    drawn_node = {
        "id": _number(name),
        "type": node.class_type,
        "pos": [0, 0],
        "size": [0, 0],
        "flags": {},
        "order": 0,
        "mode": 0,
        "inputs": inputs,
        "outputs": [{"name": one.name or one.type, "type": one.type, "links": []} for one in kind.outputs]
        if kind is not None
        else [],
        "properties": {"Node name for S&R": node.class_type},
        "widgets_values": values,
    }
    return drawn_node | ({"title": title} if isinstance(title, str) and title else {}), linked


def _declare(inputs: list[dict[str, Any]], name: str) -> None:
    """Says that the next value is this input's."""
    for one in inputs:
        if one["name"] == name:
            one["widget"] = {"name": name}
            return
    inputs.append({"name": name, "type": "*", "link": None, "widget": {"name": name}})


def _values(kind: NodeType | None, node: Node) -> list[Any]:
    if kind is None:
        return []
    found: list[Any] = []
    for widget in widgets(kind):
        if not widget.name:
            found.append(widget.value)
            continue
        given = node.inputs.get(widget.name)
        # The widget of an input that is linked keeps a value, which counts for nothing.
        linked = link_of(given) is not None
        wanted = kind.inputs[widget.name]
        found.append(_filler(wanted) if given is None or linked else _written(given))
    return found


def _written(value: Any) -> Any:
    """As an editor keeps it: lists that are values stand there as they are."""
    wrapped = (
        isinstance(value, dict) and value.keys() == {"__value__"} and isinstance(value["__value__"], list)
    )
    return value["__value__"] if wrapped else value


def _filler(wanted: Input) -> Any:
    if wanted.default is not None or wanted.optional:
        return wanted.default
    if wanted.choices:
        return wanted.choices[0]
    return {"INT": wanted.low or 0, "FLOAT": wanted.low or 0.0, "BOOLEAN": False}.get(wanted.type, "")


def _height(drawn_node: Mapping[str, Any], node: Node) -> int:
    kind = kind_of(node.class_type)
    texts = sum(one.multiline for one in kind.inputs.values()) if kind is not None else 0
    rows = max(len(drawn_node["inputs"]), len(drawn_node["outputs"])) + len(drawn_node["widgets_values"])
    picture = 200 if UPLOAD in drawn_node["widgets_values"] or (kind is not None and kind.output) else 0
    return TITLE + rows * LINE + texts * TEXT + picture


def _number(name: str) -> int | str:
    """Ids of an editor's own are numbers; others, as 12:5 of a subgraph, stay texts."""
    return (
        int(name) if name.isascii() and name.isdigit() and str(int(name)) == name and len(name) < 16 else name
    )


def _document(
    nodes: list[dict[str, Any]], links: list[tuple[int, str, int, str, int, str]], version: Format
) -> dict[str, Any]:
    last = max((node["id"] for node in nodes if isinstance(node["id"], int)), default=0)
    common = {"nodes": nodes, "groups": [], "config": {}, "extra": {}}
    if version == "0.4":
        listed = [[n, _number(a), i, _number(b), j, kind] for n, a, i, b, j, kind in links]
        return {"last_node_id": last, "last_link_id": len(links), **common, "links": listed, "version": 0.4}
    return {
        "state": {"lastNodeId": last, "lastLinkId": len(links), "lastGroupId": 0, "lastRerouteId": 0},
        **common,
        "links": [
            {
                "id": n, "origin_id": _number(a), "origin_slot": i, "target_id": _number(b), "target_slot": j,
                "type": kind,
            }
            for n, a, i, b, j, kind in links
        ],
        "version": 1,
    }  # fmt: skip
