"""Networks of a published checkpoint on a Triton server: what the nodes of a workflow ask for.

Latents that come in and go out are as the VAE gives them; what Triton's models call LATENT is scaled for the UNet,
and this side scales, by the manifest's factor. All raise `Fault`; cancelling the task cancels the request.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Any

import msgspec
import numpy as np

from control.workflows.engine import Hint, Sampled, Sampling
from control.workflows.values import Clip, Condition, Conditioning, Control, Image, Model, Vae
from ensembles.arrays import Array
from ensembles.engine.variant import Variant, to_text
from ensembles.imaging.latents import scale, unscale
from ensembles.imaging.resizing import fit, resize
from ensembles.imaging.tiling import tile_count, upscale_tiled, upscaling_layout
from ensembles.manifest import Manifest
from ensembles.preprocessor import Preprocessor
from ensembles.sampling.parameters import MAX_BATCH
from ensembles.serving import warming
from ensembles.serving.conditions import Role, Wire, WireArea, WireControl, WireImagePrompt
from ensembles.serving.fields import WANTED
from ensembles.upscaler import INPUT, OUTPUT, Upscaler
from scheduler.calls import Call, ask, listen, tensor
from scheduler.faults import broken
from scheduler.triton import Step, read_step

PROGRESS = ("STEP", "STEPS", "STEP_MS", "PREVIEW")


def _text(value: str) -> Array:
    return np.array([value.encode()], np.object_)


def _variant(variant: Variant) -> dict[str, Array]:
    """VARIANT, where it is not the checkpoint's own networks."""
    text = to_text(variant)
    return {"VARIANT": _text(text)} if text else {}


def _pixels(tile: int, overlap: int) -> dict[str, Array]:
    return {"TILE": np.array([tile], np.int32), "OVERLAP": np.array([overlap], np.int32)}


async def encode_text(call: Call, clip: Clip, text: str, second: str | None = None) -> Conditioning:
    """The conditioning of a text: one condition that counts everywhere. `second`: for the second text encoder, where it is
    another one than `text`."""
    tensors = {
        "MODEL": _text(clip.checkpoint),
        "PROMPT": _text(text),
        "CLIP_SKIP": np.array([clip.skip], np.int32),
        **_variant(Variant(loras=clip.loras)),
        **{name: _text(value) for name, value in WANTED.items()},
    }
    if second is not None:
        tensors["PROMPT_2"] = _text(second)
    if clip.embeddings:
        # Sorted: Triton's response cache compares bytes.
        tensors["EMBEDDINGS"] = np.array([msgspec.json.encode(clip.embeddings, order="sorted")], np.object_)
    context, pooled = await ask(call, "text_encode", tensors, ["CONDITIONING", "POOLED"])
    return (Condition(context, pooled),)


async def warm_texts(call: Call, clip: Clip, manifest: Manifest) -> None:
    """Has the text encoders with `clip`'s LoRAs made, where they are not yet (ensembles/serving/warming.py)."""
    if text := to_text(Variant(loras=clip.loras)):
        await asyncio.gather(
            *(
                ask(call, f"{clip.checkpoint}-{told.network}", warming.nothing(told, text), warming.OUTPUTS)
                for told in warming.towers(manifest)
            )
        )


async def image_prompt(call: Call, adapter: str, pixels: Image) -> tuple[Array, Array]:
    """fp32 [N,H,W,3] in 0..1 → tokens fp32 [N,k,C] of the IP-Adapter of that SHA-256, and fp32 [1,k,C] of no picture."""
    made = []
    for part in _parts(pixels):
        tensors = {"MODEL": _text(adapter), "IMAGE": np.ascontiguousarray(part[..., :3], np.float32)}
        made.append(await ask(call, "image_prompt", tensors, ["TOKENS", "NEGATIVE"]))
    return _joined([tokens for tokens, _ in made]), made[0][1]


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
            **_variant(Variant(seamless=vae.seamless)),
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
            **_variant(Variant(seamless=vae.seamless)),
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
    """Runs a sampler; with `decode` (the same checkpoint's VAE, as seamless as the model) the pictures come with it, fp32 [N,H,W,3] in 0..1.

    `manifest` is the sampled checkpoint's. `on_step` hears of every step, and of previews (JPEG files, one a
    picture) every `preview_every` steps. A cancelled run stops with the UNet call under way.
    """
    assert decode is None or goes_along(decode, wanted.guider.model)
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


def goes_along(vae: Vae, model: Model) -> bool:
    """Whether a sampler's call can decode with this VAE."""
    return (vae.checkpoint, vae.seamless) == (model.checkpoint, model.seamless)


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
        **_variant(Variant(loras=model.loras, seamless=model.seamless)),
        **_looks(model),
        **_conditions(
            {
                "positive": guider.positive,
                "negative": guider.negative or (),
                "middle": guider.middle or (),
            },
            latent.samples,
            manifest,
        ),
    }
    if wanted.variation_strength:
        tensors["VARIATION_SEED"] = np.array([wanted.variation_seed], np.uint64)
        tensors["VARIATION_STRENGTH"] = np.array([wanted.variation_strength], np.float32)
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
    return _in_turn(planes, len(samples))


def _looks(model: Model) -> dict[str, Array]:
    """What else guides: PAG, FreeU, thresholding, pictures."""
    tensors: dict[str, Array] = {}
    if model.pag:
        tensors["PAG"] = np.array([model.pag], np.float32)
    if model.freeu is not None:
        tensors["FREEU"] = np.array(model.freeu, np.float32)
    if model.threshold is not None:
        more = vars(model.threshold).copy()
        tensors["MIMIC"] = np.array([more.pop("mimic")], np.float32)
        tensors["PERCENTILE"] = np.array([more.pop("percentile")], np.float32)
        if more:
            tensors["THRESHOLDING"] = np.array([msgspec.json.encode(more)], np.object_)
    if model.image_prompt is not None:
        given = model.image_prompt
        wire = WireImagePrompt(given.adapter, given.strength, given.start, given.end)
        tensors["IMAGE_PROMPT"] = np.array([msgspec.json.encode(wire)], np.object_)
        tensors["IMAGE_TOKENS"] = np.ascontiguousarray(given.tokens, np.float32)
        tensors["IMAGE_NEGATIVE"] = np.ascontiguousarray(given.negative, np.float32)
    return tensors


class _Rows:
    """Arrays one below the other in one tensor; one that was added before is there once."""

    def __init__(self) -> None:
        self.parts: list[Array] = []
        self.count = 0
        self._first: dict[int, tuple[int, Array]] = {}

    def add(self, source: Array, made: Callable[[], Array]) -> tuple[int, int]:
        """(first row, rows) of what `made` gives of `source`."""
        if id(source) not in self._first:
            part = made()
            self._first[id(source)] = (self.count, part)
            self.parts.append(part)
            self.count += len(part)
        first, part = self._first[id(source)]
        return first, len(part)


def _conditions(roles: dict[Role, Conditioning], samples: Array, manifest: Manifest) -> dict[str, Array]:
    """CONDITIONS and the tensors that it names rows of; see ensembles/serving/conditions.py."""
    wires: list[Wire] = []
    contexts: list[Array] = []
    masks: list[Array] = []
    hints, pooleds, inpaints = _Rows(), _Rows(), _Rows()
    for role, conditions in roles.items():
        for one in conditions:
            planes = None if one.mask is None else _planes(one.mask, samples)
            wire = _wire(role, one, 0 if planes is None else len(planes))
            contexts.append(one.context)
            if planes is not None:
                masks.append(planes)
            if one.controls:
                controls = tuple(_control(control, hints, samples, manifest) for control in one.controls)
                wire = msgspec.structs.replace(wire, controls=controls)
            if manifest.pooled_dim and (pooled := one.pooled) is not None:
                row, _ = pooleds.add(pooled, partial(np.expand_dims, pooled, 0))
                wire = msgspec.structs.replace(wire, pooled=row)
            if manifest.size_ids and one.sizes is not None:
                wire = msgspec.structs.replace(wire, sizes=one.sizes)
            # A UNet that sees no mask is steered by the latent's alone.
            if manifest.unet_channels > manifest.latent_channels and (inpaint := one.inpaint) is not None:
                first, count = inpaints.add(inpaint, partial(_inpaint, inpaint, samples, manifest))
                wire = msgspec.structs.replace(wire, inpaint=first, inpaints=count)
            wires.append(wire)
    tensors: dict[str, Any] = {
        "CONDITIONS": np.array([msgspec.json.encode(wires)], np.object_),
        "CONTEXTS": np.concatenate(contexts).astype(np.float32, copy=False),
    }
    named = {"HINTS": hints.parts, "POOLEDS": pooleds.parts, "INPAINTS": inpaints.parts}
    for name, parts in ({"CONDITION_MASKS": masks} | named).items():
        if parts:
            tensors[name] = np.ascontiguousarray(np.concatenate(parts), np.float32)
    return tensors


def _control(control: Control, hints: _Rows, samples: Array, manifest: Manifest) -> WireControl:
    first, count = hints.add(control.hint, partial(_hint, control.hint, samples, manifest))
    return WireControl(
        control.net.sha256, first, count, control.strength, control.start, control.end, control.mode
    )


def _hint(hint: Image, samples: Array, manifest: Manifest) -> Array:
    """[M,H,W,3] → [1 or N,3,8h,8w]: the middle part, nearest."""
    height, width = (side * manifest.vae_factor for side in samples.shape[2:])
    fitted = fit(np.asarray(hint[..., :3], np.float32), width, height, "nearest-exact")
    return np.moveaxis(_in_turn(fitted, len(samples)), -1, 1)


def _inpaint(inpaint: Array, samples: Array, manifest: Manifest) -> Array:
    """[M,5,h,w], not scaled → [1 or N,5,h,w], of which the latent is scaled for the UNet."""
    mask, latent = inpaint[:, :1], scale(inpaint[:, 1:], manifest.scaling_factor)
    return _in_turn(np.concatenate([mask, latent], axis=1), len(samples))


def _in_turn(planes: Array, pictures: int) -> Array:
    """[M,…] → [1 or N,…]: fewer than pictures are taken in turn."""
    return planes if len(planes) in (1, pictures) else planes[np.arange(pictures) % len(planes)]


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


__all__ = [
    "Call",
    "Step",
    "decode",
    "encode",
    "encode_text",
    "goes_along",
    "image_prompt",
    "sample",
    "upscale",
    "warm_texts",
]
