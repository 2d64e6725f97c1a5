"""A picture does not depend on whose steps it shares a batch with."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.serving.pictures import counters, paint

pytestmark = pytest.mark.triton
JOBS = [
    {"PROMPT": f"a {colour} {shape}", "SEED": 100 + n, "SAMPLER": sampler, "STEPS": 12}
    for n, (colour, shape, sampler) in enumerate(
        zip(
            ["red", "green", "blue", "yellow", "white", "purple", "orange", "pink"],
            ["circle", "star", "square", "heart", "ring", "cross", "triangle", "flower"],
            ["euler", "dpmpp_2m", "euler", "dpmpp_2m", "euler", "euler_ancestral", "dpmpp_2m", "euler"],
            strict=True,
        )
    )
]


def test_eight_jobs_share_steps_and_keep_their_pictures(triton):
    alone = [paint(triton.grpc, **job).images.astype(int) for job in JOBS]
    before = counters(triton.metrics, "pocket-unet")
    with ThreadPoolExecutor(len(JOBS)) as pool:
        together = list(pool.map(lambda job: paint(triton.grpc, **job).images.astype(int), JOBS))
    after = counters(triton.metrics, "pocket-unet")
    differences = [np.abs(a - b).mean() for a, b in zip(alone, together, strict=True)]
    assert max(differences) < 0.5
    batch = (after["count"] - before["count"]) / (after["exec_count"] - before["exec_count"])
    assert batch >= 8, f"average UNet batch {batch:.1f}"


def test_a_batch_of_one_prompt_begins_with_the_noise_of_a_single_one_only_by_the_rules(triton):
    # 4*16*16 values a picture is a multiple of 16, so image 0 of a batch is the single image.
    single = paint(triton.grpc).images[0].astype(int)
    batch = paint(triton.grpc, BATCH=3).images.astype(int)
    assert np.abs(single - batch[0]).mean() < 0.5
    assert np.abs(batch[1] - batch[0]).mean() > 1
