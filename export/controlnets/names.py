"""What a ControlNet's tensors are called: diffusers' names, or those of the original code (`control_model.…`)."""

import re
from collections.abc import Mapping

from ensembles.engine.weights import TensorPlace
from export.errors import ExportError
from export.infer import unet_blocks
from export.ldm import count, unet_names
from export.parts import canonical_name

Names = dict[str, str]

LDM = "control_model."
_REFUSED = (
    (r"(^|\.)lllite_", "a ControlNet-LLLite, which changes attention", "take the full ControlNet of its kind"),
    (r"^lora_controlnet$", "a Control-LoRA, which holds differences alone", "take the full ControlNet of its kind"),
    (r"^difference$", "a ControlNet saved as a difference from its UNet", "take the full ControlNet of its kind"),
    (r"(^|\.)(task_embedding|control_add_embedding)(\.|$)", "a ControlNet for several kinds of hint", "take the one of a kind"),
    (r"^(adapter\.)?body\.\d+\.", "a T2I-Adapter", "take the ControlNet of its kind"),
    (r"^model\.diffusion_model\.", "a whole checkpoint", "add it as a checkpoint"),
    (r"^(ip_adapter|image_proj)\.", "an IP-Adapter", "add it as one"),
    (r"(lora_(up|down|A|B)\b|\.lora\.)", "a LoRA", "add it as one"),
    (r"^(transformer_blocks|single_transformer_blocks)\.\d+\.", "a ControlNet of a transformer", "only those of UNets are run"),
)  # fmt: skip
"""Names that speak for something else: what it is, what to do."""
_UNUSED = re.compile(r"(^|\.)(position_ids|betas|alphas_cumprod)$")
_ENDS = {"add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2"}
"""Of SDXL, which some tables of the UNet's names leave out."""


def names_of(file: str, header: Mapping[str, TensorPlace]) -> tuple[str, Names]:
    """Layout, and parameter (as diffusers names it) → name in the file; raises `ExportError` for what is no ControlNet."""
    for pattern, what, todo in _REFUSED:
        if any(re.search(pattern, name) for name in header):
            raise ExportError(f"{file} looks like {what}: {todo}.")
    bare = {name.removeprefix(LDM): name for name in header if not _UNUSED.search(name)}
    if "input_hint_block.0.weight" in bare:
        # Some files hold the checkpoint that it was trained with as well.
        own = {
            name: full
            for name, full in bare.items()
            if full.startswith(LDM) or not any(n.startswith(LDM) for n in header)
        }
        return "ldm", _from_ldm(file, own)
    names = {canonical_name(name): name for name in header if not _UNUSED.search(name)}
    if "controlnet_cond_embedding.conv_in.weight" not in names:
        raise ExportError(
            f"{file} has nothing that looks at a hint, so it is no ControlNet: name another file."
        )
    return "diffusers", names


def _from_ldm(file: str, tensors: Names) -> Names:
    """`tensors` is name without prefix → name in the file."""
    table = unet_names(unet_blocks(tensors))
    modules = {
        f"controlnet_down_blocks.{n}": f"zero_convs.{n}.0"
        for n in range(count(tensors, r"zero_convs\.(\d+)\."))
    }
    hints = sorted({int(name.split(".")[1]) for name in tensors if name.startswith("input_hint_block.")})
    inner = [f"blocks.{n}" for n in range(len(hints) - 2)]
    for ours, number in zip(["conv_in", *inner, "conv_out"], hints, strict=False):
        modules[f"controlnet_cond_embedding.{ours}"] = f"input_hint_block.{number}"
    modules |= {"controlnet_mid_block": "middle_block_out.0"} | _ENDS
    for ours, theirs in modules.items():
        table |= {f"{ours}.{leaf}": f"{theirs}.{leaf}" for leaf in ("weight", "bias")}
    names = {ours: tensors[theirs] for ours, theirs in table.items() if theirs in tensors}
    unknown = sorted(set(tensors.values()) - set(names.values()))
    if unknown:
        raise ExportError(
            f"{file} holds {len(unknown)} tensors that a ControlNet does not have, first {unknown[0]}: take another file."
        )
    return names
