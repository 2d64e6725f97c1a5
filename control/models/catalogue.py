"""Which checkpoints are published, from the manifests in `home`/models (written by `studio export`).

Most are everybody's. One may be an organisation's own (`Manifest.organisation`): there is none of that name for others.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import msgspec

from control.errors import NotFound
from ensembles.manifest import Manifest, read_manifest


def published(home: Path, organisation_id: UUID | None) -> dict[str, Manifest]:
    """Name → manifest of each checkpoint, and of each VAE by itself, that an organisation may use; None: everybody's alone.

    A broken one is left out.
    """
    owners = ("", str(organisation_id)) if organisation_id else ("",)
    found = {}
    for path in sorted((home / "models").glob("[!.]*/manifest.json")):
        if (manifest := _read(path)) is not None and manifest.organisation in owners:
            found[path.parent.name] = manifest
    return found


def checkpoints(home: Path, organisation_id: UUID | None = None) -> dict[str, Manifest]:
    """As `published`, without VAEs by themselves."""
    found = published(home, organisation_id)
    return {name: manifest for name, manifest in found.items() if manifest.kind == "checkpoint"}


def usable(home: Path, name: str, organisation_id: UUID | None) -> Manifest:
    """The checkpoint of that name, if an organisation may use it; raises `NotFound` with names that are near."""
    manifest = _named(home, name)
    if (
        manifest is None
        or manifest.kind != "checkpoint"
        or manifest.organisation not in ("", str(organisation_id or ""))
    ):
        raise missing("checkpoint", name, checkpoints(home, organisation_id))
    return manifest


def checkpoint(home: Path, name: str) -> Manifest:
    """The manifest of that name, whosoever's it is, for who runs what was looked at before; raises `NotFound`."""
    if (manifest := _named(home, name)) is None:
        raise missing("checkpoint", name, checkpoints(home))
    return manifest


def missing(what: str, name: str, known: Iterable[str]) -> NotFound:
    """The refusal of a name that is not there, with names that are near."""
    known = list(known)
    near = difflib.get_close_matches(name[:100], known, n=3) or known[:5]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    shown = name if len(name) <= 200 else f"{name[:200]}…"
    return NotFound(f"There is no {what} {shown!r} here.{hint}", model=shown)


def _named(home: Path, name: str) -> Manifest | None:
    return _read(home / "models" / name / "manifest.json") if _sane(name) else None


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
