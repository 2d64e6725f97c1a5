"""A plain request and the workflow that it is: the same picture at the same price."""

import msgspec
import pytest

from control.billing.prices import price
from control.jobs.requests import Img2Img, Txt2Img, Work, effort
from control.workflows.compiling import compile_graph
from control.workflows.short_forms import as_json, graph_of
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


def test_its_json_is_the_graph() -> None:
    assert {name: given["class_type"] for name, given in as_json(WORDS).items()} == {
        name: given.class_type for name, given in graph_of(WORDS).items()
    }
    assert plan_of(msgspec.json.decode(msgspec.json.encode(as_json(WORDS)))) == plan_of(as_json(WORDS))
