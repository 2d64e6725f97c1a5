"""`vae_decode`: MODEL, LATENT → IMAGE."""

import asyncio
from typing import Any

import triton_python_backend_utils as pb

from ensembles.serving import vae
from ensembles.serving.fields import MODEL
from ensembles.serving.tensors import BadInput, array, error_response, scalar, tensor


class TritonPythonModel:
    """Scaled latents fp32 [N,4,h,w] → uint8 [N,8h,8w,3]."""

    async def execute(self, requests: list[Any]) -> list[Any]:
        """The requests of one batch run side by side."""
        return await asyncio.gather(*(self._respond(request) for request in requests))

    async def _respond(self, request: Any) -> Any:
        try:
            model, latent = scalar(request, MODEL), array(request, "LATENT")
            if model is None or latent is None:
                raise BadInput("MODEL and LATENT: both are needed.")
            return pb.InferenceResponse([tensor("IMAGE", await vae.decode(model, latent))])
        except Exception as error:
            return error_response(error)
