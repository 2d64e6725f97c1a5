"""`NAME-txt2img-stream`: a prompt in, progress and previews on the way, files at the end. Decoupled.

With INIT_IMAGE it is img2img: the picture is encoded, noise of the level that DENOISE says is added, and the
schedule's end is walked; with MASK the same in a part of it alone.

The loop runs here rather than through `sampler`, because a stream inside a stream would cost a second
process hop per step and Triton's nested decoupled calls have deadlocked (python_backend issue 439).
"""

import asyncio
import hashlib
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
import triton_python_backend_utils as pb

from ensembles.arrays import Array
from ensembles.engine.variant import to_text
from ensembles.imaging.inpainting import stitched
from ensembles.imaging.provenance import Recipe, to_json, to_parameters
from ensembles.sampling.conditions import Condition
from ensembles.sampling.loop import Request
from ensembles.serving import checkpoints, warming
from ensembles.serving.cancelling import Cancellation
from ensembles.serving.encode_image import check_format, encode_images
from ensembles.serving.fields import (
    CONTROLS,
    DENOISE,
    EMBEDDINGS,
    FILLING,
    FORMAT,
    FREEU,
    IMAGE_PROMPT,
    INIT_IMAGE,
    LOOKS,
    LORAS,
    PREVIEW_EVERY,
    SAMPLING,
    SEAMLESS,
    VAE,
    WANTED,
)
from ensembles.serving.looks import read_looks
from ensembles.serving.loop import denoise, raise_in_flight_limit
from ensembles.serving.request import complete
from ensembles.serving.steering import Start, Steering, decoded, encoded, read_start, read_steering, tokens
from ensembles.serving.tensors import array, call, scalar, stream, tensor


@cache
def _version() -> str:
    return version("studio")


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
        manifest, sides = checkpoints.manifest(self.model), (given["height"], given["width"])
        start = read_start(request, share, *sides, given["batch"])
        steering = read_steering(request, manifest, *sides)
        looks = read_looks(request, "cfg", manifest)
        cancellation = Cancellation(sender.is_cancelled)

        await self._warm(steering)
        texts, pictures, guide = await asyncio.gather(
            asyncio.gather(
                *(
                    self._encode(given[name], given["clip_skip"], steering)
                    for name in ("prompt", "negative_prompt")
                )
            ),
            self._start(start, steering, given["seed"]),
            tokens(steering, manifest),
        )
        positive, negative = (
            [Condition(context, pooled=pooled, controls=steering.controls, inpaint=pictures.inpaint)]
            for context, pooled in texts
        )
        sampling = {field.name.lower(): given[field.name.lower()] for field in SAMPLING}
        painted = await denoise(
            self.model,
            Request(
                **sampling,
                **looks,
                positive=positive,
                negative=negative,
                latent=pictures.latent,
                mask=pictures.mask,
                denoise=share,
                shown=guide,
            ),
            variant=steering.unet,
            preview_every=preview_every,
            progress=lambda tensors: sender.send(pb.InferenceResponse(tensors)),
            cancellation=cancellation,
        )
        images = await decoded(steering, manifest, painted.latent, cancellation.check)
        if start is not None and start.weight is not None:
            images = await asyncio.to_thread(_over, start.image, images, start.weight)
        made_of = {"denoise": share, "extra": self._extra(request, image)}
        chunks = [self._chunks(given | made_of, n) for n in range(len(images))]
        # In a thread: compressing large pictures would hold up the steps of every other job.
        files = await asyncio.to_thread(encode_images, images, kind, chunks)
        return [tensor("IMAGE", images), tensor("ENCODED", files), tensor("SEED", given["seed"], np.uint64)]

    async def _start(self, start: Start | None, steering: Steering, seed: int) -> "_Pictures":
        """What the sampler begins with, and what an inpainting UNet sees."""
        if start is None:
            return _Pictures()
        manifest = checkpoints.manifest(self.model)
        latent = await encoded(steering, manifest, start.pixels(seed))
        mask = start.mask(*latent.shape[2:])
        if mask is None or manifest.unet_channels == manifest.latent_channels:
            return _Pictures(latent, mask)
        masked = await encoded(steering, manifest, start.greyed())
        shown = np.broadcast_to(np.round(mask), (len(masked), *mask.shape[1:]))
        return _Pictures(latent, mask, np.concatenate([shown, masked], axis=1).astype(np.float32))

    @staticmethod
    def _extra(request: Any, image: Array | None) -> dict[str, str]:
        """What a file tells of the rest, by the tensors' names."""
        found = {} if image is None else {"Init image": _hash(image)}
        for field in (*FILLING, *LOOKS, LORAS, CONTROLS, IMAGE_PROMPT, SEAMLESS, VAE, EMBEDDINGS):
            if array(request, field.name) is not None:
                found[field.name.capitalize().replace("_", " ")] = str(scalar(request, field))
        for name in ("MASK", "HINTS", "PROMPT_IMAGE"):
            if (picture := array(request, name)) is not None:
                found[name.capitalize().replace("_", " ")] = _hash(picture)
        if (freeu := array(request, FREEU)) is not None:
            found["FreeU"] = ", ".join(f"{n:g}" for n in freeu.reshape(-1).tolist())
        return found

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

    async def _warm(self, steering: Steering) -> None:
        """Has the text encoders' variant made, outside of `text_encode`."""
        if text := to_text(steering.texts):
            manifest = checkpoints.manifest(self.model)
            await asyncio.gather(
                *(
                    call(f"{self.model}-{told.network}", warming.nothing(told, text), warming.OUTPUTS)
                    for told in warming.towers(manifest)
                )
            )

    async def _encode(self, prompt: str, clip_skip: int, steering: Steering) -> tuple[Array, Array]:
        # Through Triton rather than in this process: the answer is in its response cache the second time.
        inputs: dict[str, Any] = {
            "MODEL": self.model,
            "PROMPT": prompt,
            "CLIP_SKIP": np.array([clip_skip], np.int32),
            **WANTED,
        }
        if text := to_text(steering.texts):
            inputs["VARIANT"] = text
        if steering.embeddings != EMBEDDINGS.default:
            inputs["EMBEDDINGS"] = steering.embeddings
        context, pooled = await call("text_encode", inputs, ["CONDITIONING", "POOLED"])
        return context, pooled


class _Pictures(NamedTuple):
    """A picture that is painted over, as latents."""

    latent: Array | None = None
    """[1 or N,C,h,w], scaled"""
    mask: Array | None = None
    """[1 or N,1,h,w]"""
    inpaint: Array | None = None
    """[1 or N,1+C,h,w]: what an inpainting UNet sees"""


def _over(image: Array, painted: Array, weight: Array) -> Array:
    """uint8 [N,H,W,3]: `painted` over the picture by its weight, which is left as it is where that is 0."""
    below, above = (np.asarray(one, np.float32) for one in (image, painted))
    whole = stitched(below / 255, above / 255, weight, 0, 0) * np.float32(255)
    return np.asarray(np.rint(whole), np.uint8)
