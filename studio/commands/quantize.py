"""`studio quantize`: linear layers of a checkpoint's UNet in 8 bits, where that pays on this machine's CPU."""

from click import Choice, IntRange, UsageError, argument, command, option
from rich.console import Console
from rich.table import Table

from ensembles.engine.errors import EngineError
from export.errors import ExportError
from export.int8.command import ROUNDS, remove
from export.int8.command import quantize as quantize_folder
from studio.commands.tune import SIZES
from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.repository import published
from studio.triton.server import running


@command()
@argument("name")
@option("--off", is_flag=True, help="Remove the 8-bit weights: back to fp32.")
@option("--keep", is_flag=True, help="Keep them even where they are neither faster nor a quarter smaller.")
@option(
    "--size",
    "sizes",
    multiple=True,
    type=Choice(SIZES),
    help="A resolution to compare at; default: the checkpoint's own.",
)
@option(
    "--rounds", default=ROUNDS, show_default=True, type=IntRange(5, 100), help="Steps of each at each size."
)
def quantize(name: str, off: bool, keep: bool, sizes: tuple[str, ...], rounds: int) -> None:
    """Round the linear layers of checkpoint NAME's UNet to 8 bits, compare them with fp32, keep them if they pay.

    What was found stands in the checkpoint's report.json. Serving takes it up when it starts next.
    """
    if off and (keep or sizes):
        raise UsageError("--off removes the 8-bit weights: it takes no other option.")
    settings = read_settings()
    if name not in published(settings.home):
        raise StudioError(f"There is no checkpoint {name}; `studio models` lists those there are.")
    console = Console(stderr=True)
    folder = settings.home / "models" / name
    next_start = "`studio serve` takes that up when it starts next."
    try:
        if off:
            there = remove(folder)
            console.print(
                f"{name} computes in fp32 again; {next_start}" if there else f"{name} has no 8-bit weights."
            )
            return
        if running(settings.home):
            console.print(
                "A server is running: its work and these timings disturb each other.", style="yellow"
            )
        report, kept = quantize_folder(
            folder,
            [int(size) for size in sizes],
            keep=keep,
            threads=settings.engine_threads or None,
            rounds=rounds,
            progress=lambda doing: console.print(doing, style="dim"),
        )
    except (EngineError, ExportError) as error:
        raise StudioError(str(error)) from error
    titles, rows = report.table()
    table = Table(*titles, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print(report.text(), highlight=False, soft_wrap=True)
    if not kept:
        raise StudioError(
            f"{name} in 8 bits is neither faster nor a quarter smaller here, so it was not kept; "
            "--keep keeps it all the same."
        )
    console.print(f"Kept with {name}; {next_start}")
