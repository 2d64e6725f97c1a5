"""What was not known when a job was submitted is held to the same bounds when it turns out."""

from typing import Any

import msgspec
import numpy as np
import pytest

from control.workflows.plan import Plan, PlanNode, Step
from control.workflows.types import Input, NodeType, outputs
from scheduler.workflows import cache as caches
from tests.scheduler.workflows.fakes import CATALOGUE, IMAGE, Bench, default, plan


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index knows of nothing."""

    async def raw(*_: Any) -> list[dict[str, Any]]:
        return []

    monkeypatch.setattr(caches.NodeResult, "raw", raw)


@pytest.mark.parametrize(("pixels", "fails"), [(0, False), (64 * 64, False), (64 * 64 - 1, True)])
async def test_more_than_was_paid_for_is_refused(pixels: int, fails: bool) -> None:
    given = plan(default())
    decode = msgspec.structs.replace(given.nodes["decode"], pixels=pixels)
    outcome = await Bench().job(msgspec.structs.replace(given, nodes=given.nodes | {"decode": decode})).run()
    assert outcome.ran == ({"load", "sample"} if fails else {"load", "sample", "decode", "save"})
    assert [error.node for error in outcome.errors] == (["decode"] if fails else [])
    if fails:
        assert "samples: 1 x 64 x 64 pixels are more than the 4095" in outcome.errors[0].detail


@pytest.mark.parametrize(("brightness", "fails"), [(3, False), (4, True)])
async def test_numbers_of_other_nodes_are_held_to_their_range(brightness: int, fails: bool) -> None:
    def darkened(image: Any, times: float) -> tuple[Any]:
        assert isinstance(times, float)
        return (image / np.float32(times),)

    times = Input("FLOAT", low=1, high=3)
    own = {
        "Dark": NodeType("Dark", "", "", {"image": IMAGE, "times": times}, outputs("IMAGE"), darkened),
        "Count": NodeType("Count", "", "", {"image": IMAGE}, outputs("INT"), lambda image: (brightness,)),
    }
    before = plan(default())
    nodes = before.nodes | {
        "count": PlanNode("Count", {"image": ["decode", 0]}, "1" * 64),
        "dark": PlanNode("Dark", {"image": ["decode", 0], "times": ["count", 0]}, "2" * 64),
        "save": PlanNode("Save", {"images": ["dark", 0], "prefix": "a"}, "3" * 64),
    }
    wanted = Plan(nodes=nodes, steps=[Step([name]) for name in nodes], outputs=["save"])
    outcome = await Bench().job(wanted, catalogue={**CATALOGUE, **own}).run()
    assert ("save" in outcome.handed) is not fails
    assert [error.detail for error in outcome.errors] == (
        ["times: 4.0 is too much; give 1 to 3."] if fails else []
    )
