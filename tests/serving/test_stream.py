"""The streaming entry: progress, previews, files, cancellation."""

import io
import random
import statistics
import time

import msgspec
import numpy as np
import pytest
from PIL import Image

from ensembles.imaging.provenance import from_json, from_parameters
from studio.errors import StudioError
from studio.triton.client import Step, stream
from tests.conftest import SOAK
from tests.serving.pictures import RED, counters, eventually, paint, steps

pytestmark = pytest.mark.triton


def test_every_step_is_told_in_order(triton):
    told = steps(triton.grpc)
    assert [part.step for part in told] == [1, 2, 3, 4, 5, 6]
    assert {part.steps for part in told} == {6}
    assert all(part.milliseconds > 0 for part in told)


def test_previews_come_when_asked_and_become_the_picture(triton):
    told = steps(triton.grpc, PREVIEW_EVERY=2, BATCH=2)
    assert [bool(part.previews) for part in told] == [False, True, False, True, False, False]
    final = paint(triton.grpc, BATCH=2).images[0]
    preview = Image.open(io.BytesIO(told[3].previews[0]))
    assert preview.format == "JPEG"
    small = np.asarray(preview.convert("RGB").resize((16, 16), Image.Resampling.BOX), float)
    wanted = np.asarray(Image.fromarray(final).resize((16, 16), Image.Resampling.BOX), float)
    assert np.corrcoef(small.ravel(), wanted.ravel())[0, 1] > 0.7


SAMPLES_A_STEP = 2
"""With guidance: one with the prompt, one without."""


def settled(triton) -> float:
    """Samples that the UNet has computed, once it computes no more."""
    last = -1.0
    while (now := counters(triton.metrics, "pocket-unet")["count"]) != last:
        last = now
        time.sleep(0.15)
    return last


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_files_hold_the_picture_and_a_png_its_recipe(triton, kind):
    made = paint(triton.grpc, FORMAT=kind)
    file = Image.open(io.BytesIO(made.files[0]))
    assert file.format == kind.upper()
    if kind == "png":
        assert np.array_equal(np.asarray(file), made.images[0])
        recipe = from_json(file.info["studio"])
        told = from_parameters(file.info["parameters"])
        assert told == msgspec.structs.replace(recipe, model_hash=recipe.model_hash[:10])
        again = {
            "PROMPT": recipe.prompt,
            "SEED": recipe.seed,
            "STEPS": recipe.steps,
            "SAMPLER": recipe.sampler,
        }
        assert np.abs(paint(triton.grpc, **again).images.astype(int) - made.images).mean() < 0.5


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(float) - other).mean())


def test_a_picture_to_begin_with_is_kept_as_far_as_denoise_says(triton):
    start = paint(triton.grpc, STEPS=12).images
    blue = {"PROMPT": "a large blue square on a white background", "SEED": 3, "STEPS": 12}
    kept = [paint(triton.grpc, **blue, INIT_IMAGE=start, DENOISE=share) for share in (0.1, 0.5, 1.0)]
    away = [difference(made.images, start) for made in kept]
    assert away[0] < 12
    assert away == sorted(away)
    # With all of it repainted, hardly more than the seed is left of the way there.
    alone = paint(triton.grpc, **blue).images
    assert difference(kept[2].images, alone) < difference(start, alone) / 3
    recipe = from_json(Image.open(io.BytesIO(kept[1].files[0])).info["studio"])
    assert recipe.denoise == 0.5
    assert recipe.extra["Init image"]
    assert (recipe.width, recipe.height) == start.shape[2:0:-1]


def test_a_picture_to_begin_with_may_have_another_size_and_one_does_for_a_batch(triton):
    start = np.zeros((1, 64, 96, 3), np.uint8)
    made = paint(triton.grpc, INIT_IMAGE=start, DENOISE=0.5, BATCH=2)
    assert made.images.shape == (2, 64, 96, 3)
    assert not np.array_equal(made.images[0], made.images[1])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"DENOISE": 0.5}, "INIT_IMAGE"),
        ({"INIT_IMAGE": np.zeros((1, 64, 64, 3), np.uint8), "WIDTH": 128, "HEIGHT": 64}, "1,64,128,3"),
        ({"INIT_IMAGE": np.zeros((2, 64, 64, 3), np.uint8), "BATCH": 3}, "1 or BATCH"),
        ({"INIT_IMAGE": np.zeros((1, 60, 64, 3), np.uint8)}, "height"),
        ({"INIT_IMAGE": np.zeros((1, 64, 64, 3), np.uint8), "DENOISE": 0.0}, "denoise"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused(triton, given, message):
    with pytest.raises(StudioError, match=message):
        paint(triton.grpc, **given)


def test_an_unknown_format_is_refused_before_anything_is_painted(triton):
    before = settled(triton)
    with pytest.raises(StudioError, match="FORMAT"):
        paint(triton.grpc, FORMAT="tiff")
    assert settled(triton) == before


def cancel_in_a_row(triton, rounds: int) -> None:
    """Cancels so many jobs at a random step each; the work done must end with the step under way."""
    draw = random.Random(1)
    expected = paint(triton.grpc).images.astype(int)
    excess = []
    for _ in range(rounds):
        before = settled(triton)
        stop_at = draw.randint(1, 20)
        running = stream(triton.grpc, "pocket", RED | {"STEPS": 60, "SEED": draw.randrange(2**32)})
        for part in running:
            assert isinstance(part, Step)
            if part.step == stop_at:
                break
        running.close()  # leaves the stream: the request is cancelled
        excess.append(settled(triton) - before - SAMPLES_A_STEP * stop_at)
    # One step was under way when the client cancelled. On a busy machine the client itself comes late now and then:
    # the server is ahead of what it had read, and the cancellation takes its time to arrive.
    assert statistics.median(excess) <= SAMPLES_A_STEP, excess
    assert statistics.quantiles(excess, n=10)[-1] <= 4 * SAMPLES_A_STEP, excess
    assert np.abs(expected - paint(triton.grpc).images).mean() < 0.5
    assert eventually(lambda: counters(triton.metrics, "pocket-unet")["pending_request_count"] == 0)


def test_cancelled_streams_end_within_one_step_and_harm_nobody(triton):
    cancel_in_a_row(triton, 20)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not SOAK, reason="`make soak` runs it")
def test_200_cancelled_streams_in_a_row(triton):
    cancel_in_a_row(triton, 200)
