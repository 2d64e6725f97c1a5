"""What prompts of short forms say beside words, as AUTOMATIC1111 has it: `<lora:NAME:0.8>`, and embeddings by bare names."""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from control.jobs.additions import Lora
from ensembles.sampling.parameters import MOST_BLOCKS

_TAG = re.compile(r"<lora:([^<>:]{1,200})((?::[^<>:]{0,1000}){0,4})>")
_WORD = re.compile(r"[^\s,()\[\]<>|]+")
_ENDS = ".;:!?"
MOST = 10.0
"""No strength is farther from 0."""


class Wrong(ValueError):
    """A tag that cannot be used; says what would be right."""


class Prompt(NamedTuple):
    """A prompt's words, and the LoRAs that it names."""

    words: str
    loras: list[Lora]


def read(text: str) -> Prompt:
    """The words without tags, and what the tags say; raises `Wrong`.

    `<lora:NAME>` is of strength 1, `<lora:NAME:S>` of S, `<lora:NAME:T:U>` of T in the text encoder and U in the UNet;
    `te=`, `unet=` and `lbw=` (block weights) may name what they are.
    """
    if "<lora:" not in text:
        return Prompt(text, [])
    loras = [_lora(tag[0], tag[1], tag[2]) for tag in _TAG.finditer(text)]
    # What stood around a tag is apart as before, and commas that it leaves alone do no harm.
    return Prompt(_TAG.sub("", text).strip(), loras)


def _lora(tag: str, name: str, rest: str) -> Lora:
    plain: list[float] = []
    named: dict[str, float] = {}
    blocks = None
    for part in rest.split(":")[1:]:
        key, equals, value = part.partition("=")
        if not equals:
            plain.append(_number(tag, part))
        elif key.strip() == "lbw":
            blocks = [_number(tag, one) for one in value.split(",")]
            if len(blocks) > MOST_BLOCKS:
                raise Wrong(f"{tag}: lbw has {len(blocks)} numbers; {MOST_BLOCKS} are the most")
        elif key.strip() in ("te", "unet"):
            named[key.strip()] = _number(tag, value)
        else:
            raise Wrong(f"{tag}: {key.strip()!r} is none of te, unet and lbw")
    if len(plain) > 2:
        raise Wrong(f"{tag}: write <lora:NAME:STRENGTH> or <lora:NAME:TEXT:UNET>")
    text = named.get("te", plain[0] if plain else 1.0)
    unet = named.get("unet", plain[1] if len(plain) > 1 else text)
    return Lora(name=name.strip(), strength=unet, strength_clip=text, blocks=blocks)


def _number(tag: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not abs(number) <= MOST:
        raise Wrong(f"{tag}: {text[:50]!r} is no number of {-MOST:g} to {MOST:g}")
    return number


def with_embeddings(text: str, names: Iterable[str]) -> str:
    """The same prompt with `embedding:` before each word that is, but for its case, the name of an embedding."""
    known = {name.lower(): name for name in names}
    if not known:
        return text

    def replaced(found: re.Match[str]) -> str:
        word = found[0]
        # (dusk:1.2) weighs it, and a sentence may end with it.
        bare = next(
            (one for one in (word, word.rstrip(_ENDS), word.partition(":")[0]) if one.lower() in known), None
        )
        if bare is None:
            return word
        # A reference counts at a word's start alone.
        before = found.string[: found.start()][-1:]
        space = " " if before and not before.isspace() and before not in "()" else ""
        return f"{space}embedding:{known[bare.lower()]}{word[len(bare) :]}"

    # Tags stay as they are.
    parts = re.split(r"(<[^<>]*>)", text)
    return "".join(part if part.startswith("<") else _WORD.sub(replaced, part) for part in parts)
