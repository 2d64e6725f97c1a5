"""Conditions as they travel: what was packed is read again, and what does not fit is refused with its name."""

import msgspec
import numpy as np
import pytest

from control.workflows.values import Area, Condition
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
