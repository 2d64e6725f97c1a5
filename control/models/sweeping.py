"""Files of the registry that nothing names any more: gone after a while, as jobs may still be under way with them."""

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from control.database.owned import unscoped
from control.models.tables import ModelFile
from ensembles.adapters import store

KEPT_SECONDS = 2 * 24 * 3600
"""Since a name for it was last given or taken away: longer than a job usually waits for its turn and runs."""


def spare(home: Path, sha256: str) -> None:
    """A name for a file was taken away: from now on it is kept for a while."""
    with suppress(OSError):
        os.utime(store.folder(home, sha256) / store.ABOUT)


async def unused(home: Path, seconds: float = KEPT_SECONDS) -> list[Path]:
    """Folders of the store that no organisation and no link of everybody's names, and that are older than that."""
    kept = {link.readlink().name for link in (home / store.SHARED).glob("*/*") if link.is_symlink()}
    before = time.time() - seconds
    old = [
        folder
        for folder in (home / store.FOLDER).glob("[!.]*")
        if folder.name not in kept and _changed(folder) < before
    ]
    if not old:
        return []
    rows = await (
        unscoped(ModelFile, "a file goes when no organisation names it any more")
        .select(ModelFile.sha256)
        .where(ModelFile.sha256.is_in([folder.name for folder in old]))
    )
    named = {row["sha256"] for row in rows}
    return [folder for folder in old if folder.name not in named]


async def sweep(home: Path, seconds: float = KEPT_SECONDS) -> int:
    """Removes them; how many. Whoever adds one of them again at the same moment finds it gone, and adds it anew."""
    found = await unused(home, seconds)
    for folder in found:
        shutil.rmtree(folder, ignore_errors=True)
    return len(found)


def _changed(folder: Path) -> float:
    try:
        return (folder / store.ABOUT).stat().st_mtime
    except OSError:
        return time.time()
