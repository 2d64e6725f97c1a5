"""Which network a request wants: a checkpoint's, as it is or with files of the registry at work in it.

A variant travels to `NAME-unet`, `NAME-text-encoder` and the VAEs as the text `VARIANT`. Requests whose texts are equal
share batches; what a variant needs is made once and kept by content.
"""

from typing import Literal

import msgspec

Seamless = Literal["", "x", "y", "xy"]


class UsedLora(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A LoRA, as it is used."""

    sha256: str
    strength: float = 1.0
    """Times alpha/rank · up · down. 0 is left out of a variant."""
    blocks: tuple[float, ...] | None = None
    """Block weights: 12 (SDXL) or 17 (SD) numbers in the order of the field's LoRA block weight tools: BASE (text encoder),
    then the blocks IN, MID, OUT that have attention; None: 1 for all."""


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a network is changed by; the default is the checkpoint's own network."""

    loras: tuple[UsedLora, ...] = ()
    """In any order: they add up."""
    controls: tuple[str, ...] = ()
    """SHA-256 of ControlNets, in the order in which a request's hints come. Of the UNet alone."""
    image_prompt: str = ""
    """SHA-256 of an IP-Adapter. Of the UNet alone."""
    seamless: Seamless = ""
    """Along which axes convolutions go round. Of the UNet and the VAE."""


PLAIN = Variant()
_DIGITS = 2
"""Of strengths, after the point."""


def to_text(variant: Variant) -> str:
    """Canonical: equal variants give equal texts; empty for the checkpoint's own network."""
    loras = sorted((one for one in map(_rounded, variant.loras) if one.strength), key=msgspec.json.encode)
    at_work = msgspec.structs.replace(variant, loras=tuple(loras))
    return "" if at_work == PLAIN else msgspec.json.encode(at_work).decode()


def from_text(text: str) -> Variant:
    """Raises `msgspec.MsgspecError` for what is not a variant."""
    if not text:
        return PLAIN
    variant = msgspec.json.decode(text, type=Variant)
    return msgspec.structs.replace(variant, loras=tuple(map(_rounded, variant.loras)))


def _rounded(lora: UsedLora) -> UsedLora:
    """Strengths in hundredths: nobody sees less, and each other one is a network of its own."""
    blocks = None if lora.blocks is None else tuple(round(one, _DIGITS) for one in lora.blocks)
    return msgspec.structs.replace(lora, strength=round(lora.strength, _DIGITS), blocks=blocks)
