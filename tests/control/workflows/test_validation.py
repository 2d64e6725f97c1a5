"""Everything that is wrong with a graph at once: which node and input, of which type, and what would be right."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control.workflows.catalogue import CATALOGUE
from control.workflows.literals import Near, Wrong, fit
from control.workflows.nodes.vae import tiles
from control.workflows.problems import Problems
from control.workflows.types import Input
from control.workflows.validation import MOST_NODES, takes
from tests.control.workflows.graphs import DEFAULT, KNOWN, compiled, graph, node, plan_of, wrong

LATENT = "latent_image"


@pytest.mark.parametrize(
    ("name", "inputs", "kind", "says"),
    [
        ("3", {"steps": 0}, "value_smaller_than_min", "give 1 to 150"),
        ("3", {"steps": 151}, "value_bigger_than_max", "give 1 to 150"),
        ("3", {"steps": "many"}, "invalid_input_type", "'many' is no INT; give a whole number"),
        ("3", {"steps": float("nan")}, "invalid_input_type", "is no INT"),
        ("3", {"cfg": float("inf")}, "invalid_input_type", "is no FLOAT"),
        ("3", {"cfg": float("nan")}, "invalid_input_type", "is no FLOAT"),
        ("3", {"cfg": "nan"}, "invalid_input_type", "is no FLOAT"),
        ("3", {"cfg": {"a": 1}}, "invalid_input_type", "an object is no FLOAT"),
        ("3", {"seed": -1}, "value_smaller_than_min", "seed"),
        ("3", {"seed": 2**64}, "value_bigger_than_max", "seed"),
        ("3", {"seed": 10**5000}, "value_bigger_than_max", "bits"),
        ("3", {"seed": "9" * 5000}, "invalid_input_type", "is no INT"),
        ("3", {"sampler_name": "eulr"}, "value_not_in_list", "Did you mean euler"),
        ("3", {"sampler_name": "Euler"}, "value_not_in_list", "Did you mean euler"),
        ("3", {"sampler_name": ["6", 0]}, "return_type_mismatch", "it takes a COMBO"),
        ("3", {LATENT: ["4", 0]}, "return_type_mismatch", "it takes a LATENT, and output 0 of node 4 (CheckpointLoaderSimple) is a MODEL"),
        ("3", {LATENT: ["4", 7]}, "bad_linked_input", "has 3 outputs, and no number 7"),
        ("3", {LATENT: ["4", -1]}, "bad_linked_input", "has 3 outputs, and no number -1"),
        ("3", {LATENT: ["77", 0]}, "bad_linked_input", "node 77, which is not there"),
        ("3", {LATENT: ["4"]}, "bad_linked_input", "[id of a node, number of its output]"),
        ("3", {LATENT: ["4", "0"]}, "bad_linked_input", "[id of a node, number of its output]"),
        ("3", {LATENT: ["4", True]}, "bad_linked_input", "[id of a node, number of its output]"),
        ("3", {LATENT: [[["4"]], 0]}, "bad_linked_input", "[id of a node, number of its output]"),
        ("3", {"steps": []}, "bad_linked_input", "[id of a node, number of its output]"),
        ("3", {LATENT: None}, "required_input_missing", "link it to a LATENT"),
        ("3", {LATENT: 5}, "bad_linked_input", "5 is none: link it"),
        ("3", {LATENT: {"__value__": [1]}}, "bad_linked_input", "link it"),
        ("4", {"ckpt_name": None}, "required_input_missing", "give it"),
        ("4", {"ckpt_name": "poket.safetensors"}, "value_not_in_list", "Did you mean pocket"),
        ("4", {"ckpt_name": "../pocket"}, "value_not_in_list", "Did you mean pocket"),
        ("4", {"ckpt_name": ".safetensors"}, "value_not_in_list", "There are pocket, grand, other"),
        ("6", {"text": "a\0b"}, "invalid_input_type", "zero byte"),
        ("6", {"text": "a" * 10_001}, "value_bigger_than_max", "10000 are the most"),
        ("6", {"text": {"nested": []}}, "invalid_input_type", "give a text"),
        ("9", {"filename_prefix": "../../etc/passwd"}, "custom_validation_failed", "filename_prefix"),
        ("5", {"width": 8}, "value_smaller_than_min", "width"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_type(
    name: str, inputs: dict[str, Any], kind: str, says: str
) -> None:
    found = wrong(graph({name: inputs}))
    [place] = inputs
    assert list(found) == [(name, place)]
    assert found[name, place][0] == kind
    assert says in found[name, place][1]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    bad = graph({"3": {"steps": 0, "cfg": 99, "sampler_name": "x", "model": ["6", 0]}, "5": {"width": "wide"},
                 "6": {"text": None, "clip": ["4", 0]}, "9": {"images": ["3", 0]}})  # fmt: skip
    found = compiled(bad)
    assert {(name, error.extra_info["input_name"]): error.type for name, error in found.errors} == {
        ("3", "steps"): "value_smaller_than_min",
        ("3", "cfg"): "value_bigger_than_max",
        ("3", "sampler_name"): "value_not_in_list",
        ("3", "model"): "return_type_mismatch",
        ("5", "width"): "invalid_input_type",
        ("6", "text"): "required_input_missing",
        ("6", "clip"): "return_type_mismatch",
        ("9", "images"): "return_type_mismatch",
    }
    assert found.errors.error is not None
    assert found.errors.error.type == "prompt_outputs_failed_validation"
    # SaveImage is linked to the sampler now.
    assert found.errors.node_errors["5"].dependent_outputs == ["9"]
    assert found.errors.node_errors["3"].class_type == "KSampler"


@pytest.mark.parametrize(
    ("given", "kind", "says"),
    [
        (None, "no_prompt", "No prompt provided"),
        ([], "invalid_prompt", "no object"),
        ("graph", "invalid_prompt", "no object"),
        (3, "invalid_prompt", "no object"),
        ({}, "prompt_no_outputs", "Add a SaveImage"),
        ({"4": DEFAULT["4"]}, "prompt_no_outputs", "Add a SaveImage"),
        (graph(_3=node("KSamplr")), "invalid_prompt", "Did you mean KSampler"),
        (graph(_3=node("ksampler")), "invalid_prompt", "Did you mean KSampler"),
        (graph(_3={"inputs": {}}), "invalid_prompt", "missing the class_type"),
        (graph(_3={"class_type": 7, "inputs": {}}), "invalid_prompt", "missing the class_type"),
        (graph(_3={"class_type": "KSampler", "inputs": []}), "invalid_prompt", "inputs are no object"),
        (graph(_3="KSampler"), "invalid_prompt", "no object"),
        ({str(n): DEFAULT["4"] for n in range(MOST_NODES + 1)}, "invalid_prompt", "1000 are the most"),
    ],
)
def test_why_nothing_runs(given: object, kind: str, says: str) -> None:
    error = compiled(given).errors.error
    assert error is not None
    assert error.type == kind
    assert says in f"{error.message} {error.details}"


def test_one_good_output_runs_and_the_others_errors_are_said() -> None:
    both = graph(
        _10=node("PreviewImage", images=["11", 0]),
        _11=node("VAEDecode", samples=["12", 0], vae=["4", 2]),
        _12=node("EmptyLatentImage", width=-8),
        _13=node("Unheard", anything=["4", 0]),
    )
    found = compiled(both)
    assert found.plan is not None
    assert found.plan.outputs == ["9"]
    assert set(found.plan.nodes) == set(DEFAULT)
    assert found.errors.error is None
    assert {name: entry.dependent_outputs for name, entry in found.errors.node_errors.items()} == {
        "12": ["10"], "13": [],
    }  # fmt: skip


def test_what_no_output_needs_is_not_looked_at() -> None:
    # But for its class: elsewhere it may hand something out, and who sent it should know that it does not run here.
    assert wrong(graph(_10=node("KSampler", steps="no number"))) == {}
    assert set(plan_of(graph(_10=node("KSampler", steps="no number"))).nodes) == set(DEFAULT)


def test_outputs_restrict() -> None:
    both = graph(_10=node("PreviewImage", images=["8", 0]))
    assert plan_of(both).outputs == ["9", "10"]
    assert plan_of(both, outputs=["10"]).outputs == ["10"]
    for name in ("8", "77"):
        error = compiled(both, outputs=[name]).errors.error
        assert error is not None
        assert error.type == "prompt_no_outputs"
        assert "there are 9, 10" in error.details


@pytest.mark.parametrize(
    ("inputs", "become"),
    [
        ({"steps": "7", "cfg": "4.5", "seed": 3.0}, {"steps": 7, "cfg": 4.5, "seed": 3}),
        ({"steps": 7.9, "cfg": 4, "seed": True}, {"steps": 7, "cfg": 4.0, "seed": 1}),
        ({"steps": {"__value__": 7}}, {"steps": 7}),
        ({"steps": None, "cfg": None, "scheduler": None}, {"steps": 20, "cfg": 8.0, "scheduler": "normal"}),
        ({"tiling": 1, "control_after_generate": "fixed"}, {}),
    ],
)
def test_values_are_converted_and_defaults_filled_in(inputs: dict[str, Any], become: dict[str, Any]) -> None:
    found = plan_of(graph({"3": inputs})).nodes["3"].inputs
    assert {name: found[name] for name in become} == become
    assert [type(found[name]) for name in become] == [type(value) for value in become.values()]
    assert set(found) == set(CATALOGUE["KSampler"].inputs)


def test_steps_are_for_editors_and_ranges_for_all() -> None:
    wanted = Input("INT", 64, 16, 128, 8)
    assert fit("width", wanted, 100, KNOWN, Near()) == 100
    with pytest.raises(Wrong, match="129 is too much; give 16 to 128"):
        fit("width", wanted, 129, KNOWN, Near())
    for name, odd in {"tile_size": 100, "overlap": 13}.items():
        inputs = {"samples": ["5", 0], "vae": ["4", 2], "tile_size": 512, "overlap": 64, name: odd}
        assert plan_of(graph(_8=node("VAEDecodeTiled", **inputs))).nodes["8"].inputs[name] == odd
    assert tiles(100, 13) == {"tile": 96, "overlap": 8}


def test_ids_of_links_may_be_numbers() -> None:
    assert plan_of(graph({"8": {"samples": [3, 0], "vae": [4, 2.0]}})) == plan_of(graph())


def test_rings_are_found_and_long_chains_are_not_deep() -> None:
    chain = graph({"8": {"samples": ["r0", 0]}})
    for n in range(900):
        chain[f"r{n}"] = node("LatentFlip", samples=[f"r{n + 1}", 0], flip_method="x-axis: vertically")
    chain["r900"] = node("LatentFlip", samples=["3", 0], flip_method="x-axis: vertically")
    assert len(plan_of(chain).nodes) == 908
    chain["r900"]["inputs"]["samples"] = ["r450", 0]
    [(place, (kind, says))] = wrong(chain).items()
    assert kind == "exception_during_inner_validation"
    assert "depends on itself: " in says
    assert place[1] == "samples"
    # To itself, and two rings that share a node.
    assert (
        wrong(graph({"8": {"samples": ["8", 0]}}))["8", "samples"][0] == "exception_during_inner_validation"
    )
    both = graph({"8": {"samples": ["a", 0]}}, _a=node("LatentAdd", samples1=["b", 0], samples2=["c", 0]),
                 _b=node("LatentFlip", samples=["a", 0]), _c=node("LatentFlip", samples=["a", 0]))  # fmt: skip
    rings = [place for place, (kind, _) in wrong(both).items() if kind == "exception_during_inner_validation"]
    assert sorted(rings) == [("b", "samples"), ("c", "samples")]


def test_types_that_lose_nothing_go_together() -> None:
    assert takes("FLOAT", "INT")
    assert takes("*", "MODEL")
    assert takes("MODEL", "*")
    assert takes("IMAGE,MASK", "MASK")
    assert not takes("INT", "FLOAT")
    assert not takes("MODEL", "CLIP")
    assert (
        plan_of(graph({"3": {"cfg": ["n", 0]}}, _n=node("PrimitiveInt", value=5))).nodes["3"].inputs["cfg"]
        == 5.0
    )


def test_a_reroute_hides_no_type() -> None:
    found = wrong(graph({"3": {"model": ["r", 0]}}, _r=node("Reroute", value=["4", 1])))
    assert found["3", "model"][0] == "return_type_mismatch"
    assert plan_of(graph({"3": {"model": ["r", 0]}}, _r=node("Reroute", value=["4", 0])))


def test_files_are_one_s_own() -> None:
    def loaded(name: object) -> dict[str, Any]:
        return {"1": node("LoadImage", image=name), "2": node("PreviewImage", images=["1", 0])}

    assert plan_of(loaded("cat.png")).files.keys() == {"cat.png"}
    assert wrong(loaded("cta.png")) == {
        ("1", "image"): ("value_not_in_list", "image: there is no 'cta.png' in input. Did you mean cat.png.")
    }
    assert wrong(loaded("../../etc/passwd"))["1", "image"][0] == "value_not_in_list"


def test_as_a_bad_request() -> None:
    problem = compiled(graph({"3": {"steps": 0, "cfg": 99}})).errors.as_bad_request()
    assert problem.fields["errors"] == [
        {"in": "body", "path": "request.graph.3.inputs.steps", "type": "value_smaller_than_min",
         "message": "KSampler: steps: 0 is too little; give 1 to 150."},
        {"in": "body", "path": "request.graph.3.inputs.cfg", "type": "value_bigger_than_max",
         "message": "KSampler: cfg: 99.0 is too much; give 0 to 30."},
    ]  # fmt: skip
    assert "1 more" in problem.detail
    assert isinstance(problem.problems, Problems)
    assert compiled({}).errors.as_bad_request().fields["errors"][0]["path"] == "request.graph"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
IDS = st.sampled_from(list("123456789"))
LINKS = st.tuples(IDS | st.integers(0, 10), st.integers(-1, 4)).map(list)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """Graphs of real classes with links to anywhere and values of any kind."""
    found = {}
    for name in draw(st.sets(IDS, min_size=1)):
        kind = draw(st.sampled_from(sorted(CATALOGUE)) | st.text(max_size=5))
        inputs = {slot: draw(LINKS | JSON) for slot in (CATALOGUE[kind].inputs if kind in CATALOGUE else ())}
        found[name] = node(kind, **inputs)
    return found


@settings(max_examples=150, deadline=None)
@given(graphs() | JSON)
def test_nothing_that_can_be_sent_is_an_exception(given: object) -> None:
    found = compiled(given)
    for name, error in found.errors:
        assert error.details, (name, error)
    assert found.errors.error is None or found.errors.as_bad_request().detail


@settings(max_examples=50, deadline=None)
@given(
    st.permutations(list(DEFAULT)),
    st.dictionaries(st.sampled_from(list(DEFAULT)), st.text(min_size=1), min_size=7),
)
def test_neither_order_nor_ids_change_what_is_computed(order: list[str], names: dict[str, str]) -> None:
    names = {old: f"{old}{names[old]}" for old in DEFAULT}
    moved = {
        names[old]: {
            "class_type": DEFAULT[old]["class_type"],
            "inputs": {
                slot: [names[value[0]], value[1]] if isinstance(value, list) else value
                for slot, value in DEFAULT[old]["inputs"].items()
            },
        }
        for old in order
    }
    one, other = plan_of(DEFAULT, KNOWN), plan_of(moved, KNOWN)
    assert {names[name]: entry.key for name, entry in one.nodes.items()} == {
        name: entry.key for name, entry in other.nodes.items()
    }
    assert one.amount == other.amount


def test_how_many_files_a_plan_hands_out() -> None:
    def saved(times: int, pictures: int) -> Any:
        given = graph(_10=node("EmptyImage", width=8, height=8, batch_size=pictures, color=0))
        return given | {f"s{n}": node("PreviewImage", images=["10", 0]) for n in range(times)}

    assert compiled(saved(4, 124)).files == 4 * 124 + 1
    found = compiled(saved(4, 125))
    assert found.plan is None
    assert found.errors.error is not None
    assert (found.errors.error.type, found.errors.error.message) == (
        "invalid_prompt",
        "The prompt hands out 501 files",
    )
    assert "500 are the most" in found.errors.error.details


def test_pictures_that_are_too_large_for_a_vae_are_said_before() -> None:
    large = graph(
        {"8": {"samples": ["l", 0]}}, _l=node("EmptyLatentImage", width=2056, height=512, batch_size=1)
    )
    kind, says = wrong(large)["8", "samples"]
    assert kind == "custom_validation_failed"
    assert says == "samples: 2056 x 512 is too large: 2048 pixels a side are the most; scale it down."
    encoded = {
        "4": DEFAULT["4"],
        "i": node("EmptyImage", width=512, height=4000, batch_size=1),
        "e": node("VAEEncode", pixels=["i", 0], vae=["4", 2]),
        "s": node("SaveLatent", samples=["e", 0]),
    }
    assert "512 x 4000 is too large" in wrong(encoded)["e", "pixels"][1]
    # What is over is cut off at the edges.
    encoded["i"] = node("EmptyImage", width=512, height=2055, batch_size=1)
    plan_of(encoded)
