"""What can be set about a sampler besides its levels: names and ranges, as ComfyUI's sampler nodes have them."""

import difflib
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ensembles.sampling.parameters import ParameterError


class Option(NamedTuple):
    """One option: a number in a range, or one of some names."""

    default: float | int | str
    low: float = 0.0
    high: float = 100.0
    choices: tuple[str, ...] = ()
    meaning: str = ""


ETA = Option(1.0, meaning="how much of the noise is taken away and put back anew; 0 adds none")
S_NOISE = Option(1.0, meaning="what new noise is multiplied by")
NOISE = {"eta": ETA, "s_noise": S_NOISE}

OPTIONS: Mapping[str, Mapping[str, Option]] = MappingProxyType(
    {
        "euler_ancestral": NOISE,
        "dpmpp_2s_ancestral": NOISE,
        "dpmpp_sde": {**NOISE, "r": Option(0.5, 0.01, 1, meaning="where in a step the second call stands")},
        "dpmpp_2m_sde": {**NOISE, "solver_type": Option("midpoint", choices=("midpoint", "heun"))},
        "dpmpp_3m_sde": NOISE,
        "lms": {"order": Option(4, 1, 100, meaning="how many slopes a step looks back on")},
        "dpm_adaptive": {
            "order": Option(3, 2, 3),
            "rtol": Option(0.05, 0.0001, meaning="relative tolerance"),
            "atol": Option(0.0078, 0.0001, meaning="absolute tolerance"),
            "h_init": Option(0.05, 0.0001, meaning="the first step, in log σ"),
            "pcoeff": Option(0.0, meaning="of the controller: proportional"),
            "icoeff": Option(1.0, meaning="of the controller: integral"),
            "dcoeff": Option(0.0, meaning="of the controller: derivative"),
            "accept_safety": Option(0.81, meaning="a step whose factor is lower is done again"),
            "eta": Option(0.0, meaning=ETA.meaning),
            "s_noise": S_NOISE,
        },
    }
)
"""Sampler → its options by name; those that are not here have none."""


def check_options(sampler: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options as the sampler takes them; raises `ParameterError` for the first that it cannot use."""
    known = OPTIONS.get(sampler, {})
    return {name: _checked(sampler, name, value, known) for name, value in given.items()}


def _checked(sampler: str, name: str, value: Any, known: Mapping[str, Option]) -> Any:
    where = f"option {name!r} of {sampler}"
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known) or 'none'}"
        raise ParameterError("sampler_options", f"{sampler} has no option {name!r}; {hint}")
    option = known[name]
    if option.choices:
        if value not in option.choices:
            raise ParameterError(
                "sampler_options", f"{where} is {value!r}; take {' or '.join(option.choices)}"
            )
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError("sampler_options", f"{where} is {value!r}; give a number")
    if not option.low <= value <= option.high:
        raise ParameterError("sampler_options", f"{where} is {value}; give {option.low:g} to {option.high:g}")
    if isinstance(option.default, int) and value != int(value):
        raise ParameterError("sampler_options", f"{where} is {value}; give a whole number")
    return int(value) if isinstance(option.default, int) else float(value)
