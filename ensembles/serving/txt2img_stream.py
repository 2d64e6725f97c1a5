"""`NAME-txt2img-stream`: a prompt in, progress and previews on the way, files at the end. Decoupled.

With INIT_IMAGE it is img2img: the picture is encoded, noise of the level that DENOISE says is added, and the
schedule's end is walked.

The loop runs here rather than through `sampler`, because a stream inside a stream would cost a second
process hop per step and Triton's nested decoupled calls have deadlocked (python_backend issue 439).
"""

import asyncio
import hashlib
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
from ensembles.serving.fields import DENOISE, FORMAT, INIT_IMAGE, PREVIEW_EVERY, SAMPLING, WANTED
from ensembles.serving.loop import denoise, raise_in_flight_limit
from ensembles.serving.request import complete
from ensembles.serving.tensors import BadInput, array, call, scalar, stream, tensor


@cache
def _version() -> str:
    return version("studio")


def check_start(image: Array | None, share: float, given: dict[str, Any]) -> None:
    """Raises `BadInput` for a picture that does not fit the parameters, or that is missing."""
    if image is None:
        if share < 1:
            raise BadInput(
                f"DENOISE: {share:g} keeps some of a picture; send it as INIT_IMAGE, or leave DENOISE."
            )
        return
    wanted = (given["height"], given["width"], 3)
    if image.ndim != 4 or image.shape[0] not in {1, given["batch"]} or image.shape[1:] != wanted:
        raise BadInput(
            f"INIT_IMAGE: send uint8 [1 or BATCH,HEIGHT,WIDTH,3], here [1,{wanted[0]},{wanted[1]},3], "
            f"not {list(image.shape)}."
        )


async def _start(model: str, image: Array | None) -> Array | None:
    return None if image is None else await vae.encode(model, image)


def _hash(image: Array) -> str:
    """sha256 of the pixels, hexadecimal, as far as it is needed to tell pictures apart."""
    return hashlib.sha256(image.tobytes()).hexdigest()[:16]


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
        kind, preview_every, share = (scalar(request, field) for field in (FORMAT, PREVIEW_EVERY, DENOISE))
        check_format(kind)
        image = array(request, INIT_IMAGE)
        size = None if image is None or image.ndim != 4 else (image.shape[2], image.shape[1])
        given = complete(request, self.model, size=size, denoise=share)
        check_start(image, share, given)
        cancellation = Cancellation(sender.is_cancelled)

        positive, negative, start = await asyncio.gather(
            self._encode(given["prompt"], given["clip_skip"]),
            self._encode(given["negative_prompt"], given["clip_skip"]),
            _start(self.model, image),
        )
        sampling = {field.name.lower(): given[field.name.lower()] for field in SAMPLING}
        painted = await denoise(
            self.model,
            Request(**sampling, positive=positive, negative=negative, latent=start, denoise=share),
            preview_every=preview_every,
            progress=lambda tensors: sender.send(pb.InferenceResponse(tensors)),
            cancellation=cancellation,
        )
        images = await vae.decode(self.model, painted.latent, check=cancellation.check)
        made_of = {"denoise": share, "extra": {} if image is None else {"Init image": _hash(image)}}
        chunks = [self._chunks(given | made_of, n) for n in range(len(images))]
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
        inputs = {
            "MODEL": self.model,
            "PROMPT": prompt,
            "CLIP_SKIP": np.array([clip_skip], np.int32),
            **WANTED,
        }
        context, _ = await call("text_encode", inputs, ["CONDITIONING", "POOLED"])
        return context
