"""A home and a server for the length of a measurement, with nothing else served beside it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from rich.console import Console

from export.command import export_checkpoint
from studio.settings import ROOT, Settings, read_settings
from studio.triton.server import Running
from studio.triton.session import temporary_server

POCKET = ROOT / "export" / "pocket" / "weights"


@contextmanager
def fresh_home() -> Iterator[Path]:
    """An empty folder for `STUDIO_HOME` on the checkout's own disk, so that weights are linked, not copied."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="perf-", dir=ROOT / "var") as folder:
        yield Path(folder)


@contextmanager
def fresh_server(console: Console, threads: int = 0) -> Iterator[tuple[Running, Path]]:
    """A server over pocket alone; its state and its home."""
    with fresh_home() as home:
        # Its comparison with torch has its own tests, and seconds here.
        export_checkpoint(POCKET, "pocket", home, verify=False)
        with temporary_server(settings(home, threads), console) as state:
            yield state, home


def settings(home: Path, threads: int = 0) -> Settings:
    """The settings in force, with another home and, unless 0, another number of threads."""
    given = read_settings()
    return msgspec.structs.replace(given, home=home, engine_threads=threads or given.engine_threads)
