"""The pocket world: deterministic, rightly described, and without the held-out pairs."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from export.pocket import adherence
from export.pocket.captions import describe, reserved, training_caption
from export.pocket.scenes import render, render_batch, sample_scene
from export.pocket.vocabulary import (
    COLOUR_NAMES,
    COLOUR_WORDS,
    COLOURS,
    HELD_OUT,
    SHAPE_WORDS,
    SHAPES,
)


def test_a_scene_depends_on_its_address_alone() -> None:
    whole, scenes = render_batch(5, 0, 12)
    assert whole.shape == (12, 128, 128, 3)
    assert whole.dtype == np.uint8
    alone = sample_scene(5, 7)
    assert alone == scenes[7]
    assert np.array_equal(render(alone), whole[7])
    assert hashlib.sha256(render_batch(5, 0, 12)[0].tobytes()).digest() == (
        hashlib.sha256(whole.tobytes()).digest()
    )


def test_training_never_draws_a_held_out_pair() -> None:
    pairs = {(s.shape, s.colour) for s in (sample_scene(1, i) for i in range(3000))}
    assert not pairs & HELD_OUT
    # Everything else does come up.
    assert len(pairs) == len(SHAPES) * len(COLOUR_NAMES) - len(HELD_OUT)
    assert {(s.shape, s.colour) for s in (sample_scene(1, i, held_out=True) for i in range(300))} == (
        HELD_OUT
    )


def test_each_half_of_a_held_out_pair_is_known() -> None:
    assert {shape for shape, _ in HELD_OUT} == set(SHAPES)
    assert {colour for _, colour in HELD_OUT} == set(COLOUR_NAMES)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_painted_inside_the_picture(shape: str) -> None:
    found = 0
    for index in range(400):
        scene = sample_scene(3, index)
        if scene.shape != shape or scene.style != "flat" or scene.gradient:
            continue
        found += 1
        picture = render(scene).astype(np.float32) / 255
        near = np.abs(picture - np.asarray(scene.foreground_rgb)).max(-1) < 0.01
        # At least a tenth of the disc of its radius, and nothing of it at the border.
        assert near.sum() > 0.1 * np.pi * scene.radius**2
        border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        assert np.abs(border - np.asarray(scene.background_rgb)).max() < 0.01
    assert found


def test_colours_stay_what_they_are_called() -> None:
    table = np.asarray(list(COLOURS.values()))
    for index in range(200):
        scene = sample_scene(4, index)
        for name, rgb in ((scene.colour, scene.foreground_rgb), (scene.background, scene.background_rgb)):
            nearest = np.abs(table - np.asarray(rgb)).sum(1).argmin()
            assert COLOUR_NAMES[nearest] == name


def test_captions_say_what_the_scene_shows() -> None:
    for index in range(400):
        scene = sample_scene(2, index)
        caption = training_caption(scene, 2, index)
        assert caption == training_caption(scene, 2, index)
        words = f" {caption.text.replace(',', ' ')} "
        assert any(f" {word} " in words for word in SHAPE_WORDS[scene.shape])
        for stated, true in ((caption.colour, scene.colour), (caption.background, scene.background)):
            assert stated in (None, true)
            if stated:
                assert any(f" {word} " in words for word in COLOUR_WORDS[true])
        if caption.gradient:
            assert "gradient" in words
        assert not reserved(caption.text)


def test_a_full_caption_states_all_that_is_judged() -> None:
    for index in range(100):
        caption = describe(sample_scene(6, index), np.random.default_rng(index), full=True)
        assert None not in (caption.shape, caption.colour, caption.background)


def test_evaluation_captions_are_fixed_even_and_unseen() -> None:
    captions = adherence.held_out_captions()
    assert captions == adherence.held_out_captions()
    assert len(captions) == len({c.text for c in captions}) == adherence.COUNT
    held = [c for c in captions if (c.shape, c.colour) in HELD_OUT]
    assert len(held) == adherence.HELD_OUT_COUNT
    assert {(c.shape, c.colour) for c in held} == HELD_OUT
    for shape in SHAPES:
        assert sum(c.shape == shape for c in captions) == 20
    assert {c.background for c in captions} == set(COLOUR_NAMES)
    assert all(reserved(c.text) for c in captions)
