"""Workflows: what they come to, and everything that is wrong with one at once."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from control.errors import BadRequest
from control.jobs.requests import Img2Img, Txt2Img, Work
from control.workflows.graph import Node
from control.workflows.lowering import as_json, graph_of, lower

PICTURE = UUID("0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de")
WORDS = Txt2Img(
    prompt="a (red:1.2) circle", negative_prompt="blue", model="pocket", steps=12, cfg=4.5, sampler="euler",
    scheduler="normal", seed=2**64 - 1, batch=3, clip_skip=2, width=256, height=128,
)  # fmt: skip
PAINTED_OVER = Img2Img(
    prompt="a star", model="pocket", seed=5, image=PICTURE, strength=0.4, width=128, height=64, batch=2
)


def graph(work: Work = WORDS, **changes: dict[str, Any]) -> dict[str, Node]:
    """The workflow of `work`; `_9={"steps": 3}` changes inputs of node 9."""
    found = graph_of(work)
    for name, inputs in changes.items():
        node = found[name.removeprefix("_")]
        found[name.removeprefix("_")] = Node(node.class_type, node.inputs | inputs)
    return found


def wrong(given: dict[str, Node]) -> dict[str, str]:
    """Place → message of everything that is wrong."""
    with pytest.raises(BadRequest) as raised:
        lower(given)
    errors: Any = raised.value.fields["errors"]
    return {error["path"]: error["message"] for error in errors}


@pytest.mark.parametrize("work", [WORDS, PAINTED_OVER])
def test_a_request_is_the_workflow_that_it_comes_to(work: Work) -> None:
    assert lower(graph(work)) == work
    written = msgspec.json.encode(as_json(work))
    assert lower(msgspec.json.decode(written, type=dict[str, Node])) == work


def test_a_file_s_ending_is_no_part_of_a_checkpoint_s_name() -> None:
    assert lower(graph(_1={"ckpt_name": "pocket.safetensors"})).model == "pocket"


def test_defaults_are_those_of_the_nodes() -> None:
    short = graph()
    short["9"] = Node(
        "KSampler",
        {name: short["9"].inputs[name] for name in ("model", "positive", "negative", "latent_image")},
    )
    work = lower(short)
    assert (work.seed, work.steps, work.cfg, work.sampler, work.scheduler) == (0, 20, 8.0, "euler", "normal")


def test_whole_numbers_may_be_written_as_floats() -> None:
    work = lower(graph(_9={"steps": 12.0, "seed": 7.0}, _8={"width": 256.0}))
    assert isinstance(work, Txt2Img)
    assert [type(value) for value in (work.steps, work.seed, work.width)] == [int, int, int]


def test_what_no_output_needs_is_not_looked_at() -> None:
    assert lower(graph() | {"99": Node("NobodyKnows", {"x": 1})}) == WORDS


def test_two_ends_of_one_picture_are_one_request() -> None:
    assert lower(graph() | {"12": Node("PreviewImage", {"images": ["10", 0]})}) == WORDS


@pytest.mark.parametrize(
    ("given", "place", "message"),
    [
        (graph(_9={"steps": 0}), "9.inputs.steps", "between 1 and 150"),
        (graph(_9={"steps": "many"}), "9.inputs.steps", "is no INT"),
        (graph(_9={"cfg": True}), "9.inputs.cfg", "is no FLOAT"),
        (graph(_9={"sampler_name": "eulr"}), "9.inputs.sampler_name", "Did you mean euler"),
        (graph(_9={"latent_image": ["1", 0]}), "9.inputs.latent_image", "takes a LATENT, and output 0 of node 1 is a MODEL"),
        (graph(_9={"latent_image": ["1", 7]}), "9.inputs.latent_image", "no number 7"),
        (graph(_9={"latent_image": ["77", 0]}), "9.inputs.latent_image", "node 77, which is not there"),
        (graph(_9={"latent_image": None}), "9.inputs.latent_image", "link it to a LATENT"),
        (graph(_9={"latent_image": 5}), "9.inputs.latent_image", "link it to a LATENT"),
        (graph(_9={"latent_image": ["9", 0]}), "9.inputs.latent_image", "depends on itself: 9 → 9"),
        (graph(_9={"tiling": 1}), "9.inputs.tiling", "no such input"),
        (graph(_9={"denoise": 0.5}), "9.inputs.denoise", "latent_image is empty"),
        (graph(_8={"width": 100}), "8.inputs.width", "multiple of 8"),
        (graph(_3={"text": "a\0b"}), "3.inputs.text", "zero byte"),
        (graph(_3={"text": "a" * 10_001}), "3.inputs.text", "10000 are the most"),
        (graph(_1={"ckpt_name": "a" * 201}), "1.inputs.ckpt_name", "200 are the most"),
        (graph(_1={"ckpt_name": ".safetensors"}), "request.graph", "length >= 1"),
        (graph(_9={"cfg": float("nan")}), "9.inputs.cfg", "is not between"),
        (graph(_4={"clip": ["1", 1]}), "9.inputs.negative", "same text encoder"),
        (graph(_11={"images": ["1", 0]}), "11.inputs.images", "takes a IMAGE"),
        (graph(PAINTED_OVER, _5={"image": "cat.png"}), "5.inputs.image", "upload the picture first"),
        (graph(PAINTED_OVER, _8={"amount": 9}), "8.inputs.amount", "between 1 and 8"),
        (graph(PAINTED_OVER, _11={"images": ["5", 0]}), "11.inputs.images", "is there already"),
        (graph() | {"9": Node("KSamplr")}, "9", "there is no such node here. Did you mean KSampler"),
        ({"1": graph()["1"]}, "", "add a SaveImage"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(given: dict[str, Node], place: str, message: str) -> None:
    found = wrong(given)
    assert list(found) == [place]
    assert message in found[place]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = wrong(graph(_9={"steps": 0, "cfg": 99, "sampler_name": "x"}, _8={"width": 7}, _3={"text": None}))
    assert set(found) == {
        "9.inputs.steps",
        "9.inputs.cfg",
        "9.inputs.sampler_name",
        "8.inputs.width",
        "3.inputs.text",
    }


def test_two_different_pictures_are_two_jobs() -> None:
    two = graph()
    two["20"] = Node("KSampler", two["9"].inputs | {"seed": 1})
    two["21"] = Node("VAEDecode", {"samples": ["20", 0], "vae": ["1", 2]})
    two["22"] = Node("SaveImage", {"images": ["21", 0]})
    assert "2 different pictures" in wrong(two)[""]


def test_a_long_chain_ends_and_a_ring_is_found() -> None:
    chain = graph()
    chain["8"] = Node("RepeatLatentBatch", {"samples": ["r0", 0]})
    for n in range(80):
        chain[f"r{n}"] = Node("RepeatLatentBatch", {"samples": [f"r{n + 1}", 0]})
    chain["r80"] = graph()["8"]
    assert lower(chain) == WORDS
    chain["r80"] = Node("RepeatLatentBatch", {"samples": ["r40", 0]})
    [message] = wrong(chain).values()
    assert "depends on itself" in message
