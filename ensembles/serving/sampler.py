"""`sampler`: conditioning in, progress and previews on the way, latents (and pictures) at the end. Decoupled."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np
import triton_python_backend_utils as pb

from ensembles.engine.variant import PLAIN, Variant
from ensembles.manifest import Manifest
from ensembles.sampling.conditions import Condition
from ensembles.sampling.guidance import ROLES
from ensembles.sampling.loop import Request
from ensembles.sampling.options import check_options
from ensembles.sampling.parameters import MAX_CFG, check
from ensembles.serving import checkpoints, vae
from ensembles.serving.adapters import fitting, read_variant
from ensembles.serving.cancelling import Cancellation
from ensembles.serving.conditions import Planes, read_conditions
from ensembles.serving.fields import (
    CONDITIONS,
    DECODE,
    DENOISE,
    GUIDING,
    MODEL,
    PREVIEW_EVERY,
    SAMPLER_OPTIONS,
    SAMPLING,
    VARIANT,
)
from ensembles.serving.looks import read_image_prompt, read_looks
from ensembles.serving.loop import denoise, raise_in_flight_limit
from ensembles.serving.tensors import BadInput, array, scalar, stream, tensor, values

MAX_LEVELS = 10_001
"""Of SIGMAS."""
MAX_PLACE = 255
"""Of PLACES: the noise of all before it is drawn as well."""


@dataclass(frozen=True)
class Job:
    """A request as it was read."""

    model: str
    request: Request
    prediction: Literal["epsilon", "v_prediction"] | None
    """Instead of the checkpoint's own."""
    variant: Variant = PLAIN
    """LoRAs and seamless axes; what else is at work changes on the way."""


def read_request(request: Any) -> Job:
    """What is asked for; raises `BadInput` or `ParameterError`."""
    model = scalar(request, MODEL)
    if model is None:
        raise BadInput("MODEL: send the name of a published checkpoint.")
    given = values(request, SAMPLING)
    guiding = values(request, GUIDING)
    manifest = checkpoints.manifest(model)
    if manifest.kind != "checkpoint":
        raise BadInput(f"MODEL: {model} is a VAE by itself; send a checkpoint's name.")
    if given["seed"] is None:
        given["seed"] = secrets.randbits(63)
    latent = array(request, "LATENT")
    if latent is not None:
        if latent.ndim != 4:
            raise BadInput(f"LATENT: send [N,4,h,w], not {list(latent.shape)}.")
        given["batch"], _, height, width = latent.shape
        factor = manifest.vae_factor
        given["width"], given["height"] = width * factor, height * factor
    elif given["width"] is None or given["height"] is None:
        raise BadInput("WIDTH and HEIGHT: send both in pixels, or a LATENT to start from.")
    share = scalar(request, DENOISE)
    check(**given, denoise=share)
    prediction = guiding.pop("prediction")
    if prediction not in (None, "epsilon", "v_prediction"):
        raise BadInput(f"PREDICTION: {prediction!r} is neither epsilon nor v_prediction.")
    return Job(
        model,
        Request(
            **given,
            **_guiding(guiding),
            **read_looks(request, guiding["guider"], manifest),
            **_texts(request, manifest),
            shown=read_image_prompt(request, manifest),
            denoise=share,
            latent=latent,
            mask=array(request, "MASK"),
            sigmas=_sigmas(array(request, "SIGMAS")),
            places=_places(array(request, "PLACES")),
            options=_options(given["sampler"], scalar(request, SAMPLER_OPTIONS)),
        ),
        prediction,
        read_variant(scalar(request, VARIANT), manifest),
    )


def _guiding(given: dict[str, Any]) -> dict[str, Any]:
    if given["guider"] not in ROLES:
        raise BadInput(f"GUIDER: {given['guider']!r} is not one of {', '.join(ROLES)}.")
    if not 0 <= given["cfg2"] <= MAX_CFG:
        raise BadInput(f"CFG2: {given['cfg2']} is not between 0 and {MAX_CFG:g}.")
    return given


def _texts(request: Any, manifest: Manifest) -> dict[str, Any]:
    """Positive, negative and middle: of CONDITIONS, or plain."""
    conditions = scalar(request, CONDITIONS)
    if conditions is not None:
        contexts = array(request, "CONTEXTS")
        if contexts is None:
            raise BadInput("CONTEXTS: send the conditioning that CONDITIONS names.")
        planes = Planes(
            masks=array(request, "CONDITION_MASKS"),
            pooleds=array(request, "POOLEDS"),
            hints=array(request, "HINTS"),
            inpaints=array(request, "INPAINTS"),
        )
        return read_conditions(
            conditions, contexts, planes, lambda name: fitting("controlnet", name, "CONDITIONS", manifest)
        )
    positive, negative = array(request, "POSITIVE"), array(request, "NEGATIVE")
    if positive is None:
        raise BadInput("POSITIVE: send CONDITIONING of text_encode, or CONDITIONS and CONTEXTS.")
    return {
        "positive": [Condition(positive, pooled=array(request, "POSITIVE_POOLED"))],
        "negative": negative
        if negative is None
        else [Condition(negative, pooled=array(request, "NEGATIVE_POOLED"))],
    }


def _sigmas(levels: Any) -> tuple[float, ...] | None:
    if levels is None:
        return None
    if levels.ndim != 1 or len(levels) > MAX_LEVELS:
        raise BadInput(f"SIGMAS: send [n+1] levels, at most {MAX_LEVELS}, not {list(levels.shape)}.")
    if not (np.isfinite(levels).all() and (levels[:-1] > 0).all() and (levels[-1:] >= 0).all()):
        raise BadInput("SIGMAS: send finite levels above 0; the last one alone may be 0.")
    return tuple(levels.tolist())


def _places(places: Any) -> tuple[int, ...] | None:
    if places is None:
        return None
    if places.ndim != 1 or not len(places) or places.min() < 0 or places.max() > MAX_PLACE:
        raise BadInput(f"PLACES: send one place a picture, 0 to {MAX_PLACE}.")
    return tuple(places.tolist())


def _options(sampler: str, text: str) -> dict[str, Any]:
    try:
        given = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise BadInput(f"SAMPLER_OPTIONS: send a JSON object ({error}).") from None
    return check_options(sampler, given)


class TritonPythonModel:
    """Many jobs at once in one process: each `execute` runs in the background of the event loop."""

    async def execute(self, requests: list[Any]) -> None:
        """Runs every request to its end, its error, or its cancellation."""
        raise_in_flight_limit()
        await asyncio.gather(*(stream(request, self._paint) for request in requests))

    @staticmethod
    async def _paint(request: Any, sender: Any) -> list[Any]:
        job = read_request(request)
        cancellation = Cancellation(sender.is_cancelled)
        painted = await denoise(
            job.model,
            job.request,
            prediction=job.prediction,
            variant=job.variant,
            preview_every=scalar(request, PREVIEW_EVERY),
            progress=lambda tensors: sender.send(pb.InferenceResponse(tensors)),
            cancellation=cancellation,
        )
        made = {"LATENT": painted.latent, "DENOISED": painted.denoised}
        if scalar(request, DECODE):
            made["PIXELS"] = await vae.decode_pixels(
                job.model, painted.latent, check=cancellation.check, seamless=job.variant.seamless
            )
        wanted = set(request.requested_output_names())
        return [
            tensor(name, value.astype(np.float32, copy=False))
            for name, value in made.items()
            if name in wanted
        ]
