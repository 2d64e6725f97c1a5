"""The model family that comes with the studio is published at first use."""

from pathlib import Path

from rich.console import Console

from studio.commands.export import run_export
from studio.settings import ROOT
from studio.triton.repository import published

NAME = "pocket"
SOURCE = ROOT / "export" / "pocket" / "weights"


def publish_embedded(home: Path, console: Console) -> None:
    """Publishes pocket under `home` unless it stands there already."""
    if NAME not in published(home):
        run_export(SOURCE, NAME, home, console)
