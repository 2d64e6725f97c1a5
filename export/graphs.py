"""Find the graphs of an architecture: shipped, cached, or traced now."""

import filecmp
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec

from ensembles.engine.errors import EngineError
from ensembles.engine.graph import GraphMeta, read_meta
from export.architecture import graph_config
from export.checkpoint import Checkpoint
from export.errors import ExportError
from export.families import FAMILIES
from export.inpainting import derive, plain_hash
from export.networks import NetworkKind
from export.publish import locked

SHIPPED = Path(__file__).parent / "graphs"
IDENTITY = "architecture.json"
INSTALL = "pip install -c constraints.txt -e '.[export]'"

Progress = Callable[[str, float], None]


class Identity(msgspec.Struct, frozen=True):
    """What an architecture's hash stands for; the parameters are in each graph's own JSON."""

    architecture: str
    configs: dict[str, dict[str, Any]]
    """part → the config values that change the graph"""


def identity(checkpoint: Checkpoint) -> Identity:
    """The identity of a checkpoint's graphs."""
    configs = {part: graph_config(part, config) for part, config in checkpoint.configs.items()}
    return Identity(checkpoint.architecture, configs)


def write_identity(checkpoint: Checkpoint, folder: Path) -> None:
    """Write `architecture.json` beside the graphs."""
    text = msgspec.json.encode(identity(checkpoint))
    (folder / IDENTITY).write_bytes(msgspec.json.format(text, indent=1) + b"\n")


def can_trace() -> bool:
    """Whether the `export` extra is installed; imports nothing."""
    try:
        return all(importlib.util.find_spec(name) for name in ("torch", "diffusers", "transformers"))
    except ImportError:
        return False


def networks_of(folder: Path) -> dict[str, NetworkKind]:
    """The networks of the architecture whose graphs `folder` holds; none where that is not known."""
    try:
        known = msgspec.json.decode((folder / IDENTITY).read_bytes(), type=Identity)
    except (OSError, msgspec.DecodeError):
        return {}
    family = FAMILIES.get(known.architecture.rpartition("-")[0])
    return family.networks if family else {}


def read_graphs(folder: Path) -> dict[str, GraphMeta] | None:
    """network → description for a complete folder of graphs, else None."""
    networks = networks_of(folder)
    try:
        metas = {network: read_meta(folder / f"{network}.json") for network in networks}
    except EngineError:
        return None
    whole = networks and all((folder / f"{network}.onnx").is_file() for network in networks)
    return metas if whole else None


def find_graphs(
    checkpoint: Checkpoint, home: Path, trace: Literal["auto", "never"], progress: Progress | None = None
) -> tuple[Path, bool]:
    """The folder of the checkpoint's graphs, and whether they were traced just now (into `home/graphs`).

    Raises `ExportError` when the checkpoint is a damaged one of a known architecture, or a new one
    that may not or cannot be traced.
    """
    found = _known(checkpoint, home)
    if found:
        return _linkable(found, home), False
    derived = _derived(checkpoint, home)
    if derived:
        return derived, False
    for root in (SHIPPED, home / "graphs"):
        for folder in sorted(root.glob("[!.]*")):
            _refuse_damaged(checkpoint, folder)
    if trace == "never":
        raise ExportError(
            f"{checkpoint.source} has an architecture ({checkpoint.architecture}) that was not traced yet, "
            "and tracing is turned off: export it once with trace='auto'."
        )
    if not can_trace():
        raise ExportError(
            f"{checkpoint.source} has an architecture ({checkpoint.architecture}) that was not traced yet, "
            f"which needs PyTorch: run {INSTALL} and export again."
        )
    from export.trace import trace as trace_now

    graphs = home / "graphs"
    graphs.mkdir(parents=True, exist_ok=True)
    with locked(graphs / f".{checkpoint.hash}.lock"):
        found = _known(checkpoint, home)  # another export may have traced it while this one waited
        if found:
            return found, False
        for leftover in graphs.glob(f".{checkpoint.hash}.tmp-*"):  # of a tracing that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        return trace_now(checkpoint, graphs, progress), True


def _derived(checkpoint: Checkpoint, home: Path) -> Path | None:
    """Graphs of an inpainting UNet's architecture, made now of its plain sister's where those are known."""
    plain = plain_hash(checkpoint)
    source = _folder(plain, home) if plain else None
    if source is None:
        return None
    graphs = home / "graphs"
    target = graphs / checkpoint.hash
    graphs.mkdir(parents=True, exist_ok=True)
    with locked(graphs / f".{checkpoint.hash}.lock"):
        if read_graphs(target) is None:
            with _replacing(target) as partial:
                derive(source, checkpoint, partial)
                write_identity(checkpoint, partial)
    return target


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `target` when the block ends well."""
    for leftover in target.parent.glob(f".{target.name}.tmp-*"):  # of an export that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    partial = target.with_name(f".{target.name}.tmp-{os.getpid()}")
    partial.mkdir()
    try:
        yield partial
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _linkable(found: Path, home: Path) -> Path:
    """The home's own copy of `found`, to which all checkpoints of the architecture can link.

    Not to the shipped files themselves: those may lie on another file system, and belong to the program.
    """
    graphs = home / "graphs"
    target = graphs / found.name
    if found == target:
        return found
    graphs.mkdir(parents=True, exist_ok=True)
    with locked(graphs / f".{found.name}.lock"):
        if not _same(found, target):
            with _replacing(target) as partial:
                for file in found.iterdir():
                    shutil.copyfile(file, partial / file.name)
    return target


def _same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files."""
    names = sorted(file.name for file in one.iterdir())
    return (
        other.is_dir()
        and names == sorted(file.name for file in other.iterdir())
        and not any(filecmp.cmpfiles(one, other, names, shallow=False)[1:])
    )


def _known(checkpoint: Checkpoint, home: Path) -> Path | None:
    """The folder of the checkpoint's graphs where they are shipped or were traced before."""
    return _folder(checkpoint.hash, home)


def _folder(name: str, home: Path) -> Path | None:
    folders = (root / name for root in (SHIPPED, home / "graphs"))
    return next((folder for folder in folders if read_graphs(folder)), None)


def _refuse_damaged(checkpoint: Checkpoint, folder: Path) -> None:
    """A checkpoint whose configs are those of `folder` must have its parameters too."""
    metas = read_graphs(folder)
    try:
        known = msgspec.json.decode((folder / IDENTITY).read_bytes(), type=Identity)
    except (OSError, msgspec.DecodeError):
        return
    networks = checkpoint.family.networks
    if (
        metas is None
        or metas.keys() != networks.keys()
        or known.architecture.rpartition("-")[0] != checkpoint.family.name
        or known.configs != identity(checkpoint).configs
    ):
        return
    for part, tensors in checkpoint.tensors.items():
        wanted = [
            name for net, kind in networks.items() if kind.part == part for name in metas[net].parameters
        ]
        extra = sorted(set(tensors) - set(wanted))
        if extra:
            name = checkpoint.parts[part].names[extra[0]]
            raise ExportError(
                f"{checkpoint.files[part]} holds {len(extra)} tensors that its config.json does not describe, "
                f"first {name}; take the config and the weights from the same checkpoint."
            )
    for network, kind in networks.items():
        found = checkpoint.tensors[kind.part]
        wrong = [
            name
            for name, shape in metas[network].parameters.items()
            if name not in found or list(found[name].shape) != shape
        ]
        if wrong:
            raise ExportError(
                f"{checkpoint.files[kind.part]} is damaged: {len(wrong)} tensors are missing or of another "
                f"shape than its config.json says, first {wrong[0]}; download the checkpoint again."
            )
