"""Which checkpoints are published, from the manifests in `home`/models (written by `studio export`)."""

import difflib
from pathlib import Path

import msgspec

from control.errors import NotFound
from ensembles.manifest import Manifest, read_manifest


def checkpoints(home: Path) -> dict[str, Manifest]:
    """Name → manifest of each published checkpoint, by name. A broken one is left out."""
    found = {}
    for path in sorted((home / "models").glob("[!.]*/manifest.json")):
        if (manifest := _read(path)) is not None:
            found[path.parent.name] = manifest
    return found


def checkpoint(home: Path, name: str) -> Manifest:
    """The manifest of one; raises `NotFound` with names that are near."""
    manifest = _read(home / "models" / name / "manifest.json") if _sane(name) else None
    if manifest is None:
        known = list(checkpoints(home))
        near = difflib.get_close_matches(name, known, n=3) or known[:5]
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise NotFound(f"There is no checkpoint {name!r} here.{hint}", model=name)
    return manifest


def _sane(name: str) -> bool:
    return bool(name) and "/" not in name and not name.startswith(".") and "\0" not in name


_KEPT: dict[Path, tuple[float, Manifest]] = {}


def _read(path: Path) -> Manifest | None:
    """The manifest, read again when its file has changed."""
    try:
        changed = path.stat().st_mtime
        if (kept := _KEPT.get(path)) and kept[0] == changed:
            return kept[1]
        manifest = read_manifest(path)
    except (OSError, msgspec.MsgspecError):
        return None
    _KEPT[path] = changed, manifest
    return manifest
