"""Rows with files of the registry: LoRA of every layout, textual inversion, ControlNet, IP-Adapter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import ControlNetModel
from safetensors.torch import save_file
from torch import Tensor

from ensembles.arrays import Array
from export.tracing_modules import scatter
from perf.parity.operations import loras
from perf.parity.operations.reference import Network, Reference, Side
from perf.parity.operations.rows import WALK, Row, painted
from perf.parity.operations.scene import NEGATIVE, POSITIVE, Graph, Scene, lines, text_to_image

MOST = 3
"""LoRAs at once."""
STRENGTHS = (1.0, 0.6, -0.4)


def with_loras(checkpoint: str, names: list[str], skip: int = 1) -> Graph:
    """Words through a chain of LoraLoaders."""
    graph = text_to_image(checkpoint, WALK, skip=skip)
    last = "model"
    for place, name in enumerate(names):
        strength = STRENGTHS[place]
        inputs = {"lora_name": name, "strength_model": strength, "strength_clip": strength}
        link = {"model": [last, 0], "clip": [last, 1]}
        graph[f"lora{place}"] = ("LoraLoader", inputs | link)
        last = f"lora{place}"
    graph["clip"][1]["clip"] = [last, 1]
    graph["sample"][1]["model"] = [last, 0]
    return graph


def lora_row(checkpoint: str, layout: str, count: int) -> Row:
    """`count` LoRAs of one layout at once."""
    names = [f"{checkpoint}-{layout}-{place}" for place in range(count)]

    def theirs(reference: Reference, scene: Scene) -> Array:
        files = [(scene.files[name], STRENGTHS[place]) for place, name in enumerate(names)]
        before = loras.merged(reference.pipe, files)
        try:
            return painted(reference)
        finally:
            loras.restore(reference.pipe, before)

    return Row(
        f"{count} LoRA{'s' * (count > 1)}, {layout}" + (", SDXL" if checkpoint == "sdxl" else ""),
        checkpoint,
        lambda _: with_loras(checkpoint, names),
        theirs,
        "weights merged by the published formula",
    )


EMBEDDING = "dusk"
VECTORS = 3


def with_embedding(_: Scene, checkpoint: str = "sd15") -> Graph:
    """A textual inversion of several vectors in the middle of a prompt."""
    graph = text_to_image(checkpoint, WALK)
    text = f"a large embedding:{EMBEDDING} circle on a blue background"
    graph["positive"][1]["text"] = text
    return graph


def embedded(reference: Reference, scene: Scene) -> Array:
    """The same in diffusers: its own reading of the file, and tokens of its own."""
    file = str(scene.folder / f"{EMBEDDING}.safetensors")
    reference.pipe.load_textual_inversion(file, token=f"<{EMBEDDING}>")
    text = f"a large <{EMBEDDING}> circle on a blue background"
    texts = (reference.text(text), reference.text(NEGATIVE))
    made = reference.picture(reference.paint(WALK, *texts))
    reference.pipe.unload_textual_inversion()
    return made


def write_embedding(scene: Scene, reference: Reference) -> Path:
    """A1111's layout."""
    width = reference.pipe.text_encoder.config.hidden_size
    spread = reference.pipe.text_encoder.get_input_embeddings().weight.std()
    torch.manual_seed(5)
    path = scene.folder / f"{EMBEDDING}.safetensors"
    save_file({"emb_params": torch.randn(VECTORS, width) * spread}, path)
    return path


Controls = list[tuple[str, float, float, float]]
"""(name, strength, start, end)"""


def with_controls(checkpoint: str, controls: Controls) -> Graph:
    """Words, and hints beside them."""
    graph = text_to_image(checkpoint, WALK)
    last = [["positive", 0], ["negative", 0]]
    for place, (name, strength, start, end) in enumerate(controls):
        graph[f"hint{place}"] = ("LoadImage", {"image": f"lines{place}.png"})
        graph[f"net{place}"] = ("ControlNetLoader", {"control_net_name": name})
        inputs: dict[str, Any] = {
            "positive": last[0], "negative": last[1], "control_net": [f"net{place}", 0], "image": [f"hint{place}", 0],
            "strength": strength, "start_percent": start, "end_percent": end,
        }  # fmt: skip
        graph[f"control{place}"] = ("ControlNetApplyAdvanced", inputs)
        last = [[f"control{place}", 0], [f"control{place}", 1]]
    graph["sample"][1]["positive"], graph["sample"][1]["negative"] = last
    return graph


def controlled(reference: Reference, nets: list[ControlNetModel], controls: Controls) -> Array:
    """The same with diffusers' ControlNetModel; residuals of several add up."""
    texts = (reference.text(POSITIVE), reference.text(NEGATIVE))
    return reference.picture(reference.paint(WALK, *texts, network=_beside(reference, nets, controls)))


def _beside(reference: Reference, nets: list[ControlNetModel], controls: Controls) -> Network:
    hints = [torch.from_numpy(lines(place)).movedim(-1, 1) for place in range(len(nets))]

    def network(x: Tensor, t: Tensor, side: Side, sigma: float) -> Tensor:
        told = reference.conditioned(side, WALK, len(x))
        downs: list[Tensor] | None = None
        middle: Tensor | float = 0.0
        for net, hint, (_, strength, start, end) in zip(nets, hints, controls, strict=True):
            if not level(end, last=True) <= sigma <= level(start, last=False):
                continue
            given = {"controlnet_cond": hint.expand(len(x), -1, -1, -1), "conditioning_scale": strength}
            down, mid = net(x, t, return_dict=False, **given, **told)
            downs = list(down) if downs is None else [a + b for a, b in zip(downs, down, strict=True)]
            middle = middle + mid
        extra = {} if downs is None else {
            "down_block_additional_residuals": tuple(downs), "mid_block_additional_residual": middle,
        }  # fmt: skip
        answer: Tensor = reference.unet(x, t, **told, **extra).sample
        return answer

    return network


def level(share: float, *, last: bool) -> float:
    """The noise level at timestep (1 − share)·999, as the field has it; open at both ends."""
    from perf.parity.schedules import t_to_sigma

    if last and share >= 1:
        return 0.0
    if not last and share <= 0:
        return float("inf")
    return float(t_to_sigma(torch.tensor((1 - share) * 999.0)))


def control_row(name: str, checkpoint: str, controls: Controls) -> Row:
    """Random ControlNets of the checkpoint's shape."""
    return Row(
        name,
        checkpoint,
        lambda _: with_controls(checkpoint, controls),
        lambda reference, scene: controlled(reference, [scene.files[one[0]] for one in controls], controls),
        "diffusers' ControlNetModel",
    )


def write_controlnet(scene: Scene, reference: Reference, name: str, seed: int) -> Path:
    """A diffusers folder whose every parameter is random: with zero convolutions, nothing would be seen."""
    net = ControlNetModel.from_unet(reference.unet, conditioning_embedding_out_channels=(8, 16, 24, 32))
    scatter(net, seed)
    for block in (*net.controlnet_down_blocks, net.controlnet_mid_block):
        block.weight.data *= 0.5
    net.eval().requires_grad_(False)
    path = scene.folder / name
    net.save_pretrained(path)
    scene.files[name] = net
    return path


CONTROLS: dict[str, tuple[str, int]] = {
    "sd15-a": ("sd15", 11),
    "sd15-b": ("sd15", 12),
    "sdxl-a": ("sdxl", 13),
}
"""Name → (checkpoint, seed) of ControlNets."""
LORA_ROWS = tuple(lora_row("sd15", layout, count) for layout in loras.LAYOUTS for count in range(1, MOST + 1))
ROWS = (
    *LORA_ROWS,
    lora_row("sdxl", "kohya", 1),
    lora_row("sdxl", "diffusers", 2),
    Row(
        "textual inversion, 3 vectors", "sd15", with_embedding, embedded, "diffusers' load_textual_inversion"
    ),
    control_row("ControlNet", "sd15", [("sd15-a", 0.9, 0.0, 1.0)]),
    control_row("two ControlNets", "sd15", [("sd15-a", 0.7, 0.0, 1.0), ("sd15-b", 0.5, 0.0, 1.0)]),
    control_row("ControlNet, from 0.2 to 0.6", "sd15", [("sd15-a", 1.0, 0.2, 0.6)]),
    control_row("ControlNet, SDXL", "sdxl", [("sdxl-a", 0.9, 0.0, 1.0)]),
)
"""All rows with adapters."""


def write_loras(scene: Scene, references: Callable[[str], Reference]) -> dict[str, Path]:
    """Name → file of every LoRA that a row names."""
    found: dict[str, Path] = {}
    for row in (("sd15", layout) for layout in loras.LAYOUTS):
        found |= _three(scene, references(row[0]), *row)
    for layout in ("kohya", "diffusers"):
        found |= _three(scene, references("sdxl"), "sdxl", layout)
    return found


def _three(scene: Scene, reference: Reference, checkpoint: str, layout: str) -> dict[str, Path]:
    found = {}
    for place in range(MOST):
        name = f"{checkpoint}-{layout}-{place}"
        path = scene.folder / f"{name}.safetensors"
        scene.files[name] = loras.write(path, layout, reference.pipe, 100 + place)
        found[name] = path
    return found
