import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensembles.imaging.provenance import (
    SAMPLERS,
    SCHEDULES,
    Recipe,
    from_json,
    from_parameters,
    to_json,
    to_parameters,
)

CAT = Recipe(
    prompt="a (red:1.2) cat\non a mat",
    negative_prompt="dog, blurry",
    seed=2**64 - 1,
    steps=20,
    cfg=7.0,
    sampler="dpmpp_2m",
    scheduler="karras",
    width=512,
    height=768,
    model="pocket",
    model_hash="0123456789abcdef" * 4,
)
TEXT = st.text(
    st.sampled_from('ab,:"\\\n Negative prompt: Steps:') | st.characters(codec="utf-8"), max_size=40
)
RECIPES = st.builds(
    Recipe,
    prompt=TEXT,
    negative_prompt=TEXT,
    seed=st.integers(0, 2**64 - 1),
    steps=st.integers(1, 150),
    cfg=st.floats(0, 100),
    sampler=st.sampled_from([*SAMPLERS, "res_multistep"]),
    scheduler=st.sampled_from([*SCHEDULES, "linear_quadratic"]),
    width=st.integers(8, 4096),
    height=st.integers(8, 4096),
    batch_size=st.integers(1, 8),
    batch_index=st.integers(0, 7),
    denoise=st.floats(0, 1),
    clip_skip=st.integers(1, 12),
    model=TEXT,
    model_hash=st.text("0123456789abcdef", max_size=10),
    version=TEXT,
    extra=st.dictionaries(st.sampled_from(["VAE", "Hires upscale", "Lora hashes"]), TEXT),
)


def test_it_reads_as_automatic1111_writes():
    assert to_parameters(CAT) == (
        "a (red:1.2) cat\non a mat\n"
        "Negative prompt: dog, blurry\n"
        "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 18446744073709551615, "
        "Size: 512x768, Model hash: 0123456789, Model: pocket"
    )


def test_a_text_of_automatic1111_is_read():
    got = from_parameters(
        "a cat\nNegative prompt: dog,\nblurry\n"
        "Steps: 28, Sampler: Euler a, Schedule type: Automatic, CFG scale: 6.5, Seed: 1, Size: 640x512, "
        'Model hash: 6ce0161689, Model: v1-5-pruned, Clip skip: 2, Lora hashes: "a: 1f, b: 2e", Version: v1.9.4'
    )
    assert (got.prompt, got.negative_prompt) == ("a cat", "dog,\nblurry")
    assert (got.sampler, got.scheduler, got.cfg, got.clip_skip) == ("euler_ancestral", "Automatic", 6.5, 2)
    assert (got.width, got.height, got.model) == (640, 512, "v1-5-pruned")
    assert got.extra == {"Lora hashes": "a: 1f, b: 2e"}


def test_a_text_without_prompts_is_read():
    line = "Steps: 2, Sampler: Euler, CFG scale: 1, Seed: 3, Size: 64x64"
    for text in (line, "\n" + line):
        assert from_parameters(text).prompt == ""
    assert from_parameters(f"Negative prompt: dog\n{line}").negative_prompt == "dog"


@pytest.mark.parametrize(
    "text", ["", "a cat", "Steps: 2", "Steps: x, Sampler: Euler, CFG scale: 1, Seed: 3, Size: 64x64"]
)
def test_a_text_that_is_no_recipe_is_refused(text):
    with pytest.raises(ValueError, match="settings"):
        from_parameters(text)


@given(RECIPES)
def test_the_text_comes_back(recipe):
    def same_tokens(prompt):
        return "\n".join(line.lstrip(" ") for line in prompt.split("\n"))

    got = from_parameters(to_parameters(recipe))
    assert same_tokens(got.prompt) == same_tokens(recipe.prompt)
    assert same_tokens(got.negative_prompt) == same_tokens(recipe.negative_prompt)
    blank = {"prompt": "", "negative_prompt": ""}
    assert msgspec.structs.replace(got, **blank) == msgspec.structs.replace(recipe, **blank)


@given(RECIPES)
def test_the_json_comes_back_exactly(recipe):
    assert from_json(to_json(recipe)) == recipe
    assert json.loads(to_json(recipe))["seed"] == recipe.seed


def test_json_with_unknown_fields_is_refused():
    with pytest.raises(msgspec.ValidationError):
        from_json('{"prompt": "a", "colour": 1}')
