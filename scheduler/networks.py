"""Networks of a published checkpoint on a Triton server: what the nodes of a workflow ask for.

Latents that come in and go out are as the VAE gives them; what Triton's models call LATENT is scaled for the UNet,
and this side scales, by the manifest's factor. All raise `Fault`; cancelling the task cancels the request.
"""

import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import msgspec
import numpy as np

from control.workflows.engine import Hint, Sampled, Sampling
from control.workflows.values import Clip, Condition, Conditioning, Image, Vae
from ensembles.arrays import Array
from ensembles.imaging.latents import scale, unscale
from ensembles.imaging.resizing import resize
from ensembles.imaging.tiling import tile_count, upscale_tiled, upscaling_layout
from ensembles.manifest import Manifest
from ensembles.preprocessor import Preprocessor
from ensembles.sampling.parameters import MAX_BATCH
from ensembles.serving.conditions import Role, Wire, WireArea
from ensembles.serving.fields import WANTED
from ensembles.upscaler import INPUT, OUTPUT, Upscaler
from scheduler.calls import Call, ask, listen, tensor
from scheduler.faults import broken
from scheduler.triton import Step, read_step

PROGRESS = ("STEP", "STEPS", "STEP_MS", "PREVIEW")


def _text(value: str) -> Array:
    return np.array([value.encode()], np.object_)


def _pixels(tile: int, overlap: int) -> dict[str, Array]:
    return {"TILE": np.array([tile], np.int32), "OVERLAP": np.array([overlap], np.int32)}


async def encode_text(call: Call, clip: Clip, text: str) -> Conditioning:
    """The conditioning of a text: one condition that counts everywhere."""
    tensors = {
        "MODEL": _text(clip.checkpoint),
        "PROMPT": _text(text),
        "CLIP_SKIP": np.array([clip.skip], np.int32),
        **{name: _text(value) for name, value in WANTED.items()},
    }
    context, pooled = await ask(call, "text_encode", tensors, ["CONDITIONING", "POOLED"])
    return (Condition(context, pooled),)


async def encode(
    call: Call, vae: Vae, pixels: Image, manifest: Manifest, *, tile: int = 0, overlap: int = 0
) -> Array:
    """fp32 [N,H,W,3] in 0..1 → fp32 [N,C,H/8,W/8], not scaled; sides are multiples of 8 pixels.

    `tile` and `overlap` in pixels; 0: as the server chooses.
    """
    parts = []
    for part in _parts(pixels):
        tensors = {
            "MODEL": _text(vae.checkpoint),
            "PIXELS": np.ascontiguousarray(part, np.float32),
            **_pixels(tile, overlap),
        }
        parts += await ask(call, "vae_encode", tensors, ["LATENT"])
    return unscale(_joined(parts), manifest.scaling_factor)


async def decode(
    call: Call, vae: Vae, samples: Array, manifest: Manifest, *, tile: int = 0, overlap: int = 0
) -> Image:
    """fp32 [N,C,h,w], not scaled → fp32 [N,8h,8w,3] in 0..1. `tile` and `overlap` as for `encode`."""
    parts = []
    for part in _parts(samples):
        tensors = {
            "MODEL": _text(vae.checkpoint),
            "LATENT": scale(part, manifest.scaling_factor),
            **_pixels(tile, overlap),
        }
        parts += await ask(call, "vae_decode", tensors, ["PIXELS"])
    return _joined(parts)


def _parts(batch: Array) -> list[Array]:
    """As many at a time as a call takes."""
    return [batch[first : first + MAX_BATCH] for first in range(0, max(1, len(batch)), MAX_BATCH)]


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


async def sample(
    call: Call,
    wanted: Sampling,
    manifest: Manifest,
    *,
    preview_every: int = 0,
    on_step: Callable[[Step], None] = lambda _step: None,
    decode: Vae | None = None,
) -> tuple[Sampled, Image | None]:
    """Runs a sampler; with `decode` (the same checkpoint's VAE) the pictures come with it, fp32 [N,H,W,3] in 0..1.

    `manifest` is the sampled checkpoint's. `on_step` hears of every step, and of previews (JPEG files, one a
    picture) every `preview_every` steps. A cancelled run stops with the UNet call under way.
    """
    assert decode is None or decode.checkpoint == wanted.guider.model.checkpoint
    inputs = [tensor(name, data) for name, data in _sampling(wanted, manifest).items()]
    inputs.append(tensor("PREVIEW_EVERY", np.array([preview_every], np.int32)))
    inputs.append(tensor("DECODE", np.array([decode is not None])))
    outputs = (*PROGRESS, "LATENT", "DENOISED", *(["PIXELS"] if decode else []))
    async with aclosing(listen(call, "sampler", inputs, outputs, last="LATENT")) as answers:
        async for result in answers:
            if (step := read_step(result)) is not None:
                on_step(step)
                continue
            latent, denoised = (
                unscale(result.as_numpy(name), manifest.scaling_factor) for name in ("LATENT", "DENOISED")
            )
            return Sampled(latent, denoised), result.as_numpy("PIXELS") if decode else None
    raise broken("The stream ended before its latents.")


async def upscale(
    call: Call,
    upscaler: Upscaler,
    pixels: Image,
    *,
    on_step: Callable[[Step], None] = lambda _step: None,
) -> Image:
    """fp32 [N,H,W,3] in 0..1 → fp32 [N,kH,kW,3] in 0..1, `upscaler.scale` times as wide and high.

    Pictures are sent one after another, in tiles as large as the network takes at a time: each is a step that `on_step`
    hears of, and a cancelled task ends with the tile under way.
    """
    pictures, height, width, _ = pixels.shape
    layout = upscaling_layout(upscaler.tile, upscaler.overlap)
    scale, tiles, done = upscaler.scale, pictures * tile_count(height, width, layout), 0

    async def network(tile: Array) -> Array:
        nonlocal done
        began = time.monotonic()
        (larger,) = await ask(call, upscaler.name, {INPUT: tile}, [OUTPUT])
        done += 1
        on_step(Step(done, tiles, (time.monotonic() - began) * 1000))
        return larger

    made = np.empty((pictures, height * scale, width * scale, 3), np.float32)
    for picture, place in zip(pixels, made, strict=True):
        planes = np.ascontiguousarray(np.moveaxis(picture, -1, 0)[None], np.float32)
        place[:] = np.moveaxis((await upscale_tiled(planes, network, scale, layout))[0], 0, -1)
    return made


async def preprocess(
    call: Call,
    preprocessor: Preprocessor,
    pixels: Image,
    *,
    on_step: Callable[[Step], None] = lambda _step: None,
) -> Hint:
    """fp32 [N,H,W,3] in 0..1 → hints of the same shape.

    Pictures are sent one after another: each is a step that `on_step` hears of, and a cancelled task ends with the
    picture under way.
    """
    made, texts = np.empty(pixels.shape, np.float32), []
    for number, picture in enumerate(pixels, 1):
        began = time.monotonic()
        planes = np.ascontiguousarray(np.moveaxis(picture, -1, 0)[None], np.float32)
        hint, *keypoints = await ask(call, preprocessor.model, {INPUT: planes}, preprocessor.outputs)
        made[number - 1] = np.moveaxis(hint[0], 0, -1)
        texts += [one.reshape(-1)[0].decode() for one in keypoints]
        on_step(Step(number, len(pixels), (time.monotonic() - began) * 1000))
    return Hint(made, "\n".join(texts))


def _sampling(wanted: Sampling, manifest: Manifest) -> dict[str, Array]:
    """The tensors of a run (docs/triton-api.md)."""
    guider, model, latent = wanted.guider, wanted.guider.model, wanted.latent
    tensors = {
        "MODEL": _text(model.checkpoint),
        "SEED": np.array([wanted.seed], np.uint64),
        "SAMPLER": _text(wanted.sampler.name),
        "SAMPLER_OPTIONS": np.array([msgspec.json.encode(wanted.sampler.options)], np.object_),
        "SIGMAS": np.ascontiguousarray(wanted.sigmas, np.float32),
        "LATENT": scale(latent.samples, manifest.scaling_factor),
        "ADD_NOISE": np.array([wanted.add_noise]),
        "GUIDER": _text(guider.kind),
        "CFG": np.array([guider.cfg], np.float32),
        "CFG2": np.array([guider.cfg2], np.float32),
        "RESCALE": np.array([model.rescale], np.float32),
        **_conditions(
            {
                "positive": guider.positive,
                "negative": guider.negative or (),
                "middle": guider.middle or (),
            },
            latent.samples,
        ),
    }
    if model.prediction is not None:
        tensors["PREDICTION"] = _text(model.prediction)
    if latent.places is not None:
        tensors["PLACES"] = np.array(latent.places, np.int32)
    if latent.mask is not None:
        tensors["MASK"] = _planes(latent.mask, latent.samples)[:, None]
    return tensors


def _planes(mask: Array, samples: Array) -> Array:
    """[M,H,W] → [1 or N,h,w] in 0..1 for N latents, bilinear; fewer masks than pictures are taken in turn."""
    height, width = samples.shape[2:]
    planes = np.clip(resize(mask.astype(np.float32), width, height), 0, 1)
    pictures = len(samples)
    return planes if len(planes) in (1, pictures) else planes[np.arange(pictures) % len(planes)]


def _conditions(roles: dict[Role, Conditioning], samples: Array) -> dict[str, Array]:
    """CONDITIONS, CONTEXTS and CONDITION_MASKS; see ensembles/serving/conditions.py."""
    wires: list[Wire] = []
    contexts: list[Array] = []
    masks: list[Array] = []
    for role, conditions in roles.items():
        for one in conditions:
            planes = None if one.mask is None else _planes(one.mask, samples)
            wires.append(_wire(role, one, 0 if planes is None else len(planes)))
            contexts.append(one.context)
            if planes is not None:
                masks.append(planes)
    tensors: dict[str, Any] = {
        "CONDITIONS": np.array([msgspec.json.encode(wires)], np.object_),
        "CONTEXTS": np.concatenate(contexts).astype(np.float32, copy=False),
    }
    if masks:
        tensors["CONDITION_MASKS"] = np.concatenate(masks)
    return tensors


def _wire(role: Role, one: Condition, masks: int) -> Wire:
    return Wire(
        role=role,
        tokens=len(one.context),
        strength=one.strength,
        area=None if one.area is None else WireArea(**vars(one.area)),
        masks=masks,
        mask_strength=one.mask_strength,
        bounds=one.bounds,
        start=one.start,
        end=one.end,
    )


__all__ = ["Call", "Step", "decode", "encode", "encode_text", "sample", "upscale"]
