"""Joining requests and handing each its share, over a stand-in network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensembles.engine.batching import Array, Arrays, join, largest_batch
from ensembles.engine.errors import EngineError


class Doubler:
    """Doubles `x`, and writes down the size of each of its runs."""

    def __init__(self) -> None:
        self.runs: list[tuple[int, ...]] = []

    def __call__(self, inputs: Arrays) -> dict[str, Array]:
        self.runs.append(inputs["x"].shape)
        if inputs["x"].shape[1:] == (13,):
            raise EngineError("unlucky")
        return {"y": inputs["x"] * 2}


def request(samples: int, width: int = 3, start: float = 0) -> dict[str, Array]:
    return {"x": start + np.arange(samples * width, dtype=np.float32).reshape(samples, width)}


@given(
    st.lists(st.tuples(st.integers(1, 7), st.sampled_from([2, 3])), max_size=8),
    st.one_of(st.none(), st.integers(1, 9)),
)
def test_each_gets_its_own(shapes: list[tuple[int, int]], limit: int | None) -> None:
    requests = [request(samples, width, 100 * i) for i, (samples, width) in enumerate(shapes)]
    run = Doubler()
    results = join(requests, run, lambda _: limit)
    assert len(results) == len(requests)
    for given_, result in zip(requests, results, strict=True):
        assert not isinstance(result, EngineError)
        np.testing.assert_array_equal(result["y"], given_["x"] * 2)
    assert all(limit is None or shape[0] <= limit for shape in run.runs)
    if limit is None:
        assert len(run.runs) == len({width for _, width in shapes})


def test_full_runs_but_the_last() -> None:
    run = Doubler()
    join([request(3), request(4), request(3)], run, lambda _: 4)
    assert [shape[0] for shape in run.runs] == [4, 4, 2]


def test_a_failure_stays_with_its_shape() -> None:
    good, bad, also_good = join([request(1), request(2, 13), request(1)], Doubler(), lambda _: None)
    assert isinstance(bad, EngineError)
    assert not isinstance(good, EngineError)
    assert not isinstance(also_good, EngineError)


def test_inputs_that_disagree_on_samples() -> None:
    torn = {"x": np.zeros((2, 3), np.float32), "z": np.zeros((1, 3), np.float32)}
    whole = {"x": np.ones((1, 3), np.float32), "z": np.ones((1, 3), np.float32)}
    first, second = join([torn, whole], Doubler(), lambda _: None)
    assert isinstance(first, EngineError)
    assert not isinstance(second, EngineError)
    assert second["y"].shape == (1, 3)


@pytest.mark.parametrize(("size", "limit"), [(8, 16), (256, 16), (257, 8), (512, 8), (1024, 2), (1025, 1)])
def test_smallest_bucket_that_holds(size: int, limit: int) -> None:
    assert largest_batch({"512": 8, "1024": 2, "256": 16}, size) == limit


def test_no_buckets_no_limit() -> None:
    assert largest_batch({}, 4096) is None
