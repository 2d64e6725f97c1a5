"""The model family that comes with the studio is published at first use."""

from pathlib import Path

from rich.console import Console

from export.write import is_current
from studio.commands.export import run_export
from studio.settings import ROOT
from studio.triton.repository import not_served_here, published

NAME = "pocket"
SOURCE = ROOT / "export" / "pocket" / "weights"


def publish_embedded(home: Path, console: Console) -> None:
    """Publishes pocket under `home` unless just this one stands there already.

    An earlier checkout's is replaced: its weights or its Triton configs may be others.
    """
    for other, runtime in not_served_here(home).items():
        console.print(
            f"{other} is not served here: it was exported for {runtime}, which NVIDIA's container runs "
            "(docs/runtimes.md)",
            style="yellow",
            soft_wrap=True,
        )
    if NAME not in published(home) or not is_current(home / "models" / NAME, SOURCE):
        run_export(SOURCE, NAME, home, console)
