"""The plots of a bench: the targets on top, a panel a comparison below."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from perf.bench.samples import Samples
from perf.bench.targets import Target
from perf.plots import BAD, GOOD, OURS, THEIRS, figure_with_top, save

OTHERS = ("diffusers", "torch", "one by one")
"""Sides that ours are compared with."""
PANELS = {"s": "seconds (less is better)", "%": "% of the wall time", "MB": "MB (10⁶ bytes)"}
"""Unit → the axis' label; other units have no panel."""


def plot(path: Path, samples: Samples, targets: Sequence[Target]) -> None:
    """Medians as bars, every sample as a dot."""
    parts = [part for part in samples.parts() if samples.of(part, samples.sides(part)[0])[0].unit in PANELS]
    measured = [target for target in targets if target.measure(samples) is not None]
    made, top, axes = figure_with_top(len(parts), 0.9 + 0.27 * len(measured))
    _targets(top, samples, measured)
    for axis, part in zip(axes, parts, strict=True):
        _part(axis, samples, part)
    save(made, path)


def _targets(axis: Axes, samples: Samples, targets: Sequence[Target]) -> None:
    # Each figure over its limit, so that one axis holds them all; a floor the other way about.
    heights, colours, words = [], [], []
    for target in targets:
        measured = target.measure(samples)
        assert measured is not None
        heights.append(target.limit / measured.median if target.at_least else measured.median / target.limit)
        colours.append(GOOD if target.met(measured) else BAD)
        words.append(f"{measured.median:.{target.digits}f} {target.unit}, wanted {target.wanted()}")
    places = range(len(targets))
    bars = axis.barh(places, heights, color=colours)
    axis.bar_label(bars, words, padding=4, fontsize=8)
    axis.axvline(1, color=THEIRS, linestyle="--", linewidth=1)
    axis.set_xlim(0, max([1.0, *heights]) * 1.35)
    axis.set_yticks(places, [target.title for target in targets], fontsize=8)
    axis.invert_yaxis()
    axis.set_xlabel("share of what the target allows: past the dashed line it is missed", fontsize=8)


def _part(axis: Axes, samples: Samples, part: str) -> None:
    unit = samples.of(part, samples.sides(part)[0])[0].unit
    sides = [side for side in samples.sides(part) if samples.of(part, side)[0].unit == unit]
    for place, side in enumerate(sides):
        values = [row.value for row in samples.of(part, side)]
        middle = samples.spread(part, side)
        assert middle is not None
        axis.bar(place, middle.median, width=0.6, color=THEIRS if side in OTHERS else OURS)
        spots = place + np.linspace(-0.2, 0.2, len(values)) if len(values) > 1 else [place]
        axis.plot(spots, values, ".", color="black", markersize=3)
        axis.annotate(
            f"{middle.median:.3g}",
            (place, max(values)),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axis.set_xticks(
        range(len(sides)),
        [re.sub(r"[ _]|(?<=-)", "\n", side) for side in sides],
        fontsize=8 if len(sides) < 4 else 6.5,
    )
    # A bar alone is no wider than one of two.
    margin = 0.6 if len(sides) > 1 else 1.1
    axis.set_xlim(-margin, len(sides) - 1 + margin)
    axis.set_ylim(0, axis.get_ylim()[1] * 1.08)
    axis.set_ylabel(PANELS[unit], fontsize=8)
    axis.set_title(part, fontsize=10)
