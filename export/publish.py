"""Publish by one rename: a folder is there whole or not at all, and one export per name at a time."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from export.errors import ExportError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_name(name: str) -> None:
    """Refuse a name that could not name a folder and Triton models."""
    if not _NAME.fullmatch(name):
        raise ExportError(
            f"{name!r} cannot name a checkpoint: take up to 64 letters, digits, '.', '_' or '-', "
            "beginning with a letter or digit."
        )


@contextmanager
def publishing(models: Path, name: str) -> Iterator[Path]:
    """An empty folder to fill; when the block ends well it becomes `models/NAME`, else it is removed.

    An earlier `models/NAME` is moved aside first and removed after. Raises `ExportError` when another
    process is exporting to the same name.
    """
    check_name(name)
    models.mkdir(parents=True, exist_ok=True)
    target, aside = models / name, models / f".{name}.old"
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(models / f".{name}.lock", wait=False))
        except BlockingIOError as error:
            raise ExportError(
                f"Another export to {name} is running: wait for it, or choose another name."
            ) from error
        _recover(models, name)
        building = models / f".{name}.tmp-{os.getpid()}"
        building.mkdir()
        try:
            yield building
            if target.exists():
                target.rename(aside)
            building.rename(target)
        except BaseException:
            if aside.exists() and not target.exists():
                aside.rename(target)
            shutil.rmtree(building, ignore_errors=True)
            raise
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock; the kernel lets go of it when the process dies. The file stays.

    Raises `BlockingIOError` when it is taken and `wait` is off.
    """
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def _recover(models: Path, name: str) -> None:
    """Clear up after an export that was killed: unfinished folders go, an old one moved aside returns."""
    target, aside = models / name, models / f".{name}.old"
    if aside.exists() and not target.exists():
        aside.rename(target)
    shutil.rmtree(aside, ignore_errors=True)
    prefix = f".{name}.tmp-"
    for leftover in models.iterdir():
        if leftover.name.startswith(prefix) and leftover.name.removeprefix(prefix).isdigit():
            shutil.rmtree(leftover, ignore_errors=True)
