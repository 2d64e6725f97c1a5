"""What a file that is no checkpoint looks like, by the names of its tensors."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ensembles.engine.weights import HEADER_LIMIT

PICKLES = re.compile(r".*\.(bin|ckpt|pt|pth)$")
_MAGIC = {
    # A ZIP archive is what torch.save writes today; the other two are pickle protocols 2 and 4.
    b"PK\x03\x04": "pickle",
    b"\x80\x02": "pickle",
    b"\x80\x04": "pickle",
    b"GGUF": "gguf",
    b"\x89HDF": "hdf5",
}
_CONVERT = "have it converted to .safetensors by someone who trusts it, or download the safetensors file"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """One kind of file: `name` matches some tensor of it."""

    name: re.Pattern[str]
    what: str
    todo: str


def _row(pattern: str, what: str, todo: str) -> Lookalike:
    return Lookalike(re.compile(pattern), what, todo)


_ONLY = "only Stable Diffusion 1.x, 2.x and XL can be exported so far"

WRONG: tuple[Lookalike, ...] = (
    _row(
        r"(^|[._])(lora_(up|down|A|B|te\d?|unet)|lora|hada_w1_a|lokr_w1)([._]|$)",
        "an adapter (LoRA)",
        "export the checkpoint that it belongs to",
    ),
    _row(
        r"^(control_model|controlnet_cond_embedding|zero_convs|input_hint_block)\.",
        "a ControlNet",
        "add it with `studio models add --type controlnet`",
    ),
    _row(r"^edm_", "an EDM model, whose noise levels are others", _ONLY),
    _row(r"^(embedder\.model\.|noise_augmentor\.)", "an unCLIP model", _ONLY),
    _row(
        r"(^|\.)(joint_blocks|double_blocks|single_transformer_blocks)\.", "Stable Diffusion 3 or FLUX", _ONLY
    ),
    _row(
        r"^(emb_params|string_to_param|string_to_token)", "a textual inversion", "export a whole checkpoint"
    ),
)
"""Kinds that are refused whatever else the file holds."""

LONE: tuple[Lookalike, ...] = (
    _row(
        r"^(first_stage_model\.)?(encoder|decoder)\.(conv_in|mid|mid_block|down|up)\b",
        "a VAE alone",
        "name a whole checkpoint, and this file with --vae",
    ),
    _row(
        r"^(cond_stage_model\.transformer\.)?(text_model\.)?(embeddings|encoder\.layers|final_layer_norm)\.",
        "a text encoder alone",
        "name a whole checkpoint, and this file with --text-encoder",
    ),
    _row(
        r"^(down_blocks|up_blocks|mid_block)\.\d*",
        "a UNet alone in diffusers' layout",
        "name the diffusers folder, the one with model_index.json in it",
    ),
    _row(
        r"^(input_blocks|middle_block|output_blocks)\.",
        "a UNet alone, its names cut short",
        "name the whole checkpoint",
    ),
)
"""Kinds that a whole checkpoint may hold: looked for where the UNet is missing."""


def looks_like(names: Iterable[str], rows: Iterable[Lookalike]) -> Lookalike | None:
    """The first of `rows` that matches one of the tensors' `names`."""
    known = list(names)
    return next((row for row in rows if any(row.name.search(name) for name in known)), None)


def foreign_format(path: Path) -> str | None:
    """Why `path`, a file, is not read at all, or None; raises OSError when it cannot be opened."""
    with path.open("rb") as file:
        begin = file.read(8)
    kind = next((kind for magic, kind in _MAGIC.items() if begin.startswith(magic)), None)
    # A safetensors file begins with the length of its header, which may well end in 80 02.
    if int.from_bytes(begin, "little") <= HEADER_LIMIT:
        kind = None
    if kind == "pickle" or (kind is None and PICKLES.match(path.name)):
        return f"{path} is a pickle, which may run code when opened: {_CONVERT}."
    if kind:
        return f"{path} is a {kind.upper()} file: download the safetensors file instead."
    return None
