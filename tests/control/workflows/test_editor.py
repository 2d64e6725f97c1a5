"""Documents of editors: to the graph that runs, and back."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control.errors import BadRequest
from control.workflows.catalogue import CATALOGUE
from control.workflows.documents.exchange import plain
from control.workflows.editor.change import with_values
from control.workflows.editor.convert import MOST_NODES, VIRTUAL, graph_of_document
from control.workflows.editor.draw import drawn
from control.workflows.editor.widgets import CONTROLS, is_widget, widgets
from control.workflows.graph import Node
from control.workflows.types import Input

FILES = Path(__file__).parent / "documents"


def graph_of(document: dict[str, Any]) -> dict[str, Any]:
    """Without titles."""
    return {
        name: {"class_type": node.class_type, "inputs": node.inputs}
        for name, node in graph_of_document(document).graph.items()
    }


def opened(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FILES / f"{name}.json").read_text())
    return document


# What the files of tests/control/workflows/documents come to, written down by hand.
LOADER = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}}
SAMPLER = {"steps": 12, "cfg": 6.5, "sampler_name": "euler", "scheduler": "karras", "denoise": 1.0}
PLAIN = {
    "1": LOADER,
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red circle", "clip": ["1", 1]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
    "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 128, "batch_size": 1}},
    "5": {
        "class_type": "KSampler",
        "inputs": {
            "model": ["1", 0], "seed": 7, **SAMPLER, "positive": ["2", 0], "negative": ["3", 0], "latent_image": ["4", 0],
        },
    },
    "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
    "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "plain"}},
}  # fmt: skip


@pytest.mark.parametrize("name", ["plain-0.4", "plain-1.0"])
def test_the_default_graph(name: str) -> None:
    """Format 0.4 with a group, a note, colours and a reroute; 1.0 with links as objects and points on them."""
    assert graph_of(opened(name)) == PLAIN


def test_primitives_converted_widgets_and_values_by_name() -> None:
    graph = graph_of(opened("primitives"))
    # The primitive's value stands instead of the widget's, which keeps its place among the values.
    assert graph["2"] == {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": 192, "height": 128, "batch_size": 2},
    }
    assert graph["3"]["inputs"]["seed"] == 99
    assert graph["3"]["inputs"]["steps"] == 20
    assert graph["4"]["inputs"] == {"images": ["9", 0], "filename_prefix": "by-name"}
    # Behind a picture stands the button that uploads one.
    assert graph["9"] == {"class_type": "LoadImage", "inputs": {"image": "sketch.png"}}
    assert not VIRTUAL & {node["class_type"] for node in graph.values()}


def test_bypassed_nodes_let_through_and_muted_ones_take_their_takers_along() -> None:
    graph = graph_of(opened("modes"))
    # 3 is bypassed: its picture goes on to 4. 6 is muted: 7 needs it, 8 needs that, and 9 does without.
    assert graph["4"]["inputs"]["images"] == ["1", 0]
    assert {"3", "6", "7", "8"}.isdisjoint(graph)
    assert graph["9"]["inputs"] == {
        "image": ["1", 0],
        "left": 8,
        "top": 8,
        "right": 8,
        "bottom": 8,
        "feathering": 0,
    }
    # 10 takes a mask of the muted one where it may be left out, and stays.
    assert graph["10"]["inputs"] == {"images": ["9", 0], "filename_prefix": "kept"}


def test_subgraphs_are_unfolded_with_their_ids() -> None:
    graph = graph_of(opened("subgraphs"))
    assert graph == {
        "1": LOADER,
        # Instance 20 sets the text and the seed; 21 has a link for the text and leaves the seed as it is inside.
        "20:1": {"class_type": "CLIPTextEncode", "inputs": {"text": "a blue star", "clip": ["1", 1]}},
        "20:2:4": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 64, "batch_size": 1}},
        "20:2:5": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["1", 0], "seed": 41, **SAMPLER, "positive": ["20:1", 0], "negative": ["20:1", 0],
                "latent_image": ["20:2:4", 0],
            },
        },
        "20:3": {"class_type": "VAEDecode", "inputs": {"samples": ["20:2:5", 0], "vae": ["1", 2]}},
        "21:1": {"class_type": "CLIPTextEncode", "inputs": {"text": ["30", 0], "clip": ["1", 1]}},
        "21:2:4": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 64, "batch_size": 1}},
        "21:2:5": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["1", 0], "seed": 5, **SAMPLER, "positive": ["21:1", 0], "negative": ["21:1", 0],
                "latent_image": ["21:2:4", 0],
            },
        },
        "21:3": {"class_type": "VAEDecode", "inputs": {"samples": ["21:2:5", 0], "vae": ["1", 2]}},
        "30": {"class_type": "AnyText", "inputs": {"value": "a green ring"}},
        "40": {"class_type": "SaveImage", "inputs": {"images": ["20:3", 0], "filename_prefix": "star"}},
        "41": {"class_type": "SaveImage", "inputs": {"images": ["21:3", 0], "filename_prefix": "ring"}},
    }  # fmt: skip


def test_unknown_classes_stay_and_what_has_no_name_is_told() -> None:
    found = graph_of_document(
        {
            "nodes": [
                {
                    "id": 1, "type": "SomethingElse", "title": "Mine", "outputs": [{"name": "IMAGE", "type": "IMAGE"}],
                    "inputs": [{"name": "strength", "type": "FLOAT", "widget": {"name": "strength"}, "link": None}],
                    "widgets_values": [0.5, "what", 3],
                },
                {
                    "id": 2, "type": "PreviewImage", "inputs": [{"name": "images", "type": "IMAGE", "link": 1}],
                    "widgets_values": [],
                },
            ],
            "links": [[1, 1, 0, 2, 0, "IMAGE"]],
            "version": 0.4,
        }
    )  # fmt: skip
    assert found.graph["1"] == Node("SomethingElse", {"strength": 0.5}, {"title": "Mine"})
    assert found.graph["2"].inputs == {"images": ["1", 0]}
    [unclear] = found.unclear
    assert (unclear.node, unclear.class_type) == ("1", "SomethingElse")
    assert unclear.message.startswith("2 of its values")


def reroute(number: int, link: int | None, out: int) -> dict[str, Any]:
    return {
        "id": number, "type": "Reroute", "inputs": [{"name": "", "type": "*", "link": link}],
        "outputs": [{"name": "", "type": "*", "links": [out]}],
    }  # fmt: skip


def itself(depth: int) -> dict[str, Any]:
    inner = {"id": 1, "type": "sub-0" if depth == 1 else "sub-1", "inputs": [], "outputs": []}
    second = {"id": "sub-1", "nodes": [{**inner, "type": "sub-0"}], "links": []}
    return {
        "nodes": [{"id": 5, "type": "sub-0", "inputs": [], "outputs": []}],
        "links": [],
        "definitions": {"subgraphs": [{"id": "sub-0", "nodes": [inner], "links": []}, second]},
    }


def doubling(levels: int, leaf: list[dict[str, Any]]) -> dict[str, Any]:
    """A document whose nodes double with each level."""
    subgraphs = [
        {
            "id": f"level-{n}",
            "nodes": [{"id": i, "type": f"level-{n + 1}"} for i in range(4)] if n < levels else leaf,
            "links": [],
        }
        for n in range(levels + 1)
    ]
    return {"nodes": [{"id": 1, "type": "level-0"}], "links": [], "definitions": {"subgraphs": subgraphs}}


WRONG = {
    "it must be a list of nodes": {"nodes": {}},
    "it must be an object": {"nodes": [1]},
    "it must be a text": {"nodes": [{"id": 1}]},
    "an id is": {"nodes": [{"id": [], "type": "X"}]},
    "there are two nodes 1": {"nodes": [{"id": 1, "type": "X"}, {"id": "1", "type": "X"}]},
    "a link is": {"nodes": [], "links": ["x"]},
    "are the most": {"nodes": [{"id": i, "type": "X"} for i in range(MOST_NODES + 1)]},
    "contains itself": itself(1),
    "The subgraph of node 5:1:1 contains itself": itself(2),
    "instances of subgraphs": doubling(8, []),
    "With its subgraphs unfolded": doubling(4, [{"id": i, "type": "X"} for i in range(5)]),
    "stand deeper": {
        "nodes": [{"id": 1, "type": "s0"}],
        "definitions": {
            "subgraphs": [{"id": f"s{n}", "nodes": [{"id": 1, "type": f"s{n + 1}"}]} for n in range(20)]
        },
    },
    "linked to itself through reroutes": {
        "nodes": [
            reroute(1, 2, 1),
            reroute(2, 1, 2),
            {"id": 3, "type": "X", "inputs": [{"name": "a", "type": "*", "link": 3}]},
        ],
        "links": [[1, 1, 0, 2, 0, "*"], [2, 2, 0, 1, 0, "*"], [3, 1, 0, 3, 0, "*"]],
    },
}


@pytest.mark.parametrize("says", WRONG)
def test_what_is_no_document_is_refused(says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        graph_of_document(WRONG[says])


values = {
    "INT": st.integers(0, 2**64 - 1),
    "FLOAT": st.floats(-1e6, 1e6, allow_nan=False),
    "STRING": st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    "BOOLEAN": st.booleans(),
    "COMBO": st.text("abcxyz.", min_size=1, max_size=10),
}
others = st.one_of(*values.values(), st.lists(st.integers(), max_size=3).map(lambda one: {"__value__": one}))
# As names are in files of programs, and of subgraphs that were unfolded.
ids = st.one_of(
    st.integers(0, 10**6).map(str),
    st.from_regex(r"[1-9][0-9]?:[1-9]", fullmatch=True),
    st.text("ab-", min_size=1),
)
CLASSES = sorted(CATALOGUE.keys() - VIRTUAL)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Node]:
    """Every widget of every node has a value, or a link to any node; some classes nobody knows."""
    names = draw(st.lists(ids, min_size=1, max_size=8, unique=True))
    links = st.tuples(st.sampled_from(names), st.integers(0, 4)).map(list)
    graph = {}
    for name in names:
        kind = CATALOGUE.get(draw(st.one_of(st.sampled_from(CLASSES), st.just("Unknown"))))
        if kind is None:
            own = draw(st.dictionaries(st.text("abcd", min_size=1), st.one_of(others, links), max_size=4))
            graph[name] = Node("Unknown", own)
            continue
        inputs = {
            slot: draw(st.one_of(links, values[wanted.type]) if is_widget(kind, slot) else links)
            for slot, wanted in kind.inputs.items()
            if is_widget(kind, slot) or draw(st.booleans())
        }
        if draw(st.booleans()):
            inputs["not of this class"] = draw(others)
        graph[name] = Node(kind.name, inputs, {"title": "Mine"} if draw(st.booleans()) else {})
    return graph


@given(graphs(), st.sampled_from(["0.4", "1.0"]))
@settings(max_examples=150, deadline=None)
def test_a_graph_is_drawn_and_read_again(graph: dict[str, Node], version: Any) -> None:
    document = drawn(graph, version)
    # As it travels.
    again = graph_of_document(json.loads(json.dumps(document)))
    assert plain(again.graph) == plain(graph)
    assert again.unclear == []


@given(graphs())
@settings(max_examples=50, deadline=None)
def test_nothing_covers_anything_and_links_agree(graph: dict[str, Node]) -> None:
    document = drawn(graph)
    boxes = [(*node["pos"], *node["size"]) for node in document["nodes"]]
    for i, (x, y, w, h) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[:i]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
    nodes = {node["id"]: node for node in document["nodes"]}
    for number, origin, output, target, slot, _ in document["links"]:
        assert number in nodes[origin]["outputs"][output]["links"]
        assert nodes[target]["inputs"][slot]["link"] == number


def test_what_is_needed_stands_on_the_left() -> None:
    places = {node["id"]: node["pos"][0] for node in drawn({k: Node(**v) for k, v in PLAIN.items()})["nodes"]}
    for name, node in PLAIN.items():
        for value in node["inputs"].values():
            if isinstance(value, list):
                assert places[int(value[0])] < places[int(name)]


def test_places_of_widgets_are_those_of_the_editor() -> None:
    def names(of: str) -> list[str]:
        return [widget.name for widget in widgets(CATALOGUE[of])]

    # Facts of ComfyUI's own files.
    assert names("KSampler") == ["seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"]
    assert names("LoadImage") == ["image", ""]
    assert names("LoadImageMask") == ["image", "channel", ""]
    assert names("CLIPTextEncode") == ["text"]
    assert names("SaveImage") == ["filename_prefix"]


def test_a_document_without_the_editors_own_widgets_is_read_too() -> None:
    """Programs that write documents leave out what stands behind a seed."""
    document = drawn({k: Node(**v) for k, v in PLAIN.items()})
    for node in document["nodes"]:
        node["widgets_values"] = [one for one in node["widgets_values"] if one not in CONTROLS]
    assert graph_of(document) == PLAIN


@pytest.mark.parametrize("control", [True, False])
def test_documents_of_2023_are_read_as_their_editor_wrote_them(control: bool) -> None:
    """Then, what happens to a seed was a switch, and samplers were called sample_euler and so on."""
    document = drawn({k: Node(**v) for k, v in PLAIN.items()})
    [sampler] = [node for node in document["nodes"] if node["type"] == "KSampler"]
    assert sampler["widgets_values"][1] in CONTROLS
    sampler["widgets_values"][1] = control
    sampler["widgets_values"][4] = "sample_euler"
    assert graph_of(document) == PLAIN
    assert graph_of_document(document).unclear == []
    sampler["widgets_values"] = {**PLAIN["5"]["inputs"], "sampler_name": "sample_euler"}
    assert graph_of(document)["5"]["inputs"]["sampler_name"] == "euler"
    document["nodes"].append({"id": 90, "type": "PrimitiveNode", "widgets_values": ["sample_dpm_2", control]})
    document["links"].append([900, 90, 0, sampler["id"], len(sampler["inputs"]), "COMBO"])
    widget = {"name": "sampler_name"}
    sampler["inputs"].append({"name": "sampler_name", "type": "COMBO", "link": 900, "widget": widget})
    assert graph_of(document)["5"]["inputs"]["sampler_name"] == "dpm_2"


def test_a_switch_behind_a_seed_is_its_own_where_the_class_has_one_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import dataclasses

    inputs = {"seed": Input("INT", 0, 0, 9), "add": Input("BOOLEAN", True), "steps": Input("INT", 1, 1, 9)}
    kind = dataclasses.replace(CATALOGUE["KSampler"], inputs=inputs)
    monkeypatch.setattr("control.workflows.editor.widgets.kind_of", lambda _: kind)
    for values in ([7, False, 3], [7, "fixed", False, 3]):
        node = {"id": 1, "type": "KSampler", "widgets_values": values}
        assert graph_of({"nodes": [node]})["1"]["inputs"] == {"seed": 7, "add": False, "steps": 3}


def test_values_change_and_all_else_stays() -> None:
    document = opened("plain-0.4")
    changed = with_values(document, {"5": {"seed": 8, "denoise": 0.5}, "2": {"text": "a star"}})
    assert changed is not None
    again = graph_of(changed)
    assert again["5"]["inputs"] == PLAIN["5"]["inputs"] | {"seed": 8, "denoise": 0.5}
    assert again["2"]["inputs"]["text"] == "a star"
    assert changed["groups"] == document["groups"]
    assert graph_of(document) == PLAIN
    # By name, and where there is no such widget.
    by_name = with_values(opened("primitives"), {"4": {"filename_prefix": "new"}})
    assert by_name is not None
    assert graph_of(by_name)["4"]["inputs"]["filename_prefix"] == "new"
    for linked in ({"2": {"width": 8}}, {"2": {"nothing": 8}}, {"77": {}}):
        assert with_values(opened("primitives"), linked) is None
    assert with_values(opened("subgraphs"), {"20:1": {"text": "x"}}) is None


def test_an_input_that_must_be_linked_has_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    kind = CATALOGUE["CLIPTextEncode"]
    forced = dataclasses.replace(
        kind, ui={"text": {"forceInput": True}}, inputs={"text": Input("STRING"), **kind.inputs}
    )
    assert not is_widget(forced, "text")
    assert widgets(forced) == []


def test_many_takers_of_a_subgraph_with_many_links_take_no_longer() -> None:
    wide = 9_000
    inner = {"id": 1, "type": "X", "inputs": [], "outputs": []}
    links = [
        {"id": n, "origin_id": 1, "origin_slot": n, "target_id": -20, "target_slot": n} for n in range(wide)
    ]
    takers = [
        {"id": 10 + n, "type": "Y", "outputs": [],
         "inputs": [{"name": f"i{k}", "type": "*", "link": n * 10 + k} for k in range(10)]}
        for n in range(900)
    ]  # fmt: skip
    document = {
        "nodes": [{"id": 5, "type": "sub", "inputs": [], "outputs": []}, *takers],
        "links": [[n, 5, n, 10 + n // 10, n % 10, "*"] for n in range(wide)],
        "definitions": {"subgraphs": [{"id": "sub", "nodes": [inner], "links": links}]},
    }
    began = time.perf_counter()
    made = graph_of_document(document).graph
    assert time.perf_counter() - began < 2
    assert made["909"].inputs["i9"] == ["5:1", wide - 1]
