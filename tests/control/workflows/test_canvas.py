"""The editor's document holds the graph that it was made of."""

from typing import Any

import pytest

from control.jobs.requests import Work
from control.workflows.canvas import canvas
from control.workflows.first_nodes import NODES
from control.workflows.graph import Node
from control.workflows.lowering import graph_of, lower
from tests.control.workflows.test_lowering import PAINTED_OVER, WORDS


def read(document: dict[str, Any]) -> dict[str, Node]:
    """The graph, put together from nodes, links and the order of widgets alone."""
    links = {number: [str(source), output] for number, source, output, *_ in document["links"]}
    graph = {}
    for node in document["nodes"]:
        linked = {slot["name"]: links[slot["link"]] for slot in node["inputs"]}
        widgets = iter(node["widgets_values"])
        values = {}
        for name in NODES[node["type"]].inputs:
            if name not in linked:
                values[name] = next(widgets)
                if name in {"seed", "image"}:
                    assert next(widgets) in {"fixed", "image"}
        assert list(widgets) == []
        graph[str(node["id"])] = Node(node["type"], linked | values)
    return graph


@pytest.mark.parametrize("work", [WORDS, PAINTED_OVER])
def test_a_request_drawn_and_read_again_is_the_same(work: Work) -> None:
    document = canvas(graph_of(work))
    assert lower(read(document)) == work


def test_links_agree_on_both_ends_and_no_two_nodes_lie_on_each_other() -> None:
    document = canvas(graph_of(PAINTED_OVER))
    by_id = {node["id"]: node for node in document["nodes"]}
    for number, source, output, target, slot, kind in document["links"]:
        assert number in by_id[source]["outputs"][output]["links"]
        assert by_id[target]["inputs"][slot]["link"] == number
        assert by_id[source]["outputs"][output]["type"] == kind
        assert by_id[source]["pos"][0] < by_id[target]["pos"][0]
    places = [tuple(node["pos"]) for node in document["nodes"]]
    assert len(places) == len(set(places))
    assert (document["last_node_id"], document["last_link_id"]) == (11, len(document["links"]))
