"""What a picture was made from: a recipe as JSON, and AUTOMATIC1111's `parameters` text.

The recipe is the exact one; the text is for the tools of the field, which read nothing else.
"""

import json
import re
from typing import Any

import msgspec

SAMPLERS = {
    "euler": "Euler",
    "euler_ancestral": "Euler a",
    "heun": "Heun",
    "dpm_2": "DPM2",
    "dpm_2_ancestral": "DPM2 a",
    "lms": "LMS",
    "dpm_fast": "DPM fast",
    "dpm_adaptive": "DPM adaptive",
    "dpmpp_2s_ancestral": "DPM++ 2S a",
    "dpmpp_sde": "DPM++ SDE",
    "dpmpp_2m": "DPM++ 2M",
    "dpmpp_2m_sde": "DPM++ 2M SDE",
    "dpmpp_3m_sde": "DPM++ 3M SDE",
    "lcm": "LCM",
    "ddim": "DDIM",
    "uni_pc": "UniPC",
}
"""Our name → AUTOMATIC1111's; a sampler that it does not have keeps ours."""
SCHEDULES = {
    "normal": "Normal",
    "sgm_uniform": "SGM Uniform",
    "karras": "Karras",
    "exponential": "Exponential",
    "simple": "Simple",
    "ddim_uniform": "DDIM",
    "beta": "Beta",
    "kl_optimal": "KL Optimal",
}

_NEGATIVE = "Negative prompt: "
_PAIR = re.compile(r'\s*([\w ][\w /-]*?):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that a picture depends on. The same recipe gives the same picture."""

    prompt: str
    negative_prompt: str = ""
    seed: int
    """0..2⁶⁴−1"""
    steps: int
    cfg: float
    sampler: str
    scheduler: str
    width: int
    """pixels"""
    height: int
    """pixels"""
    batch_size: int = 1
    """The noise of a batch is drawn at once: picture 1 of 2 cannot be made alone."""
    batch_index: int = 0
    denoise: float = 1.0
    clip_skip: int = 1
    """1 = the text encoder's last layer"""
    model: str
    model_hash: str = ""
    """sha256 of the UNet's weights, hexadecimal"""
    version: str = ""
    """of the studio that made it"""
    extra: dict[str, str] = {}
    """further settings, by the name that `parameters` gives them"""


# Field → its name in AUTOMATIC1111's text, in its order. Width and height share `Size`.
_SETTINGS = {
    "steps": "Steps",
    "sampler": "Sampler",
    "scheduler": "Schedule type",
    "cfg": "CFG scale",
    "seed": "Seed",
    "width": "Size",
    "model_hash": "Model hash",
    "model": "Model",
    "denoise": "Denoising strength",
    "clip_skip": "Clip skip",
    "batch_size": "Batch size",
    "batch_index": "Batch pos",
    "version": "Version",
}
_DEFAULTS = {
    "denoise": 1.0,
    "clip_skip": 1,
    "batch_size": 1,
    "batch_index": 0,
    "model_hash": "",
    "version": "",
}


def to_json(recipe: Recipe) -> str:
    """The recipe as JSON text, exact."""
    return msgspec.json.encode(recipe).decode()


def from_json(text: str | bytes) -> Recipe:
    """The recipe that `to_json` wrote. Raises `msgspec.ValidationError` or `msgspec.DecodeError`."""
    return msgspec.json.decode(text, type=Recipe)


def to_parameters(recipe: Recipe) -> str:
    """The recipe as AUTOMATIC1111 writes it: prompt, `Negative prompt: …`, `Steps: …, Sampler: …, …`.

    The model's hash is shortened to 10 digits, as there. A line of a prompt that would read as the
    start of the negative prompt is moved in by a space, which changes no token.
    """
    lines = [_guarded(recipe.prompt)]
    if recipe.negative_prompt:
        lines.append(_NEGATIVE + _guarded(recipe.negative_prompt))
    values = msgspec.structs.asdict(recipe) | {
        "sampler": SAMPLERS.get(recipe.sampler, recipe.sampler),
        "scheduler": SCHEDULES.get(recipe.scheduler, recipe.scheduler),
        "width": f"{recipe.width}x{recipe.height}",
        "model_hash": recipe.model_hash[:10],
    }
    pairs = {
        name: _number(values[field])
        for field, name in _SETTINGS.items()
        if field not in _DEFAULTS or values[field] != _DEFAULTS[field]
    }
    pairs |= {name: value for name, value in recipe.extra.items() if name not in pairs}
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in pairs.items()))
    return "\n".join(lines)


def from_parameters(text: str) -> Recipe:
    """The recipe in a `parameters` text, ours or AUTOMATIC1111's; its model hash is what is written.

    Names that only AUTOMATIC1111 knows are kept as they are; settings without a field go to `extra`.
    Raises `ValueError` when the text lacks one of steps, sampler, CFG scale, seed or size.
    """
    body, _, last = text.rstrip("\n").rpartition("\n")
    if not last.startswith("Steps: "):
        raise ValueError("This text has no line of settings that starts with `Steps:`.")
    head, found, negative = body.partition("\n" + _NEGATIVE)
    if not found and body.startswith(_NEGATIVE):
        head, negative = "", body.removeprefix(_NEGATIVE)
    pairs = {match[1].strip(): _unquoted(match[2].strip()) for match in _PAIR.finditer(last)}
    missing = [name for name in ("Sampler", "CFG scale", "Seed", "Size") if name not in pairs]
    if missing:
        raise ValueError(f"The line of settings lacks {', '.join(missing)}.")

    values: dict[str, Any] = {"prompt": head, "negative_prompt": negative, "model": "", "scheduler": "normal"}
    for field, name in _SETTINGS.items():
        if name in pairs:
            values[field] = pairs.pop(name)
    values["width"], _, values["height"] = values["width"].partition("x")
    values["sampler"] = {theirs: ours for ours, theirs in SAMPLERS.items()}.get(
        values["sampler"], values["sampler"]
    )
    values["scheduler"] = {theirs: ours for ours, theirs in SCHEDULES.items()}.get(
        values["scheduler"], values["scheduler"]
    )
    try:
        return msgspec.convert(values | {"extra": pairs}, Recipe, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"The line of settings cannot be used: {error}.") from error


def _guarded(prompt: str) -> str:
    return re.sub(r"^(?=Negative prompt: )", " ", prompt, flags=re.MULTILINE)


def _number(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _quoted(value: str) -> str:
    """AUTOMATIC1111 writes a value that would break the line of settings as a JSON string."""
    plain = not re.search(r'[,:\n\r"]', value) and value == value.strip()
    return value if plain else json.dumps(value, ensure_ascii=False)


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value, strict=False))
    except ValueError:
        return value
