"""LoRAs, ControlNets, pictures, masks and what else steers, at Triton's door: they do something, and to their own job alone."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from studio.errors import StudioError
from tests.serving.pictures import counters, infer, paint

pytestmark = [pytest.mark.triton, pytest.mark.usefixtures("registry")]

HINTS = (np.random.default_rng(0).random((2, 128, 128, 3)) > 0.9).astype(np.uint8) * 255
START = np.tile(np.linspace(0, 255, 128).astype(np.uint8)[None, None, :, None], (1, 128, 1, 3))
MASK = np.zeros((1, 128, 128), np.float32)
MASK[:, 40:100, 30:90] = 1
FREEU = np.array([1.1, 1.2, 0.9, 0.2, 1], np.float32)


def loras(**strengths: float) -> str:
    return json.dumps([{"name": name, "strength": strength} for name, strength in strengths.items()])


def nets(*names: str, **more: Any) -> str:
    return json.dumps([{"net": name, **more} for name in names])


JOBS: list[dict[str, Any]] = [
    {},
    {"LORAS": loras(sticker=1)},
    {"LORAS": loras(sticker=1), "SEED": 21},
    {"LORAS": loras(ink=0.6, dusk=-0.4)},
    {"LORAS": loras(ink=0.6), "INIT_IMAGE": START, "MASK": MASK, "FILL": "noise", "FEATHER": 6},
    {"CONTROLS": nets("edges"), "HINTS": HINTS[:1]},
    {"CONTROLS": nets("edges", "tiles", end=0.5, mode="control"), "HINTS": HINTS},
    {"CONTROLS": nets("edges"), "HINTS": HINTS[:1], "LORAS": loras(sticker=1), "SEED": 5},
    {"IMAGE_PROMPT": json.dumps({"adapter": "look", "strength": 0.7}), "PROMPT_IMAGE": START},
    {"PAG": 3.0},
    {"FREEU": FREEU, "RESCALE": 0.5},
    {"SEAMLESS": "xy"},
    {"VARIATION_SEED": 3, "VARIATION_STRENGTH": 0.3, "MIMIC": 3.0},
    {"PROMPT": "a large red embedding:cocoa on a blue background"},
]


def painted(triton, job: dict[str, Any]) -> np.ndarray:
    return paint(triton.grpc, **job).images.astype(int)


def test_jobs_that_differ_in_all_of_it_keep_their_pictures(triton):
    alone = [painted(triton, job) for job in JOBS]
    for job, picture in zip(JOBS[1:], alone[1:], strict=True):
        # It does something, whatever random weights make of it.
        assert np.abs(picture - alone[0]).max() > 2, job
    with ThreadPoolExecutor(len(JOBS)) as pool:
        together = list(pool.map(lambda job: painted(triton, job), JOBS))
    differences = [np.abs(a - b).mean() for a, b in zip(alone, together, strict=True)]
    assert max(differences) < 0.5, differences


def test_equal_sets_share_batches_whatever_their_order(triton):
    sets = [loras(sticker=1, ink=0.5), loras(ink=0.5, sticker=1)]
    jobs = [{"LORAS": sets[seed % 2], "SEED": seed, "STEPS": 12} for seed in range(4)]
    for job in jobs[:2]:
        painted(triton, job)
    before = counters(triton.metrics, "pocket-unet")
    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(lambda job: painted(triton, job), jobs))
    after = counters(triton.metrics, "pocket-unet")
    calls = after["exec_count"] - before["exec_count"]
    # Four jobs of twelve steps in nearly as many calls as one of them: the first steps may set off by themselves.
    assert calls <= 12 + 6, calls


def test_what_is_not_masked_stays_to_the_last_bit(triton):
    for more in ({}, {"FILL": "neutral", "DENOISE": 0.8}, {"GROW": 4, "FEATHER": 8, "BATCH": 2}):
        images = painted(triton, {"INIT_IMAGE": START, "MASK": MASK, **more})
        assert (images[:, :20] == START[0, :20]).all()
        assert np.abs(images[0, 50:90, 40:80] - START[0, 50:90, 40:80]).mean() > 3


def test_a_strength_of_nothing_changes_nothing(triton):
    plain = painted(triton, {})
    for job in (
        {"LORAS": loras(sticker=0)},
        {"CONTROLS": nets("edges", strength=0), "HINTS": HINTS[:1]},
        {"IMAGE_PROMPT": json.dumps({"adapter": "look", "strength": 0}), "PROMPT_IMAGE": START},
        {"VARIATION_SEED": 3, "VARIATION_STRENGTH": 0.0},
    ):
        np.testing.assert_array_equal(painted(triton, job), plain, err_msg=str(job))


def test_the_text_side_of_a_lora_has_a_strength_of_its_own(triton):
    both, unet_alone = (
        painted(triton, {"LORAS": json.dumps([{"name": "ink", "strength": 0.5, "clip": clip}])})
        for clip in (0.5, 0)
    )
    assert np.abs(both - unet_alone).max() > 2


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"LORAS": loras(missing=1)}, r"LORAS: there is no LoRA 'missing'; everybody's are: .*sticker"),
    ({"LORAS": loras(elsewhere=1)}, r"LORAS: .*96.*128"),
    ({"LORAS": '[{"name": "sticker", "strength": "NaN"}]'}, "LORAS: send a JSON list"),
    ({"LORAS": loras(sticker=99)}, "LORAS: the strength of 'sticker' is not between"),
    ({"LORAS": loras(edges=1)}, "LORAS: there is no LoRA 'edges'"),
    ({"CONTROLS": nets("edges")}, r"HINTS: send uint8 \[1,128,128,3\]"),
    ({"CONTROLS": nets("edges"), "HINTS": HINTS[:, :64]}, r"HINTS: .* not \[2, 64, 128, 3\]"),
    ({"CONTROLS": nets("edges", strength=-1), "HINTS": HINTS[:1]}, "CONTROLS: the strength -1"),
    ({"CONTROLS": nets("edges", mode="soft"), "HINTS": HINTS[:1]}, "CONTROLS: .*soft"),
    ({"IMAGE_PROMPT": '{"adapter": "look"}'}, "PROMPT_IMAGE: send uint8"),
    (
        {"IMAGE_PROMPT": '{"adapter": "sticker"}', "PROMPT_IMAGE": START},
        "IMAGE_PROMPT: there is no IP-Adapter",
    ),
    ({"MASK": MASK}, "MASK: .*INIT_IMAGE"),
    ({"INIT_IMAGE": START, "MASK": MASK[:, :64]}, r"MASK: .*\[1,128,128\], not \[1, 64, 128\]"),
    ({"INIT_IMAGE": START, "MASK": MASK * np.float32("nan")}, "MASK: send numbers from 0"),
    ({"INIT_IMAGE": START, "MASK": MASK, "FILL": "clouds"}, "FILL: 'clouds' is not one of original, noise"),
    ({"PAG": float("nan")}, "PAG: nan is not between 0 and 100"),
    ({"FREEU": FREEU + 7}, "FREEU: send b1, b2"),
    ({"MIMIC": 7.0, "PERCENTILE": 0.0}, "PERCENTILE: 0.0 is not above 0"),
    ({"MIMIC": 7.0, "THRESHOLDING": '{"mimic_mode": "Sideways"}'}, "THRESHOLDING: mimic_mode 'Sideways'"),
    ({"VARIATION_STRENGTH": 1.5}, "VARIATION_STRENGTH: 1.5 is not between 0 and 1"),
    ({"SEAMLESS": "z"}, "SEAMLESS: 'z' is none of x, y and xy"),
    ({"VAE": "nobody"}, "VAE: there is no checkpoint 'nobody'"),
    ({"EMBEDDINGS": '{"a": "' + 64 * "0" + '"}'}, "EMBEDDINGS: there is no embedding"),
]


def test_what_cannot_be_used_is_named_before_anything_is_computed(triton):
    before = counters(triton.metrics, "pocket-unet")
    for job, message in WRONG:
        with pytest.raises(StudioError, match=message):
            painted(triton, job)
    assert counters(triton.metrics, "pocket-unet")["exec_count"] == before["exec_count"]


def text(value: str) -> np.ndarray:
    return np.array([value.encode()], np.object_)


def test_the_parts_take_the_same(triton):
    """What the control plane sends: variants and conditions in full, by content."""
    from ensembles.adapters.store import shared

    sha256 = shared(triton.home, "lora")["sticker"].sha256
    variant = text(json.dumps({"loras": [{"sha256": sha256, "strength": 0.5}]}))
    prompt = {"MODEL": text("pocket"), "PROMPT": text("a red circle")}
    plain, changed = (
        infer(triton.grpc, "text_encode", prompt | more, ["CONDITIONING"])[0]
        for more in ({}, {"VARIANT": variant})
    )
    assert np.abs(plain - changed).max() > 0.01
    given = {
        "MODEL": text("pocket"),
        "POSITIVE": plain,
        "SEED": np.array([1], np.uint64),
        "STEPS": np.array([2], np.int32),
    }
    given |= {name: np.array([128], np.int32) for name in ("WIDTH", "HEIGHT")}
    latents = [
        infer(triton.grpc, "sampler_unary", given | more, ["LATENT"])[0]
        for more in ({}, {"VARIANT": variant}, {"PAG": np.array([2], np.float32)})
    ]
    assert min(np.abs(latents[0] - one).max() for one in latents[1:]) > 0.001
