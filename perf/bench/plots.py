"""The plots of a bench: a panel a comparison, and one for the shares."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from perf.bench.samples import Samples
from perf.bench.targets import Target
from perf.plots import BAD, GOOD, OURS, THEIRS, figure, save

FIRST = ("Triton", "all at once")
"""Sides in our colour."""
PANELS = {
    "s": "seconds, lower is better",
    "%": "% of the wall time, higher is better",
    "MB": "MB (10⁶ bytes)",
}
"""Unit → the axis' label; other units have no panel."""


def plot(path: Path, samples: Samples, targets: Sequence[Target]) -> None:
    """One panel a part with its sides as dots and medians, the targets' own panel first."""
    parts = [part for part in samples.parts() if samples.of(part, samples.sides(part)[0])[0].unit in PANELS]
    parts = [part for part in parts if part != "compute_infer share"]
    made, axes = figure(len(parts) + 1)
    _targets(axes[0], samples, targets)
    for axis, part in zip(axes[1:], parts, strict=True):
        _part(axis, samples, part)
    save(made, path)


def _targets(axis: Axes, samples: Samples, targets: Sequence[Target]) -> None:
    # Each figure over its limit, so that one axis holds them all; a floor the other way about.
    names, heights, colours = [], [], []
    for target in targets:
        measured = target.measure(samples)
        if measured is None:
            continue
        names.append(target.title if len(target.title) < 48 else target.title[:46] + "…")
        heights.append(target.limit / measured.median if target.at_least else measured.median / target.limit)
        colours.append(GOOD if target.met(measured) else BAD)
    places = range(len(names))
    axis.barh(places, heights, color=colours)
    axis.axvline(1, color=THEIRS, linestyle="--", linewidth=1)
    axis.set_yticks(places, names, fontsize=6)
    axis.invert_yaxis()
    axis.set_xlabel("share of what the target allows; past 1 is missed", fontsize=8)
    axis.set_title("Targets", fontsize=10)


def _part(axis: Axes, samples: Samples, part: str) -> None:
    sides = samples.sides(part)
    for place, side in enumerate(sides):
        rows = samples.of(part, side)
        middle = samples.spread(part, side)
        assert middle is not None
        colour = OURS if side in FIRST or len(sides) != 2 else THEIRS
        axis.bar(place, middle.median, width=0.55, color=colour, alpha=0.85)
        axis.plot([place] * len(rows), [row.value for row in rows], ".", color="black", markersize=3)
        axis.annotate(
            f"{middle.median:.3g}",
            (place, middle.median),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axis.set_xticks(range(len(sides)), [side.replace(" ", "\n", 1) for side in sides], fontsize=8)
    axis.margins(y=0.15)
    axis.set_ylabel(PANELS[samples.of(part, sides[0])[0].unit], fontsize=8)
    axis.set_title(part, fontsize=10)
