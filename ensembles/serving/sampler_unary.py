"""`sampler_unary`: the same loop, one response with the latents, for HTTP and ensembles.

Triton runs a non-decoupled asynchronous `execute` one batch at a time per instance (server issue
7888), so how many run at once is the instance count in its config.pbtxt; `sampler` has no such limit.
"""

import asyncio
from typing import Any

import numpy as np
import triton_python_backend_utils as pb

from ensembles.serving.cancelling import Cancellation
from ensembles.serving.loop import denoise, raise_in_flight_limit
from ensembles.serving.sampler import read_request
from ensembles.serving.tensors import error_response, tensor


class TritonPythonModel:
    """Conditioning and parameters → LATENT."""

    async def execute(self, requests: list[Any]) -> list[Any]:
        """The requests of one batch run side by side."""
        raise_in_flight_limit()
        return await asyncio.gather(*(self._respond(request) for request in requests))

    async def _respond(self, request: Any) -> Any:
        try:
            job = read_request(request)
            painted = await denoise(
                job.model,
                job.request,
                prediction=job.prediction,
                variant=job.variant,
                cancellation=Cancellation(request.is_cancelled),
            )
        except Exception as error:
            return error_response(error)
        return pb.InferenceResponse([tensor("LATENT", painted.latent.astype(np.float32, copy=False))])
