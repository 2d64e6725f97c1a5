"""Reading requests and writing responses of Triton's Python backend."""

import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import numpy as np
import triton_python_backend_utils as pb

from ensembles.arrays import Array
from ensembles.engine.errors import Refused
from ensembles.imaging.errors import ImageError
from ensembles.sampling.parameters import ParameterError
from ensembles.sampling.types import Cancelled
from ensembles.serving.fields import NUMPY, Field
from ensembles.serving.progress import waiting
from ensembles.text.errors import PromptError


class BadInput(ValueError):
    """A request that its sender can mend; the message names the tensor and says what would be right."""


def array(request: Any, name: str) -> Array | None:
    """The tensor `name` of a request, or None when it was not sent."""
    tensor = pb.get_input_tensor_by_name(request, name)
    return None if tensor is None else tensor.as_numpy()


def scalar(request: Any, field: Field, default: Any = None) -> Any:
    """The single value of a [1] tensor as a Python int, float or str; else the field's default."""
    values = array(request, field.name)
    if values is None:
        return field.default if default is None else default
    if values.size != 1:
        raise BadInput(f"{field.name}: send one value, not {values.size}.")
    value = values.reshape(-1)[0]
    if isinstance(value, np.float32):
        # The shortest decimal, 0.8 rather than 0.800000012: int(20 / 0.8) is 25, and recipes read well.
        return float(str(value))
    if not isinstance(value, bytes):
        return value.item() if isinstance(value, np.generic) else value
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise BadInput(f"{field.name}: send UTF-8 text.") from None


def values(request: Any, fields: tuple[Field, ...]) -> dict[str, Any]:
    """Every field of the table, in lower case, with defaults filled in (None where there is none)."""
    return {field.name.lower(): scalar(request, field) for field in fields}


def tensor(name: str, value: Any, dtype: type | None = None) -> Any:
    """A Triton tensor from an array, or from one value as shape [1] (str and bytes become BYTES)."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        value = np.array([value], np.object_)
    elif not isinstance(value, np.ndarray):
        value = np.array([value], dtype)
    return pb.Tensor(name, np.ascontiguousarray(value))


def field_tensor(field: Field, value: Any) -> Any:
    """The [1] tensor of one parameter."""
    return tensor(field.name, value, NUMPY[field.kind])


def error_response(error: Exception) -> Any:
    """The error as Triton sends it: INVALID_ARG for what the sender can mend, INTERNAL for what it cannot."""
    if isinstance(error, (BadInput, ParameterError, PromptError, ImageError, Refused, FloatingPointError)):
        return pb.InferenceResponse(error=pb.TritonError(str(error), pb.TritonError.INVALID_ARG))
    if isinstance(error, Cancelled):
        return pb.InferenceResponse(
            error=pb.TritonError("The request was cancelled.", pb.TritonError.CANCELLED)
        )
    if isinstance(error, CallFailed):
        return pb.InferenceResponse(error=pb.TritonError(str(error), error.code))
    pb.Logger.log_error("".join(traceback.format_exception(error)))
    text = f"The server failed ({type(error).__name__}). Try again; its log tells more."
    return pb.InferenceResponse(error=pb.TritonError(text, pb.TritonError.INTERNAL))


class CallFailed(RuntimeError):
    """A model called from within Triton answered with an error; its message and code are passed on."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


LOST = ("is not healthy", "health mutex", "is not ready", "unknown model", "no available versions")
"""What Triton says, under several codes, of a model whose process died or which is being loaded again."""


def call_failed(model: str, message: str, code: int) -> CallFailed:
    """The error of a call to `model`; UNAVAILABLE, which a client may try again, when its process was lost."""
    if any(sign in message for sign in LOST):
        # The code in words as well: of an error in a stream, the sentence alone arrives.
        text = f"UNAVAILABLE: {model} was lost while it worked for this request, and is started again. Try again."
        return CallFailed(text, pb.TritonError.UNAVAILABLE)
    return CallFailed(message, code)


async def call(model: str, inputs: Mapping[str, Any], outputs: list[str]) -> list[Array]:
    """One request to another model of this server (BLS); arrays in the order of `outputs`.

    Raises `CallFailed` with the other model's own message, UNAVAILABLE when the other model's process died.
    """
    request = pb.InferenceRequest(
        model_name=model,
        inputs=[tensor(name, value) for name, value in inputs.items()],
        requested_output_names=outputs,
        preferred_memory=pb.PreferredMemory(pb.TRITONSERVER_MEMORY_CPU),
    )
    with waiting():
        response = await request.async_exec()
    if response.has_error():
        raise call_failed(model, response.error().message(), response.error().code())
    return [pb.get_output_tensor_by_name(response, name).as_numpy() for name in outputs]


async def stream(request: Any, work: Callable[[Any, Any], Awaitable[list[Any]]]) -> None:
    """Runs `work(request, sender)` and sends the tensors it returns, or its error, and the end of the stream.

    A cancelled request gets its end alone.
    """
    sender = request.get_response_sender()
    try:
        with waiting():
            tensors = await work(request, sender)
        sender.send(pb.InferenceResponse(tensors))
    except Cancelled:
        pass
    except Exception as error:
        sender.send(error_response(error))
    finally:
        sender.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
