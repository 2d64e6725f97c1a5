"""Pocket's adapters and inpainting do what they should, through Triton: the short form of `make adherence`."""

import pytest

from perf.adapters.effects import MEASURES, Studio

pytestmark = [pytest.mark.triton, pytest.mark.timeout(900)]
COUNT = 12
SLACK = {"edges": 0.1, "style": 0.15, "inpaint": 0.15}
"""What twelve pictures may be off the hundred of docs/pocket/adapters.md by, below or above a target."""


@pytest.mark.parametrize("name", sorted(SLACK))
def test_what_is_measured_is_near_what_is_wanted(triton, name):
    rows = MEASURES[name](Studio(triton.grpc, triton.home), COUNT, [])
    for what, figure, wanted, reached in rows:
        # What must not change must not change in any picture.
        slack = 0 if figure.endswith("/255") else SLACK[name]
        assert reached or abs(number(figure) - number(wanted)) <= slack, f"{what}: {figure}, {wanted}"


def number(text: str) -> float:
    """`≥ 80 %` → 0.8"""
    bare = text.strip("≥≤ ")
    if bare.endswith("%"):
        return float(bare.strip("% ")) / 100
    return float(bare.removesuffix("/255"))
