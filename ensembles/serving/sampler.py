"""`sampler`: conditioning in, progress and previews on the way, latents at the end. Decoupled."""

import asyncio
import secrets
from typing import Any

import numpy as np
import triton_python_backend_utils as pb

from ensembles.sampling.loop import Request
from ensembles.sampling.parameters import check
from ensembles.serving import checkpoints
from ensembles.serving.cancelling import Cancellation
from ensembles.serving.fields import DENOISE, MODEL, PREVIEW_EVERY, SAMPLING
from ensembles.serving.loop import denoise, raise_in_flight_limit
from ensembles.serving.tensors import BadInput, array, scalar, stream, tensor, values


def read_request(request: Any) -> tuple[str, Request]:
    """The checkpoint's name and the loop's request; raises `BadInput` or `ParameterError`."""
    model = scalar(request, MODEL)
    positive = array(request, "POSITIVE")
    if model is None or positive is None:
        raise BadInput("MODEL and POSITIVE: both are needed; POSITIVE is CONDITIONING of text_encode.")
    given = values(request, SAMPLING)
    if given["seed"] is None:
        given["seed"] = secrets.randbits(63)
    latent = array(request, "LATENT")
    if latent is not None:
        if latent.ndim != 4:
            raise BadInput(f"LATENT: send [N,4,h,w], not {list(latent.shape)}.")
        given["batch"], _, height, width = latent.shape
        factor = checkpoints.manifest(model).vae_factor
        given["width"], given["height"] = width * factor, height * factor
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
        await asyncio.gather(*(stream(request, self._paint) for request in requests))

    @staticmethod
    async def _paint(request: Any, sender: Any) -> list[Any]:
        model, job = read_request(request)
        latent = await denoise(
            model,
            job,
            preview_every=scalar(request, PREVIEW_EVERY),
            progress=lambda tensors: sender.send(pb.InferenceResponse(tensors)),
            cancellation=Cancellation(sender.is_cancelled),
        )
        return [tensor("LATENT", latent.astype(np.float32, copy=False))]
