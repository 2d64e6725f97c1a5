"""`studio models`: what is published, and what is being served."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from ensembles.engine.int8 import published_int8
from ensembles.manifest import Manifest, read_manifest
from export.errors import ExportError
from export.report import read_report
from studio.settings import read_settings
from studio.triton.repository import published
from studio.triton.server import all_running


@click.command()
def models() -> None:
    """List the published checkpoints."""
    settings = read_settings()
    names = published(settings.home)
    if not names:
        click.echo("No checkpoint is published. `studio export SOURCE --name NAME` publishes one.")
        return
    table = Table("name", "architecture", "size", "prediction", "precision", "UNet sha256", box=None)
    for name in names:
        folder = settings.home / "models" / name
        manifest = read_manifest(folder / "manifest.json")
        table.add_row(
            name,
            manifest.architecture,
            f"{manifest.default_size}x{manifest.default_size}",
            manifest.prediction,
            _precision(folder, manifest),
            manifest.weights.get("unet", "")[:12],
        )
    console = Console()
    console.print(table)
    served = ", ".join(server.grpc_url for server in all_running(settings.home).values())
    console.print(
        f"served on gRPC {served}" if served else "not being served: `studio serve` does", style="dim"
    )


def _precision(folder: Path, manifest: Manifest) -> str:
    """What the UNet computes in, and how far that is from fp32 where it was compared."""
    if published_int8(folder, "unet") is None:
        return manifest.precision
    try:
        report = read_report(folder).int8
    except ExportError:
        report = None  # a list must not stop at a damaged report
    return report.summary() if report else "int8"
