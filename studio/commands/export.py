"""`studio export`: a checkpoint becomes Triton models."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from export.command import export_checkpoint
from export.errors import ExportError
from studio.errors import StudioError
from studio.settings import read_settings


def run_export(source: Path, name: str, home: Path, console: Console) -> None:
    """Exports with a progress bar and prints the report; raises `StudioError`."""
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("inspect", total=1.0)
            report = export_checkpoint(
                source, name, home, lambda stage, share: bar.update(task, description=stage, completed=share)
            )
    except ExportError as error:
        raise StudioError(str(error)) from error
    console.print(report.text(), soft_wrap=True)


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="The name it is served under.")
def export(source: Path, name: str) -> None:
    """Publish SOURCE, a diffusers folder of Stable Diffusion 1.5's architecture, as Triton models."""
    run_export(source, name, read_settings().home, Console(stderr=True))
