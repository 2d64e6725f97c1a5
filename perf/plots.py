"""The one way plots are made here: no window, one size of panel, the same four colours."""

import math
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

OURS, THEIRS, GOOD, BAD = "#1f5fa8", "#9aa5b1", "#2e7d4f", "#b3372f"
COLUMNS = 4


def figure(panels: int, height: float = 3.6) -> tuple[Figure, list[Axes]]:
    """A figure with `panels` axes side by side, 5 inches each."""
    made, axes = plt.subplots(1, panels, figsize=(5 * panels, height), squeeze=False, layout="constrained")
    return made, [_plain(axis) for axis in axes[0]]


def figure_with_top(panels: int, top: float) -> tuple[Figure, Axes, list[Axes]]:
    """One axis over the whole width, `top` inches high, and below it `panels` axes in rows of `COLUMNS`."""
    rows = max(1, math.ceil(panels / COLUMNS))
    made = plt.figure(figsize=(3.2 * COLUMNS, top + 2.8 * rows), layout="constrained")
    grid = made.add_gridspec(1 + rows, COLUMNS, height_ratios=[top, *[2.8] * rows])
    below = [made.add_subplot(grid[1 + place // COLUMNS, place % COLUMNS]) for place in range(panels)]
    return made, _plain(made.add_subplot(grid[0, :])), [_plain(axis) for axis in below]


def _plain(axis: Axes) -> Axes:
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8)
    return axis


def save(made: Figure, path: Path) -> None:
    """Writes a PNG and forgets the figure."""
    made.savefig(path, dpi=110)
    plt.close(made)
