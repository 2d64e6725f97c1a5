"""`NAME-txt2img-stream`: a prompt in, progress and previews on the way, files at the end. Decoupled.

The loop runs here rather than through `sampler`, because a stream inside a stream would cost a second
process hop per step and Triton's nested decoupled calls have deadlocked (python_backend issue 439).
"""

import asyncio
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import triton_python_backend_utils as pb

from ensembles.arrays import Array
from ensembles.imaging.provenance import Recipe, to_json, to_parameters
from ensembles.sampling.loop import Request
from ensembles.serving import checkpoints, vae
from ensembles.serving.cancelling import Cancellation
from ensembles.serving.encode_image import check_format, encode_images
from ensembles.serving.fields import FORMAT, PREVIEW_EVERY, SAMPLING
from ensembles.serving.loop import denoise, raise_in_flight_limit
from ensembles.serving.request import complete
from ensembles.serving.tensors import call, scalar, stream, tensor


@cache
def _version() -> str:
    return version("studio")


class TritonPythonModel:
    """Many jobs at once in one process: each `execute` runs in the background of the event loop."""

    def initialize(self, args: dict[str, str]) -> None:
        """Reads which checkpoint this is from where the model stands."""
        self.model = checkpoints.own_folder(args).name

    async def execute(self, requests: list[Any]) -> None:
        """Runs every request to its end, its error, or its cancellation."""
        raise_in_flight_limit()
        await asyncio.gather(*(stream(request, self._paint) for request in requests))

    async def _paint(self, request: Any, sender: Any) -> list[Any]:
        given = complete(request, self.model)
        kind, preview_every = (scalar(request, field) for field in (FORMAT, PREVIEW_EVERY))
        check_format(kind)
        cancellation = Cancellation(sender.is_cancelled)

        positive, negative = await asyncio.gather(
            self._encode(given["prompt"], given["clip_skip"]),
            self._encode(given["negative_prompt"], given["clip_skip"]),
        )
        sampling = {field.name.lower(): given[field.name.lower()] for field in SAMPLING}
        latent = await denoise(
            self.model,
            Request(**sampling, positive=positive, negative=negative),
            preview_every=preview_every,
            progress=lambda tensors: sender.send(pb.InferenceResponse(tensors)),
            cancellation=cancellation,
        )
        images = await vae.decode(self.model, latent, cancellation.check)
        chunks = [self._chunks(given, n) for n in range(len(images))]
        # In a thread: compressing large pictures would hold up the steps of every other job.
        files = await asyncio.to_thread(encode_images, images, kind, chunks)
        return [tensor("IMAGE", images), tensor("ENCODED", files), tensor("SEED", given["seed"], np.uint64)]

    def _chunks(self, given: dict[str, Any], index: int) -> dict[str, str]:
        # What a file carries: `parameters` for people and other tools, `studio` exact.
        recipe = Recipe(
            **{name: value for name, value in given.items() if name != "batch"},
            batch_size=given["batch"],
            batch_index=index,
            model=self.model,
            model_hash=checkpoints.manifest(self.model).weights.get("unet", ""),
            version=_version(),
        )
        return {"parameters": to_parameters(recipe), "studio": to_json(recipe)}

    async def _encode(self, prompt: str, clip_skip: int) -> Array:
        # Through Triton rather than in this process: the answer is in its response cache the second time.
        inputs = {"MODEL": self.model, "PROMPT": prompt, "CLIP_SKIP": np.array([clip_skip], np.int32)}
        (context,) = await call("text_encode", inputs, ["CONDITIONING"])
        return context
