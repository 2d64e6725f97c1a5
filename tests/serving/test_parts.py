"""The parts for those who drive the loop themselves: text, img2img, masks, files, the cache."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from tritonclient.utils import InferenceServerException

from tests.serving.pictures import counters, infer, paint

pytestmark = pytest.mark.triton


def text(value: str) -> np.ndarray:
    return np.array([value.encode()], np.object_)


def conditioning(triton, prompt):
    return infer(
        triton.grpc, "text_encode", {"MODEL": text("pocket"), "PROMPT": text(prompt)}, ["CONDITIONING"]
    )[0]


def sample(triton, **tensors):
    given = {
        "MODEL": text("pocket"),
        "POSITIVE": conditioning(triton, "a red circle on a blue background"),
        "NEGATIVE": conditioning(triton, ""),
        "SEED": np.array([1], np.uint64),
        "STEPS": np.array([6], np.int32),
    }
    return infer(triton.grpc, "sampler_unary", given | tensors, ["LATENT"])[0]


def test_long_prompts_take_more_chunks(triton):
    assert conditioning(triton, "a red circle").shape == (77, 128)
    assert conditioning(triton, " ".join(["red circle"] * 60)).shape == (2 * 77, 128)
    # More chunks than the network takes at once, with a weight, which asks for the empty prompt as well.
    assert conditioning(triton, "(red:1.2) " + " ".join(["red circle"] * 400)).shape[0] > 9 * 77


def test_the_same_prompt_is_answered_from_the_cache(triton):
    conditioning(triton, "a prompt that is asked for twice")
    before = counters(triton.metrics, "text_encode")
    conditioning(triton, "a prompt that is asked for twice")
    after = counters(triton.metrics, "text_encode")
    assert after["cache_num_hits_per_model"] == before["cache_num_hits_per_model"] + 1
    assert after["exec_count"] == before["exec_count"]


def test_a_picture_survives_encoding_and_decoding(triton):
    image = paint(triton.grpc).images
    (latent,) = infer(triton.grpc, "vae_encode", {"MODEL": text("pocket"), "IMAGE": image}, ["LATENT"])
    assert latent.shape == (1, 4, 16, 16)
    (back,) = infer(triton.grpc, "vae_decode", {"MODEL": text("pocket"), "LATENT": latent}, ["IMAGE"])
    assert np.abs(back.astype(int) - image).mean() < 8


def test_img2img_stays_near_its_start_the_more_the_less_it_denoises(triton):
    (start,) = infer(
        triton.grpc, "vae_encode", {"MODEL": text("pocket"), "IMAGE": paint(triton.grpc).images}, ["LATENT"]
    )
    little = sample(triton, LATENT=start, DENOISE=np.array([0.2], np.float32))
    much = sample(triton, LATENT=start, DENOISE=np.array([0.8], np.float32))
    assert np.abs(little - start).mean() < np.abs(much - start).mean()


def test_a_mask_keeps_what_it_does_not_cover(triton, rng):
    start = rng.standard_normal((1, 4, 16, 16)).astype(np.float32)
    mask = np.zeros((1, 1, 16, 16), np.float32)
    mask[..., :8] = 1
    made = sample(triton, LATENT=start, MASK=mask)
    assert np.abs(made[..., 8:] - start[..., 8:]).max() < 1e-4
    assert np.abs(made[..., :8] - start[..., :8]).mean() > 0.1


def test_files_carry_the_metadata_given(triton, rng):
    image = rng.integers(0, 255, (1, 16, 24, 3), np.uint8)
    metadata = text(json.dumps({"workflow": "{}", "parameters": "naïve ☃"}))
    (files,) = infer(triton.grpc, "encode_image", {"IMAGE": image, "METADATA": metadata}, ["ENCODED"])
    file = Image.open(io.BytesIO(files[0]))
    assert np.array_equal(np.asarray(file), image[0])
    assert file.info["parameters"] == "naïve ☃"


@pytest.mark.parametrize(
    ("model", "tensors", "named"),
    [
        ("text_encode", {"MODEL": text("nobody"), "PROMPT": text("x")}, "pocket"),
        ("vae_decode", {"MODEL": text("pocket"), "LATENT": np.zeros((1, 4, 0, 8), np.float32)}, "LATENT"),
        (
            "vae_encode",
            {"MODEL": text("pocket"), "IMAGE": np.zeros((1, 12, 8, 3), np.uint8)},
            "multiples of 8",
        ),
        ("encode_image", {"IMAGE": np.zeros((1, 8, 8, 3), np.uint8), "METADATA": text("[")}, "METADATA"),
    ],
)
def test_errors_say_what_would_be_right(triton, model, tensors, named):
    with pytest.raises(InferenceServerException, match=named):
        infer(triton.grpc, model, tensors, [])
