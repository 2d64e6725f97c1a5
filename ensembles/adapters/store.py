"""Where the registry's files lie: by content under `$STUDIO_HOME/adapters`, by name for everybody under `shared`."""

import re
from pathlib import Path

import msgspec

from ensembles.adapters.about import About, Kind

FOLDER = "adapters"
SHARED = "shared"
WEIGHTS = "weights.safetensors"
ABOUT = "about.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def folder(home: Path, sha256: str) -> Path:
    """`home`/adapters/SHA256: weights.safetensors, about.json, and for networks of their own layout.json and graphs."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256[:80]!r} is not a SHA-256 in hexadecimal.")
    return home / FOLDER / sha256


def read_about(path: Path) -> About:
    """The description in the folder `path`; raises `FileNotFoundError` or `msgspec.ValidationError`."""
    return msgspec.json.decode((path / ABOUT).read_bytes(), type=About)


def shared(home: Path, kind: Kind) -> dict[str, About]:
    """Name → what everybody of this installation may use: links `home`/shared/KIND/NAME → ../../adapters/SHA256."""
    found = {}
    for place in sorted((home / SHARED / kind).glob("[!.]*")):
        try:
            found[place.name] = msgspec.structs.replace(read_about(place), name=place.name)
        except (OSError, msgspec.MsgspecError):
            continue
    return found
