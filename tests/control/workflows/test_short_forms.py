"""A plain request and the workflow that it is: the same picture at the same price."""

from io import BytesIO
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import pytest
from PIL import Image

from control.billing.prices import price
from control.jobs.additions import Controlled
from control.jobs.requests import Img2Img, Inpaint, Outpaint, Txt2Img, Work, effort
from control.workflows.catalogue import CATALOGUE
from control.workflows.compiling import compile_graph
from control.workflows.short_forms import as_json, graph_of
from ensembles.imaging.codec import decode_fitted
from tests.control.workflows.graphs import KNOWN, PAINTED_OVER, WORDS, plan_of


@pytest.mark.parametrize(
    "work", [WORDS, PAINTED_OVER, msgspec.structs.replace(WORDS, model="grand", width=328, height=1000)]
)
def test_it_costs_the_same_as_a_workflow(work: Work) -> None:
    plan = plan_of(as_json(work))
    assert plan.amount == price(work, KNOWN.checkpoints[work.model]).amount
    assert plan.effort == pytest.approx(effort(work))
    compiled = compile_graph(as_json(work), KNOWN)
    assert compiled.largest is not None
    assert (compiled.largest.pictures, compiled.largest.width, compiled.largest.height) == (
        work.batch, work.width, work.height,
    )  # fmt: skip
    assert sum(line.amount_microcredits for line in compiled.lines) == plan.amount


@pytest.mark.parametrize("work", [WORDS, PAINTED_OVER])
def test_all_that_it_says_is_in_the_nodes(work: Work) -> None:
    nodes = plan_of(as_json(work)).nodes
    sampler = nodes["9"].inputs
    assert [sampler[name] for name in ("seed", "steps", "cfg", "sampler_name", "scheduler")] == [
        work.seed, work.steps, work.cfg, work.sampler, work.scheduler,
    ]  # fmt: skip
    assert sampler["denoise"] == (work.strength if isinstance(work, Img2Img) else 1.0)
    assert (nodes["3"].inputs["text"], nodes["4"].inputs["text"]) == (work.prompt, work.negative_prompt)
    assert nodes["2"].inputs["stop_at_clip_layer"] == -work.clip_skip
    size = nodes["8" if isinstance(work, Txt2Img) else "6"].inputs
    assert (size["width"], size["height"]) == (work.width, work.height)


@pytest.mark.parametrize(
    ("kind", "more", "path"),
    [
        (Inpaint, {"mask": UUID(int=3), "only_masked": True}, ["StudioInpaintCropHint", "LoadImage"]),
        (Inpaint, {"mask": UUID(int=3)}, ["LoadImage"]),
        (Outpaint, {"left": 64}, ["StudioInpaintCropHint", "LoadImage"]),
        (
            Inpaint, {"mask": UUID(int=3), "only_masked": True, "preprocessor": "canny"},
            ["CannyEdgePreprocessor", "ImageScale", "StudioInpaintCropHint", "LoadImage"],
        ),
        (
            Outpaint, {"left": 64, "preprocessor": "canny"},
            ["StudioInpaintCropHint", "CannyEdgePreprocessor", "LoadImage"],
        ),
    ],
)  # fmt: skip
def test_hints_lie_over_what_is_painted(kind: Any, more: dict[str, Any], path: list[str]) -> None:
    control = Controlled(name="edges", image=UUID(int=2), preprocessor=more.pop("preprocessor", "none"))
    sides = {} if kind is Outpaint else {"width": 64, "height": 64}
    work = kind(
        prompt="a dot", model="pocket", image=UUID(int=1), seed=1, controls=[control], **sides, **more
    )
    nodes = graph_of(work)
    link, found = nodes["203"].inputs["image"], []
    while link is not None:
        found.append(nodes[link[0]].class_type)
        inputs = nodes[link[0]].inputs
        link = inputs["image"] if isinstance(inputs["image"], list) else None
    assert found == path


@pytest.mark.parametrize(
    ("kind", "more"), [(Inpaint, {"mask": UUID(int=3), "only_masked": True}), (Outpaint, {"left": 64})]
)
def test_inpainting_controls_are_shown_what_is_painted_and_where(kind: Any, more: dict[str, Any]) -> None:
    control = Controlled(name="edges", image=UUID(int=1), preprocessor="inpaint")
    sides = {} if kind is Outpaint else {"width": 64, "height": 64}
    nodes = graph_of(
        kind(prompt="", model="pocket", image=UUID(int=1), seed=1, controls=[control], **sides, **more)
    )
    marked = nodes[nodes["203"].inputs["image"][0]]
    assert marked.class_type == "InpaintPreprocessor"
    assert marked.inputs == {"image": ["71", 1], "mask": ["71", 2]}
    assert nodes["72"].inputs["image"] == ["71", 1], "as it is filled and encoded"


def test_a_picture_is_fitted_as_triton_s_own_stream_fits_it() -> None:
    file = BytesIO()
    picture = np.zeros((64, 200, 3), np.uint8)
    picture[:, 40:100] = 200
    Image.fromarray(picture).save(file, "PNG")
    scale = graph_of(msgspec.structs.replace(PAINTED_OVER, width=64, height=64))["6"]
    given = {name: value for name, value in scale.inputs.items() if name != "image"}
    [fitted] = CATALOGUE[scale.class_type].run(image=picture[None].astype(np.float32) / 255, **given)
    assert np.abs(fitted[0] - decode_fitted(file.getvalue(), 64, 64).astype(np.float32) / 255).max() < 0.02


def test_its_json_is_the_graph() -> None:
    assert {name: given["class_type"] for name, given in as_json(WORDS).items()} == {
        name: given.class_type for name, given in graph_of(WORDS).items()
    }
    assert plan_of(msgspec.json.decode(msgspec.json.encode(as_json(WORDS)))) == plan_of(as_json(WORDS))
