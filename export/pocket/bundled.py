"""Adapters of the pocket family that come with the studio: everybody's, in the registry."""

from pathlib import Path
from typing import NamedTuple

from ensembles.adapters.about import Kind
from ensembles.adapters.store import shared
from export.adapters import add, share
from export.write import file_hash

FOLDER = Path(__file__).parent / "adapters"


class Bundled(NamedTuple):
    """One file."""

    kind: Kind
    name: str
    """What requests call it."""
    path: Path
    """A file, or a diffusers folder."""

    @property
    def weights(self) -> Path:
        """What its content is told by."""
        return self.path / "diffusion_pytorch_model.safetensors" if self.path.suffix == "" else self.path


ADAPTERS = tuple(
    one
    for one in (
        Bundled("controlnet", "pocket-edges", FOLDER / "edges"),
        Bundled("lora", "pocket-dusk", FOLDER / "dusk.safetensors"),
        Bundled("embedding", "cocoa", FOLDER / "cocoa.safetensors"),
    )
    if one.weights.is_file()
)
"""Those that this checkout holds."""


def is_published(home: Path) -> bool:
    """Are just these everybody's in the registry of `home`?"""
    return not _missing(home)


def publish(home: Path) -> list[str]:
    """Adds those that are not there yet; an earlier checkout's are replaced. Their names. Raises `ExportError`."""
    missing = _missing(home)
    for one in missing:
        share(home, add(one.path, one.kind, home, one.name, everybody=False), instead=True)
    return [one.name for one in missing]


def _missing(home: Path) -> list[Bundled]:
    found = {kind: shared(home, kind) for kind in {one.kind for one in ADAPTERS}}
    return [
        one
        for one in ADAPTERS
        if (about := found[one.kind].get(one.name)) is None or about.sha256 != file_hash(one.weights)
    ]
