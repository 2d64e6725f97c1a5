"""Asking Triton for pictures over gRPC, with progress."""

import queue
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tritonclient.grpc as grpcclient
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

from ensembles.arrays import Array
from ensembles.serving.fields import NUMPY, PROMPTING, SAMPLING, STREAMING
from studio.errors import StudioError

DTYPES: dict[str, Any] = {
    field.name: NUMPY[field.kind] for field in SAMPLING + PROMPTING + STREAMING if field.kind != "TYPE_STRING"
}
"""NumPy dtype of each numeric parameter; every other one is text."""
SILENCE_SECONDS = 120.0
"""How long a stream may say nothing before it is given up."""


PARTS = ("unet", "text-encoder", "vae-decoder", "txt2img-stream")
"""Of a checkpoint, what a picture needs."""


class LostError(StudioError):
    """The server lost what worked on a request (UNAVAILABLE): the same request may be sent again."""


@dataclass(frozen=True)
class Step:
    """One finished denoising step."""

    step: int
    steps: int
    milliseconds: float
    previews: list[bytes] = field(default_factory=list)
    """JPEG files, one a picture, on the steps that carry previews."""


@dataclass(frozen=True)
class Pictures:
    """The end of a stream."""

    seed: int
    images: Array
    """uint8 [N,H,W,3]"""
    files: list[bytes]
    """One encoded file a picture, with its parameters inside."""


def parameter(name: str, value: Any) -> grpcclient.InferInput:
    """A [1] tensor of one request parameter; an array goes as it is."""
    if isinstance(value, np.ndarray):
        whole = grpcclient.InferInput(name, list(value.shape), np_to_triton_dtype(value.dtype))
        whole.set_data_from_numpy(value)
        return whole
    dtype = DTYPES.get(name, np.object_)
    data = np.array([str(value).encode() if dtype is np.object_ else value], dtype)
    tensor = grpcclient.InferInput(name, [1], np_to_triton_dtype(data.dtype))
    tensor.set_data_from_numpy(data)
    return tensor


def stream(url: str, model: str, parameters: dict[str, Any]) -> Iterator[Step | Pictures]:
    """Runs one request to `MODEL-txt2img-stream`; yields each `Step`, then `Pictures`.

    Parameters are those of docs/triton-api.md; None values are not sent. Leaving the iterator early
    cancels the request on the server. Raises `StudioError` with the server's own message, `LostError` when the
    same request may well succeed if it is sent again.
    """
    answers: queue.Queue[tuple[Any, Any]] = queue.Queue()
    client = grpcclient.InferenceServerClient(url)
    finished = False
    try:
        # Not with `triton_grpc_error`: Triton 2.51 crashes after it ended a stream with an error's code.
        client.start_stream(lambda result, error: answers.put((result, error)))
        inputs = [parameter(name, value) for name, value in parameters.items() if value is not None]
        # A stream that broke before the request was on it says so as its first answer, with the reason.
        with suppress(InferenceServerException):
            client.async_stream_infer(f"{model}-txt2img-stream", inputs)
        while not finished:
            part = _read(answers, url)
            finished = isinstance(part, Pictures)
            yield part
    finally:
        client.stop_stream(cancel_requests=not finished)
        client.close()


def _read(answers: "queue.Queue[tuple[Any, Any]]", url: str) -> Step | Pictures:
    try:
        result, error = answers.get(timeout=SILENCE_SECONDS)
    except queue.Empty:
        raise StudioError(
            f"The server at {url} has been silent for {SILENCE_SECONDS:.0f} s; see its log."
        ) from None
    if error is not None:
        raise (LostError if is_lost(error) else StudioError)(explain(error, url))
    if (images := result.as_numpy("IMAGE")) is not None:
        return Pictures(int(result.as_numpy("SEED")[0]), images, list(result.as_numpy("ENCODED")))
    previews = result.as_numpy("PREVIEW")
    return Step(
        int(result.as_numpy("STEP")[0]),
        int(result.as_numpy("STEPS")[0]),
        float(result.as_numpy("STEP_MS")[0]),
        [] if previews is None else list(previews),
    )


def is_lost(error: InferenceServerException) -> bool:
    """Whether a request failed because the server lost a process, or ended, while it was under way."""
    signs = ("UNAVAILABLE" in str(error.status()), "UNAVAILABLE: " in str(error.message()))
    return (any(signs) and not _is_refused(error)) or "is not healthy" in str(error.message())


def _is_refused(error: InferenceServerException) -> bool:
    message = str(error.message()).lower()
    return "failed to connect" in message or "connection refused" in message


def explain(error: InferenceServerException, url: str) -> str:
    """One sentence for a person: the server's message, or that it cannot be reached."""
    if "UNAVAILABLE" in str(error.status()) and _is_refused(error):
        return f"No Triton server answers at {url}. Start one with `studio serve`, or set STUDIO_TRITON_URL."
    return str(error.message()).removeprefix("in ensemble ").removeprefix("UNAVAILABLE: ").strip()


def wait_ready(url: str, model: str, seconds: float) -> bool:
    """Whether the checkpoint's models at `url` answer ready within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # A channel of its own: a shared one remembers that the server was down, and waits longer and longer.
        client = grpcclient.InferenceServerClient(url, channel_args=[("grpc.use_local_subchannel_pool", 1)])
        try:
            if all(client.is_model_ready(f"{model}-{part}", client_timeout=2) for part in PARTS):
                return True
        except InferenceServerException:
            pass
        finally:
            client.close()
        time.sleep(0.2)
    return False
