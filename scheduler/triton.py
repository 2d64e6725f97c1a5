"""One picture's stream with a Triton server, over gRPC without threads: many at a time on one channel."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import msgspec
import numpy as np
import tritonclient.grpc.aio as grpcclient

from control.jobs.requests import Img2Img, Work
from ensembles.arrays import Array
from ensembles.serving.fields import DENOISE, FORMAT, INIT_IMAGE, NUMPY, PREVIEW_EVERY, PROMPTING, SAMPLING
from scheduler.calls import OPTIONS, Call, anyway, listen, tensor
from scheduler.faults import Fault, broken

FIELDS = (*PROMPTING, *SAMPLING, FORMAT, PREVIEW_EVERY)
# Not IMAGE: its pixels are in ENCODED as well.
OUTPUTS = ("STEP", "STEPS", "STEP_MS", "PREVIEW", "ENCODED", "SEED")


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
    found = [tensor(f.name, np.array([_value(given[f.name.lower()])], NUMPY[f.kind])) for f in FIELDS]
    if isinstance(work, Img2Img):
        assert picture is not None
        found.append(tensor(DENOISE.name, np.array([work.strength], np.float32)))
        found.append(tensor(INIT_IMAGE, picture))
    return found


def _value(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


async def paint(
    client: grpcclient.InferenceServerClient,
    work: Work,
    picture: Array | None = None,
    *,
    request_id: str = "",
    headers: dict[str, str] | None = None,
    alive: Callable[[], bool] = anyway,
) -> AsyncIterator[Step | Pictures]:
    """Each `Step`, then `Pictures`. Leaving it early, or cancelling the task, cancels the request on the server.

    Raises `Fault`: what went wrong, and whether the request may be sent again. `alive` is asked of a server that
    says nothing (`Call`).
    """
    call = Call(client, request_id, headers, alive)
    answers = listen(call, f"{work.model}-txt2img-stream", inputs(work, picture), OUTPUTS, last="ENCODED")
    async with aclosing(answers):
        async for result in answers:
            yield _read(result)


def _read(result: Any) -> Step | Pictures:
    if (files := result.as_numpy("ENCODED")) is not None:
        return Pictures(int(result.as_numpy("SEED")[0]), list(files))
    if (step := read_step(result)) is None:
        raise broken("The stream ended before its picture.")
    return step


def read_step(result: Any) -> Step | None:
    """The step that an answer of a sampling model tells; None where it tells none."""
    if (step := result.as_numpy("STEP")) is None:
        return None
    previews = result.as_numpy("PREVIEW")
    return Step(
        int(step[0]),
        int(result.as_numpy("STEPS")[0]),
        float(result.as_numpy("STEP_MS")[0]),
        [] if previews is None else list(previews),
    )


__all__ = ["OPTIONS", "Fault", "Pictures", "Step", "inputs", "paint", "read_step"]
