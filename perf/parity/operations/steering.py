"""Rows of what reaches into the UNet: IP-Adapters, FreeU, perturbed attention."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.attention_processor import PAGIdentitySelfAttnProcessor2_0
from diffusers.models.unets import unet_2d_blocks
from PIL import Image
from torch import Tensor
from transformers import CLIPImageProcessor

from ensembles.arrays import Array
from ensembles.engine.places import places
from perf.parity.operations import ip_adapters
from perf.parity.operations.adapters import level
from perf.parity.operations.reference import Network, Reference, Side
from perf.parity.operations.rows import WALK, Row
from perf.parity.operations.scene import NEGATIVE, POSITIVE, Graph, Scene, picture, text_to_image

WEIGHT = 0.8
ADAPTERS: dict[str, tuple[str, ip_adapters.Form]] = {
    "ip-base": ("sd15", "base"),
    "ip-plus": ("sd15", "plus"),
    "ip-full-face": ("sd15", "full"),
    "ip-sdxl": ("sdxl", "base"),
    "ip-plus-sdxl": ("sdxl", "plus"),
}
"""Name → (checkpoint, form) of IP-Adapters; plus-face is a file of the form plus."""
VISION = "vision"


def write_adapters(scene: Scene, references: Callable[[str], Reference]) -> dict[str, Path]:
    """Name → file of every IP-Adapter; the image encoder stands beside them."""
    scene.files[VISION] = ip_adapters.write_encoder(scene.folder / "image_encoder")
    found = {}
    for name, (kind, form) in ADAPTERS.items():
        unet = references(kind).unet
        there = places({key: tuple(value.shape) for key, value in unet.named_parameters()})
        path = scene.folder / f"{name}.safetensors"
        widths = [width for _, width in there.image_layers]
        scene.files[name] = ip_adapters.write_adapter(path, form, widths, there.context)
        found[name] = path
    return found


def with_image(name: str, start: float, end: float) -> Graph:
    """Words, and a picture beside them."""
    graph = text_to_image(ADAPTERS[name][0], WALK)
    shown = {
        "model": ["model", 0], "ipadapter": ["adapter", 0], "image": ["image", 0], "weight": WEIGHT, "start_at": start,
        "end_at": end,
    }  # fmt: skip
    graph |= {
        "image": ("LoadImage", {"image": "start.png"}),
        "adapter": ("IPAdapterModelLoader", {"ipadapter_file": name}),
        "shown": ("IPAdapter", shown),
    }
    graph["sample"][1]["model"] = ["shown", 0]
    return graph


def shown(reference: Reference, scene: Scene, name: str, start: float, end: float) -> Array:
    """The same by diffusers' own loading of the file, and transformers' image encoder."""
    form = ADAPTERS[name][1]
    square = {"height": ip_adapters.SIDE, "width": ip_adapters.SIDE}
    processor = CLIPImageProcessor(size={"shortest_edge": ip_adapters.SIDE}, crop_size=square)
    image = Image.fromarray(np.rint(picture(3)[0] * 255).astype(np.uint8))
    pixels = processor(image, return_tensors="pt").pixel_values
    states = ip_adapters.seen(scene.files[VISION], pixels, form)
    unet = ip_adapters.with_adapter(reference.unet, scene.files[name], WEIGHT)
    plain = reference.plain(WALK)

    def network(x: Tensor, t: Tensor, side: Side, sigma: float) -> Tensor:
        if not level(end, last=True) <= sigma <= level(start, last=False):
            return plain(x, t, side, sigma)
        told = reference.conditioned(side, WALK, len(x))
        own = states[1:] if side.positive else states[:1]
        told["added_cond_kwargs"] = told.get("added_cond_kwargs", {}) | {"image_embeds": [own[:, None]]}
        answer: Tensor = unet(x, t, **told).sample
        return answer

    return _painted(reference, network)


def _painted(reference: Reference, network: Network | None = None) -> Array:
    texts = (reference.text(POSITIVE), reference.text(NEGATIVE))
    return reference.picture(reference.paint(WALK, *texts, network=network))


def image_row(title: str, name: str, start: float = 0.0, end: float = 1.0) -> Row:
    """A picture through one IP-Adapter."""
    return Row(
        title,
        ADAPTERS[name][0],
        lambda _: with_image(name, start, end),
        lambda reference, scene: shown(reference, scene, name, start, end),
        "diffusers' IP-Adapter, transformers' CLIP",
    )


def patched(checkpoint: str, node: str, **inputs: float) -> Graph:
    """Words through a model that a node changed."""
    graph = text_to_image(checkpoint, WALK)
    graph["patched"] = (node, {"model": ["model", 0]} | inputs)
    graph["sample"][1]["model"] = ["patched", 0]
    return graph


FREE = {"b1": 1.3, "b2": 1.4, "s1": 0.9, "s2": 0.2}


def free_u_by_channels(version: int, width: int) -> Any:
    """FreeU's published code (Si et al. 2023) for diffusers' blocks: which stage it is, the channels say."""

    def apply(
        _index: int, hidden_states: Tensor, res_hidden_states: Tensor, **by: float
    ) -> tuple[Tensor, Tensor]:
        stage = {4 * width: "1", 2 * width: "2"}.get(hidden_states.shape[1])
        if stage is None:
            return hidden_states, res_hidden_states
        scale: Any = by[f"b{stage}"]
        if version == 2:
            mean = hidden_states.mean(1).unsqueeze(1)
            high = mean.flatten(1).max(-1)[0].view(-1, 1, 1, 1)
            low = mean.flatten(1).min(-1)[0].view(-1, 1, 1, 1)
            scale = (scale - 1) * (mean - low) / (high - low) + 1
        half = hidden_states.shape[1] // 2
        hidden_states = torch.cat([hidden_states[:, :half] * scale, hidden_states[:, half:]], 1)
        spectrum = torch.fft.fftshift(torch.fft.fftn(res_hidden_states, dim=(-2, -1)), dim=(-2, -1))
        row, column = (extent // 2 for extent in spectrum.shape[-2:])
        # One cell alone has no frequency below 0.
        rows, columns = (slice(max(0, at - 1), at + 1) for at in (row, column))
        spectrum[..., rows, columns] *= by[f"s{stage}"]
        back = torch.fft.ifftn(torch.fft.ifftshift(spectrum, dim=(-2, -1)), dim=(-2, -1)).real
        return hidden_states, back

    return apply


def freed(version: int) -> Callable[[Reference, Scene], Array]:
    """FreeU by its published code."""

    def theirs(reference: Reference, _: Scene) -> Array:
        before = unet_2d_blocks.apply_freeu
        width = reference.unet.config.block_out_channels[0]
        unet_2d_blocks.apply_freeu = free_u_by_channels(version, width)
        reference.unet.enable_freeu(**FREE)
        try:
            return _painted(reference)
        finally:
            reference.unet.disable_freeu()
            unet_2d_blocks.apply_freeu = before

    return theirs


PERTURBED = 3.0


def perturbed(reference: Reference, _: Scene) -> Array:
    """PAG by diffusers' processor: the positive guess, once more away from what the perturbed network guesses."""
    unet = reference.unet
    usual = dict(unet.attn_processors)
    middle = {
        name: PAGIdentitySelfAttnProcessor2_0() if name.startswith("mid_block") and ".attn1." in name else one
        for name, one in usual.items()
    }
    plain = reference.plain(WALK)

    def network(x: Tensor, t: Tensor, side: Side, sigma: float) -> Tensor:
        answer = plain(x, t, side, sigma)
        if not side.positive:
            return answer
        unet.set_attn_processor(dict(middle))  # it takes them out
        try:  # of a batch given twice, diffusers perturbs the second half
            told = reference.conditioned(side, WALK, 2 * len(x))
            other: Tensor = unet(torch.cat([x, x]), t, **told).sample[len(x) :]
        finally:
            unet.set_attn_processor(dict(usual))
        # The guidance multiplies what the positive side says by cfg.
        return answer + (answer - other) * (PERTURBED / WALK.cfg)

    return _painted(reference, network)


def patch_row(
    title: str,
    checkpoint: str,
    theirs: Callable[[Reference, Scene], Array],
    against: str,
    node: str,
    **inputs: float,
) -> Row:
    """A node that changes the model."""
    return Row(title, checkpoint, lambda _: patched(checkpoint, node, **inputs), theirs, against)


ROWS = (
    image_row("IP-Adapter", "ip-base"),
    image_row("IP-Adapter, from 0.2 to 0.6", "ip-base", 0.2, 0.6),
    image_row("IP-Adapter plus", "ip-plus"),
    image_row("IP-Adapter full-face", "ip-full-face"),
    image_row("IP-Adapter, SDXL", "ip-sdxl"),
    image_row("IP-Adapter plus, SDXL", "ip-plus-sdxl"),
    patch_row("FreeU", "sd15", freed(1), "its authors' code in diffusers' UNet", "FreeU", **FREE),
    # In the middle of the smallest UNet of SD 1.x stands one cell: nothing to normalise, nothing to attend to.
    patch_row("FreeU 2", "sdxl", freed(2), "its authors' code in diffusers' UNet", "FreeU_V2", **FREE),
    patch_row(
        "perturbed attention",
        "sdxl",
        perturbed,
        "diffusers' attention processor",
        "PerturbedAttentionGuidance",
        scale=PERTURBED,
    ),
)
"""All of them."""
