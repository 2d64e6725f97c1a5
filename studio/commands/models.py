"""`studio models`: what there is to paint with, what is being served; adding to it and taking away."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from rich.console import Console
from rich.table import Table

from control.models.shared import shared
from ensembles.adapters.about import About, Kind
from ensembles.engine.int8 import published_int8
from ensembles.manifest import Manifest, read_manifest
from export import adapters
from export.errors import ExportError
from export.report import read_report
from studio.commands.database import with_database
from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.repository import link_repository, published
from studio.triton.server import all_running

if TYPE_CHECKING:
    from control.billing.operators import Found

FILES: tuple[Kind, ...] = ("lora", "embedding", "controlnet", "ip_adapter")
_TYPE = click.option("--type", "kind", type=click.Choice(get_args(Kind)), required=True, help="What it is.")
_ORGANISATION = click.option(
    "--organisation", help="Whose it is, by id or slug; without it, it is everybody's."
)


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List checkpoints, LoRAs and the like; add some, take some away."""
    if context.invoked_subcommand is None:
        context.invoke(list_models)


@models.command(name="list")
@click.option("--organisation", help="Those of this organisation's own as well, by id or slug.")
def list_models(organisation: str | None = None) -> None:
    """What is published, and what is being served."""
    home = read_settings().home
    console = Console()
    _list_checkpoints(home, console)
    found = [about for kind in FILES for about in shared(home, kind).values()]
    own = _of(organisation) if organisation is not None else []
    if found or own:
        table = Table("name", "type", "for", "layout", "size", "whose", "sha256", box=None)
        for about, whose in [
            *((one, "everybody") for one in found),
            *((one, organisation or "") for one in own),
        ]:
            size = f"{about.bytes / 1e6:,.1f} MB"
            table.add_row(
                about.name, about.type, about.base or "any", about.layout, size, whose, about.sha256[:12]
            )
        console.print(table)


@models.command()
@click.argument("path", type=click.Path(path_type=Path))
@_TYPE
@click.option("--name", help="What it is called; its file's name where none is given.")
@_ORGANISATION
def add(path: Path, kind: Kind, name: str | None, organisation: str | None) -> None:
    """Add PATH: a .safetensors file, or of checkpoints, VAEs and ControlNets a diffusers folder too.

    What it is and which checkpoints it goes with is read of its tensors' names and shapes. Files that are pickles (.ckpt,
    .pt, .bin) can run code and are refused.
    """
    home = read_settings().home
    home.mkdir(parents=True, exist_ok=True)
    name = name or (path.stem if path.suffix == ".safetensors" else path.name)
    owner = None if organisation is None else _organisation(organisation)
    try:
        about = adapters.add(
            path, kind, home, name, everybody=owner is None, organisation="" if owner is None else str(owner.id)
        )  # fmt: skip
    except ExportError as error:
        raise StudioError(str(error)) from error
    if kind in ("checkpoint", "vae"):
        if (home / "repository").is_dir():
            # So that running servers can load it.
            link_repository(home)
    elif owner is not None:
        _register(owner, about)
    for_whom = "everybody" if owner is None else owner.slug
    base = f" for {about.base}" if about.base else ""
    click.echo(f"Added the {kind} {name}{base} ({about.layout}, {about.bytes / 1e6:,.1f} MB) for {for_whom}.")


@models.command()
@click.argument("name")
@_TYPE
@_ORGANISATION
def remove(name: str, kind: Kind, organisation: str | None) -> None:
    """Take NAME away. Jobs that are under way keep its file; it is swept away later."""
    home = read_settings().home
    if kind in ("checkpoint", "vae"):
        raise StudioError(
            f"A published {kind} is a folder: stop what serves it, remove {home / 'models' / name}, and start again."
        )
    if organisation is not None:
        _forget(_organisation(organisation), kind, name)
    else:
        try:
            adapters.unshare(home, kind, name)
        except ExportError as error:
            raise StudioError(str(error)) from error
    click.echo(f"Removed the {kind} {name}.")


def _organisation(which: str) -> "Found":
    from control.billing.operators import organisations

    [found] = with_database(lambda _: organisations(which))
    return found


def _of(which: str) -> list[About]:
    from control.models.operators import files_of

    owner = _organisation(which)
    return with_database(lambda _: files_of(owner.id))


def _register(owner: "Found", about: About) -> None:
    from control.models.operators import give

    with_database(lambda _: give(owner.id, about))


def _forget(owner: "Found", kind: Kind, name: str) -> None:
    from control.models.operators import take

    with_database(lambda _: take(owner.id, kind, name, read_settings().home))


def _list_checkpoints(home: Path, console: Console) -> None:
    names = published(home)
    if not names:
        click.echo("No checkpoint is published. `studio export SOURCE --name NAME` publishes one.")
        return
    table = Table("name", "architecture", "size", "prediction", "precision", "UNet sha256", box=None)
    for name in names:
        folder = home / "models" / name
        manifest = read_manifest(folder / "manifest.json")
        table.add_row(
            name,
            manifest.architecture,
            f"{manifest.default_size}x{manifest.default_size}",
            manifest.prediction,
            _precision(folder, manifest),
            manifest.weights.get("unet", "")[:12],
        )
    console.print(table)
    served = ", ".join(server.grpc_url for server in all_running(home).values())
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
