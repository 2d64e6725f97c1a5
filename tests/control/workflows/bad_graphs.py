"""Sixty malformed graphs, as the text that a client would send, and of what type each is wrong."""

import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.control.workflows.graphs import graph, node


class Bad(NamedTuple):
    """One of them."""

    name: str
    text: str
    """Of the graph alone, to be put into a body; may be no JSON."""
    prompt: str
    """Type of the whole's error; empty where it is no JSON, and nothing more can be said."""
    nodes: frozenset[str] = frozenset()
    """Types of its nodes' errors."""


def bad_graphs() -> list[Bad]:
    """All of them; the same at every call."""
    return [*_texts(), *_wholes(), *_links(), *_rings(), *_values(), *_giants(), *_random()]


FAILED, INVALID, NOTHING = "prompt_outputs_failed_validation", "invalid_prompt", "prompt_no_outputs"
LINK, RING, TYPE = "bad_linked_input", "exception_during_inner_validation", "return_type_mismatch"


def _bad(name: str, given: object, prompt: str, *nodes: str) -> Bad:
    return Bad(name, json.dumps(given), prompt, frozenset(nodes))


def _texts() -> Iterator[Bad]:
    text = json.dumps(graph())
    yield Bad("cut short", text[:-40], "")
    yield Bad("a comma too many", text[:-1] + ",}", "")
    yield Bad("single quotes", text.replace('"', "'"), "")
    yield Bad("a prompt in plain words", "a red circle", "")
    yield Bad("NaN", text.replace("8.0", "NaN"), "")
    yield Bad("Infinity", text.replace("8.0", "-Infinity"), "")
    yield Bad("lists 100,000 deep", "[" * 100_000 + "]" * 100_000, "")
    yield Bad("objects 100,000 deep", '{"a":' * 100_000 + "1" + "}" * 100_000, "")
    deep = "[" * 200 + "]" * 200
    yield Bad(
        "200 lists in each other where nobody looks",
        text.replace('"a red circle"', f'"a", "more": {deep}'),
        "",
    )
    yield Bad("half a surrogate", text.replace("a red circle", r"\ud800"), "")


def _wholes() -> Iterator[Bad]:
    yield _bad("nothing in it", {}, NOTHING)
    yield _bad("no output", {"4": graph()["4"]}, NOTHING)
    yield _bad("a node is a text", graph(_3="KSampler"), INVALID, INVALID)
    yield _bad("a node is a list", graph(_3=["KSampler", {}]), INVALID, INVALID)
    yield _bad("a node is null", graph(_3=None), INVALID, INVALID)
    yield _bad("a node without a class", graph(_3={"inputs": {}}), INVALID, INVALID)
    yield _bad("a class that is a number", graph(_3={"class_type": 3, "inputs": {}}), INVALID, INVALID)
    yield _bad(
        "inputs that are a list", graph(_3={"class_type": "KSampler", "inputs": [1]}), INVALID, INVALID
    )
    yield _bad("a class that does not exist", graph(_3=node("KSamplerr")), INVALID, INVALID)
    yield _bad("a class of 100,000 characters", graph(_3=node("K" * 100_000)), INVALID, INVALID)
    yield _bad("an editor's document", {"nodes": [], "links": [], "version": 0.4}, INVALID, INVALID)
    yield _bad(
        "the output's class alone", {"9": {"class_type": "SaveImage"}}, FAILED, "required_input_missing"
    )


def _links() -> Iterator[Bad]:
    for name, link in (
        ("to a node that is not there", ["404", 0]), ("to an output that is not there", ["4", 9]),
        ("to a negative output", ["4", -1]), ("of one part", ["4"]), ("of three parts", ["4", 0, 0]),
        ("of nothing", []), ("whose output is a text", ["4", "0"]), ("whose output is a half", ["4", 0.5]),
        ("whose node is a list", [["4"], 0]), ("whose node is null", [None, 0]), ("whose output is true", ["4", True]),
        ("with an output of 100 digits", ["4", 10**100]),
    ):  # fmt: skip
        yield _bad(f"a link {name}", graph({"3": {"model": link}}), FAILED, LINK)
    yield _bad("a value where a link must be", graph({"3": {"model": "pocket"}}), FAILED, LINK)
    yield _bad("an object where a link must be", graph({"3": {"model": {"node": "4"}}}), FAILED, LINK)
    yield _bad("no link at all", graph({"3": {"model": None}}), FAILED, "required_input_missing")
    yield _bad("a MODEL for a LATENT", graph({"3": {"latent_image": ["4", 0]}}), FAILED, TYPE)
    yield _bad("a CLIP for a CONDITIONING", graph({"3": {"positive": ["4", 1]}}), FAILED, TYPE)
    yield _bad("a LATENT for an IMAGE", graph({"9": {"images": ["3", 0]}}), FAILED, TYPE)
    yield _bad("a MODEL for a number", graph({"3": {"steps": ["4", 0]}}), FAILED, TYPE)


def _flip(source: str) -> dict[str, Any]:
    return node("LatentFlip", samples=[source, 0], flip_method="x-axis: vertically")


def _rings() -> Iterator[Bad]:
    yield _bad("a node linked to itself", graph({"8": {"samples": ["8", 0]}}), FAILED, RING)
    yield _bad(
        "a ring of two", graph({"8": {"samples": ["a", 0]}}, _a=_flip("b"), _b=_flip("a")), FAILED, RING
    )
    ring = graph({"8": {"samples": ["r0", 0]}})
    for n in range(900):
        ring[f"r{n}"] = _flip(f"r{(n + 1) % 900}")
    yield _bad("a ring of 900", ring, FAILED, RING)
    many = graph({"8": {"samples": ["a0", 0]}})
    for n in range(400):
        many |= {f"a{n}": node("LatentAdd", samples1=[f"b{n}", 0], samples2=[f"a{min(n + 1, 399)}", 0]),
                 f"b{n}": _flip(f"a{n}")}  # fmt: skip
    yield _bad("400 rings that share nodes", many, FAILED, RING)


def _values() -> Iterator[Bad]:
    for name, inputs, kind in (
        ("too little", {"steps": 0}, "value_smaller_than_min"),
        ("too much", {"cfg": 1e9}, "value_bigger_than_max"),
        ("a number of 400 digits", {"seed": 10**400}, ""),
        ("a number beyond all floats", {"cfg": "1e999"}, "invalid_input_type"),
        ("words for a number", {"steps": "twenty"}, "invalid_input_type"),
        ("an object for a number", {"steps": {"value": 20}}, "invalid_input_type"),
        ("no choice of the list", {"sampler_name": "euler_a"}, "value_not_in_list"),
        ("everything at once", {"steps": -1, "cfg": "x", "scheduler": "?", "model": [], "positive": ["4", 0]},
         "value_smaller_than_min invalid_input_type value_not_in_list bad_linked_input return_type_mismatch"),
    ):  # fmt: skip
        yield _bad(name, graph({"3": inputs}), FAILED, *kind.split())
    yield _bad(
        "a checkpoint that does not exist", graph({"4": {"ckpt_name": "v1-5"}}), FAILED, "value_not_in_list"
    )
    yield _bad(
        "a checkpoint that is a path", graph({"4": {"ckpt_name": "../../etc"}}), FAILED, "value_not_in_list"
    )
    yield _bad("a zero byte", graph({"6": {"text": "a\0b"}}), "")
    yield _bad(
        "a text of 500,000 characters", graph({"6": {"text": "a" * 500_000}}), FAILED, "value_bigger_than_max"
    )
    yield _bad(
        "a prefix that leads out",
        graph({"9": {"filename_prefix": "../x"}}),
        FAILED,
        "custom_validation_failed",
    )


def _giants() -> Iterator[Bad]:
    chain = graph({"8": {"samples": ["r0", 0]}})
    for n in range(5000):
        chain[f"r{n}"] = _flip(f"r{n + 1}")
    yield _bad("a chain of 5,000 nodes", chain, INVALID)
    yield _bad("5,000 classes that do not exist", {str(n): node(f"Unheard{n}") for n in range(5000)}, INVALID)
    yield _bad(
        "1,000 classes that do not exist",
        {str(n): node(f"Unheard{n}") for n in range(1000)},
        INVALID,
        INVALID,
    )
    wide = {str(n): node("PreviewImage", images=[f"lost{n}", 7]) for n in range(1000)}
    yield _bad("1,000 outputs that are all wrong", wide, FAILED, LINK)


def _random() -> Iterator[Bad]:
    """Sane graphs in which one link or value after the other is broken by chance."""
    chance = random.Random(6)
    for number in range(3):
        given = graph()
        given["8"]["inputs"]["samples"] = ["lost", 0]
        for _ in range(5):
            name = chance.choice(list(given))
            slot = chance.choice(list(given[name]["inputs"]))
            given[name]["inputs"][slot] = chance.choice([[], ["x", 0], {"a": [1]}, -1e308, "\x7f", [name, 0]])
        yield _bad(f"broken by chance {number}", given, FAILED)
