"""The nodes that a workflow may have, by ComfyUI's names, and what each does to values that are not computed yet.

A value stands for what a node would give: a `Latent` knows how it is to be painted, and a picture that is asked of it
becomes one request to a checkpoint. The catalogue is `NODES`; nothing is added to it from elsewhere.
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from control.jobs.requests import MAX_TEXT, Img2Img, Txt2Img, Work
from ensembles.sampling.parameters import MAX_BATCH, MAX_CFG, MAX_SEED, MAX_SIZE, MAX_STEPS, MIN_SIZE
from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import SCHEDULES


class Unfit(ValueError):
    """An input that is of the right type and still cannot be used; `name` is the input's."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name, self.message = name, message


class Model(msgspec.Struct, frozen=True):
    """A checkpoint's UNet."""

    checkpoint: str


class Clip(msgspec.Struct, frozen=True):
    """A checkpoint's text encoder."""

    checkpoint: str
    skip: int = 1
    """Which layer is used, counted from the last (1)."""


class Vae(msgspec.Struct, frozen=True):
    """A checkpoint's VAE."""

    checkpoint: str


class Conditioning(msgspec.Struct, frozen=True):
    """An encoded text."""

    text: str
    clip: Clip


class Picture(msgspec.Struct, frozen=True):
    """Pictures that there are (`asset`, to be scaled to a size where one is given), or will be (`work`)."""

    asset: UUID | None = None
    width: int | None = None
    height: int | None = None
    work: Work | None = None


class Latent(msgspec.Struct, frozen=True):
    """Where sampling begins (`width`, `height`, `batch`, or `asset`), or what it gives (`work`)."""

    width: int | None = None
    height: int | None = None
    batch: int = 1
    asset: UUID | None = None
    vae: Vae | None = None
    work: Work | None = None


class Input(NamedTuple):
    """An input: its type, and what it may be."""

    type: str
    default: Any = None
    """Taken where nothing is given; None: it must be given."""
    low: float | None = None
    high: float | None = None
    """Of a text: its characters."""
    step: int | None = None
    choices: tuple[str, ...] | None = None


class NodeType(NamedTuple):
    """What a node of some class takes and gives."""

    inputs: dict[str, Input]
    outputs: tuple[str, ...]
    """Types."""
    run: Callable[..., tuple[Any, ...]]
    """Inputs by name → outputs; raises `Unfit`."""
    ends: bool = False
    """Does it hand pictures out? What `run` gives is the picture then."""


def _load(ckpt_name: str) -> tuple[Model, Clip, Vae]:
    # As files are called elsewhere; here checkpoints have names.
    name = ckpt_name.removesuffix(".safetensors").removesuffix(".ckpt")
    return Model(name), Clip(name), Vae(name)


def _last_layer(clip: Clip, stop_at_clip_layer: int) -> tuple[Clip]:
    return (Clip(clip.checkpoint, -stop_at_clip_layer),)


def _encode_text(text: str, clip: Clip) -> tuple[Conditioning]:
    return (Conditioning(text, clip),)


def _empty(width: int, height: int, batch_size: int) -> tuple[Latent]:
    return (Latent(width, height, batch_size),)


def _load_image(image: str) -> tuple[Picture]:
    try:
        return (Picture(asset=UUID(image)),)
    except ValueError:
        raise Unfit("image", "name an asset by its id: upload the picture first (POST /uploads)") from None


def _encode_image(pixels: Picture, vae: Vae) -> tuple[Latent]:
    if pixels.asset is None:
        raise Unfit("pixels", "a picture that the same workflow paints cannot be encoded here yet; load one")
    return (Latent(pixels.width, pixels.height, asset=pixels.asset, vae=vae),)


def _scale(image: Picture, upscale_method: str, width: int, height: int, crop: str) -> tuple[Picture]:
    if image.asset is None:
        raise Unfit("image", "a picture that the same workflow paints cannot be scaled here yet; load one")
    return (Picture(image.asset, width, height),)


def _repeat(samples: Latent, amount: int) -> tuple[Latent]:
    if samples.work is not None:
        raise Unfit("samples", "what has been sampled cannot be repeated here yet")
    if samples.batch * amount > MAX_BATCH:
        raise Unfit("amount", f"{samples.batch * amount} pictures are more than {MAX_BATCH}")
    return (msgspec.structs.replace(samples, batch=samples.batch * amount),)


def _sample(
    model: Model,
    seed: int,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    denoise: float,
) -> tuple[Latent]:
    if latent_image.work is not None:
        raise Unfit(
            "latent_image", "a second pass over what the same workflow samples is not possible here yet"
        )
    if positive.clip != negative.clip:
        raise Unfit("negative", "it must come from the same text encoder and layer as positive")
    if positive.clip.checkpoint != model.checkpoint:
        raise Unfit("positive", f"it must come from the text encoder of {model.checkpoint}, the model")
    common: dict[str, Any] = {
        "prompt": positive.text, "negative_prompt": negative.text, "model": model.checkpoint, "steps": steps,
        "cfg": cfg, "sampler": sampler_name, "scheduler": scheduler, "seed": seed, "clip_skip": positive.clip.skip,
    }  # fmt: skip
    size: dict[str, Any] = {
        "width": latent_image.width,
        "height": latent_image.height,
        "batch": latent_image.batch,
    }
    if latent_image.asset is not None:
        if latent_image.vae != Vae(model.checkpoint):
            raise Unfit("latent_image", f"it must be encoded with the VAE of {model.checkpoint}, the model")
        work: Work = Img2Img(**common, image=latent_image.asset, strength=denoise, **size)
    elif denoise < 1:
        raise Unfit("denoise", f"{denoise:g} keeps some of a picture, and latent_image is empty: send 1")
    else:
        work = Txt2Img(**common, **size)
    return (Latent(work=work, vae=Vae(model.checkpoint)),)


def _decode(samples: Latent, vae: Vae) -> tuple[Picture]:
    if samples.work is None:
        raise Unfit("samples", "nothing has been sampled; put a KSampler before")
    if samples.vae != vae:
        raise Unfit("vae", f"it must be the VAE of {samples.work.model}, whose model sampled")
    return (Picture(work=samples.work),)


def _hand_out(images: Picture, filename_prefix: str = "") -> tuple[Picture]:
    if images.work is None:
        raise Unfit("images", "this picture is there already; put a KSampler and a VAEDecode before")
    return (images,)


_SIDE = Input("INT", 512, MIN_SIZE, MAX_SIZE, 8)
NODES: dict[str, NodeType] = {
    "CheckpointLoaderSimple": NodeType(
        {"ckpt_name": Input("STRING", high=200)}, ("MODEL", "CLIP", "VAE"), _load
    ),
    "CLIPSetLastLayer": NodeType(
        {"clip": Input("CLIP"), "stop_at_clip_layer": Input("INT", -1, -12, -1)}, ("CLIP",), _last_layer
    ),
    "CLIPTextEncode": NodeType(
        {"text": Input("STRING", high=MAX_TEXT), "clip": Input("CLIP")}, ("CONDITIONING",), _encode_text
    ),
    "EmptyLatentImage": NodeType(
        {"width": _SIDE, "height": _SIDE, "batch_size": Input("INT", 1, 1, MAX_BATCH)}, ("LATENT",), _empty
    ),
    "LoadImage": NodeType({"image": Input("STRING", high=200)}, ("IMAGE",), _load_image),
    "VAEEncode": NodeType({"pixels": Input("IMAGE"), "vae": Input("VAE")}, ("LATENT",), _encode_image),
    "ImageScale": NodeType(
        {
            "image": Input("IMAGE"),
            "upscale_method": Input("STRING", "lanczos", choices=("lanczos",)),
            "width": _SIDE,
            "height": _SIDE,
            "crop": Input("STRING", "disabled", choices=("disabled",)),
        },
        ("IMAGE",),
        _scale,
    ),
    "RepeatLatentBatch": NodeType(
        {"samples": Input("LATENT"), "amount": Input("INT", 1, 1, MAX_BATCH)}, ("LATENT",), _repeat
    ),
    "KSampler": NodeType(
        {
            "model": Input("MODEL"),
            "seed": Input("INT", 0, 0, MAX_SEED),
            "steps": Input("INT", 20, 1, MAX_STEPS),
            "cfg": Input("FLOAT", 8.0, 0, MAX_CFG),
            "sampler_name": Input("STRING", "euler", choices=tuple(SAMPLERS)),
            "scheduler": Input("STRING", "normal", choices=tuple(SCHEDULES)),
            "positive": Input("CONDITIONING"),
            "negative": Input("CONDITIONING"),
            "latent_image": Input("LATENT"),
            "denoise": Input("FLOAT", 1.0, 0.0001, 1),
        },
        ("LATENT",),
        _sample,
    ),
    "VAEDecode": NodeType({"samples": Input("LATENT"), "vae": Input("VAE")}, ("IMAGE",), _decode),
    "SaveImage": NodeType(
        {"images": Input("IMAGE"), "filename_prefix": Input("STRING", "")}, (), _hand_out, ends=True
    ),
    "PreviewImage": NodeType({"images": Input("IMAGE")}, (), _hand_out, ends=True),
}
"""Class → what it takes, gives and does."""
