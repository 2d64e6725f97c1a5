"""The one way plots are made here: no window, one size, the same four colours."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

OURS, THEIRS, GOOD, BAD = "#1f5fa8", "#9aa5b1", "#2e7d4f", "#b3372f"


def figure(panels: int, height: float = 3.6) -> tuple[Figure, list[Axes]]:
    """A figure with `panels` axes side by side, 5 inches each."""
    made, axes = plt.subplots(1, panels, figsize=(5 * panels, height), squeeze=False, layout="constrained")
    for each in axes[0]:
        each.spines[["top", "right"]].set_visible(False)
    return made, list(axes[0])


def save(made: Figure, path: Path) -> None:
    """Writes a PNG and forgets the figure."""
    made.savefig(path, dpi=110)
    plt.close(made)
