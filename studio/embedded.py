"""The model family that comes with the studio is published at first use."""

from pathlib import Path

from rich.console import Console

from export.write import is_current
from studio.commands.export import run_export
from studio.settings import ROOT
from studio.triton.repository import published

NAME = "pocket"
SOURCE = ROOT / "export" / "pocket" / "weights"


def publish_embedded(home: Path, console: Console) -> None:
    """Publishes pocket under `home` unless just this one stands there already.

    An earlier checkout's is replaced: its weights or its Triton configs may be others.
    """
    if NAME not in published(home) or not is_current(home / "models" / NAME, SOURCE):
        run_export(SOURCE, NAME, home, console)
