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


def to_text(variant: Variant) -> str:
    """Canonical: equal variants give equal texts; empty for the checkpoint's own network."""
    loras = sorted((one for one in variant.loras if one.strength), key=msgspec.json.encode)
    at_work = msgspec.structs.replace(variant, loras=tuple(loras))
    return "" if at_work == PLAIN else msgspec.json.encode(at_work).decode()


def from_text(text: str) -> Variant:
    """Raises `msgspec.MsgspecError` for what is not a variant."""
    return msgspec.json.decode(text, type=Variant) if text else PLAIN
