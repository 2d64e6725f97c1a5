"""`vae_encode`: MODEL and IMAGE or PIXELS → LATENT."""

import asyncio
from typing import Any

import triton_python_backend_utils as pb

from ensembles.serving import checkpoints, vae
from ensembles.serving.fields import MODEL
from ensembles.serving.tensors import BadInput, array, error_response, scalar, tensor


class TritonPythonModel:
    """Pictures uint8 (IMAGE) or fp32 in 0..1 (PIXELS) [N,H,W,3] → scaled latents fp32 [N,4,H/8,W/8]."""

    async def execute(self, requests: list[Any]) -> list[Any]:
        """The requests of one batch run side by side."""
        return await asyncio.gather(*(self._respond(request) for request in requests))

    async def _respond(self, request: Any) -> Any:
        try:
            model = scalar(request, MODEL)
            image, pixels = array(request, "IMAGE"), array(request, "PIXELS")
            if model is None:
                raise BadInput("MODEL: send the name of a published checkpoint.")
            layout = vae.read_layout(request, checkpoints.manifest(model).vae_factor)
            seamless = vae.read_seamless(request, checkpoints.manifest(model))
            if image is not None:
                latent = await vae.encode(model, image, layout, seamless)
            elif pixels is not None:
                latent = await vae.encode_pixels(model, pixels, layout, seamless)
            else:
                raise BadInput("IMAGE: send the pictures, or send them as PIXELS.")
            return pb.InferenceResponse([tensor("LATENT", latent)])
        except Exception as error:
            return error_response(error)
