"""From an editor's document to the graph that ComfyUI's API takes."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from control.errors import BadRequest
from control.workflows.editor.canvas import MOST_NODES, CanvasNode, read
from control.workflows.editor.scopes import (
    BYPASSED,
    MUTED,
    NOTES,
    PRIMITIVE,
    REROUTE,
    Gone,
    Scope,
    Value,
)
from control.workflows.editor.widgets import kind_of, literal, named
from control.workflows.graph import Link, Node, link_of

__all__ = ["MOST_NODES", "Converted", "Unclear", "graph_of_document"]

VIRTUAL = NOTES | {REROUTE, PRIMITIVE}
"""Classes that the editor alone knows."""


class Unclear(NamedTuple):
    """What of a node could not be taken over."""

    node: str
    class_type: str
    message: str


class Converted(NamedTuple):
    """A graph, and what of the document is not in it."""

    graph: dict[str, Node]
    unclear: list[Unclear]


def graph_of_document(document: Mapping[str, Any]) -> Converted:
    """What would run: without muted nodes and what needs them, bypassed ones passed through, subgraphs unfolded.

    Nodes of subgraphs have ids as 12:5. Texts are kept as they stand: which of {red|blue} counts is the editor's to choose
    whenever it queues a graph. A class that is not known here stays, for validation to name it. Raises `BadRequest` for
    what is no document.
    """
    found = read(document)
    graph: dict[str, Node] = {}
    gone: dict[str, list[str]] = {}
    unclear: list[Unclear] = []
    for scope, node in _running(Scope(found, found.canvas), iter(range(MOST_NODES))):
        if len(graph) >= MOST_NODES:
            raise BadRequest(f"With its subgraphs unfolded, the workflow has more than {MOST_NODES} nodes.")
        name = f"{scope.prefix}{node.id}"
        inputs, lost, left = _inputs(scope, node)
        graph[name] = Node(node.type, inputs, {"title": node.title} if node.title else {})
        gone[name] = lost
        if left:
            unclear.append(
                Unclear(
                    name, node.type, f"{left} of its values have no name here, and stay in the document alone"
                )
            )
    _drop(graph, gone)
    return Converted(graph, [one for one in unclear if one.node in graph])


def _running(scope: Scope, instances: Iterator[int]) -> Iterator[tuple[Scope, CanvasNode]]:
    """Nodes that run, those of subgraphs with their own scope; `instances` counts what may still be unfolded."""
    for node in scope.canvas.nodes.values():
        if node.mode in {MUTED, BYPASSED} or node.type in VIRTUAL:
            continue
        inner = scope.inner(node)
        if inner is None:
            yield scope, node
        elif next(instances, None) is None:
            raise BadRequest(f"The workflow has more than {MOST_NODES} instances of subgraphs.")
        else:
            yield from _running(inner, instances)


def _inputs(scope: Scope, node: CanvasNode) -> tuple[dict[str, Any], list[str], int]:
    """Inputs; names of those that came from muted nodes; how many values could not be named."""
    inputs, left = named(node)
    for (inside, widget), value in scope.proxied.items():
        if inside == node.id:
            inputs[widget] = literal(widget, value)
    lost: list[str] = []
    for slot in node.inputs:
        if slot.link is None:
            continue
        name = slot.widget or slot.name
        source = scope.source(slot.link)
        if isinstance(source, Link):
            inputs[name] = [source.node, source.output]
        elif isinstance(source, Value):
            inputs[name] = literal(name, source.value)
        elif isinstance(source, Gone):
            lost.append(name)
    return inputs, lost, left


def _drop(graph: dict[str, Node], gone: dict[str, list[str]]) -> None:
    """Takes out what cannot run without nodes that are muted, and what cannot without that."""
    takers: dict[str, list[tuple[str, str]]] = {}
    for name, node in graph.items():
        for slot, value in node.inputs.items():
            if (link := link_of(value)) is not None:
                takers.setdefault(link.node, []).append((name, slot))
    waiting = [name for name, lost in gone.items() if any(_needs(graph[name], slot) for slot in lost)]
    while waiting:
        name = waiting.pop()
        if graph.pop(name, None) is None:
            continue
        for taker, slot in takers.get(name, ()):
            if taker in graph:
                graph[taker].inputs.pop(slot, None)
                if _needs(graph[taker], slot):
                    waiting.append(taker)


def _needs(node: Node, name: str) -> bool:
    """Can it not run where nothing comes in there?"""
    if name in node.inputs:
        # It has a value of its own.
        return False
    kind = kind_of(node.class_type)
    if kind is None or name not in kind.inputs:
        return True
    wanted = kind.inputs[name]
    return not wanted.optional and wanted.default is None
