"""Bind a checkpoint's bytes to a graph without weights: docs/decisions/0002-binding.md."""

import functools
import math
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from ensembles.engine import turns
from ensembles.engine.compiled import compile_session, open_compiled, session_key
from ensembles.engine.errors import EngineError
from ensembles.engine.extension import extend
from ensembles.engine.external import bind_external
from ensembles.engine.fusion import fuse_attention
from ensembles.engine.heap import give_back, mapping_blocks
from ensembles.engine.int8 import bind_int8
from ensembles.engine.providers import Choice, choose_providers
from ensembles.engine.seamless import go_round
from ensembles.engine.variant import Seamless
from ensembles.engine.weights import WeightFile

THREADS_VARIABLE = "STUDIO_ENGINE_THREADS"


FUSED_ON = ("CPUExecutionProvider", "CUDAExecutionProvider")
"""Providers that have onnxruntime's own attention; the others read plain ONNX."""
INT8_ON = ("CPUExecutionProvider",)
"""Providers on which linear layers in 8 bits were measured; the others take the parameters as they are."""
COMPILED_ON = ("CPUExecutionProvider",)
"""Providers whose sessions are compiled by `compile_network`; some others keep what they built by themselves."""


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
    compiled: Path | None = None,
    *,
    adapted: Mapping[str, NDArray[np.float32]] | None = None,
    seamless: Seamless = "",
    extended: bool = False,
) -> ort.InferenceSession:
    """A session of `graph` whose `parameters` (name → shape) are the tensors of `weights`.

    `threads` defaults to $STUDIO_ENGINE_THREADS, `providers` to what `choose_providers` finds. `int8` is a
    file beside the weights with linear layers in 8 bits, which the CPU reads instead. `compiled` is where
    `compile_network` may have left the session, ready to map. `adapted` holds the parameters that are to stand in
    place of the checkpoint's own, `seamless` names the axes along which convolutions go round, and `extended` gives
    the UNet the inputs of `ensembles.engine.extension`. Raises `EngineError` for a missing tensor, a wrong
    shape or dtype, or a graph that does not load.
    """
    threads = default_threads() if threads is None else threads
    chosen = list(providers) if providers else choose_providers(threads=threads)
    first = _name(chosen[0])
    low = int8 if first in INT8_ON else None
    model = _bound_model(
        graph,
        weights,
        parameters,
        fused=first in FUSED_ON,
        int8=low,
        replaced=adapted or (),
        seamless=seamless,
        extended=extended,
    )
    if compiled is not None and first in COMPILED_ON and low is None:
        found = open_compiled(compiled, session_key(model, weights.path), session_options(threads))
        if found is not None:
            return found
    options = _reading(weights, threads)
    if adapted:
        values = [ort.OrtValue.ortvalue_from_numpy(array) for array in adapted.values()]
        options.add_external_initializers(list(adapted), values)
    try:
        with _loading(weights, parameters):
            session = ort.InferenceSession(model, options, providers=chosen)
    except Exception as error:  # onnxruntime raises classes of its own, one per status code
        raise EngineError(f"{graph} does not load in onnxruntime {ort.__version__}: {error}") from error
    # What no kernel packs is read where it lies: the arrays have to live as long.
    session.adapted = adapted
    give_back()
    return session


def bind_model(
    model: onnx.ModelProto,
    weights: WeightFile,
    turn: Path,
    threads: int | None = None,
    providers: Sequence[str | Choice] | None = None,
) -> ort.InferenceSession:
    """A session of `model`, a graph made in memory, which is changed; its parameters are those of `weights`.

    `turn` is a file of a published checkpoint's weights, beside whose networks this one loads. Raises `EngineError`.
    """
    threads = default_threads() if threads is None else threads
    chosen = list(providers) if providers else choose_providers(threads=threads)
    external = onnx.TensorProto.EXTERNAL
    size = sum(4 * math.prod(t.dims) for t in model.graph.initializer if t.data_location == external)
    bind_external(model, weights, weights.path.name)
    if _name(chosen[0]) in FUSED_ON:
        fuse_attention(model)
    try:
        with turns.alone(turn, size), mapping_blocks() if size >= turns.LARGE else nullcontext():
            session = ort.InferenceSession(
                model.SerializeToString(), _reading(weights, threads), providers=chosen
            )
    except Exception as error:  # onnxruntime raises classes of its own, one per status code
        raise EngineError(
            f"{weights.path} does not load in onnxruntime {ort.__version__}: {error}"
        ) from error
    give_back()
    return session


def compile_network(
    graph: Path, weights: WeightFile, parameters: Mapping[str, Sequence[int]], compiled: Path
) -> int:
    """Leave at `compiled` the session that `bind` would make for the CPU; returns bytes written.

    Takes the memory of a load, and half as long again. Raises `EngineError` as `bind` and `compile_session` do.
    """
    model = _bound_model(graph, weights, parameters, fused=True, int8=None)
    key, size = session_key(model, weights.path), _float_bytes(parameters)
    with _loading(weights, parameters):
        written = compile_session(compiled, key, model, _reading(weights, default_threads()), size)
    give_back()
    return written


def _reading(weights: WeightFile, threads: int) -> ort.SessionOptions:
    """Options for a graph whose parameters lie in the file of `weights`."""
    options = session_options(threads)
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(weights.path.parent.absolute())
    )
    return options


def _name(provider: str | Choice) -> str:
    return provider if isinstance(provider, str) else provider[0]


def _bound_model(
    graph: Path,
    weights: WeightFile,
    parameters: Mapping[str, Sequence[int]],
    *,
    fused: bool,
    int8: Path | None,
    replaced: Collection[str] = (),
    seamless: Seamless = "",
    extended: bool = False,
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
    if extended:
        extend(model)
    if seamless:
        go_round(model, seamless)
    bind_external(model, weights, weights.path.name, replaced)
    if int8:
        bind_int8(model, parameters, int8, replaced)
    if fused:
        fuse_attention(model)
    return bytes(model.SerializeToString())


@contextmanager
def _loading(weights: WeightFile, parameters: Mapping[str, Sequence[int]]) -> Iterator[None]:
    """Alone and with little memory, where the network is large."""
    size = _float_bytes(parameters)
    with turns.alone(weights.path, size), mapping_blocks() if size >= turns.LARGE else nullcontext():
        yield


def _float_bytes(parameters: Mapping[str, Sequence[int]]) -> int:
    return sum(4 * math.prod(shape) for shape in parameters.values())
