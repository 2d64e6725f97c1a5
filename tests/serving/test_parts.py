"""The parts for those who drive the loop themselves: text, img2img, masks, files, the cache."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file
from tritonclient.utils import InferenceServerException

from tests.serving.pictures import counters, infer, infer_stream, paint

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


def test_the_same_picture_is_encoded_once(triton, rng):
    image = rng.integers(0, 256, (1, 64, 64, 3), np.uint8)
    given = {"MODEL": text("pocket"), "IMAGE": image}
    (first,) = infer(triton.grpc, "vae_encode", given, ["LATENT"])
    before = counters(triton.metrics, "pocket-vae-encoder")
    (second,) = infer(triton.grpc, "vae_encode", given, ["LATENT"])
    assert counters(triton.metrics, "pocket-vae-encoder")["exec_count"] == before["exec_count"]
    np.testing.assert_array_equal(first, second)
    (other,) = infer(triton.grpc, "vae_encode", given | {"IMAGE": 255 - image}, ["LATENT"])
    assert np.abs(first - other).max() > 0.1


def test_a_textual_inversion_stands_in_the_prompt(triton, rng):
    folder = triton.home / "embeddings"
    folder.mkdir(exist_ok=True)
    save_file({"emb_params": rng.standard_normal((2, 128)).astype(np.float32)}, folder / "dusk.safetensors")
    plain = conditioning(triton, "a red circle")
    assert np.abs(conditioning(triton, "a red circle embedding:dusk") - plain).max() > 0.1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"POSITIVE": np.zeros((77, 96), np.float32)}, "POSITIVE"),
        ({"NEGATIVE": np.full((77, 128), np.nan, np.float32)}, "NEGATIVE"),
        ({"LATENT": np.full((1, 4, 16, 16), np.inf, np.float32)}, "LATENT"),
        ({"DENOISE": np.array([1e-6], np.float32)}, "denoise"),
        ({"MASK": np.ones((1, 1, 8, 8), np.float32), "LATENT": np.zeros((1, 4, 16, 16), np.float32)}, "mask"),
    ],
)
def test_the_loop_refuses_tensors_it_cannot_use_and_names_them(triton, wrong, named):
    with pytest.raises(InferenceServerException, match=named) as caught:
        sample(triton, **({"WIDTH": np.array([128], np.int32), "HEIGHT": np.array([128], np.int32)} | wrong))
    assert "INVALID_ARGUMENT" in str(caught.value.status())


def test_the_streaming_loop_tells_its_steps_and_ends_where_the_unary_one_does(triton, rng):
    start = rng.standard_normal((1, 4, 16, 16)).astype(np.float32)
    given = {
        "MODEL": text("pocket"),
        "POSITIVE": conditioning(triton, "a red circle on a blue background"),
        "NEGATIVE": conditioning(triton, ""),
        "SEED": np.array([1], np.uint64),
        "STEPS": np.array([6], np.int32),
        "LATENT": start,
        "DENOISE": np.array([0.5], np.float32),
    }
    answers = infer_stream(triton.grpc, "sampler", given | {"PREVIEW_EVERY": np.array([3], np.int32)})
    assert [int(a.as_numpy("STEP")[0]) for a in answers[:-1]] == [1, 2, 3, 4, 5, 6]
    assert [a.as_numpy("PREVIEW") is not None for a in answers[:-1]] == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]
    unary = sample(triton, LATENT=start, DENOISE=np.array([0.5], np.float32))
    assert np.abs(answers[-1].as_numpy("LATENT") - unary).max() < 1e-3


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
        ("vae_decode", {"MODEL": text("pocket"), "LATENT": np.zeros((1, 4, 8, 300), np.float32)}, "2048"),
        ("text_encode", {"MODEL": text("../pocket"), "PROMPT": text("x")}, "MODEL"),
        ("text_encode", {"MODEL": text("pocket"), "PROMPT": text("embedding:nobody")}, "nobody"),
        ("text_encode", {"MODEL": text("pocket"), "PROMPT": text("embedding:" + "x" * 300)}, "characters"),
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
