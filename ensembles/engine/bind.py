"""Bind a checkpoint's bytes to a graph without weights: docs/decisions/0002-binding.md."""

import ctypes
import fcntl
import functools
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import onnx
import onnxruntime as ort
from google.protobuf.message import DecodeError

from ensembles.engine.errors import EngineError
from ensembles.engine.external import bind_external
from ensembles.engine.fusion import fuse_attention
from ensembles.engine.int8 import bind_int8
from ensembles.engine.providers import Choice, choose_providers
from ensembles.engine.weights import WeightFile

THREADS_VARIABLE = "STUDIO_ENGINE_THREADS"

LARGE = 64_000_000
"""Bytes of float32 from which on networks load one after another."""
LARGEST = 1_000_000_000
"""Bytes of float32 from which on a network loads before others: its peak is then not on top of theirs."""
TURN_SECONDS = 4.0
"""How long smaller ones leave the first turn to such a network, whose process may only be starting."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_MAPPED_WHILE_LOADING = 1 << 20
_MAPPED_AFTER, _TRIMMED_AFTER = 32 << 20, 256 << 20

FUSED_ON = ("CPUExecutionProvider", "CUDAExecutionProvider")
"""Providers that have onnxruntime's own attention; the others read plain ONNX."""
INT8_ON = ("CPUExecutionProvider",)
"""Providers on which linear layers in 8 bits were measured; the others take the parameters as they are."""


def default_threads() -> int:
    """Threads per session: $STUDIO_ENGINE_THREADS, else the CPUs this process may use."""
    text = os.environ.get(THREADS_VARIABLE, "")
    if not text:
        return len(os.sched_getaffinity(0))
    if not text.isdigit() or int(text) < 1:
        raise EngineError(f"{THREADS_VARIABLE} must be a whole number above 0, not {text!r}.")
    return int(text)


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
    providers: Sequence[str | Choice] | None = None,
    int8: Path | None = None,
) -> ort.InferenceSession:
    """A session of `graph` whose `parameters` (name → shape) are the tensors of `weights`.

    `threads` defaults to $STUDIO_ENGINE_THREADS, `providers` to what `choose_providers` finds. `int8` is a
    file beside the weights with linear layers in 8 bits, which the CPU reads instead. Raises `EngineError`
    for a missing tensor, a wrong shape or dtype, or a graph that does not load.
    """
    threads = default_threads() if threads is None else threads
    chosen = list(providers) if providers else choose_providers(threads=threads)
    first = _name(chosen[0])
    low = int8 if first in INT8_ON else None
    model = _bound_model(graph, weights, parameters, fused=first in FUSED_ON, int8=low)
    options = session_options(threads)
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(weights.path.parent.absolute())
    )
    try:
        with _alone(weights, parameters), _mapping_blocks(parameters):
            session = ort.InferenceSession(model, options, providers=chosen)
    except Exception as error:  # onnxruntime raises classes of its own, one per status code
        raise EngineError(f"{graph} does not load in onnxruntime {ort.__version__}: {error}") from error
    _give_back()
    return session


def _give_back() -> None:
    """Return to the system what loading took from the heap for a while: 0.6 GB for a full-width UNet."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)


def _name(provider: str | Choice) -> str:
    return provider if isinstance(provider, str) else provider[0]


def _bound_model(
    graph: Path,
    weights: WeightFile,
    parameters: Mapping[str, Sequence[int]],
    *,
    fused: bool,
    int8: Path | None,
) -> bytes:
    """The graph with every parameter's data at its place in the file, as onnxruntime takes it."""
    missing = weights.missing(parameters)
    if missing:
        raise EngineError(f"{weights.path} lacks {len(missing)} tensors of {graph.name}, first {missing[0]}.")
    try:
        model = onnx.load(str(graph), load_external_data=False)
    except (OSError, DecodeError) as error:
        raise EngineError(
            f"{graph} cannot be read as a graph: {error}; export the checkpoint again."
        ) from error
    bind_external(model, weights, weights.path.name)
    if int8:
        bind_int8(model, parameters, int8)
    if fused:
        fuse_attention(model)
    return bytes(model.SerializeToString())


def _float_bytes(parameters: Mapping[str, Sequence[int]]) -> int:
    return sum(4 * math.prod(shape) for shape in parameters.values())


@contextmanager
def _alone(weights: WeightFile, parameters: Mapping[str, Sequence[int]]) -> Iterator[None]:
    """Keep large networks from loading at the same time: each needs 1.7 times its float32 bytes for a while."""
    size = _float_bytes(parameters)
    if size < LARGE:
        yield
        return
    # The folder two above `weights/FILE` is `models/`, or what stands for it: one for all processes of a server.
    models = weights.path.absolute().parent.parent.parent
    place = os.open(models, os.O_RDONLY)
    try:
        if size < LARGEST and _has_larger(weights):
            _let_pass(place)
        fcntl.flock(place, fcntl.LOCK_EX)  # the kernel lets go of it when the process dies
        yield
    finally:
        os.close(place)


def _has_larger(weights: WeightFile) -> bool:
    """Whether the same checkpoint holds a network that is to load first, by the size of its file."""
    smallest = 2  # bytes a number, as stored
    return any(
        file.stat().st_size * 4 // smallest >= LARGEST for file in weights.path.parent.glob("*.safetensors")
    )


def _let_pass(place: int) -> None:
    """Wait until another process holds the lock, or nobody came for it in time."""
    until = time.monotonic() + TURN_SECONDS
    while time.monotonic() < until:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        fcntl.flock(place, fcntl.LOCK_UN)
        time.sleep(0.1)


@contextmanager
def _mapping_blocks(parameters: Mapping[str, Sequence[int]]) -> Iterator[None]:
    """Let what loading a large network takes for a while go back to the system at once, not to the heap.

    Blocks above a limit are mapped one by one; the limit would grow to 32 MB with the first one freed. It stands
    there again before the first run, whose own blocks would otherwise be mapped anew at each step.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc's
    if mallopt is None or _float_bytes(parameters) < LARGE:
        yield
        return
    mallopt(_M_MMAP_THRESHOLD, _MAPPED_WHILE_LOADING)
    try:
        yield
    finally:
        mallopt(_M_MMAP_THRESHOLD, _MAPPED_AFTER)
        mallopt(_M_TRIM_THRESHOLD, _TRIMMED_AFTER)
