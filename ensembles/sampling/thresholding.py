"""Dynamic thresholding: guidance as strong as cfg asks, with the contrast of a weaker one.

Formulas of sd-dynamic-thresholding (MIT, A. "mcmonkey" Goodwin, 2023), after Saharia et al. 2022 (Imagen), section 2.3. There
all pictures of a batch share their extremes unless channels are separate; here each has its own, so that a picture does not
depend on its neighbours.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from ensembles.sampling.types import F32

MODES: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {
        "Constant": lambda _at, _value: 1.0,
        "Linear Down": lambda at, _value: 1 - at,
        "Cosine Down": lambda at, _value: math.cos(at * 1.5707),
        "Half Cosine Down": lambda at, _value: math.cos(at),
        "Linear Up": lambda at, _value: at,
        "Cosine Up": lambda at, _value: 1 - math.cos(at * 1.5707),
        "Half Cosine Up": lambda at, _value: 1 - math.cos(at),
        "Power Up": lambda at, value: at**value,
        "Power Down": lambda at, value: 1 - at**value,
        "Linear Repeating": lambda at, value: abs(0.5 - at * value % 1) * 2,
        "Cosine Repeating": lambda at, value: math.cos(at * 6.28318 * value) * 0.5 + 0.5,
        "Sawtooth": lambda at, value: at * value % 1,
    }
)
"""How a scale goes over the timesteps: (place 0 at the noisy end to 1, sched_val) → its share."""
LAST = 998
"""What a place is counted in: the original's 999 steps less one, of which timestep 0 comes after the last."""


@dataclass(frozen=True)
class Threshold:
    """What guesses at `mimic` would look like decides the contrast; the defaults are the simple form's."""

    mimic: float = 7.0
    """The scale whose contrast is kept."""
    percentile: float = 1.0
    """Of the guided values' distances from their mean: what lies beyond is clipped."""
    mimic_mode: str = "Constant"
    """One of `MODES`: how `mimic` goes over the timesteps, from `mimic_min`."""
    mimic_min: float = 0.0
    cfg_mode: str = "Constant"
    """The same of cfg."""
    cfg_min: float = 0.0
    sched_val: float = 1.0
    """Power or repetitions of a mode."""
    separate: bool = False
    """Channels each by themselves."""
    startpoint: Literal["MEAN", "ZERO"] = "MEAN"
    """What values are scaled away from."""
    measure: Literal["AD", "STD"] = "AD"
    """Contrast as the largest distance, or as the standard deviation."""
    phi: float = 1.0
    """Share of the result; the rest is plain guidance."""


def thresholded(threshold: Threshold, positive: F32, negative: F32, cfg: float, timestep: float) -> F32:
    """The guided x0 [N,C,h,w] of guesses of that shape, at a timestep of 0..999."""
    relative = positive - negative
    mimic = _scale(threshold.mimic, threshold.mimic_mode, threshold.mimic_min, threshold.sched_val, timestep)
    strong = _scale(cfg, threshold.cfg_mode, threshold.cfg_min, threshold.sched_val, timestep)
    weak_guess = negative + relative * np.float32(mimic)
    guess = negative + relative * np.float32(strong)
    mean = guess.mean(axis=(2, 3), keepdims=True)
    spread, weak_spread = guess - mean, weak_guess - weak_guess.mean(axis=(2, 3), keepdims=True)
    axes = (2, 3) if threshold.separate else (1, 2, 3)
    if threshold.measure == "STD":
        # torch's: one less than the values in the denominator.
        wanted = weak_spread.std(axis=axes, ddof=1, keepdims=True)
        found = spread.std(axis=axes, ddof=1, keepdims=True)
    else:
        wanted = np.abs(weak_spread).max(axis=axes, keepdims=True)
        found = np.quantile(np.abs(spread), threshold.percentile, axis=axes, keepdims=True).astype(np.float32)
    # A guess that is one flat value has no contrast to change.
    found = np.maximum(found, np.float32(1e-12))
    if threshold.startpoint == "ZERO":
        result = guess * (wanted / found)
    elif threshold.measure == "STD":
        result = spread / found * wanted + mean
    else:
        most = np.maximum(wanted, found)
        result = np.clip(spread, -most, most) / most * wanted + mean
    if threshold.phi != 1:
        result = result * np.float32(threshold.phi) + guess * np.float32(1 - threshold.phi)
    return np.asarray(result, np.float32)


def _scale(scale: float, mode: str, least: float, value: float, timestep: float) -> float:
    return (scale - least) * MODES[mode]((LAST + 1 - timestep) / LAST, value) + least
