"""Adapters that come with the studio are everybody's once it has started."""

from pathlib import Path

import msgspec

from ensembles.adapters import store
from export.pocket.bundled import ADAPTERS, is_published, publish


def test_they_are_published_once(tmp_path: Path) -> None:
    assert not is_published(tmp_path)
    names = [one.name for one in ADAPTERS]
    assert publish(tmp_path) == names
    assert publish(tmp_path) == []
    assert is_published(tmp_path)
    for one in ADAPTERS:
        about = store.shared(tmp_path, one.kind)[one.name]
        assert about.type == one.kind
        assert about.width in (0, 128), "pocket's texts"
        assert (store.folder(tmp_path, about.sha256) / store.WEIGHTS).stat().st_size == about.bytes


def test_an_earlier_one_under_that_name_is_replaced(tmp_path: Path) -> None:
    publish(tmp_path)
    [first, *_] = ADAPTERS
    link = tmp_path / store.SHARED / first.kind / first.name
    about = store.read_about(link)
    older = store.folder(tmp_path, "0" * 64)
    older.mkdir()
    (older / store.ABOUT).write_bytes(
        msgspec.json.encode(msgspec.structs.replace(about, sha256="0" * 64, name=first.name))
    )
    link.unlink()
    link.symlink_to(Path("..", "..", store.FOLDER, "0" * 64))
    assert not is_published(tmp_path)
    assert publish(tmp_path) == [first.name]
    assert store.shared(tmp_path, first.kind)[first.name].sha256 == about.sha256
