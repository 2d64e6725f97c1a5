"""Rows without adapters: architectures, img2img, inpainting, clip skip, a second pass."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from ensembles.arrays import Array
from perf.parity.operations.reference import Reference, Walk
from perf.parity.operations.scene import (
    NEGATIVE,
    POSITIVE,
    Graph,
    Scene,
    mask,
    picture,
    sampling,
    text_to_image,
)


@dataclass(frozen=True)
class Row:
    """One operation."""

    name: str
    checkpoint: str
    """A kind of perf/parity/tiny.py."""
    graph: Callable[[Scene], Graph]
    """Its node `picture` gives the picture."""
    theirs: Callable[[Reference, Scene], Array]
    against: str = "diffusers' UNet, VAE and texts"


WALK = Walk()


def painted(reference: Reference, walk: Walk = WALK, skip: int = 1) -> Array:
    """Words alone."""
    texts = (reference.text(POSITIVE, skip), reference.text(NEGATIVE, skip))
    return reference.picture(reference.paint(walk, *texts))


def architecture(name: str, checkpoint: str, walk: Walk = WALK, skip: int = 1) -> Row:
    """A checkpoint of one architecture, from words alone."""
    return Row(
        name,
        checkpoint,
        lambda _: text_to_image(checkpoint, walk, skip=skip),
        lambda reference, _: painted(reference, walk, skip),
    )


PART = replace(WALK, denoise=0.6)


def image_to_image(scene: Scene, checkpoint: str = "sd15") -> Graph:
    """The last part of a schedule, from a picture."""
    graph = text_to_image(checkpoint, PART)
    return graph | {
        "image": ("LoadImage", {"image": "start.png"}),
        "latent": ("VAEEncode", {"pixels": ["image", 0], "vae": ["model", 2]}),
    }


def from_image(reference: Reference, _: Scene) -> Array:
    """The same in torch."""
    texts = (reference.text(POSITIVE), reference.text(NEGATIVE))
    return reference.picture(reference.paint(PART, *texts, latent=reference.encode(picture(3))))


def masked(scene: Scene) -> Graph:
    """Inpainting by blending: any checkpoint."""
    graph = image_to_image(scene)
    return graph | {
        "mask": ("LoadImageMask", {"image": "mask.png", "channel": "red"}),
        "encoded": graph["latent"],
        "latent": ("SetLatentNoiseMask", {"samples": ["encoded", 0], "mask": ["mask", 0]}),
    }


def blended(reference: Reference, _: Scene) -> Array:
    """The same in torch."""
    texts = (reference.text(POSITIVE), reference.text(NEGATIVE))
    latent = reference.encode(picture(3))
    return reference.picture(reference.paint(PART, *texts, latent=latent, keep=_cells()))


def _cells() -> torch.Tensor:
    """The mask at latent size."""
    return torch.from_numpy(mask())[:, None, ::8, ::8]


def inpainting_model(_: Scene) -> Graph:
    """A UNet of nine channels, told the mask and what is left of the picture."""
    graph = text_to_image("sd15-inpaint", WALK)
    told = {
        "positive": ["words", 0], "negative": ["against", 0], "vae": ["model", 2], "pixels": ["image", 0],
        "mask": ["mask", 0], "noise_mask": False,
    }  # fmt: skip
    return graph | {
        "image": ("LoadImage", {"image": "start.png"}),
        "mask": ("LoadImageMask", {"image": "mask.png", "channel": "red"}),
        "words": graph["positive"],
        "against": graph["negative"],
        "told": ("InpaintModelConditioning", told),
        "sample": (
            "KSampler",
            sampling(WALK, positive=["told", 0], negative=["told", 1], latent_image=["told", 2]),
        ),
    }


def inpainted(reference: Reference, _: Scene) -> Array:
    """The same in torch: beside the sample stand the mask and the latent of the picture, grey where it is masked."""
    texts = (reference.text(POSITIVE), reference.text(NEGATIVE))
    start, hidden = picture(3), mask()[..., None]
    left = start * (1 - hidden) + 0.5 * hidden
    concat = torch.cat([_cells(), reference.encode(left)], 1)
    return reference.picture(reference.paint(WALK, *texts, latent=reference.encode(start), concat=concat))


SECOND = replace(WALK, size=96, denoise=0.5, seed=78)


def two_passes(_: Scene) -> Graph:
    """Hires fix: a latent made larger, and painted once more in part."""
    graph = text_to_image("sd15", WALK)
    larger = {
        "samples": ["sample", 0],
        "upscale_method": "nearest-exact",
        "width": 96,
        "height": 96,
        "crop": "disabled",
    }
    return graph | {
        "larger": ("LatentUpscale", larger),
        "again": ("KSampler", sampling(SECOND, latent_image=["larger", 0])),
        "picture": ("VAEDecode", {"samples": ["again", 0], "vae": ["model", 2]}),
    }


def twice(reference: Reference, _: Scene) -> Array:
    """The same in torch."""
    texts = (reference.text(POSITIVE), reference.text(NEGATIVE))
    small = reference.paint(WALK, *texts)
    large = torch.nn.functional.interpolate(small, (12, 12), mode="nearest-exact")
    return reference.picture(reference.paint(SECOND, *texts, latent=large))


PLAIN = (
    architecture("SD 1.x", "sd15"),
    architecture("SD 1.x, second picture of a batch too", "sd15", replace(WALK, batch=2)),
    architecture("SD 2.x, v-prediction", "sd2-v"),
    architecture("SDXL", "sdxl"),
    architecture("SDXL refiner", "sdxl-refiner"),
    architecture("clip skip 2", "sd15", skip=2),
    Row("img2img", "sd15", image_to_image, from_image),
    Row("inpainting, masked blending", "sd15", masked, blended),
    Row("inpainting UNet", "sd15-inpaint", inpainting_model, inpainted),
    Row("hires, second pass", "sd15", two_passes, twice),
)
