"""Conditions as they travel: what was packed is read again, and what does not fit is refused with its name."""

import msgspec
import numpy as np
import pytest

from control.workflows.values import Area, Condition, Control, ControlNet
from ensembles.manifest import Manifest
from ensembles.sampling import ParameterError
from ensembles.serving.conditions import Planes, Wire, read_conditions
from scheduler.networks import _conditions

SAMPLES = np.zeros((2, 4, 8, 8), np.float32)
MANIFEST = Manifest("some", "sd15", 4)


def context(value: float, tokens: int = 77) -> np.ndarray:
    return np.full((tokens, 4), value, np.float32)


def test_packed_conditions_come_back_as_they_were():
    mask = np.zeros((3, 16, 16), np.float32)
    mask[:, :, 8:] = 1
    given = {
        "positive": (
            Condition(context(1), strength=2.0, area=Area(0.5, 1.0, 0.25, 0.0, share=True)),
            Condition(context(2, 154), mask=mask[:1], mask_strength=0.5, bounds=True, start=0.1, end=0.6),
        ),
        "negative": (Condition(context(3), mask=mask),),
        "middle": (),
    }
    packed = _conditions(given, SAMPLES, MANIFEST)
    assert packed["CONTEXTS"].shape == (77 + 154 + 77, 4)
    # One mask, and three masks for two pictures, of which two are taken.
    assert packed["CONDITION_MASKS"].shape == (1 + 2, 8, 8)
    read = read_conditions(
        packed["CONDITIONS"][0].decode(), packed["CONTEXTS"], Planes(packed["CONDITION_MASKS"])
    )
    first, second = read["positive"]
    (third,) = read["negative"]
    assert read["middle"] is None
    assert [len(one.context) for one in (first, second, third)] == [77, 154, 77]
    assert [one.context[0, 0] for one in (first, second, third)] == [1, 2, 3]
    assert (first.strength, first.mask) == (2.0, None)
    assert vars(first.area) == vars(given["positive"][0].area)
    assert (second.mask_strength, second.bounds, second.start, second.end) == (0.5, True, 0.1, 0.6)
    assert second.mask.shape == (1, 8, 8)
    assert third.mask.shape == (2, 8, 8)
    assert second.mask[0, 0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "CONDITIONS: send a JSON list"),
        ("[]", "there are 0"),
        ('[{"role": "other", "tokens": 2}]', "other"),
        ('[{"role": "positive", "tokens": 2, "strenght": 1}]', "strenght"),
        ('[{"role": "positive", "tokens": 3}]', "CONTEXTS.*3 tokens"),
        ('[{"role": "positive", "tokens": 2, "masks": 1}]', "CONDITION_MASKS: there are 0"),
        ('[{"role": "positive", "tokens": 2, "strength": -1}]', "below 0"),
        ('[{"role": "positive", "tokens": 2, "strength": 1e400}]', "CONDITIONS"),
    ],
)
def test_what_does_not_fit_is_named(text, message):
    with pytest.raises(ParameterError, match=message):
        read_conditions(text, np.zeros((2, 4), np.float32), Planes())


def test_there_is_an_end_to_how_many():
    many = msgspec.json.encode([Wire("positive", 1)] * 33).decode()
    with pytest.raises(ParameterError, match="1 to 32"):
        read_conditions(many, np.zeros((33, 4), np.float32), Planes())


def test_what_steers_comes_back_and_what_is_shared_travels_once():
    rng = np.random.default_rng(0)
    hint = rng.random((1, 64, 96, 3)).astype(np.float32)
    pooled = rng.random(6).astype(np.float32)
    inpaint = rng.random((1, 5, 8, 8)).astype(np.float32)
    edges = Control(ControlNet("e" * 64), hint, 0.7, 0.1, 0.8, "prompt")
    other = Control(ControlNet("f" * 64), rng.random((3, 64, 64, 3)).astype(np.float32))
    sizes = (64.0, 64.0, 0.0, 0.0, 64.0, 64.0)
    positive = Condition(context(1), pooled, controls=(edges, other), sizes=sizes, inpaint=inpaint)
    negative = Condition(context(2), pooled, controls=(edges,), inpaint=inpaint)
    manifest = Manifest("some", "sdxl", 4, unet_channels=9, pooled_dim=6, size_ids=6, scaling_factor=0.5)
    packed = _conditions({"positive": (positive,), "negative": (negative,)}, SAMPLES, manifest)
    # One hint for all, and three for two pictures, of which two are taken.
    assert packed["HINTS"].shape == (1 + 2, 3, 64, 64)
    assert packed["POOLEDS"].shape == (1, 6)
    assert packed["INPAINTS"].shape == (1, 5, 8, 8)
    planes = Planes(None, packed["POOLEDS"], packed["HINTS"], packed["INPAINTS"])
    read = read_conditions(
        packed["CONDITIONS"][0].decode(), packed["CONTEXTS"], planes, lambda name: name[:1]
    )
    (first,), (second,) = read["positive"], read["negative"]
    assert [(c.net, c.strength, c.start, c.end, c.mode) for c in first.controls] == [
        ("e", 0.7, 0.1, 0.8, "prompt"),
        ("f", 1.0, 0.0, 1.0, "balanced"),
    ]
    # The middle of the hint, its own pixels; one array for both sides, so that the network runs once.
    np.testing.assert_array_equal(first.controls[0].hint[0], np.moveaxis(hint[0, :, 16:80], -1, 0))
    assert first.controls[0].hint is second.controls[0].hint
    assert first.controls[1].hint.shape == (2, 3, 64, 64)
    np.testing.assert_array_equal(first.pooled, pooled)
    assert (first.sizes, second.sizes) == (sizes, None)
    np.testing.assert_array_equal(first.inpaint[:, 0], inpaint[:, 0])
    np.testing.assert_allclose(first.inpaint[:, 1:], inpaint[:, 1:] * 0.5)
    # A checkpoint that takes none of it is sent none of it.
    plain = _conditions(
        {"positive": (Condition(context(1), pooled, sizes=sizes, inpaint=inpaint),)}, SAMPLES, MANIFEST
    )
    assert set(plain) == {"CONDITIONS", "CONTEXTS"}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('"pooled": 2', "POOLEDS: condition 0 names row 2; there are 1"),
        ('"inpaint": 0', "INPAINTS: condition 0 names row 0; there are 0"),
        (
            '"controls": [{"net": "a", "hint": 1, "planes": 2}]',
            "HINTS: condition 0 names row 1 to 2; there are 2",
        ),
        ('"controls": [{"net": "a", "hint": -1}]', "HINTS: condition 0 names row -1"),
        ('"controls": [{"net": "a", "hint": 0, "strength": -1}]', "strength is not between 0 and 10"),
        ('"controls": [{"net": "a", "hint": 0, "mode": "soft"}]', "soft"),
        ('"sizes": [1e400]', "CONDITIONS"),
    ],
)
def test_rows_that_are_not_there_are_named(more, message):
    planes = Planes(None, np.zeros((1, 6), np.float32), np.zeros((2, 3, 64, 64), np.float32))
    text = f'[{{"role": "positive", "tokens": 2, {more}}}]'
    with pytest.raises(ParameterError, match=message):
        read_conditions(text, np.zeros((2, 4), np.float32), planes)


def test_numbers_that_are_not_finite_are_named():
    hints = np.full((1, 3, 64, 64), np.nan, np.float32)
    text = '[{"role": "positive", "tokens": 2, "controls": [{"net": "a", "hint": 0}]}]'
    with pytest.raises(ParameterError, match="HINTS: send finite numbers only"):
        read_conditions(text, np.zeros((2, 4), np.float32), Planes(hints=hints))
