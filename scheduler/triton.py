"""One picture's stream with a Triton server, over gRPC without threads: many at a time on one channel."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Any

import grpc
import msgspec
import numpy as np
import tritonclient.grpc as messages
import tritonclient.grpc.aio as grpcclient
from tritonclient.utils import np_to_triton_dtype

from control.jobs.requests import Img2Img, Work
from ensembles.arrays import Array
from ensembles.serving.fields import DENOISE, FORMAT, INIT_IMAGE, NUMPY, PREVIEW_EVERY, PROMPTING, SAMPLING
from scheduler.faults import Fault, broken, silent, told

FIELDS = (*PROMPTING, *SAMPLING, FORMAT, PREVIEW_EVERY)
# Not IMAGE: its pixels are in ENCODED as well.
OUTPUTS = ("STEP", "STEPS", "STEP_MS", "PREVIEW", "ENCODED", "SEED")
# A channel tries again after 1, 1.6, 2.6, … s unless told otherwise, and shared ones remember that a server was down.
OPTIONS = [
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_http_proxy", 0),
]


SILENT_SECONDS = 20.0
END_SECONDS = 2.0
"""How long a stream may take to end after its last answer."""


class Step(msgspec.Struct, frozen=True):
    """One finished denoising step."""

    step: int
    steps: int
    milliseconds: float
    previews: list[bytes] = []
    """JPEG files, one a picture, on the steps that carry previews."""


class Pictures(msgspec.Struct, frozen=True):
    """The end of a stream."""

    seed: int
    files: list[bytes]
    """One encoded file a picture."""


def inputs(work: Work, picture: Array | None = None) -> list[Any]:
    """The tensors of a completed request (docs/triton-api.md).

    `picture` is uint8 [1,H,W,3] of the request's width and height, for img2img.
    """
    given = msgspec.structs.asdict(work)
    found = [_tensor(f.name, np.array([_value(given[f.name.lower()])], NUMPY[f.kind])) for f in FIELDS]
    if isinstance(work, Img2Img):
        assert picture is not None
        found.append(_tensor(DENOISE.name, np.array([work.strength], np.float32)))
        found.append(_tensor(INIT_IMAGE, picture))
    return found


def _value(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _tensor(name: str, data: Array) -> Any:
    made = messages.InferInput(name, list(data.shape), np_to_triton_dtype(data.dtype))
    made.set_data_from_numpy(data)
    return made


async def paint(
    client: grpcclient.InferenceServerClient,
    work: Work,
    picture: Array | None = None,
    *,
    request_id: str = "",
    headers: dict[str, str] | None = None,
    alive: Callable[[], bool] = lambda: True,
) -> AsyncIterator[Step | Pictures]:
    """Each `Step`, then `Pictures`. Leaving it early, or cancelling the task, cancels the request on the server.

    Raises `Fault`: what went wrong, and whether the request may be sent again. A server that says nothing for
    `SILENT_SECONDS` is asked for (`alive`): one that has lost its power never ends a connection.
    """

    async def requests() -> AsyncGenerator[dict[str, Any], None]:
        yield {
            "model_name": f"{work.model}-txt2img-stream",
            "inputs": inputs(work, picture),
            "outputs": [messages.InferRequestedOutput(name) for name in OUTPUTS],
            "request_id": request_id,
        }

    # Not with `triton_grpc_error`: Triton 2.51 crashes after it ended a stream with an error's code.
    async with aclosing(requests()) as sent:
        answers = client.stream_infer(sent, headers=headers)
        try:
            while True:
                try:
                    result, error = await _next(answers, alive)
                except StopAsyncIteration:
                    raise broken("The stream ended before its picture.") from None
                except grpc.RpcError as lost:
                    raise told(lost.details() or "", lost.code().name) from None
                if error is not None:
                    await _end(answers)
                    raise told(str(error.message()))
                part = _read(result)
                if isinstance(part, Pictures):
                    await _end(answers)
                    yield part
                    return
                yield part
        finally:
            # Does nothing to a stream that has ended.
            answers.cancel()


async def _next(answers: AsyncIterator[Any], alive: Callable[[], bool]) -> Any:
    # Not `wait_for`, which would end the stream after the first silence.
    reading = asyncio.ensure_future(anext(answers))
    try:
        while not (await asyncio.wait({reading}, timeout=SILENT_SECONDS))[0]:
            if not alive():
                raise silent(SILENT_SECONDS)
        # A StopAsyncIteration passes through a future unharmed.
        return reading.result()
    finally:
        reading.cancel()


async def _end(answers: AsyncIterator[Any]) -> None:
    """Waits for the stream's end, which comes a moment after its last answer.

    Triton (2.51) keeps a request that is cancelled in that moment for ever, and its model can then not be unloaded.
    """
    with suppress(TimeoutError, grpc.RpcError):
        async with asyncio.timeout(END_SECONDS):
            async for _ in answers:
                pass


def _read(result: Any) -> Step | Pictures:
    if (files := result.as_numpy("ENCODED")) is not None:
        return Pictures(int(result.as_numpy("SEED")[0]), list(files))
    if (step := result.as_numpy("STEP")) is None:
        raise broken("The stream ended before its picture.")
    previews = result.as_numpy("PREVIEW")
    return Step(
        int(step[0]),
        int(result.as_numpy("STEPS")[0]),
        float(result.as_numpy("STEP_MS")[0]),
        [] if previews is None else list(previews),
    )


__all__ = ["OPTIONS", "Fault", "Pictures", "Step", "inputs", "paint"]
