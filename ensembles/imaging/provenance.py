"""The recipe that a picture file carries, from which it can be made again.

The text chunk `parameters` is AUTOMATIC1111's infotext: the prompt, a line `Negative prompt: …`, and a last
line of `Key: value` pairs, values with commas or colons in JSON quotes. Samplers and schedules keep the
names that the API takes.
"""

import json
import re

import msgspec


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a txt2img request was made of."""

    prompt: str
    negative_prompt: str = ""
    model: str
    model_hash: str = ""
    """First ten hex digits of the UNet file's sha256."""
    seed: int
    steps: int
    cfg: float
    sampler: str
    scheduler: str
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    batch: int = 1
    clip_skip: int = 1
    version: str = ""
    """Of the studio that painted it."""


class InfotextError(ValueError):
    """A text that is not an infotext this module can read; the message says what is missing."""


_KEYS = {
    "Steps": "steps",
    "Sampler": "sampler",
    "Schedule type": "scheduler",
    "CFG scale": "cfg",
    "Seed": "seed",
    "Size": "size",
    "Model": "model",
    "Model hash": "model_hash",
    "Batch size": "batch",
    "Clip skip": "clip_skip",
    "Version": "version",
}
_NEGATIVE = "Negative prompt: "
_PAIR = re.compile(r'\s*([\w ]+): ("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')


def to_infotext(made: Provenance) -> str:
    """The `parameters` text."""
    values = msgspec.structs.asdict(made) | {"size": f"{made.width}x{made.height}"}
    pairs = [f"{key}: {_quote(str(values[field]))}" for key, field in _KEYS.items() if values[field] != ""]
    negative = [_NEGATIVE + made.negative_prompt] if made.negative_prompt else []
    return "\n".join([made.prompt, *negative, ", ".join(pairs)])


def from_infotext(text: str) -> Provenance:
    """Reads `to_infotext` back, and AUTOMATIC1111's own where it names the same things.

    Raises `InfotextError` when the last line does not hold the settings.
    """
    head, _, last = text.rpartition("\n")
    found = {_KEYS[key]: _unquote(value) for key, value in _PAIR.findall(last) if key in _KEYS}
    width, _, height = found.pop("size", "").partition("x")
    negative_at = head.rfind("\n" + _NEGATIVE)
    prompt, negative = head, ""
    if negative_at >= 0:
        prompt, negative = head[:negative_at], head[negative_at + 1 + len(_NEGATIVE) :]
    fields = found | {"prompt": prompt, "negative_prompt": negative, "width": width, "height": height}
    try:
        return msgspec.convert(fields, Provenance, strict=False)
    except msgspec.ValidationError as error:
        raise InfotextError(f"The text does not hold a picture's settings: {error}") from None


def to_chunks(made: Provenance) -> dict[str, str]:
    """Text chunks for a picture file: `parameters` for people and other tools, `studio` as JSON."""
    return {"parameters": to_infotext(made), "studio": msgspec.json.encode(made).decode()}


def from_chunks(chunks: dict[str, str]) -> Provenance:
    """The recipe of a picture file, from the JSON where there is one."""
    if "studio" in chunks:
        return msgspec.json.decode(chunks["studio"], type=Provenance)
    return from_infotext(chunks.get("parameters", ""))


def _quote(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if set(value) & set(',:\n"') else value


def _unquote(value: str) -> str:
    return str(json.loads(value)) if value.startswith('"') else value
