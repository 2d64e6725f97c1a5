"""What a graph is looked at with: what is published, and the files of who submits it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from control.models.fitting import unfit
from control.workflows.catalogue import CATALOGUE
from control.workflows.plan import File
from control.workflows.types import Folder, NodeType
from ensembles.adapters.about import About, Kind
from ensembles.adapters.lora import check_blocks
from ensembles.manifest import Manifest

OF_CHECKPOINTS: tuple[Folder, ...] = ("checkpoints", "vae", "clip", "unet")
"""Lists whose names are published checkpoints: each has all three networks."""
OF_FILES: tuple[Folder, ...] = ("input", "latents")
"""Lists whose names are files of who submits."""
OF_ADAPTERS: Mapping[Folder, Kind] = {
    "loras": "lora", "controlnet": "controlnet", "ipadapter": "ip_adapter", "embeddings": "embedding",
}  # fmt: skip
"""Lists whose names are files of the registry → their type there."""
ENDINGS = (".safetensors", ".ckpt", ".pth")
"""Checkpoints and upscalers have names here; elsewhere these are files, and graphs name them so."""


class Speeds(Protocol):
    """Measured times (control.jobs.line.Speeds)."""

    def seconds(self, model: str, size: str, work: float) -> float | None:
        """Of a picture of `size` (WIDTHxHEIGHT) with so much work (steps x pictures x megapixels)."""


@dataclass(frozen=True)
class Known:
    """All that a compilation depends on beside the graph."""

    checkpoints: Mapping[str, Manifest]
    """Published, by name."""
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Folder → names to choose from; for files, some of the names that there are."""
    files: Mapping[str, File] = field(default_factory=dict)
    """Name in the graph → file that the caller sees."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """FOLDER/NAME → SHA-256 of weights: of upscalers, and of what the graph names of the registry."""
    adapters: Mapping[str, About] = field(default_factory=dict)
    """FOLDER/NAME → what the graph names of the registry: the organisation's own first, then everybody's."""
    home: Path | None = None
    """Where checkpoints and files of the registry lie; None: only what `About` says of them is looked at."""
    speeds: Speeds | None = None
    max_pixels: int = 0
    """Of a picture, by the tier of who submits; 0: any number."""
    catalogue: Mapping[str, NodeType] = field(default_factory=lambda: CATALOGUE)

    def choice(self, folder: Folder, name: str) -> str | None:
        """The name by which a chosen thing is known here; None where there is no such thing."""
        if folder in OF_FILES:
            return name if name in self.files else None
        if folder in OF_ADAPTERS:
            return next((one for one in (name, bare_name(name)) if f"{folder}/{one}" in self.adapters), None)
        names = self.names(folder)
        if name in names:
            return name
        return bare if (bare := bare_name(name)) in names else None

    def names(self, folder: Folder) -> Sequence[str]:
        """What there is to choose from; of the registry, where the graph names what is not there."""
        found = self.lists.get(folder)
        if found is None and folder in OF_CHECKPOINTS:
            return list(self.checkpoints)
        return found or ()

    def unfit(self, sha256: str, checkpoint: str) -> str | None:
        """Why a file of `adapters` cannot be used with a checkpoint, and what could; None: it can."""
        about = next((one for one in self.adapters.values() if one.sha256 == sha256), None)
        manifest = self.checkpoints.get(checkpoint)
        return None if about is None or manifest is None else unfit(about, manifest, self.home)

    def unfit_blocks(self, count: int, checkpoint: str) -> str | None:
        """Why so many block weights are none of a checkpoint's; None: they may be."""
        if self.home is None or checkpoint not in self.checkpoints:
            return None
        return check_blocks(count, self.home / "models" / checkpoint)


def bare_name(name: str) -> str:
    """A checkpoint's file name without its ending."""
    return next((name.removesuffix(end) for end in ENDINGS if name.endswith(end)), name)


def files_named(graph: object, catalogue: Mapping[str, NodeType] = CATALOGUE) -> list[str]:
    """Names of files that a raw graph mentions, each once."""
    return list(dict.fromkeys(name for folder, name in _named(graph, catalogue) if folder in OF_FILES))


def adapters_named(graph: object, catalogue: Mapping[str, NodeType] = CATALOGUE) -> dict[Folder, set[str]]:
    """Folder → names of files of the registry that a raw graph chooses, with and without their ending."""
    found: dict[Folder, set[str]] = {}
    for folder, name in _named(graph, catalogue):
        if folder in OF_ADAPTERS:
            found.setdefault(folder, set()).update((name, bare_name(name)))
    return found


def _named(graph: object, catalogue: Mapping[str, NodeType]) -> Iterator[tuple[Folder, str]]:
    """What a raw graph chooses from lists that change."""
    for node in graph.values() if isinstance(graph, dict) else ():
        if not isinstance(node, dict) or not isinstance(inputs := node.get("inputs"), dict):
            continue
        kind = catalogue.get(node["class_type"]) if isinstance(node.get("class_type"), str) else None
        for name, wanted in kind.inputs.items() if kind is not None else ():
            given: Any = inputs.get(name)
            if wanted.folder is not None and isinstance(given, str):
                yield wanted.folder, given
