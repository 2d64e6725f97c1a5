"""`sampler`: conditioning in, progress and previews on the way, latents at the end. Decoupled."""

from typing import Any

import numpy as np
import triton_python_backend_utils as pb

from ensembles.sampling.loop import Request
from ensembles.sampling.parameters import check
from ensembles.sampling.types import Cancelled
from ensembles.serving.fields import SAMPLING, Field
from ensembles.serving.loop import denoise, raise_in_flight_limit
from ensembles.serving.tensors import BadInput, array, error_response, scalar, tensor, values

MODEL = Field("MODEL", "TYPE_STRING", None, "name of a published checkpoint")
DENOISE = Field(
    "DENOISE", "TYPE_FP32", 1.0, "share of the schedule that is run, above 0 to 1; below 1 needs LATENT"
)
PREVIEW_EVERY = Field("PREVIEW_EVERY", "TYPE_INT32", 0, "a preview every so many steps; 0: none")


def read_request(request: Any) -> tuple[str, Request]:
    """The checkpoint's name and the loop's request; raises `BadInput` or `ParameterError`."""
    model = scalar(request, MODEL)
    positive = array(request, "POSITIVE")
    if model is None or positive is None:
        raise BadInput("MODEL and POSITIVE: both are needed; POSITIVE is CONDITIONING of text_encode.")
    given = values(request, SAMPLING)
    given["seed"] = given["seed"] or 0
    latent = array(request, "LATENT")
    if latent is not None:
        given["batch"], _, height, width = latent.shape
        given["width"], given["height"] = width * 8, height * 8
    elif given["width"] is None or given["height"] is None:
        raise BadInput("WIDTH and HEIGHT: send both in pixels, or a LATENT to start from.")
    denoise_share = scalar(request, DENOISE)
    check(**given, denoise=denoise_share)
    mask = array(request, "MASK")
    return model, Request(
        **given,
        denoise=denoise_share,
        latent=latent,
        mask=mask,
        positive=positive,
        negative=array(request, "NEGATIVE"),
    )


class TritonPythonModel:
    """Many jobs at once in one process: each `execute` runs in the background of the event loop."""

    async def execute(self, requests: list[Any]) -> None:
        """Runs every request to its end, its error, or its cancellation."""
        raise_in_flight_limit()
        for request in requests:
            await self._run(request)

    async def _run(self, request: Any) -> None:
        sender = request.get_response_sender()
        try:
            model, job = read_request(request)
            latent = await denoise(
                model,
                job,
                preview_every=scalar(request, PREVIEW_EVERY),
                progress=lambda tensors: sender.send(pb.InferenceResponse(tensors)),
                cancelled=sender.is_cancelled,
            )
            sender.send(pb.InferenceResponse([tensor("LATENT", latent.astype(np.float32, copy=False))]))
        except Cancelled:
            pass
        except Exception as error:
            sender.send(error_response(error))
        finally:
            sender.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
