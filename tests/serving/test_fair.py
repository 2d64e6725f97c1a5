"""Small pictures do not wait behind large ones."""

import threading

import pytest

from studio.triton.client import Step, stream
from tests.serving.pictures import RED, steps

pytestmark = pytest.mark.triton


def test_a_small_picture_passes_a_large_one(triton):
    told: list[int] = []
    moving, enough = threading.Event(), threading.Event()

    def paint_large() -> None:
        for part in stream(triton.grpc, "pocket", RED | {"WIDTH": 640, "HEIGHT": 640, "STEPS": 150}):
            assert isinstance(part, Step)
            told.append(part.step)
            if part.step == 2:
                moving.set()
            if enough.is_set():
                return  # leaving the stream cancels it

    large = threading.Thread(target=paint_large)
    large.start()
    try:
        assert moving.wait(60)
        before = len(told)
        small = steps(triton.grpc, STEPS=30)
        passed = len(told) - before
    finally:
        enough.set()
        large.join(60)
    assert len(small) == 30
    # A queue in the order of arrival gives the large picture a step for each of the thirty. In fair turns it gets as
    # many as fit into the time of thirty small ones: one or two, and room for a noisy machine.
    assert passed <= 12, f"the large picture went on by {passed} steps meanwhile"
    assert not large.is_alive()
