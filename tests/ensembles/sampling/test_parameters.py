import math
from typing import Any

import pytest

from ensembles.sampling import ParameterError, check

GOOD: dict[str, Any] = {
    "seed": 2**64 - 1,
    "steps": 20,
    "cfg": 7.0,
    "sampler": "euler",
    "scheduler": "karras",
    "width": 512,
    "height": 768,
    "batch": 8,
    "denoise": 0.5,
}

BAD: list[tuple[str, Any, str]] = [
    ("seed", -1, "between 0 and 18446744073709551615"),
    ("seed", 2**64, "between"),
    ("seed", 1.5, "whole number"),
    ("steps", 0, "between 1 and 150"),
    ("steps", 151, "between 1 and 150"),
    ("steps", True, "whole number"),
    ("cfg", -0.1, "between 0 and 30"),
    ("cfg", 30.5, "between 0 and 30"),
    ("cfg", math.nan, "between 0 and 30"),
    ("sampler", "euler_a", "did you mean .*euler"),
    ("sampler", "dpmpp2m", "dpmpp_2m"),
    ("sampler", "xyzzy", "there are euler, .*uni_pc_bh2"),
    ("scheduler", "karas", "did you mean karras"),
    ("width", 63, "between 64 and 2048"),
    ("width", 2056, "between 64 and 2048"),
    ("height", 515, "not a multiple of 8; use 512"),
    ("batch", 0, "between 1 and 8"),
    ("batch", 9, "between 1 and 8"),
    ("denoise", 0.0, "above 0 and at most 1"),
    ("denoise", 1.1, "above 0 and at most 1"),
    ("denoise", math.nan, "above 0 and at most 1"),
]


def test_good_ones_pass() -> None:
    check(**GOOD)
    check(**{**GOOD, "seed": 0, "cfg": 0, "steps": 150, "denoise": 1, "width": 64, "height": 2048})


@pytest.mark.parametrize(("parameter", "value", "message"), BAD)
def test_errors_name_the_parameter_and_say_what_to_do(parameter: str, value: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        check(**{**GOOD, parameter: value})
    assert caught.value.parameter == parameter
    assert str(caught.value).startswith(f"{parameter}: ")
