"""`studio models`: what is published, and what is being served."""

import click
from rich.console import Console
from rich.table import Table

from ensembles.manifest import read_manifest
from studio.settings import read_settings
from studio.triton.repository import published
from studio.triton.server import running


@click.command()
def models() -> None:
    """List the published checkpoints."""
    settings = read_settings()
    names = published(settings.home)
    if not names:
        click.echo("No checkpoint is published. `studio export SOURCE --name NAME` publishes one.")
        return
    table = Table("name", "architecture", "size", "prediction", "UNet sha256", box=None)
    for name in names:
        manifest = read_manifest(settings.home / "models" / name / "manifest.json")
        table.add_row(
            name,
            manifest.architecture,
            f"{manifest.default_size}x{manifest.default_size}",
            manifest.prediction,
            manifest.weights.get("unet", "")[:12],
        )
    console = Console()
    console.print(table)
    state = running(settings.home)
    console.print(
        f"served on gRPC {state.grpc_url}" if state else "not being served: `studio serve` does", style="dim"
    )
