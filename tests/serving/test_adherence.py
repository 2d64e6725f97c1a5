"""Pocket paints what prompts say: the shipped weights, through Triton, read by the judge."""

import pytest

from export.pocket.adherence import evaluate
from perf.adherence import painter

pytestmark = [pytest.mark.triton, pytest.mark.timeout(900)]


def test_shape_colour_and_background_are_right_in_85_of_100_pictures(triton):
    table, _ = evaluate(painter(triton.grpc))
    assert table.passed, f"\n{table.markdown()}"
