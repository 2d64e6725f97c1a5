"""Sixty malformed graphs to the compiler; to the API: tests/control/jobs/test_bad_graphs.py."""

import json
import time

import pytest

from tests.control.workflows.bad_graphs import Bad, bad_graphs
from tests.control.workflows.graphs import compiled

SECONDS = 0.1
"""For each."""


def test_there_are_sixty_and_no_two_are_one() -> None:
    bad = bad_graphs()
    assert len(bad) >= 60
    assert len({one.text for one in bad}) == len({one.name for one in bad}) == len(bad)
    assert bad == bad_graphs()


@pytest.mark.parametrize("bad", [bad for bad in bad_graphs() if bad.prompt], ids=lambda bad: bad.name)
def test_it_is_of_the_right_types(bad: Bad) -> None:
    given = json.loads(bad.text)
    took = []
    for _ in range(3):
        began = time.perf_counter()
        found = compiled(given)
        took.append(time.perf_counter() - began)
    assert found.errors.error is not None
    assert found.errors.error.type == bad.prompt
    assert bad.nodes <= {error.type for _, error in found.errors}
    for entry in found.errors.node_errors.values():
        assert all(error.details for error in entry.errors)
    assert min(took) < SECONDS
