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
        time.sleep(0.25)
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


def test_an_unknown_format_is_refused(triton):
    with pytest.raises(StudioError, match="FORMAT"):
        paint(triton.grpc, FORMAT="tiff")


def test_cancelled_streams_end_within_one_step_and_harm_nobody(triton):
    rounds = 200 if SOAK else 25
    draw = random.Random(1)
    before = paint(triton.grpc).images.astype(int)
    extra = []
    for _ in range(rounds):
        stop_at = draw.randint(1, 20)
        running = stream(triton.grpc, "pocket", RED | {"STEPS": 60, "SEED": draw.randrange(2**32)})
        for part in running:
            assert isinstance(part, Step)
            if part.step == stop_at:
                break
        running.close()  # leaves the stream: the request is cancelled
        done = counters(triton.metrics, "pocket-unet")["count"]
        extra.append(settled(triton) - done)
    # The step that is under way when the cancellation arrives ends, and after it nothing is computed. On a
    # busy machine one more may begin while the cancellation is still on its way to the server.
    assert statistics.median(extra) <= SAMPLES_A_STEP, extra
    assert max(extra) <= 2 * SAMPLES_A_STEP, extra
    assert np.abs(before - paint(triton.grpc).images).mean() < 0.5
    assert eventually(lambda: counters(triton.metrics, "pocket-unet")["pending_request_count"] == 0)
