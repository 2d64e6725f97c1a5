"""What a published checkpoint is to a Triton server: models in the order in which they load, and memory."""

from pathlib import Path

import msgspec

NETWORKS = ("text-encoder", "unet", "vae-encoder", "vae-decoder")
"""What models computing a network are called, after `NAME-`; a TensorRT UNet's bucket follows."""
MEGABYTE = 1_000_000


class Checkpoint(msgspec.Struct, frozen=True):
    """One in `home`/models."""

    name: str
    stages: tuple[tuple[str, ...], ...]
    """Names of Triton models; those of a stage need those of the stages before it: networks, the request, the rest."""
    megabytes: float
    """Memory it may be expected to take on a server: its weights' files."""

    @property
    def models(self) -> frozenset[str]:
        """All of its Triton models."""
        return frozenset(model for stage in self.stages for model in stage)


_KEPT: dict[Path, tuple[float, Checkpoint]] = {}


def checkpoint(home: Path, name: str) -> Checkpoint | None:
    """The published checkpoint of that name; None where there is none. Read again when it is published anew."""
    folder = home / "models" / name
    try:
        changed = (folder / "manifest.json").stat().st_mtime
        if (kept := _KEPT.get(folder)) and kept[0] == changed:
            return kept[1]
        found = Checkpoint(name, _stages(folder), _megabytes(folder))
    except OSError:
        return None
    _KEPT[folder] = changed, found
    return found


def checkpoints(home: Path) -> dict[str, Checkpoint]:
    """Name → each published checkpoint, by name."""
    names = sorted(path.parent.name for path in (home / "models").glob("[!.]*/manifest.json"))
    return {name: found for name in names if (found := checkpoint(home, name)) is not None}


def fitting(home: Path, budget: float) -> list[str]:
    """Names of the checkpoints that a server of `budget` megabytes begins with; 0: all.

    Those that were published last come first.
    """
    found = checkpoints(home)
    if not budget:
        return list(found)
    names, left = [], budget
    newest = sorted(
        found, key=lambda name: (home / "models" / name / "manifest.json").stat().st_mtime, reverse=True
    )
    for name in newest:
        if found[name].megabytes <= left:
            names.append(name)
            left -= found[name].megabytes
    return sorted(names)


def _stages(folder: Path) -> tuple[tuple[str, ...], ...]:
    stages: tuple[list[str], ...] = ([], [], [])
    for path in sorted((folder / "repository").iterdir()):
        part = path.name.removeprefix(f"{folder.name}-")
        stages[0 if part.startswith(NETWORKS) else 1 if part == "request" else 2].append(path.name)
    return tuple(tuple(stage) for stage in stages if stage)


def _megabytes(folder: Path) -> float:
    files: dict[str, int] = {
        path.name: path.stat().st_size for path in (folder / "weights").glob("*.safetensors")
    }
    # A network in 8 bits is served instead of its full form.
    for name in [name for name in files if name.endswith(".int8.safetensors")]:
        files.pop(name.replace(".int8.", "."), None)
    return sum(files.values()) / MEGABYTE
