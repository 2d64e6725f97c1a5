"""`vae_decode`: MODEL, LATENT → IMAGE or PIXELS, whichever is asked for."""

import asyncio
from typing import Any

import triton_python_backend_utils as pb

from ensembles.imaging.codec import to_uint8
from ensembles.serving import checkpoints, vae
from ensembles.serving.fields import MODEL
from ensembles.serving.tensors import BadInput, array, error_response, scalar, tensor


class TritonPythonModel:
    """Scaled latents fp32 [N,4,h,w] → uint8 (IMAGE) or fp32 in 0..1 (PIXELS) [N,8h,8w,3]."""

    async def execute(self, requests: list[Any]) -> list[Any]:
        """The requests of one batch run side by side."""
        return await asyncio.gather(*(self._respond(request) for request in requests))

    async def _respond(self, request: Any) -> Any:
        try:
            model, latent = scalar(request, MODEL), array(request, "LATENT")
            if model is None or latent is None:
                raise BadInput("MODEL and LATENT: both are needed.")
            layout = vae.read_layout(request, checkpoints.manifest(model).vae_factor)
            seamless = vae.read_seamless(request, checkpoints.manifest(model))
            image = await vae.decoded(model, latent, layout, seamless=seamless)
            made = {"IMAGE": to_uint8, "PIXELS": vae.to_pixels}
            wanted = set(request.requested_output_names())
            return pb.InferenceResponse(
                [tensor(name, form(image)) for name, form in made.items() if name in wanted]
            )
        except Exception as error:
            return error_response(error)
