"""Are a request's parameters usable? Errors name the parameter and say what to do."""

import difflib
import math
from collections.abc import Iterable

from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import SCHEDULES

MAX_SEED = 2**64 - 1
MAX_STEPS = 150
MAX_LORA = 20.0
"""Strength of a LoRA, either way."""
MOST_BLOCKS = 64
"""Block weights of a LoRA: no architecture has so many."""
MAX_CFG = 30.0
MIN_SIZE, MAX_SIZE, SIZE_STEP = 64, 2048, 8
MAX_BATCH = 8
MAX_TOKENS = 77 * 17
"""Of one conditioning: what the longest prompt that text_encode takes comes to."""
MAX_HINTED = 100_000_000
"""Texts x pictures x ControlNets x pixels of one job: each sample of a step has each hint, 12 bytes a pixel."""
MAX_SCHEDULE = 10_000
"""Levels of the schedule of which denoise keeps the end."""


class ParameterError(ValueError):
    """A parameter that cannot be used. Shown to the caller as `parameter: message`."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(f"{parameter}: {message}")
        self.parameter = parameter
        self.message = message


def check_hinted(parameter: str, texts: int, pictures: int, controls: int, width: int, height: int) -> None:
    """Raises `ParameterError` where hints of so many `controls`, for so many texts and pictures, are too much at once."""
    pixels = texts * pictures * controls * width * height
    if pixels > MAX_HINTED:
        raise ParameterError(
            parameter,
            f"ControlNets x texts x pictures x pixels are {controls} x {texts} x {pictures} x {width}x{height} = "
            f"{pixels / 1e6:.0f} million, and {MAX_HINTED / 1e6:.0f} million are the most; use fewer ControlNets, fewer texts, "
            "fewer pictures at once, or smaller ones",
        )


def check(
    *,
    seed: int,
    steps: int,
    cfg: float,
    sampler: str,
    scheduler: str,
    width: int,
    height: int,
    batch: int = 1,
    denoise: float = 1.0,
) -> None:
    """Raises `ParameterError` for the first parameter out of range; width and height are in pixels."""
    _integer("seed", seed, 0, MAX_SEED)
    _integer("steps", steps, 1, MAX_STEPS)
    if not (math.isfinite(cfg) and 0 <= cfg <= MAX_CFG):
        raise ParameterError(
            "cfg", f"{cfg} is not between 0 and {MAX_CFG:g}; 1 is without guidance, 7 is usual"
        )
    _name("sampler", sampler, SAMPLERS)
    _name("scheduler", scheduler, SCHEDULES)
    for name, size in (("width", width), ("height", height)):
        _integer(name, size, MIN_SIZE, MAX_SIZE)
        if size % SIZE_STEP:
            near = round(size / SIZE_STEP) * SIZE_STEP
            raise ParameterError(name, f"{size} is not a multiple of {SIZE_STEP}; use {near}")
    _integer("batch", batch, 1, MAX_BATCH)
    if not 0 < denoise <= 1:
        raise ParameterError("denoise", f"{denoise} is not above 0 and at most 1; 1 repaints all")
    if steps / denoise > MAX_SCHEDULE:
        raise ParameterError(
            "denoise", f"{denoise} is too little for {steps} steps; {steps / MAX_SCHEDULE:g} is the least"
        )


def _integer(parameter: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ParameterError(parameter, f"{value!r} is not a whole number")
    if not low <= value <= high:
        raise ParameterError(parameter, f"{value} is not between {low} and {high}")


def _name(parameter: str, value: str, known: Iterable[str]) -> None:
    names = list(known)
    if value in names:
        return
    near = difflib.get_close_matches(str(value), names, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
    raise ParameterError(parameter, f"there is no {parameter} {value!r}; {hint}")
