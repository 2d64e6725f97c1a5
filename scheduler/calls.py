"""Talking with a Triton server over gRPC without threads: answers in streams or one at a time, and what goes wrong."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, TypeVar

import grpc
import msgspec
import tritonclient.grpc as messages
import tritonclient.grpc.aio as grpcclient
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

from ensembles.arrays import Array
from scheduler.faults import broken, silent, told

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
T = TypeVar("T")


def anyway() -> bool:
    """A server of which nothing is known is taken to be there."""
    return True


class Call(msgspec.Struct, frozen=True):
    """Whom to ask, and in whose name."""

    client: grpcclient.InferenceServerClient
    request_id: str = ""
    headers: dict[str, str] | None = None
    alive: Callable[[], bool] = anyway
    """Asked when the server has said nothing for `SILENT_SECONDS`: one that has lost its power never ends a
    connection."""


def tensor(name: str, data: Array) -> Any:
    """An array as an input of a request."""
    made = messages.InferInput(name, list(data.shape), np_to_triton_dtype(data.dtype))
    made.set_data_from_numpy(data)
    return made


async def ask(call: Call, model: str, tensors: Mapping[str, Array], outputs: Sequence[str]) -> list[Array]:
    """One answer of a model: its arrays in the order of `outputs`. Cancelling the task cancels the request.

    Raises `Fault`: what went wrong, and whether the request may be sent again.
    """
    try:
        result = await _unless_silent(
            call.client.infer(
                model,
                [tensor(name, data) for name, data in tensors.items()],
                outputs=[messages.InferRequestedOutput(name) for name in outputs],
                request_id=call.request_id,
                headers=call.headers,
            ),
            call.alive,
        )
    except InferenceServerException as error:
        raise told(
            str(error.message() or ""), str(error.status() or "").removeprefix("StatusCode.")
        ) from None
    arrays = {name: result.as_numpy(name) for name in outputs}
    if missing := [name for name, array in arrays.items() if array is None]:
        raise broken(f"{model} answered without {', '.join(missing)}.")
    return list(arrays.values())


async def listen(
    call: Call, model: str, inputs: list[Any], outputs: Sequence[str], last: str
) -> AsyncGenerator[Any, None]:
    """Every answer of a decoupled model up to the one that holds the tensor `last`.

    Leaving it early, or cancelling the task, cancels the request on the server. Raises `Fault`.
    """

    async def requests() -> AsyncGenerator[dict[str, Any], None]:
        yield {
            "model_name": model,
            "inputs": inputs,
            "outputs": [messages.InferRequestedOutput(name) for name in outputs],
            "request_id": call.request_id,
        }

    # Not with `triton_grpc_error`: Triton 2.51 crashes after it ended a stream with an error's code.
    async with aclosing(requests()) as sent:
        answers = call.client.stream_infer(sent, headers=call.headers)
        try:
            while True:
                try:
                    result, error = await _unless_silent(anext(answers), call.alive)
                except StopAsyncIteration:
                    raise broken("The stream ended before its picture.") from None
                except grpc.RpcError as lost:
                    raise told(lost.details() or "", lost.code().name) from None
                if error is not None:
                    await _end(answers)
                    raise told(str(error.message()))
                done = result.as_numpy(last) is not None
                if done:
                    await _end(answers)
                yield result
                if done:
                    return
        finally:
            # Does nothing to a stream that has ended.
            answers.cancel()


async def _unless_silent(answer: Awaitable[T], alive: Callable[[], bool]) -> T:
    # Not `wait_for`, which would end the stream after the first silence.
    reading = asyncio.ensure_future(answer)
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
