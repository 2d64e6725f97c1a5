"""Where, when and how much a text counts, and what several that overlap come to.

Where several count, the guess is their mean, weighted by strength and mask (MultiDiffusion, Bar-Tal et al. 2023,
arXiv 2302.08113, eq. 5, is this for areas). What the papers leave open follows what ComfyUI's users know of it: an area
without a mask gains weight by eighths over the first cells from each edge that is not the picture's; each area of one
side of the guidance is asked of the other side too; where nothing counts, the guess is 0. None of these three was
measured against it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

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

    def at(self, sigma: float) -> bool:
        """Does it count at this level?"""
        return self.low <= sigma <= self.high

    def cut(self, values: F32) -> F32:
        """[N,C,h,w] → what of it is in the box."""
        y, x, height, width = self.box
        return values[:, :, y : y + height, x : x + width]


def placed(
    one: Condition, height: int, width: int, sampling: ModelSampling, name: str = "positive"
) -> Placed:
    """The condition on a latent of height x width cells. Raises `ParameterError(name, …)` for what cannot be used."""
    whole = (0, 0, height, width)
    box = whole
    if one.mask is not None and one.bounds:
        box = _bounds(one.mask, height, width)
    elif one.area is not None:
        box = _box(one.area, height, width, name)
    plain = one.area is None and one.mask is None and one.strength == 1
    return Placed(
        context=np.asarray(one.context, np.float32),
        box=box,
        weight=None if plain else _weight(one, box, height, width, name),
        low=0.0 if one.end >= 1 else sampling.percent_to_sigma(max(one.end, 0.0)),
        high=float("inf") if one.start <= 0 else sampling.percent_to_sigma(min(one.start, 1.0)),
    )


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
    around it, with the weight and the times of the first. Where none lies around it, nothing is added.
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
                    theirs.append(replace(one, context=nearest.context))
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
