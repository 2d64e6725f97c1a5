"""Bind a checkpoint's bytes to a graph without weights: docs/decisions/0002-binding.md."""

import fcntl
import functools
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import onnx
import onnxruntime as ort
from google.protobuf.message import DecodeError

from ensembles.engine.errors import EngineError
from ensembles.engine.weights import TensorPlace, WeightFile

THREADS_VARIABLE = "STUDIO_ENGINE_THREADS"

LARGE = 256_000_000
"""Bytes of float32 from which on networks load one after another."""

_STORED = {
    "F32": onnx.TensorProto.FLOAT,
    "F16": onnx.TensorProto.FLOAT16,
    "BF16": onnx.TensorProto.BFLOAT16,
}
"""A dtype as safetensors spells it → as ONNX does."""


def default_threads() -> int:
    """Threads per session: $STUDIO_ENGINE_THREADS, else the CPUs this process may use."""
    text = os.environ.get(THREADS_VARIABLE, "")
    if not text:
        return len(os.sched_getaffinity(0))
    if not text.isdigit() or int(text) < 1:
        raise EngineError(f"{THREADS_VARIABLE} must be a whole number above 0, not {text!r}.")
    return int(text)


def default_providers() -> list[str]:
    """CUDA where this onnxruntime has it, then the CPU."""
    available = ort.get_available_providers()
    return [name for name in ("CUDAExecutionProvider", "CPUExecutionProvider") if name in available]


@functools.cache
def _share_arena() -> None:
    """One arena for the sessions of this process, which grows by what is asked for, not to powers of two."""
    memory = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    same_as_requested = ort.OrtArenaCfg({"arena_extend_strategy": 1})
    ort.create_and_register_allocator(memory, same_as_requested)


def run_options() -> ort.RunOptions:
    """Options that give the arena's unused memory back after a run: sizes differ from one to the next."""
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def session_options(threads: int) -> ort.SessionOptions:
    """Options for graphs whose shapes change from call to call."""
    _share_arena()
    options = ort.SessionOptions()
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A memory pattern is kept per input shape: free sizes would collect one for each.
    options.enable_mem_pattern = False
    # Networks stand in processes of their own: a spinning pool would take the others' cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options


def bind(
    graph: Path,
    weights: WeightFile,
    parameters: Mapping[str, Sequence[int]],
    threads: int | None = None,
    providers: Sequence[str] | None = None,
) -> ort.InferenceSession:
    """A session of `graph` whose `parameters` (name → shape) are the tensors of `weights`.

    Raises `EngineError` for a missing tensor, a wrong shape or dtype, or a graph that does not load.
    """
    model = _bound_model(graph, weights, parameters)
    options = session_options(default_threads() if threads is None else threads)
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(weights.path.parent.absolute())
    )
    try:
        with _alone(weights, parameters):
            return ort.InferenceSession(model, options, providers=list(providers or default_providers()))
    except Exception as error:  # onnxruntime raises classes of its own, one per status code
        raise EngineError(f"{graph} does not load in onnxruntime {ort.__version__}: {error}") from error


def _bound_model(graph: Path, weights: WeightFile, parameters: Mapping[str, Sequence[int]]) -> bytes:
    """The graph with every parameter's data at its place in the file, cast to float32 where it is stored as less.

    onnxruntime reads the bytes by itself and folds the casts while loading, several times faster and with less
    memory at once than values converted here.
    """
    missing = weights.missing(parameters)
    if missing:
        raise EngineError(f"{weights.path} lacks {len(missing)} tensors of {graph.name}, first {missing[0]}.")
    try:
        model = onnx.load(str(graph), load_external_data=False)
    except (OSError, DecodeError) as error:
        raise EngineError(
            f"{graph} cannot be read as a graph: {error}; export the checkpoint again."
        ) from error
    found = {tensor.name: tensor for tensor in model.graph.initializer}
    casts = []
    for name, shape in parameters.items():
        place, tensor = weights.places[name], found.get(name)
        if tensor is None:
            raise EngineError(f"{graph} has no parameter {name}: export the checkpoint again.")
        if place.shape != tuple(shape):
            raise EngineError(
                f"{weights.path}: {name} has shape {place.shape}, but the graph wants {tuple(shape)}."
            )
        if place.dtype not in _STORED:
            raise EngineError(f"{weights.path} stores {name} as {place.dtype}; save it as F32, F16 or BF16.")
        tensor.data_type = _STORED[place.dtype]
        if place.dtype != "F32":
            tensor.name = f"{name}/{place.dtype}"
            casts.append(onnx.helper.make_node("Cast", [tensor.name], [name], to=onnx.TensorProto.FLOAT))
        _point(tensor, weights.path.name, place)
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(casts + nodes)
    return bytes(model.SerializeToString())


def _point(tensor: onnx.TensorProto, file: str, place: TensorPlace) -> None:
    """Say that the tensor's bytes lie in `file`; without a gap they are the tensor, whatever axes of 1 it has."""
    tensor.data_location = onnx.TensorProto.EXTERNAL
    del tensor.external_data[:]
    for key, value in (("location", file), ("offset", place.start), ("length", place.end - place.start)):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, str(value)


@contextmanager
def _alone(weights: WeightFile, parameters: Mapping[str, Sequence[int]]) -> Iterator[None]:
    """Keep large networks from loading at the same time: each needs 1.7 times its float32 bytes for a while."""
    if sum(4 * math.prod(shape) for shape in parameters.values()) < LARGE:
        yield
        return
    # The folder two above `weights/FILE` is `models/`, or what stands for it: one for all processes of a server.
    models = weights.path.absolute().parent.parent.parent
    place = os.open(models, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)  # the kernel lets go of it when the process dies
        yield
    finally:
        os.close(place)
