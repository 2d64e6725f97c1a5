"""Rows of what a UNet is told beside one text: SDXL's second text and sizes, aesthetic scores, an inpainting UNet its mask."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ensembles.arrays import Array
from perf.parity.operations.reference import Network, Reference, Side, Text
from perf.parity.operations.rows import WALK, Row
from perf.parity.operations.scene import NEGATIVE, POSITIVE, Graph, Scene, mask, picture, text_to_image

SECOND = "an oil painting of a red disc, blue everywhere else"
SIZES = {
    "width": 640, "height": 384, "crop_w": 8, "crop_h": 24, "target_width": 512, "target_height": 448,
}  # fmt: skip
SCORES = {"positive": 7.5, "negative": 1.25}


def two_texts(_: Scene) -> Graph:
    """A text for each encoder, and the sizes of another picture."""
    graph = text_to_image("sdxl", WALK)
    texts = {"positive": (POSITIVE, SECOND), "negative": (NEGATIVE, NEGATIVE)}
    for side, (small, large) in texts.items():
        told = {"clip": ["model", 1], "text_l": small, "text_g": large, **SIZES}
        graph[side] = ("CLIPTextEncodeSDXL", told)
    return graph


def two_texts_there(reference: Reference, _: Scene) -> Array:
    """The same in diffusers: prompt and prompt_2, and time ids of its own."""
    with torch.no_grad():
        made = reference.pipe.encode_prompt(
            POSITIVE, SECOND, device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=False
        )
    ids = [SIZES[name] for name in ("height", "width", "crop_h", "crop_w", "target_height", "target_width")]
    texts = Text(made[0], made[2]), reference.text(NEGATIVE)
    return reference.picture(reference.paint(WALK, *texts, network=_told(reference, ids, ids)))


def refined(_: Scene) -> Graph:
    """A refiner with scores that are not the usual ones."""
    graph = text_to_image("sdxl-refiner", WALK)
    for side, text in (("positive", POSITIVE), ("negative", NEGATIVE)):
        told = {"clip": ["model", 1], "text": text, "width": 640, "height": 384, "ascore": SCORES[side]}
        graph[side] = ("CLIPTextEncodeSDXLRefiner", told)
    return graph


def refined_there(reference: Reference, _: Scene) -> Array:
    """The same in diffusers."""
    ids = ([384.0, 640.0, 0.0, 0.0, SCORES[side]] for side in ("positive", "negative"))
    texts = reference.text(POSITIVE), reference.text(NEGATIVE)
    return reference.picture(reference.paint(WALK, *texts, network=_told(reference, *ids)))


def _told(reference: Reference, positive: Sequence[float], negative: Sequence[float]) -> Network:
    def network(x: Tensor, t: Tensor, side: Side, _sigma: float) -> Tensor:
        told = reference.conditioned(side, WALK, len(x))
        ids = torch.tensor([positive if side.positive else negative], dtype=torch.float32)
        told["added_cond_kwargs"]["time_ids"] = ids.expand(len(x), -1)
        answer: Tensor = reference.unet(x, t, **told).sample
        return answer

    return network


def hidden(_: Scene) -> Graph:
    """An inpainting UNet in a graph that is made for any checkpoint: the latent's own mask tells it."""
    graph = text_to_image("sd15-inpaint", WALK)
    encoded = {"pixels": ["image", 0], "vae": ["model", 2], "mask": ["mask", 0], "grow_mask_by": 0}
    return graph | {
        "image": ("LoadImage", {"image": "start.png"}),
        "mask": ("LoadImageMask", {"image": "mask.png", "channel": "red"}),
        "latent": ("VAEEncodeForInpaint", encoded),
    }


def hidden_there(reference: Reference, _: Scene) -> Array:
    """The same in torch."""
    texts = (reference.text(POSITIVE), reference.text(NEGATIVE))
    chosen = mask()
    cells = torch.from_numpy(chosen)[:, None, ::8, ::8]
    seen = reference.encode((picture(3) - 0.5) * (1 - chosen[..., None]) + 0.5)
    concat = torch.cat([cells, seen], 1)
    return reference.picture(reference.paint(WALK, *texts, latent=seen, concat=concat, keep=cells))


ROWS = (
    Row("SDXL, a text for each encoder, sizes", "sdxl", two_texts, two_texts_there),
    Row("SDXL refiner, aesthetic scores", "sdxl-refiner", refined, refined_there),
    Row("inpainting UNet, VAEEncodeForInpaint", "sd15-inpaint", hidden, hidden_there),
)
"""All rows of it."""
