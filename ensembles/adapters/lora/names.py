"""What the field calls a LoRA's tensors: one table of endings and one of beginnings, and the graph's modules by any name."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from ensembles.adapters.lora.ldm import block_of, ldm_names

Part = Literal["unet", "te1", "te2"]
"""The network of a checkpoint that a layer belongs to: its UNet, first or second text encoder."""

_ENDINGS = (
    (r"\.lora_(?P<a>up|down|mid)\.weight", ""),
    (r"[._]lora(?:_linear_layer)?\.(?P<b>up|down)\.weight", ""),
    (r"\.lora_A(?:\.\w+)?\.weight", "down"),
    (r"\.lora_B(?:\.\w+)?\.weight", "up"),
    (r"\.lora_B(?:\.\w+)?\.bias", "up_bias"),
    (r"\.lora_magnitude_vector(?:\.\w+)*", "magnitude"),
    (r"\.(?P<c>dora_scale|alpha)", ""),
    (r"\.(?P<d>hada_(?:w[12]_[ab]|t[12]))", ""),
    (r"\.(?P<e>lokr_(?:w[12](?:_[ab])?|t2))", ""),
    (r"\.(?P<f>diff_b|diff|w_norm|b_norm)", ""),
)
_ENDING = tuple((re.compile(rf"(?P<module>.+?){pattern}"), leaf) for pattern, leaf in _ENDINGS)

_BEGINNINGS: tuple[tuple[str, Part], ...] = (
    ("lora_unet_", "unet"),
    ("lora_te1_", "te1"),
    ("lora_te2_", "te2"),
    ("lora_te_", "te1"),
    ("model.diffusion_model.", "unet"),
    ("diffusion_model.", "unet"),
    ("text_encoders.clip_l.transformer.", "te1"),
    ("text_encoders.clip_g.transformer.", "te2"),
    ("unet.", "unet"),
    ("text_encoder_2.", "te2"),
    ("text_encoder.", "te1"),
    ("text_model.", "te1"),
)
_WRAPPED = "base_model.model."
"""What PEFT puts before every name."""

OTHERS = {
    "oft_blocks": "OFT", "oft_diag": "OFT", "oft_R": "OFT", "boft_": "BOFT", "on_input": "IA3", "ia3_l": "IA3",
    "vera_lambda": "VeRA", ".a1.weight": "GLoRA", "lora_embedding_A": "LoRA of token embeddings",
    "string_to_param": "textual inversion", "emb_params": "textual inversion", "clip_l": "textual inversion",
}  # fmt: skip
"""What a name holds → which kind of file that is, of those that are no LoRA or none that can be used."""


class Named(NamedTuple):
    """A tensor's name, taken apart."""

    part: Part
    module: str
    """Flat: dots are underscores."""
    leaf: str
    """up, down, mid, alpha, dora_scale, hada_w1_a, …"""


def take_apart(name: str) -> Named | None:
    """What a tensor of that name is to which layer; None where no layout has such names."""
    for pattern, leaf in _ENDING:
        if match := pattern.fullmatch(name):
            found = {key: value for key, value in match.groupdict().items() if key != "module" and value}
            part, module = _begun(match["module"])
            return Named(part, module.replace(".", "_"), leaf or next(iter(found.values())))
    return None


def _begun(module: str) -> tuple[Part, str]:
    module = module.removeprefix(_WRAPPED)
    for beginning, part in _BEGINNINGS:
        if module.startswith(beginning):
            # `text_model.` is the network's own, not a container's.
            return part, module if beginning == "text_model." else module.removeprefix(beginning)
    return "unet", module


def layout_of(names: Iterable[str]) -> str:
    """How a file names its tensors: kohya, kohya-ldm, diffusers, diffusers-attention, peft or ldm."""
    names = list(names)
    for sign, layout in (
        (r"lora_unet_(input|output|middle)_block", "kohya-ldm"),
        (r"lora_(unet|te\d?)_", "kohya"),
        (r"(model\.)?diffusion_model\.", "ldm"),
        (r"base_model\.model\.", "peft"),
        (r".*\.processor\.", "diffusers-attention"),
    ):
        pattern = re.compile(sign)
        if any(pattern.match(name) for name in names):
            return layout
    return "diffusers"


class Module(NamedTuple):
    """One module of a graph that layers may change."""

    name: str
    """Its parameters are NAME.weight and NAME.bias."""
    block: str
    """IN01, MID, OUT03, …; BASE in a text encoder; empty outside of blocks."""


@lru_cache(maxsize=16)
def modules_by_name(part: Part, parameters: frozenset[str]) -> dict[str, Module]:
    """Every flat name that files may use → the module, for a network with these parameters."""
    modules = sorted({name.removesuffix(".weight") for name in parameters if name.endswith(".weight")})
    found: dict[str, Module] = {}
    if part != "unet":
        for name in modules:
            for alias in _text_aliases(name):
                found.setdefault(alias, Module(name, "BASE"))
        return found
    theirs = ldm_names(modules)
    for name in modules:
        ldm = theirs.get(name, "")
        module = Module(name, block_of(ldm))
        for alias in filter(None, (name, ldm)):
            flat = alias.replace(".", "_")
            found[flat] = module
            # diffusers' attention processors named no number, and stood between the attention and its layer.
            found.setdefault(flat.removesuffix("_0") if flat.endswith("to_out_0") else flat, module)
            found.setdefault(re.sub(r"_(to_[qkv]|to_out)(_0)?$", r"_processor_\1", flat), module)
    return found


def _text_aliases(name: str) -> Iterable[str]:
    flat = name.replace(".", "_")
    for one in (flat, flat.removeprefix("text_model_")):
        yield one
        yield re.sub(r"_([qkv])_proj$", r"_to_\1", one)
        yield re.sub(r"_out_proj$", "_to_out", one)
