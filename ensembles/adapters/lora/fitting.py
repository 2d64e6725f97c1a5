"""Which of a network's parameters a LoRA's layers change, and whether it goes with a checkpoint."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

from ensembles.adapters.lora.blocks import BASE, block_names, factors
from ensembles.adapters.lora.families import PEOPLE, family_of, width_of
from ensembles.adapters.lora.names import Module, Part, modules_by_name
from ensembles.adapters.lora.reading import Layer, LoraFile, read_lora
from ensembles.adapters.lora.shapes import BIASES, extents
from ensembles.engine.errors import EngineError
from ensembles.engine.graph import read_meta
from ensembles.manifest import Manifest, read_manifest

Parameters = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Target:
    """A layer and the module that it changes."""

    layer: Layer
    module: Module


def parts_of(manifest: Manifest) -> dict[str, Part]:
    """Network that LoRAs change → what files call it."""
    if len(manifest.towers) == 1:
        (tower,) = manifest.towers
        texts: dict[str, Part] = {tower.network: "te2" if tower.embedding == "clip_g" else "te1"}
    else:
        texts = {tower.network: part for tower, part in zip(manifest.towers, ("te1", "te2"), strict=False)}  # type: ignore[misc]
    return {"unet": "unet", **texts}


def targets(file: LoraFile, part: Part, parameters: Parameters) -> list[Target]:
    """The layers of `file` for the network `part` with these parameters, with what each changes.

    Raises `EngineError` for a layer that the network does not have, or has with another shape.
    """
    known = modules_by_name(part, frozenset(parameters))
    found = []
    for layer in file.layers:
        if layer.part != part:
            continue
        module = known.get(layer.module)
        if module is None:
            if part != "unet" and _is_beyond(layer, known):
                continue
            raise EngineError(f"it has no layer {layer.module}")
        wanted = extents(layer.shapes)
        shape = parameters[f"{module.name}.weight"]
        if wanted is not None and wanted != (shape[0], math.prod(shape[1:])):
            raise EngineError(
                f"its {module.name} is {shape[0]}×{math.prod(shape[1:])} and the file's {wanted[0]}×{wanted[1]}"
            )
        for leaf in BIASES:
            if leaf in layer.shapes and math.prod(layer.shapes[leaf]) != shape[0]:
                raise EngineError(
                    f"its {module.name} has {shape[0]} biases and the file {math.prod(layer.shapes[leaf])}"
                )
        found.append(Target(layer, module))
    return found


def _is_beyond(layer: Layer, known: Mapping[str, Module]) -> bool:
    """Whether a text encoder's layer comes after the last that the checkpoint keeps: what it says is not used."""
    head, _, rest = layer.module.partition("_layers_")
    number = rest.split("_", 1)[0]
    if not head or not number.isdigit():
        return False
    count = sum(f"{head}_layers_{i}_mlp_fc1" in known for i in range(int(number)))
    return count > 0 and f"{head}_layers_{number}_mlp_fc1" not in known


def block_factors(part: Part, weights: Sequence[float] | None, parameters: Parameters) -> dict[str, float]:
    """Block (`Module.block`) → what block weights make of a strength; raises `EngineError` for another number."""
    if weights is None:
        return {}
    if part != "unet":
        return {BASE: weights[0]} if weights else {}
    modules = set(modules_by_name(part, frozenset(parameters)).values())
    every = block_names(module.block for module in modules)
    attending = block_names(module.block for module in modules if ".attentions." in module.name)
    made = factors(weights, attending, every)
    if made is None:
        raise EngineError(
            f"{len(weights)} block weights were sent; this architecture takes {len(attending)} ({', '.join(attending)}) "
            f"or {len(every)}, for every block."
        )
    return made


def check_blocks(count: int, checkpoint: Path) -> str | None:
    """Why the UNet of the published folder `checkpoint` does not take so many block weights; None: it does."""
    graph = checkpoint / "graphs" / "unet.json"
    try:
        parameters = _parameters(graph, (checkpoint / "manifest.json").stat().st_mtime_ns)
        block_factors("unet", [1.0] * count, parameters)
    except EngineError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename} cannot be read: {error.strerror}."
    return None


def check(path: Path, checkpoint: Path) -> str | None:
    """Why the LoRA file at `path` cannot be used with the published folder `checkpoint` (`models/NAME`); None: it can.

    One sentence that names what would be right. Reads headers alone, and keeps what it said.
    """
    try:
        manifest = checkpoint / "manifest.json"
        return _check(path, path.stat().st_mtime_ns, checkpoint, manifest.stat().st_mtime_ns)
    except OSError as error:
        return f"{error.filename} cannot be read: {error.strerror}."


@lru_cache(maxsize=1024)
def _check(path: Path, _modified: int, checkpoint: Path, _published: int) -> str | None:
    try:
        file = _opened(path, _modified)
        manifest = read_manifest(checkpoint / "manifest.json")
        parts = parts_of(manifest)
        without = {layer.part for layer in file.layers} - set(parts.values())
        if without:
            return misfit(file, manifest, f"it has no {_PART_NAMES[min(without)]}")
        found = []
        for network, part in parts.items():
            parameters = _parameters(checkpoint / "graphs" / f"{network}.json", _published)
            try:
                found += targets(file, part, parameters)
            except EngineError as error:
                return misfit(file, manifest, str(error))
    except EngineError as error:
        return str(error)
    except (OSError, msgspec.MsgspecError) as error:
        return f"{checkpoint.name} cannot be read ({error}); export the checkpoint again."
    return None if found else misfit(file, manifest, "none of the file's layers is in it")


_PART_NAMES: dict[Part, str] = {"unet": "UNet", "te1": "first text encoder", "te2": "second text encoder"}


def misfit(file: LoraFile, manifest: Manifest, why: str) -> str:
    """A sentence that says for what the LoRA was made, and what the checkpoint takes."""
    family, width = family_of(file), width_of(file)
    made = PEOPLE.get(family, "another architecture")
    of = f"{made} (texts {width} wide)" if width else made
    own = PEOPLE.get(manifest.family, manifest.family)
    return f"This LoRA was made for {of}: {manifest.name} takes those of {own} with texts {manifest.context_dim} wide; {why}."


@lru_cache(maxsize=256)
def _opened(path: Path, _modified: int) -> LoraFile:
    return read_lora(path)


def opened(path: Path) -> LoraFile:
    """`read_lora`, kept until the file is another."""
    return _opened(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _parameters(path: Path, _published: int) -> dict[str, list[int]]:
    return read_meta(path).parameters
