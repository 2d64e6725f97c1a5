"""What one request wants of a network: the variant that concerns it, and the inputs without the variant's text."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np

from ensembles.engine import extended
from ensembles.engine.batching import Array, Arrays
from ensembles.engine.errors import EngineError
from ensembles.engine.variant import PLAIN, Variant, from_text, to_text

INPUT = "variant"
"""The input that names it: a string for each sample, all equal."""


def _of_text(variant: Variant) -> Variant:
    return Variant(loras=variant.loras)


def _of_vae(variant: Variant) -> Variant:
    return Variant(seamless=variant.seamless)


_CONCERNS: dict[str, Callable[[Variant], Variant]] = {
    "text-encoder": _of_text,
    "text-encoder-2": _of_text,
    "vae-encoder": _of_vae,
    "vae-decoder": _of_vae,
}
"""network → what of a variant changes it; the UNet takes all of it"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request, understood."""

    variant: Variant
    """What concerns the network."""
    extended: bool
    """Whether it needs the extended UNet."""
    inputs: Arrays

    @property
    def key(self) -> tuple[str, bool]:
        """Equal for requests that may share a batch, if their inputs have one shape."""
        return to_text(self.variant), self.extended

    @property
    def session(self) -> tuple[str, bool]:
        """Equal for requests that one session serves: ControlNets and image prompts stand beside it, not in it."""
        return to_text(msgspec.structs.replace(self.variant, controls=(), image_prompt="")), self.extended


def wanted(network: str, request: Arrays) -> Wanted:
    """What `request` (inputs by name) wants of `network`; raises `EngineError` for a variant that is none."""
    variant = _read(network, request.get(INPUT))
    if network in _CONCERNS:
        variant = _CONCERNS[network](variant)
    inputs = {name: array for name, array in request.items() if name != INPUT}
    return Wanted(variant, network == "unet" and extended.wanted(variant, inputs), inputs)


def _read(network: str, rows: Array | None) -> Variant:
    if rows is None:
        return PLAIN
    texts = {text if isinstance(text, bytes) else str(text).encode() for text in np.ravel(rows)}
    if len(texts) != 1:
        raise EngineError(f"{network}: all rows of {INPUT} must be equal; send one request for each variant.")
    try:
        return from_text(texts.pop().decode())
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise EngineError(f"{network}: {INPUT} is not a variant's JSON text ({error}).") from None
