"""Files that nothing names any more: gone after a while, unless somebody names them just then."""

import os
import time
from pathlib import Path

import pytest

from control.models import sweeping
from ensembles.adapters import store

USED, UNUSED, FRESH = ("a" * 64, "b" * 64, "c" * 64)
LONG_AGO = time.time() - 10 * 24 * 3600


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in (USED, UNUSED, FRESH):
        kept(tmp_path, name)
    os.utime(store.folder(tmp_path, FRESH) / store.ABOUT)
    return tmp_path


def kept(home: Path, name: str) -> Path:
    folder = home / store.FOLDER / name
    folder.mkdir(parents=True)
    for file in (store.WEIGHTS, store.ABOUT):
        (folder / file).write_bytes(b"{}")
        os.utime(folder / file, (LONG_AGO, LONG_AGO))
    os.utime(folder, (LONG_AGO, LONG_AGO))
    return folder


def owned(monkeypatch: pytest.MonkeyPatch, *answers: set[str]) -> None:
    """What organisations name, one look after another; the last answer stays."""
    left = list(answers)

    async def look(files: list[str]) -> set[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    monkeypatch.setattr(sweeping, "_owned", look)


def names(home: Path) -> set[str]:
    return {one.name for one in (home / store.FOLDER).iterdir()}


async def test_what_nobody_names_goes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owned(monkeypatch, {USED})
    assert await sweeping.sweep(home) == 1
    assert names(home) == {USED, FRESH}


async def test_what_is_named_while_it_is_put_aside_returns(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned(monkeypatch, {USED}, {USED, UNUSED})
    assert await sweeping.sweep(home) == 0
    assert names(home) == {USED, UNUSED, FRESH}


async def test_what_is_added_anew_meanwhile_stays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(home, f".gone-{UNUSED}")
    owned(monkeypatch, {USED, UNUSED})
    assert await sweeping.sweep(home) == 1, "what was put aside, as there is another"
    assert names(home) == {USED, UNUSED, FRESH}


async def test_a_sweep_that_was_cut_off_is_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.folder(home, UNUSED).rename(home / store.FOLDER / f".gone-{UNUSED}")
    store.folder(home, USED).rename(home / store.FOLDER / f".gone-{USED}")
    owned(monkeypatch, {USED})
    assert await sweeping.sweep(home) == 1
    assert names(home) == {USED, FRESH}


async def test_what_was_left_half_added_goes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (store.folder(home, UNUSED) / store.ABOUT).unlink()
    os.utime(store.folder(home, UNUSED), (LONG_AGO, LONG_AGO))
    for folder in (store.FOLDER, "image-encoders"):
        for name, when in ((".0123-left", LONG_AGO), (".0123-under-way", time.time())):
            building = home / folder / name
            building.mkdir(parents=True)
            (building / store.WEIGHTS).write_bytes(b"half")
            os.utime(building, (when, when))
    owned(monkeypatch, {USED})
    assert await sweeping.sweep(home) == 1
    assert names(home) == {USED, FRESH, ".0123-under-way"}
    assert [one.name for one in (home / "image-encoders").iterdir()] == [".0123-under-way"]
