"""What steers a picture of `NAME-txt2img-stream` beside its texts, in the short form: LoRAs, ControlNets, pictures, masks.

Each is JSON as simple as can be, and names files as people do; `sampler` takes the same in full.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import msgspec
import numpy as np

from ensembles.arrays import Array
from ensembles.engine.variant import PLAIN, Seamless, UsedLora, Variant
from ensembles.imaging.inpainting import FILLS, feathered, filled, greyed
from ensembles.imaging.resizing import resize
from ensembles.manifest import Manifest
from ensembles.sampling.conditions import Control, Mode
from ensembles.sampling.loop import Shown
from ensembles.sampling.parameters import MAX_BATCH, MAX_SIZE
from ensembles.serving import checkpoints, vae
from ensembles.serving.adapters import check_extended, check_runtime, checked, fitting
from ensembles.serving.conditions import MAX_CONTROLS, MAX_STRENGTH, WireImagePrompt
from ensembles.serving.fields import (
    CONTROLS,
    EMBEDDINGS,
    FILLING,
    IMAGE_PROMPT,
    INIT_IMAGE,
    LORAS,
    SEAMLESS,
    VAE,
)
from ensembles.serving.looks import read_prompt, shown
from ensembles.serving.tensors import BadInput, array, call, scalar

T = TypeVar("T")
MAX_FEATHER = 1024
"""Pixels."""


class WireLora(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of LORAS."""

    name: str
    """Of a shared one, or SHA-256."""
    strength: float = 1.0
    """In the UNet."""
    clip: float | None = None
    """In the text encoders; None: as in the UNet."""
    blocks: tuple[float, ...] | None = None


class WireNet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of CONTROLS."""

    net: str
    """Name of a shared one, or SHA-256."""
    strength: float = 1.0
    start: float = 0.0
    end: float = 1.0
    mode: Mode = "balanced"


@dataclass(frozen=True)
class Start:
    """What painting begins with."""

    image: Array = field(repr=False)
    """uint8 [1 or N,H,W,3]"""
    weight: Array | None = field(default=None, repr=False)
    """fp32 [1 or N,H,W]: 1 is painted anew, 0 stays; None: all is painted over."""
    fill: Literal["original", "noise", "blur", "neutral"] = "original"

    def pixels(self, seed: int) -> Array:
        """fp32 [1 or N,H,W,3] in 0..1, holes filled."""
        image = np.asarray(self.image, np.float32) / np.float32(255)
        if self.weight is None or self.fill == "original":
            return image
        return filled(
            np.repeat(image, max(len(image), len(self.weight)) // len(image), 0), self.weight, self.fill, seed
        )

    def greyed(self) -> Array:
        """fp32: the picture as inpainting UNets see it, grey where it is painted anew."""
        assert self.weight is not None
        return greyed(np.asarray(self.image, np.float32) / np.float32(255), self.weight)

    def mask(self, height: int, width: int) -> Array | None:
        """fp32 [1 or N,1,h,w]: the weight at latent size."""
        if self.weight is None:
            return None
        return np.clip(resize(self.weight, width, height), 0, 1)[:, None]


@dataclass(frozen=True)
class Steering:
    """What was asked for, checked."""

    unet: Variant
    texts: Variant
    embeddings: str
    """EMBEDDINGS, as it came."""
    controls: tuple[Control, ...]
    prompt: WireImagePrompt | None
    pictures: Array | None = field(repr=False)
    """fp32 [N,H,W,3] in 0..1, of the image prompt"""
    vae: str
    """The checkpoint, or another published VAE."""

    @property
    def seamless(self) -> Seamless:
        """Axes along which the picture can be tiled."""
        return self.unet.seamless


def read_steering(request: Any, manifest: Manifest, height: int, width: int) -> Steering:
    """What steers a picture of that size in pixels; raises `BadInput`."""
    unet, texts = _loras(_list(LORAS.name, scalar(request, LORAS), WireLora), manifest)
    seamless = scalar(request, SEAMLESS)
    if seamless not in ("", "x", "y", "xy"):
        raise BadInput(f"SEAMLESS: {seamless!r} is none of x, y and xy.")
    if seamless:
        check_runtime(manifest, SEAMLESS.name)
        unet = msgspec.structs.replace(unet, seamless=seamless)
    prompt = read_prompt(scalar(request, IMAGE_PROMPT), manifest)
    return Steering(
        unet=unet,
        texts=texts,
        embeddings=scalar(request, EMBEDDINGS),
        controls=_controls(request, manifest, height, width),
        prompt=prompt,
        pictures=None if prompt is None else _floats("PROMPT_IMAGE", array(request, "PROMPT_IMAGE")),
        vae=_vae(scalar(request, VAE), manifest),
    )


def _list(name: str, text: str, kind: type[T]) -> list[T]:
    try:
        return msgspec.json.decode(text, type=list[kind])  # type: ignore[valid-type]
    except msgspec.DecodeError as error:
        raise BadInput(f"{name}: send a JSON list of objects ({error}).") from None


def _loras(wires: list[WireLora], manifest: Manifest) -> tuple[Variant, Variant]:
    """Of the UNet, of the text encoders."""
    if not wires:
        return PLAIN, PLAIN
    check_runtime(manifest, LORAS.name)
    unet = checked(tuple(UsedLora(w.name, w.strength, w.blocks) for w in wires), manifest, LORAS.name)
    clips = (w.strength if w.clip is None else w.clip for w in wires)
    texts = tuple(
        msgspec.structs.replace(one, strength=strength) for one, strength in zip(unet, clips, strict=True)
    )
    return Variant(loras=unet), Variant(loras=checked(texts, manifest, LORAS.name))


def _controls(request: Any, manifest: Manifest, height: int, width: int) -> tuple[Control, ...]:
    wires = _list(CONTROLS.name, scalar(request, CONTROLS), WireNet)
    if not wires:
        return ()
    if len(wires) > MAX_CONTROLS:
        raise BadInput(f"CONTROLS: there are {len(wires)}; send at most {MAX_CONTROLS}.")
    check_extended(manifest, CONTROLS.name)
    hints = array(request, "HINTS")
    wanted = (height, width, 3)
    if hints is None or hints.ndim != 4 or hints.shape[1:] != wanted or len(hints) not in (1, len(wires)):
        raise BadInput(
            f"HINTS: send uint8 [{len(wires)},{height},{width},3], one picture of WIDTH x HEIGHT for each of CONTROLS, "
            f"or one for all, not {'none' if hints is None else list(hints.shape)}."
        )
    planes = [np.moveaxis(_floats("HINTS", one[None]), -1, 1) for one in hints]
    found = []
    for place, wire in enumerate(wires):
        # NaN is in no range.
        if not 0 <= wire.strength <= MAX_STRENGTH:
            raise BadInput(f"CONTROLS: the strength {wire.strength} is not between 0 and {MAX_STRENGTH:g}.")
        if not (0 <= wire.start <= 1 and 0 <= wire.end <= 1):
            raise BadInput(f"CONTROLS: start {wire.start} and end {wire.end} are shares of the way, 0 to 1.")
        net = fitting("controlnet", wire.net, CONTROLS.name, manifest)
        hint = planes[min(place, len(planes) - 1)]
        found.append(Control(net, hint, wire.strength, wire.start, wire.end, wire.mode))
    return tuple(found)


def _floats(name: str, pictures: Array | None) -> Array:
    """uint8 [N,H,W,3] → fp32 in 0..1."""
    if pictures is None or pictures.ndim != 4 or not 1 <= len(pictures) <= MAX_BATCH or not pictures.size:
        shape = "none" if pictures is None else list(pictures.shape)
        raise BadInput(f"{name}: send uint8 [1 to {MAX_BATCH},H,W,3], not {shape}.")
    if max(pictures.shape[1:3]) > MAX_SIZE:
        raise BadInput(
            f"{name}: {pictures.shape[2]}x{pictures.shape[1]} pixels; send up to {MAX_SIZE}x{MAX_SIZE}."
        )
    return np.asarray(pictures, np.float32) / np.float32(255)


def _vae(name: str | None, manifest: Manifest) -> str:
    if not name:
        return manifest.name
    other = checkpoints.manifest(name, VAE.name)
    if (other.latent_channels, other.vae_factor) != (manifest.latent_channels, manifest.vae_factor):
        raise BadInput(
            f"VAE: {name} has latents of {other.latent_channels} channels and {manifest.name} of "
            f"{manifest.latent_channels}; use a VAE for the same family."
        )
    return name


def read_start(request: Any, share: float, height: int, width: int, batch: int) -> Start | None:
    """INIT_IMAGE and MASK; raises `BadInput` for what does not fit the parameters, or is missing."""
    image, mask = array(request, INIT_IMAGE), array(request, "MASK")
    fill, grow, feather = (scalar(request, one) for one in FILLING)
    if image is None:
        if share < 1:
            raise BadInput(
                f"DENOISE: {share:g} keeps some of a picture; send it as INIT_IMAGE, or leave DENOISE."
            )
        if mask is not None:
            raise BadInput("MASK: it says what of a picture is painted anew; send that as INIT_IMAGE.")
        return None
    wanted = (height, width, 3)
    if image.ndim != 4 or image.shape[0] not in {1, batch} or image.shape[1:] != wanted:
        raise BadInput(
            f"INIT_IMAGE: send uint8 [1 or BATCH,HEIGHT,WIDTH,3], here [1,{wanted[0]},{wanted[1]},3], "
            f"not {list(image.shape)}."
        )
    if fill != "original" and fill not in FILLS:
        raise BadInput(f"FILL: {fill!r} is not one of original, {', '.join(FILLS)}.")
    for name, pixels in (("GROW", grow), ("FEATHER", feather)):
        if not 0 <= pixels <= MAX_FEATHER:
            raise BadInput(f"{name}: {pixels} is not between 0 and {MAX_FEATHER} pixels.")
    if mask is None:
        return Start(image)
    if mask.ndim != 3 or mask.shape[0] not in {1, batch} or mask.shape[1:] != wanted[:2]:
        raise BadInput(
            f"MASK: send fp32 [1 or BATCH,HEIGHT,WIDTH], of INIT_IMAGE's size, here [1,{wanted[0]},{wanted[1]}], "
            f"not {list(mask.shape)}."
        )
    if not (np.isfinite(mask).all() and mask.min() >= 0 and mask.max() <= 1):
        raise BadInput("MASK: send numbers from 0 (stays) to 1 (painted anew).")
    return Start(image, feathered(mask, grow, feather), fill)


async def encoded(steering: Steering, manifest: Manifest, pixels: Array) -> Array:
    """fp32 [N,H,W,3] in 0..1 → latents scaled for the checkpoint's UNet."""
    latent = await vae.encode_pixels(steering.vae, pixels, seamless=steering.seamless)
    return latent * _ratio(steering, manifest)


async def decoded(steering: Steering, manifest: Manifest, latent: Array, check: vae.Check) -> Array:
    """Latents scaled for the checkpoint's UNet → uint8 [N,H,W,3]."""
    given = latent / _ratio(steering, manifest)
    return await vae.decode(steering.vae, given, check=check, seamless=steering.seamless)


def _ratio(steering: Steering, manifest: Manifest) -> np.float32:
    return np.float32(manifest.scaling_factor / checkpoints.manifest(steering.vae).scaling_factor)


async def tokens(steering: Steering, manifest: Manifest) -> Shown | None:
    """The image prompt, its pictures seen by the adapter: their mean, where there are several."""
    if steering.prompt is None or steering.pictures is None:
        return None
    inputs = {"MODEL": steering.prompt.adapter, "IMAGE": steering.pictures}
    found, negative = await call("image_prompt", inputs, ["TOKENS", "NEGATIVE"])
    return shown(steering.prompt, found.mean(0, keepdims=True, dtype=np.float32), negative, manifest)
