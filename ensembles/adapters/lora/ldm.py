"""The original LDM code's names for a UNet's modules, worked out from the names of its parameters.

Files made for SDXL, and block weights for all, go by these. What a block is called: IN00…, MID, OUT00….
"""

import re
from collections.abc import Iterable

_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_MIDDLE = {"resnets.0": "0", "attentions.0": "1", "resnets.1": "2"}
_BLOCKS = (
    (re.compile(r"input_blocks\.(\d+)\."), "IN"),
    (re.compile(r"middle_block\."), "MID"),
    (re.compile(r"output_blocks\.(\d+)\."), "OUT"),
)


def ldm_names(modules: Iterable[str]) -> dict[str, str]:
    """Module as diffusers names it → as LDM does, for the UNet whose modules these are."""
    modules = list(modules)
    places = _places(modules)
    found = {}
    for module in modules:
        if module in _ENDS:
            found[module] = _ENDS[module]
            continue
        head = next((head for head in places if module.startswith(head + ".")), None)
        if module in places:
            found[module] = places[module]
        elif head is not None:
            rest = module[len(head) + 1 :]
            found[module] = f"{places[head]}.{_RESNET.get(rest, rest) if '.resnets.' in head else rest}"
    return found


def block_of(ldm: str) -> str:
    """IN01, MID, OUT03, … for a module's LDM name; empty for what is in no block."""
    for pattern, kind in _BLOCKS:
        if match := pattern.match(ldm):
            return f"{kind}{int(match[1]):02d}" if match.groups() else kind
    return ""


def _places(modules: list[str]) -> dict[str, str]:
    """The beginnings of diffusers' names → those of LDM's."""
    places = {f"mid_block.{ours}": f"middle_block.{theirs}" for ours, theirs in _MIDDLE.items()}
    index = 1
    for level in range(_count(modules, r"down_blocks\.(\d+)\.")):
        ours = f"down_blocks.{level}"
        for layer in range(_count(modules, rf"down_blocks\.{level}\.resnets\.(\d+)\.")):
            places[f"{ours}.resnets.{layer}"] = f"input_blocks.{index}.0"
            places[f"{ours}.attentions.{layer}"] = f"input_blocks.{index}.1"
            index += 1
        if f"{ours}.downsamplers.0.conv" in modules:
            places[f"{ours}.downsamplers.0.conv"] = f"input_blocks.{index}.0.op"
            index += 1
    index = 0
    for level in range(_count(modules, r"up_blocks\.(\d+)\.")):
        ours = f"up_blocks.{level}"
        attending = any(module.startswith(f"{ours}.attentions.") for module in modules)
        for layer in range(_count(modules, rf"up_blocks\.{level}\.resnets\.(\d+)\.")):
            places[f"{ours}.resnets.{layer}"] = f"output_blocks.{index}.0"
            places[f"{ours}.attentions.{layer}"] = f"output_blocks.{index}.1"
            index += 1
        places[f"{ours}.upsamplers.0.conv"] = f"output_blocks.{index - 1}.{2 if attending else 1}.conv"
    return places


def _count(modules: list[str], pattern: str) -> int:
    compiled = re.compile(pattern)
    return max((int(match[1]) + 1 for module in modules if (match := compiled.match(module))), default=0)
