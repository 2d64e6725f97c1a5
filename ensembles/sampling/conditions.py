"""Where, when and how much a text counts, and what several that overlap come to.

Where several count, the guess is their mean, weighted by strength and mask (MultiDiffusion, Bar-Tal et al. 2023,
arXiv 2302.08113, eq. 5, is this for areas). What the papers leave open follows what ComfyUI's users know of it: an area
without a mask gains weight by eighths over the first cells from each edge that is not the picture's; each area of one
side of the guidance is asked of the other side too; where nothing counts, the guess is 0. None of these three was
measured against it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np

from ensembles.sampling.parameters import ParameterError
from ensembles.sampling.schedules import ModelSampling
from ensembles.sampling.types import F32

FEATHER = 8
"""Cells over which an area comes to its full weight."""
LEAST_BOUNDS = 8
"""Cells along each side of a mask's bounding box, at least: networks see too little of less."""
_NOTHING = np.float32(1e-30)


@dataclass(frozen=True)
class Area:
    """A rectangle: latent cells, or shares 0..1 of the latent where `share`."""

    height: float
    width: float
    y: float
    x: float
    share: bool = False


Mode: TypeAlias = Literal["balanced", "prompt", "control"]
FADE = 0.825
"""What a residual counts for, to the power of its distance from the middle, in the modes `prompt` and `control`."""


@dataclass(frozen=True)
class Control:
    """A ControlNet beside a text."""

    net: str
    """SHA-256"""
    hint: F32 = field(repr=False)
    """[N or 1, 3, 8h, 8w]. Controls of several texts that share one array share one run of the network."""
    strength: float = 1.0
    start: float = 0.0
    """Share of the way, as of a condition."""
    end: float = 1.0
    mode: Mode = "balanced"
    """`prompt`: residuals far from the middle count less (`FADE`); `control`: the same, and on the positive side alone."""


@dataclass(frozen=True)
class Condition:
    """One text."""

    context: F32 = field(repr=False)
    """[T, C]"""
    strength: float = 1.0
    """From 0: its weight beside others. A lone one counts in full."""
    area: Area | None = None
    """The network sees this part of the latent alone."""
    mask: F32 | None = field(default=None, repr=False)
    """[N or 1, h, w] in 0..1"""
    mask_strength: float = 1.0
    bounds: bool = False
    """With a mask: is the network asked about the box around it alone? That goes before an area."""
    start: float = 0.0
    """Share of the way from which it counts: p is the level at timestep (1−p)·999, 0 all above."""
    end: float = 1.0
    """Share of the way to which it counts; 1 is the end."""
    pooled: F32 | None = field(default=None, repr=False)
    """[P], where the UNet takes one."""
    sizes: tuple[float, ...] | None = None
    """The UNet's `time_ids`, where it takes them."""
    controls: tuple[Control, ...] = ()
    inpaint: F32 | None = field(default=None, repr=False)
    """[N or 1, 1 + C, h, w] for inpainting UNets: mask (1 is repainted) and scaled latent of the masked picture."""


Conditions: TypeAlias = Sequence[Condition]
Box: TypeAlias = tuple[int, int, int, int]
"""y, x, height, width in cells"""


@dataclass(frozen=True, eq=False)
class Placed:
    """A condition on a latent of known size, under a known schedule."""

    context: F32 = field(repr=False)
    box: Box
    weight: F32 | None = field(repr=False)
    """[N or 1, 1, height, width] of the box; None: 1 all over the latent"""
    low: float
    """Counts at noise levels from `low`…"""
    high: float
    """…to `high`, both included."""
    pooled: F32 | None = field(default=None, repr=False)
    sizes: tuple[float, ...] | None = None
    controls: tuple["PlacedControl", ...] = ()
    inpaint: F32 | None = field(default=None, repr=False)
    """[N or 1, 1 + C, height, width] of the whole latent"""
    image: F32 | None = field(default=None, repr=False)
    """[N or 1, k, C]: an image prompt's tokens"""
    perturbed: bool = False
    """Is the network asked with perturbed attention (PAG)?"""

    def at(self, sigma: float) -> bool:
        """Does it count at this level?"""
        return self.low <= sigma <= self.high

    def cut(self, values: F32, factor: int = 1) -> F32:
        """[N,C,h,w], or `factor` times as high and wide → what of it is in the box."""
        y, x, height, width = (side * factor for side in self.box)
        return values[:, :, y : y + height, x : x + width]

    def seen(self, latent: F32) -> F32:
        """[N,C,h,w] → what the network sees of it: what is in the box, and for inpainting UNets mask and picture."""
        if self.inpaint is None:
            return self.cut(latent)
        beside = np.broadcast_to(self.inpaint, (len(latent), *self.inpaint.shape[1:]))
        return self.cut(np.concatenate([latent, beside], axis=1))


@dataclass(frozen=True, eq=False)
class PlacedControl:
    """A control under a known schedule."""

    net: str
    hint: F32 = field(repr=False)
    weights: F32 = field(repr=False)
    """[R]: of each residual, strength and mode together"""
    low: float
    high: float
    alone: bool = False
    """Does it count on the positive side only?"""

    def at(self, sigma: float) -> bool:
        """Does it count at this level?"""
        return self.low <= sigma <= self.high

    @property
    def slot(self) -> tuple[str, int]:
        """What controls that can share a run have in common: network and hint."""
        return self.net, id(self.hint)


def span(start: float, end: float, sampling: ModelSampling) -> tuple[float, float]:
    """(lowest, highest) noise level of a share of the way: p is the level at timestep (1−p)·999."""
    low = 0.0 if end >= 1 else sampling.percent_to_sigma(max(end, 0.0))
    high = float("inf") if start <= 0 else sampling.percent_to_sigma(min(start, 1.0))
    return low, high


def residual_weights(residuals: int, strength: float, mode: Mode, role: str) -> F32:
    """[R]: what each residual is multiplied by, shallowest first, the middle block's last."""
    distance = np.arange(residuals - 1, -1, -1)
    fade = np.ones(residuals) if mode == "balanced" else FADE**distance
    if mode == "control" and role == "negative":
        fade = np.zeros(residuals)
    return np.asarray(strength * fade, np.float32)


def placed(
    one: Condition,
    height: int,
    width: int,
    sampling: ModelSampling,
    name: str = "positive",
    residuals: int = 0,
) -> Placed:
    """The condition on a latent of height x width cells. Raises `ParameterError(name, …)` for what cannot be used."""
    whole = (0, 0, height, width)
    box = whole
    if one.mask is not None and one.bounds:
        box = _bounds(one.mask, height, width)
    elif one.area is not None:
        box = _box(one.area, height, width, name)
    plain = one.area is None and one.mask is None and one.strength == 1
    low, high = span(one.start, one.end, sampling)
    return Placed(
        context=np.asarray(one.context, np.float32),
        box=box,
        weight=None if plain else _weight(one, box, height, width, name),
        low=low,
        high=high,
        pooled=one.pooled,
        sizes=one.sizes,
        controls=tuple(_control(control, residuals, name, sampling) for control in one.controls),
        inpaint=one.inpaint,
    )


def _control(control: Control, residuals: int, role: str, sampling: ModelSampling) -> PlacedControl:
    weights = residual_weights(residuals, control.strength, control.mode, role)
    low, high = span(control.start, control.end, sampling)
    return PlacedControl(control.net, control.hint, weights, low, high, alone=control.mode == "control")


def _box(area: Area, height: int, width: int, name: str) -> Box:
    y, x, rows, columns = area.y, area.x, area.height, area.width
    if area.share:
        y, x = y * height, x * width
        rows, columns = max(1.0, rows * height), max(1.0, columns * width)
    top, left = round(y), round(x)
    bottom, right = min(height, top + round(rows)), min(width, left + round(columns))
    if not (0 <= top < bottom and 0 <= left < right):
        raise ParameterError(
            name, f"an area lies outside the picture, which has {width}x{height} cells of 8 pixels; move it"
        )
    return top, left, bottom - top, right - left


def _bounds(mask: F32, height: int, width: int) -> Box:
    """The box around all that is not 0 in any of the masks; a corner where all is 0."""
    rows, columns = (np.flatnonzero(mask.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    sides = []
    for found, length in ((rows, height), (columns, width)):
        first, last = (int(found[0]), int(found[-1])) if len(found) else (0, 0)
        size = min(length, max(LEAST_BOUNDS, last - first + 1))
        sides.append((min(first, length - size), size))
    (y, tall), (x, wide) = sides
    return y, x, tall, wide


def _weight(one: Condition, box: Box, height: int, width: int, name: str) -> F32:
    y, x, tall, wide = box
    if one.mask is None:
        rise = np.outer(_rise(y, tall, height), _rise(x, wide, width))
        return np.asarray(rise * one.strength, np.float32)[None, None]
    if one.mask.ndim != 3 or one.mask.shape[1:] != (height, width):
        raise ParameterError(
            name, f"a mask's shape is {list(one.mask.shape)}; give [N or 1, {height}, {width}]"
        )
    weight = one.mask[:, None, y : y + tall, x : x + wide] * np.float32(one.mask_strength * one.strength)
    return np.asarray(weight, np.float32)


def _rise(start: int, length: int, whole: int) -> F32:
    """[length]: 1, but for eighths from an end that is not the picture's."""
    up = np.minimum((np.arange(length) + 1) / FEATHER, 1)
    weight = np.ones(length)
    if start > 0:
        weight *= up
    if start + length < whole:
        weight *= up[::-1]
    return weight.astype(np.float32)


def with_counterparts(roles: Mapping[str, Sequence[Placed]], whole: Box) -> dict[str, list[Placed]]:
    """The same conditions, and for each with a box others of the other roles, so that guidance compares like with like.

    A role that is not asked about that very box gets its text there too: that of its condition with the smallest box
    around it, with the weight and the times of the first, and with the controls of one that is not negative. Where none
    lies around it, nothing is added.
    """
    found = {role: list(conditions) for role, conditions in roles.items()}
    for role, conditions in found.items():
        for one in conditions:
            if one.box == whole:
                continue
            for other, theirs in found.items():
                around = [their for their in theirs if _holds(their.box, one.box)]
                if other == role or not around:
                    continue
                nearest = min(around, key=lambda their: their.box[2] * their.box[3])
                if nearest.box != one.box:
                    controls = tuple(
                        control for control in one.controls if not (control.alone and other == "negative")
                    )
                    theirs.append(
                        replace(
                            nearest, box=one.box, weight=one.weight, low=one.low, high=one.high,
                            controls=nearest.controls if role == "negative" else controls,
                        )
                    )  # fmt: skip
    return found


def _holds(outer: Box, inner: Box) -> bool:
    return all(
        outer[axis] <= inner[axis] and outer[axis] + outer[axis + 2] >= inner[axis] + inner[axis + 2]
        for axis in (0, 1)
    )


def combined(guesses: Sequence[tuple[Placed, F32]], like: F32) -> F32:
    """The mean guess [N,C,h,w] of those in their boxes, by weight; `like` has its shape. Where nothing counts: 0."""
    if len(guesses) == 1 and guesses[0][0].weight is None:
        return guesses[0][1]
    total = np.zeros_like(like)
    weights = np.zeros((len(like), 1, *like.shape[2:]), np.float32)
    for one, guess in guesses:
        weight = np.float32(1) if one.weight is None else one.weight
        one.cut(total)[...] += guess * weight
        one.cut(weights)[...] += weight
    mean: F32 = total / np.maximum(weights, _NOTHING)
    return mean
