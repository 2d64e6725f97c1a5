"""Networks with their weights in the graph's own file: upscalers, preprocessors."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import onnxruntime as ort

from ensembles.engine.bind import default_threads, session_options
from ensembles.engine.errors import EngineError
from ensembles.engine.providers import choose_providers

T = TypeVar("T")


def described(read: Callable[[Path], T], file: Path, what: str) -> T:
    """The description in `file`; raises `EngineError` where it is none of `what` (`an upscaler`)."""
    try:
        return read(file)
    except (OSError, msgspec.MsgspecError) as error:
        raise EngineError(f"{file} does not describe {what}: {error}.") from error


def open_graph(
    graph: Path, threads: int | None = None, providers: Sequence[str] | None = None
) -> ort.InferenceSession:
    """`threads` defaults to $STUDIO_ENGINE_THREADS, `providers` to what there is ($STUDIO_PROVIDERS).

    Raises `EngineError` for a file that does not load.
    """
    threads = default_threads() if threads is None else threads
    chosen = list(providers) if providers else choose_providers(threads=threads)
    try:
        return ort.InferenceSession(str(graph), session_options(threads), providers=chosen)
    except Exception as error:  # onnxruntime raises classes of its own, one per status code
        raise EngineError(f"{graph} does not load: {error}") from error
