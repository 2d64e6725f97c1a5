"""`vae_encode`: MODEL, IMAGE → LATENT."""

import asyncio
from typing import Any

import triton_python_backend_utils as pb

from ensembles.serving import vae
from ensembles.serving.fields import MODEL
from ensembles.serving.tensors import BadInput, array, error_response, scalar, tensor


class TritonPythonModel:
    """Pictures uint8 [N,H,W,3] → scaled latents fp32 [N,4,H/8,W/8]."""

    async def execute(self, requests: list[Any]) -> list[Any]:
        """The requests of one batch run side by side."""
        return await asyncio.gather(*(self._respond(request) for request in requests))

    async def _respond(self, request: Any) -> Any:
        try:
            model, image = scalar(request, MODEL), array(request, "IMAGE")
            if model is None or image is None:
                raise BadInput("MODEL and IMAGE: both are needed.")
            return pb.InferenceResponse([tensor("LATENT", await vae.encode(model, image))])
        except Exception as error:
            return error_response(error)
