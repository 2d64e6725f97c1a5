"""Compiled sessions on disk: the optimised graph and its weights as the CPU's kernels want them, packed.

A load maps them instead of converting and packing again: at full size about one second instead of twenty, and no
memory beyond the file's pages. What it costs on disk, and why it is made only when asked: docs/decisions/0002-binding.md.
"""

import gc
import hashlib
import os
import platform
import re
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import onnx
import onnxruntime as ort
from google.protobuf.message import DecodeError

from ensembles.engine.errors import EngineError

FOLDER = "compiled"
"""In a published checkpoint's folder; holds one folder a network, `NETWORK-KEY`."""
GRAPH, WEIGHTS = "session.onnx", "session.bin"
_INLINE = 1024
"""Bytes below which a tensor stands in the graph's file."""
_PACKED = re.compile(r"(\d+);(\d+);\d+")
"""offset;length;alignment of a packed tensor, as onnxruntime notes it in its external data."""
_ROOM = 1.7
"""Bytes on disk for each byte of float32: products' weights are kept packed and as they were."""


def session_key(model: bytes, weights: Path) -> str:
    """What a compiled session depends on: graph and binding, the weights' file, onnxruntime, the CPU."""
    status = weights.stat()
    facts = (ort.__version__, platform.machine(), _cpu_flags(), status.st_size, status.st_mtime_ns)
    return hashlib.sha256(model + repr(facts).encode()).hexdigest()[:16]


@cache
def _cpu_flags() -> str:
    """The instruction sets of the first CPU: onnxruntime packs for what it finds."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())


def open_compiled(place: Path, key: str, options: ort.SessionOptions) -> ort.InferenceSession | None:
    """The session compiled to `place` (`models/NAME/compiled/NETWORK`), or None where there is none that fits.

    `options` are changed: everything is optimised already.
    """
    folder = _folder(place, key)
    if not is_whole(folder):
        return None
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return ort.InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
    except Exception:  # onnxruntime raises classes of its own; the checkpoint still loads the long way
        return None


def compile_session(
    place: Path, key: str, model: bytes, options: ort.SessionOptions, float_bytes: int
) -> int:
    """Compile `model` into `place`-`key` by one rename, and remove what was compiled there before; bytes written.

    `options` are those of a usual load, and are changed. Raises `EngineError` where the disk is full or cannot be
    written, or the graph does not load; then nothing is left behind, and what was there before still is.
    """
    needed = int(_ROOM * float_bytes)
    target = _folder(place, key)
    building = place.parent / f".{target.name}.tmp-{os.getpid()}"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _clear(place.parent.glob(f".{place.name}-*.tmp-*"))
        if shutil.disk_usage(place.parent).free < needed:
            raise EngineError(_full(place, needed))
        building.mkdir()
        options.optimized_model_filepath = str(building / GRAPH)
        for name, value in {
            "optimized_model_external_initializers_file_name": WEIGHTS,
            "optimized_model_external_initializers_min_size_in_bytes": str(_INLINE),
            "save_external_prepacked_constant_initializers": "1",
        }.items():
            options.add_session_config_entry(f"session.{name}", value)
        try:
            session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise EngineError(f"{place.name} could not be compiled to {place.parent}: {error}") from error
        del session
        gc.collect()
        # onnxruntime does not say when a write failed.
        if not is_whole(building):
            raise EngineError(_full(place, needed))
        size = sum(_written(building / name) for name in (GRAPH, WEIGHTS) if (building / name).exists())
        _clear([target])
        building.rename(target)
        _clear(
            other
            for other in place.parent.glob(f"{place.name}-*")
            if _is_of(other, place) and other != target
        )
    except OSError as error:
        raise EngineError(f"{place.parent}: {error.strerror}; nothing was compiled.") from error
    finally:
        _clear([building])
    return size


def remove_compiled(folder: Path) -> bool:
    """Remove every compiled session of the published `folder`; whether there were any."""
    found = (folder / FOLDER).is_dir()
    _clear([folder / FOLDER])
    return found


def is_whole(folder: Path) -> bool:
    """Whether `folder` holds a graph and every byte that it points at."""
    try:
        model = onnx.load(str(folder / GRAPH), load_external_data=False)
        size = (folder / WEIGHTS).stat().st_size if (folder / WEIGHTS).exists() else 0
    except (OSError, DecodeError):
        return False
    return all(_end(tensor) <= size for tensor in model.graph.initializer)


def _end(tensor: onnx.TensorProto) -> int:
    """Where the last of the tensor's bytes in the weights' file ends; 0 when it has none there."""
    entries = {entry.key: entry.value for entry in tensor.external_data}
    ends = [int(entries.pop("offset", 0)) + int(entries.pop("length", 0))]
    ends += [int(at) + int(length) for text in entries.values() for at, length in _PACKED.findall(text)]
    return max(ends)


def _written(file: Path) -> int:
    """Bytes of the file, once they are on the disk: a power cut must not leave a name without them."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    return file.stat().st_size


def _folder(place: Path, key: str) -> Path:
    return place.with_name(f"{place.name}-{key}")


def _is_of(folder: Path, place: Path) -> bool:
    return re.fullmatch(re.escape(place.name) + "-[0-9a-f]{16}", folder.name) is not None


def _clear(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _full(place: Path, needed: int) -> str:
    return (
        f"Compiling {place.name} takes up to {needed / 1e9:.1f} GB at {place.parent}, which the disk does not have; "
        "nothing was compiled, and the checkpoint is served as before."
    )
