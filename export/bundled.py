"""Files of the registry that come with the studio, made for pocket: everybody's from the start."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from ensembles.adapters import store
from ensembles.adapters.about import Kind
from export import adapters
from export.write import file_hash

FOLDER = Path(__file__).parent / "pocket" / "adapters"
NOTE = "bundled.json"
"""In `home`/shared: name → SHA-256 of the file that was added."""


class Bundled(NamedTuple):
    """A file of this checkout."""

    path: Path
    """A file, or a diffusers folder with one .safetensors file."""
    kind: Kind
    name: str

    @property
    def sha256(self) -> str:
        """Of the file with the weights."""
        return file_hash(self.path if self.path.is_file() else next(self.path.glob("*.safetensors")))


ALL = (
    Bundled(FOLDER / "edges", "controlnet", "pocket-edges"),
    Bundled(FOLDER / "dusk.safetensors", "lora", "pocket-dusk"),
    Bundled(FOLDER / "cocoa.safetensors", "embedding", "cocoa"),
)


def bundled() -> list[Bundled]:
    """Those that this checkout has."""
    return [one for one in ALL if one.path.exists()]


def missing(home: Path) -> list[Bundled]:
    """Those that are not everybody's in `home`, or of another version."""
    noted = _noted(home)
    return [
        one
        for one in bundled()
        if noted.get(one.name) != one.sha256
        or not (home / store.SHARED / one.kind / one.name / store.ABOUT).is_file()
    ]


def add_bundled(home: Path) -> list[str]:
    """Adds what is missing; names. Raises `ExportError`."""
    wanted = missing(home)
    for one in wanted:
        about = adapters.add(one.path, one.kind, home, one.name, everybody=False)
        adapters.share(home, about, instead=True)
        noted = _noted(home) | {one.name: one.sha256}
        (home / store.SHARED / NOTE).write_bytes(msgspec.json.encode(noted))
    return [one.name for one in wanted]


def _noted(home: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((home / store.SHARED / NOTE).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {}
