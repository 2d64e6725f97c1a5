"""A graph as ComfyUI's editor keeps it: nodes with a place on the canvas, and links with numbers."""

from collections.abc import Mapping
from typing import Any

from control.workflows.first_nodes import NODES
from control.workflows.graph import Node, link_of

COLUMN, ROW = 340, 260
"""Pixels between nodes."""
VERSION = 0.4
"""Of the format."""
# Widgets that editors add behind an input, and what they are at.
_BEHIND = {"seed": "fixed", "image": "image"}


def canvas(graph: Mapping[str, Node]) -> dict[str, Any]:
    """The document of an editor; ids of nodes must be numbers."""
    links: list[list[Any]] = []
    nodes: list[dict[str, Any]] = []
    rows: dict[int, int] = {}
    for order, (name, node) in enumerate(graph.items()):
        kind = NODES[node.class_type]
        inputs: list[dict[str, Any]] = []
        widgets: list[Any] = []
        for slot, wanted in kind.inputs.items():
            value = node.inputs.get(slot, wanted.default)
            if (link := link_of(value)) is not None:
                links.append(
                    [len(links) + 1, int(link.node), link.output, int(name), len(inputs), wanted.type]
                )
                inputs.append({"name": slot, "type": wanted.type, "link": len(links)})
            else:
                widgets += [value, _BEHIND[slot]] if slot in _BEHIND else [value]
        column = _depth(graph, name)
        rows[column] = rows.get(column, -1) + 1
        nodes.append(
            {
                "id": int(name),
                "type": node.class_type,
                "pos": [column * COLUMN, rows[column] * ROW],
                "size": [COLUMN - 40, ROW - 60],
                "flags": {},
                "order": order,
                "mode": 0,
                "inputs": inputs,
                "outputs": [{"name": given, "type": given, "links": []} for given in kind.outputs],
                "properties": {"Node name for S&R": node.class_type},
                "widgets_values": widgets,
            }
        )
    by_id = {node["id"]: node for node in nodes}
    for number, source, output, *_ in links:
        by_id[source]["outputs"][output]["links"].append(number)
    return {
        "last_node_id": max(by_id),
        "last_link_id": len(links),
        "nodes": nodes,
        "links": links,
        "groups": [],
        "config": {},
        "extra": {},
        "version": VERSION,
    }


def _depth(graph: Mapping[str, Node], name: str) -> int:
    """Links from the farthest node that it needs; the graph has no rings."""
    links = [link for value in graph[name].inputs.values() if (link := link_of(value)) is not None]
    return max((_depth(graph, link.node) + 1 for link in links), default=0)
