"""Bind a checkpoint's bytes to a graph without weights: docs/decisions/0002-binding.md."""

import functools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import onnxruntime as ort

from ensembles.engine.errors import EngineError
from ensembles.engine.weights import WeightFile

THREADS_VARIABLE = "STUDIO_ENGINE_THREADS"


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

    Raises `EngineError` for a missing tensor, a wrong shape, or a graph that does not load.
    """
    missing = weights.missing(parameters)
    if missing:
        raise EngineError(f"{weights.path} lacks {len(missing)} tensors of {graph.name}, first {missing[0]}.")
    values = []  # must live until the session is made: the options hold no reference
    for name, shape in parameters.items():
        found = weights.places[name].shape
        if found != tuple(shape):
            raise EngineError(
                f"{weights.path}: {name} has shape {found}, but the graph wants {tuple(shape)}."
            )
        values.append(ort.OrtValue.ortvalue_from_numpy(weights.tensor(name)))
    options = session_options(default_threads() if threads is None else threads)
    options.add_external_initializers(list(parameters), values)
    try:
        return ort.InferenceSession(str(graph), options, providers=list(providers or default_providers()))
    except Exception as error:  # onnxruntime raises classes of its own, one per status code
        raise EngineError(f"{graph} does not load in onnxruntime {ort.__version__}: {error}") from error
