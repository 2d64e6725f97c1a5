"""Parameters with LoRAs in them: computed once, and kept on the disk by what they were made of.

Another process, or the next start, maps what lies there instead of computing it. The files stand under
`$STUDIO_HOME/adapted`, those used longest ago go above $STUDIO_ADAPTED_MB.
"""

import hashlib
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from ensembles.adapters import store
from ensembles.adapters.lora.changes import bias_change, weight_change
from ensembles.adapters.lora.fitting import Target, block_factors, misfit, opened, parts_of, targets
from ensembles.adapters.lora.names import Part
from ensembles.adapters.lora.reading import LoraFile
from ensembles.engine import turns
from ensembles.engine.errors import EngineError, Refused
from ensembles.engine.locks import Locks
from ensembles.engine.sessions import variants_limit
from ensembles.engine.variant import UsedLora
from ensembles.engine.weights import WeightFile, read_header, write_tensors
from ensembles.manifest import Manifest

FOLDER = "adapted"
VARIABLE = "STUDIO_ADAPTED_MB"
DEFAULT_MB = 12_000
"""More than a UNet of Stable Diffusion XL all of which is changed: 10,300."""
_VERSION = 1
"""Counted up when the same files are to give other numbers."""
_KNOWN = 256
"""Files whose headers are kept."""
_SPARE = 1_000_000_000
"""Bytes of disk that are left to others."""
_LEFT = 3_600
"""Seconds after which nobody writes to an unfinished file any more: its process was ended."""

Float = NDArray[np.float32]
Parameters = Mapping[str, Sequence[int]]


class Adapter:
    """What LoRAs make of the parameters of one network of a published checkpoint."""

    def __init__(
        self, home: Path, manifest: Manifest, network: str, weights: WeightFile, parameters: Parameters
    ) -> None:
        self.home = home
        self.manifest = manifest
        self.network = network
        self.weights = weights
        self.parameters = parameters
        self.part: Part | None = parts_of(manifest).get(network)
        self._known: dict[tuple[str, int], tuple[LoraFile, list[Target]]] = {}
        self._making = Locks()

    def concerning(self, loras: Sequence[UsedLora]) -> tuple[UsedLora, ...]:
        """Those of `loras` that change this network at all.

        Raises `EngineError` for a file that is not there, is no LoRA, or does not go with the checkpoint.
        """
        return tuple(lora for lora in loras if lora.strength and self._targets(lora))

    def adapt(self, loras: Sequence[UsedLora]) -> dict[str, Float]:
        """The changed parameters by name, float32: W + Σ strength · change, each change taken from W itself.

        Raises `EngineError` as `concerning` does, and where a strength leads out of float32.
        """
        changes: dict[str, list[tuple[UsedLora, Target]]] = {}
        for lora in loras:
            for target in self._targets(lora):
                for name in self._names(target):
                    changes.setdefault(name, []).append((lora, target))
        if not changes:
            return {}
        shapes = {name: tuple(self.parameters[name]) for name in changes}
        path = self.home / FOLDER / f"{self._key(loras)}.safetensors"
        if (kept := _kept(path, shapes)) is not None:
            return kept
        needed = sum(4 * math.prod(shape) for shape in shapes.values())
        # Two sessions may want the same at once: with other axes, or with inputs for ControlNets.
        with self._making.of(path), turns.alone(self.weights.path, needed):
            return self._computed(path, shapes, needed, loras, changes)

    def _computed(
        self,
        path: Path,
        shapes: Mapping[str, tuple[int, ...]],
        needed: int,
        loras: Sequence[UsedLora],
        changes: Mapping[str, Sequence[tuple[UsedLora, Target]]],
    ) -> dict[str, Float]:
        """The changed parameters: mapped where the disk has the room, else in memory."""
        if (kept := _kept(path, shapes)) is not None:  # another thread was faster
            return kept
        files = {lora.sha256: self._file(lora).weights() for lora in loras}

        def make(name: str) -> Float:
            return self._made(name, changes[name], files)

        try:
            if (written := _written(path, shapes, needed, make)) is not None:
                return written
        except OSError:
            pass  # A full disk, or none that can be written to: it is made again when it is needed again.
        if needed > variants_limit():
            raise Refused(
                f"What these LoRAs change in {self.network} is {needed // 1_000_000} MB, for which neither disk "
                f"({VARIABLE}) nor memory (STUDIO_VARIANTS_MB) is free: use LoRAs of fewer layers, or allow more."
            )
        return {name: make(name) for name in shapes}

    def _file(self, lora: UsedLora) -> LoraFile:
        return self._opened(lora)[0]

    def _targets(self, lora: UsedLora) -> list[Target]:
        if not np.isfinite([lora.strength, *(lora.blocks or ())]).all():
            raise Refused("variant: a LoRA's strength and block weights must be finite numbers.")
        if self.part is not None:
            block_factors(self.part, lora.blocks, self.parameters)
        return self._opened(lora)[1]

    def _opened(self, lora: UsedLora) -> tuple[LoraFile, list[Target]]:
        """A LoRA's file and what of this network it changes; asked at every step, so kept."""
        try:
            path = store.folder(self.home, lora.sha256) / store.WEIGHTS
            written = path.stat().st_mtime_ns
        except ValueError as error:
            raise Refused(f"variant: {error}") from None
        except OSError:
            raise Refused(
                f"The LoRA {lora.sha256[:12]}… is not in this installation: add its file with `studio models add`."
            ) from None
        key = lora.sha256, written
        if key not in self._known:
            file = opened(path)
            try:
                found = [] if self.part is None else targets(file, self.part, self.parameters)
            except EngineError as error:
                raise Refused(misfit(file, self.manifest, str(error))) from None
            while len(self._known) >= _KNOWN:
                self._known.pop(next(iter(self._known)), None)
            self._known[key] = file, found
        return self._known[key]

    def _names(self, target: Target) -> list[str]:
        """The parameters that a target changes."""
        names = [f"{target.module.name}.weight"] if target.layer.kind else []
        if {"diff_b", "b_norm", "up_bias"} & target.layer.tensors.keys():
            bias = f"{target.module.name}.bias"
            if bias not in self.parameters:
                raise Refused(f"{self.network}: a LoRA changes {bias}, which the checkpoint does not have.")
            names.append(bias)
        return names

    def _made(
        self, name: str, changes: Sequence[tuple[UsedLora, Target]], files: Mapping[str, WeightFile]
    ) -> Float:
        own = self.weights.tensor(name)
        made = own.copy()
        for lora, target in changes:
            assert self.part is not None
            blocks = block_factors(self.part, lora.blocks, self.parameters)
            factor = np.float32(lora.strength * blocks.get(target.module.block, 1.0))
            if not factor:
                continue
            tensors = target.layer.read(files[lora.sha256])
            if name.endswith(".bias"):
                change = bias_change(tensors, target.layer.alpha)
            else:
                change = weight_change(tensors, own, target.layer.alpha)
            if change is not None:
                with np.errstate(over="ignore", invalid="ignore"):  # said below
                    made += factor * change.reshape(made.shape)
        if not np.isfinite(made).all():
            raise Refused(f"With these LoRAs {name} holds NaN or infinity: use lower strengths.")
        return made

    def _key(self, loras: Sequence[UsedLora]) -> str:
        status = self.weights.path.stat()
        # Not every manifest names its weights' hashes: old ones do not.
        own = self.manifest.weights.get(self.network) or f"{status.st_size} {status.st_mtime_ns}"
        facts = (
            _VERSION,
            own,
            self.network,
            sorted(map(_facts, loras)),
        )
        return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()


def _facts(lora: UsedLora) -> tuple[str, float, tuple[float, ...]]:
    return lora.sha256, lora.strength, lora.blocks or ()


def _kept(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Float] | None:
    """What was written before, mapped; None where nothing is, or what is there is not whole."""
    try:
        os.utime(path)  # the ones used longest ago go first
        places = read_header(path)
    except (OSError, EngineError):
        return None
    if {name: place.shape for name, place in places.items()} != shapes:
        return None
    file = WeightFile(path, places)
    return {name: file.tensor(name) for name in shapes}


def _written(
    path: Path, shapes: Mapping[str, tuple[int, ...]], needed: int, make: Callable[[str], Float]
) -> dict[str, Float] | None:
    """Write every parameter as it is made, put the file in its place by one rename, and map it; None: no room."""
    limit = _limit()
    path.parent.mkdir(parents=True, exist_ok=True)
    if needed > limit or shutil.disk_usage(path.parent).free < needed + _SPARE:
        return None
    place, name = tempfile.mkstemp(".tmp", f".{path.stem}.", path.parent)
    os.close(place)
    building = Path(name)
    try:
        write_tensors(building, shapes, make)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)
    _prune(path, limit)
    return _kept(path, shapes)


def _limit() -> int:
    text = os.environ.get(VARIABLE, "") or str(DEFAULT_MB)
    if not text.isdigit():
        raise EngineError(f"{VARIABLE} must be a whole number of megabytes, not {text!r}.")
    return int(text) * 1_000_000


def _prune(newest: Path, limit: int) -> None:
    """Remove what was used longest ago until the rest is within `limit` bytes. Who has it mapped keeps it."""
    found, total = [], 0
    for path in newest.parent.iterdir():
        try:
            status = path.stat()
        except FileNotFoundError:  # another process prunes too
            continue
        if path.suffix == ".safetensors":
            found.append((status.st_mtime_ns, status.st_size, path))
        elif path.suffix == ".tmp" and time.time() - status.st_mtime > _LEFT:
            path.unlink(missing_ok=True)
            continue
        total += status.st_size
    for _, size, path in sorted(found):
        if total <= limit or path == newest:
            break
        path.unlink(missing_ok=True)
        total -= size
