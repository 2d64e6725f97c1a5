"""Files of the registry that nothing names any more: gone after a while, as jobs may still be under way with them."""

import asyncio
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from control.database.owned import unscoped
from control.models.tables import ModelFile
from ensembles.adapters import store

KEPT_SECONDS = 2 * 24 * 3600
"""Since a name for it was last given or taken away: longer than a job usually waits for its turn and runs."""
BUILDING_SECONDS = 24 * 3600
"""Longer than adding a file takes: what is older was left by somebody who was killed."""
_GONE = ".gone-"
_ENCODERS = "image-encoders"


def spare(home: Path, sha256: str) -> None:
    """A name for a file was taken away: from now on it is kept for a while."""
    with suppress(OSError):
        os.utime(store.folder(home, sha256) / store.ABOUT)


async def unused(home: Path, seconds: float = KEPT_SECONDS) -> list[Path]:
    """Folders of the store that no organisation and no link of everybody's names, and that are older than that."""
    old = await asyncio.to_thread(_old, home, time.time() - seconds)
    named = await _named(home, [folder.name for folder in old])
    return [folder for folder in old if folder.name not in named]


async def sweep(home: Path, seconds: float = KEPT_SECONDS) -> int:
    """Removes them, and what was left by those who were killed while they added files; how many there were of the first.

    A file that is named again at the same moment stays.
    """
    for folder in await unused(home, seconds):
        # Whoever adds it from here on finds nothing and adds it anew; who did so just before is seen below.
        _renamed(folder, f"{_GONE}{folder.name}")
    gone = 0
    # Those of a sweep that was cut off among them.
    for folder in sorted((home / store.FOLDER).glob(f"{_GONE}*")):
        gone += await _finish(home, folder, time.time() - seconds)
    await asyncio.to_thread(_tidy, home, time.time() - max(seconds, BUILDING_SECONDS))
    return gone


async def _finish(home: Path, folder: Path, before: float) -> bool:
    """Removes a folder that was put aside, unless it was named meanwhile: then it returns to its place. Was it removed?"""
    sha256 = folder.name.removeprefix(_GONE)
    # Where there is another by now, that one is used.
    if (_changed(folder) >= before or await _named(home, [sha256])) and _renamed(folder, sha256):
        return False
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return True


def _renamed(folder: Path, name: str) -> bool:
    """Renames it, unless it is gone or there is another of that name; was it?"""
    try:
        folder.rename(folder.with_name(name))
    except OSError:
        return False
    return True


async def _named(home: Path, files: list[str]) -> set[str]:
    """Those of the files that somebody names."""
    links = {link.readlink().name for link in (home / store.SHARED).glob("*/*") if link.is_symlink()}
    return (await _owned(files) | links) & set(files) if files else set()


async def _owned(files: list[str]) -> set[str]:
    """Those that an organisation names."""
    rows = await (
        unscoped(ModelFile, "a file goes when no organisation names it any more")
        .select(ModelFile.sha256)
        .where(ModelFile.sha256.is_in(files))
    )
    return {row["sha256"] for row in rows}


def _old(home: Path, before: float) -> list[Path]:
    return [folder for folder in (home / store.FOLDER).glob("[!.]*") if _changed(folder) < before]


def _tidy(home: Path, before: float) -> None:
    """Folders that were being filled."""
    for folder in _hidden(home):
        with suppress(OSError):
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)


def _hidden(home: Path) -> Iterable[Path]:
    for kind in (store.FOLDER, _ENCODERS):
        yield from (one for one in (home / kind).glob(".*") if not one.name.startswith(_GONE))


def _changed(folder: Path) -> float:
    """When it was last named; of a folder that lost its description, when that was."""
    for place in (folder / store.ABOUT, folder):
        with suppress(OSError):
            return place.stat().st_mtime
    return time.time()
