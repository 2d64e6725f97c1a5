"""What files say of themselves, and what ends the writing of their rows."""

from typing import Any
from uuid import uuid4

import asyncpg
import numpy as np
import pytest

from control.http.problems import DOWN, may_pass
from control.workflows.graph import Workflow
from control.workflows.plan import Plan
from scheduler import finishing, means
from scheduler.faults import Fault
from scheduler.workflows import keeping
from scheduler.workflows.executor import Outcome
from scheduler.workflows.files import Files, png
from scheduler.workflows.provenance import documents
from tests.scheduler.workflows.fakes import default, plan

TOO_MANY = asyncpg.InterfaceError("the number of query arguments cannot exceed 32767")


class _Claim:
    job_id = uuid4()


async def test_what_is_never_taken_is_not_sent_again() -> None:
    claim: Any = _Claim()
    nothing: Any = None
    tries = []

    async def keep(_: Any) -> list[Any]:
        tries.append(1)
        raise TOO_MANY

    assert isinstance(TOO_MANY, DOWN)
    assert not may_pass(TOO_MANY)
    assert may_pass(asyncpg.InterfaceError("connection is closed"))
    with pytest.raises(asyncpg.InterfaceError):
        await finishing.kept(nothing, claim, [], keep)

    async def again() -> None:
        tries.append(1)
        raise TOO_MANY

    with pytest.raises(asyncpg.InterfaceError):
        await means.insist(again)
    assert len(tries) == 2


@pytest.fixture
def work() -> Workflow:
    graph = {"1": {"class_type": "X", "inputs": {"text": "a" * 10_000}}}
    return Workflow(graph=graph, document={"nodes": [], "extra": "b" * 20_000})


def outcome(pictures: int) -> tuple[Plan, Outcome]:
    one = png(np.zeros((2, 2, 3)))
    return plan(default()), Outcome(handed={"save": Files("output", "a", (one,) * pictures)})


def test_what_files_carry_is_bounded(work: Workflow, monkeypatch: pytest.MonkeyPatch) -> None:
    both = sum(map(len, documents(work).values()))
    monkeypatch.setattr(keeping, "MOST_TEXT", 4 * both)
    carried = keeping.files_of_outcome(work, *outcome(4))
    assert b"workflow" in carried[0].data
    assert b"prompt" in carried[0].data
    # The editor's document is left out first.
    carried = keeping.files_of_outcome(work, *outcome(5))
    assert b"workflow" not in carried[4].data
    assert b"prompt" in carried[4].data
    with pytest.raises(Fault) as refused:
        keeping.files_of_outcome(work, *outcome(20))
    assert refused.value.error.kind == "invalid"
    assert "Send the workflow in parts" in refused.value.error.detail


def test_each_picture_of_a_batch_may_say_its_place_in_its_name(work: Workflow) -> None:
    the_plan, made = outcome(3)
    handed = {"save": Files("output", "x_%batch_num%", made.handed["save"].pictures)}
    found = keeping.files_of_outcome(work, the_plan, Outcome(handed=handed))
    assert [one.prefix.stem for one in found] == ["x_0", "x_1", "x_2"]


def test_a_large_graph_is_not_written_into_the_row_of_each_file(work: Workflow) -> None:
    metadata, _ = keeping._said(work, plan(default()), "save")
    assert metadata.parameters["graph"] == work.graph
    large = Workflow(graph={"1": {"class_type": "X", "inputs": {"text": "a" * 20_000}}})
    metadata, _ = keeping._said(large, plan(default()), "save")
    assert metadata.parameters == {
        "kind": "workflow", "node": "save", "outputs": None, "preview_every": 0, "workflow_id": None,
    }  # fmt: skip
