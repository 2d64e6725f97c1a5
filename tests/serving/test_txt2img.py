"""The ensemble NAME-txt2img: one request, one response."""

import numpy as np
import pytest
from tritonclient.utils import InferenceServerException

from tests.serving.pictures import paint, unary

pytestmark = pytest.mark.triton


def test_a_prompt_becomes_pictures(triton):
    result = unary(triton.grpc, BATCH=2)
    images = result.as_numpy("IMAGE")
    assert images.dtype == np.uint8
    assert images.shape == (2, 128, 128, 3)
    assert images.std() > 10  # a picture, not a flat field
    assert result.as_numpy("USED_SEED")[0] == 7


def test_only_the_prompt_is_needed_and_the_seed_drawn_is_told(triton):
    first = unary(triton.grpc, SEED=None, STEPS=None, SAMPLER=None)
    again = unary(triton.grpc, SEED=int(first.as_numpy("USED_SEED")[0]), STEPS=None, SAMPLER=None)
    other = unary(triton.grpc, SEED=None, STEPS=None, SAMPLER=None)
    assert np.abs(first.as_numpy("IMAGE").astype(int) - again.as_numpy("IMAGE")).mean() < 0.5
    assert first.as_numpy("USED_SEED")[0] != other.as_numpy("USED_SEED")[0]


def test_the_ensemble_and_the_stream_paint_the_same(triton):
    ensemble = unary(triton.grpc).as_numpy("IMAGE").astype(int)
    assert np.abs(ensemble - paint(triton.grpc).images).mean() < 0.5


def test_seed_size_and_prompt_change_the_picture(triton):
    base = paint(triton.grpc).images.astype(int)
    assert np.abs(base - paint(triton.grpc, SEED=8).images).mean() > 1
    assert np.abs(base - paint(triton.grpc, PROMPT="a green star on a white background").images).mean() > 5
    assert paint(triton.grpc, WIDTH=192, HEIGHT=96).images.shape == (1, 96, 192, 3)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"STEPS": 0}, "steps"),
        ({"STEPS": 151}, "steps"),
        ({"SAMPLER": "eulr"}, "euler"),
        ({"SCHEDULER": "karas"}, "karras"),
        ({"WIDTH": 130}, "width"),
        ({"BATCH": 9}, "batch"),
        ({"CFG": float("nan")}, "cfg"),
        ({"CLIP_SKIP": 0}, "clip_skip"),
        ({"CLIP_SKIP": 99}, "clip_skip"),
    ],
)
def test_errors_name_the_parameter(triton, wrong, named):
    with pytest.raises(InferenceServerException) as caught:
        unary(triton.grpc, **wrong)
    assert named in str(caught.value).lower()
    assert "Traceback" not in str(caught.value)
    assert "INVALID_ARGUMENT" in str(caught.value.status())


def test_a_prompt_that_is_missing_or_too_long_is_refused(triton):
    with pytest.raises(InferenceServerException, match="PROMPT"):
        unary(triton.grpc, PROMPT=None)
    with pytest.raises(InferenceServerException, match="character"):
        unary(triton.grpc, PROMPT="x" * 100_000)
