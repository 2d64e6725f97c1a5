"""Conditions on their way to `sampler`: texts that count in places, at times and by strength, as three tensors.

`CONDITIONS` is JSON, a list of `Wire`; `CONTEXTS` fp32 [sum of tokens, C] holds their conditioning one below the other,
`CONDITION_MASKS` fp32 [sum of masks, h, w] their masks at latent size, both in the order of the list.
"""

import math
from typing import Literal

import msgspec

from ensembles.arrays import Array
from ensembles.sampling.conditions import Area, Condition
from ensembles.sampling.parameters import ParameterError

Role = Literal["positive", "negative", "middle"]
Mode = Literal["balanced", "prompt", "control"]


class WireArea(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rectangle: latent cells (8 pixels), or shares 0..1 of the picture where `share` is true."""

    height: float
    width: float
    y: float
    x: float
    share: bool = False


class WireControl(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A ControlNet beside a text."""

    net: str
    """SHA-256 or the name of a shared one."""
    hint: int
    """First of its planes in HINTS fp32 [K,3,8h,8w]."""
    planes: int = 1
    """1, or one for each picture. Several controls may name the same planes."""
    strength: float = 1.0
    start: float = 0.0
    end: float = 1.0
    mode: Mode = "balanced"


class Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One condition."""

    role: Role
    tokens: int
    """Rows of CONTEXTS that are its own."""
    strength: float = 1.0
    area: WireArea | None = None
    masks: int = 0
    """Planes of CONDITION_MASKS that are its own: 0, 1, or one for each picture."""
    mask_strength: float = 1.0
    bounds: bool = False
    """Whether the network is asked about the mask's bounding box alone."""
    start: float = 0.0
    """Share of the way from which it counts: 0 is the noisy end, p is the level at timestep (1−p)·999."""
    end: float = 1.0
    pooled: int = -1
    """Its row of POOLEDS fp32 [K,P]; below 0: none."""
    sizes: tuple[float, ...] | None = None
    """`time_ids`; None: of the picture as it is."""
    controls: tuple[WireControl, ...] = ()
    inpaint: int = -1
    """First of its planes in INPAINTS fp32 [K,5,h,w] (mask, scaled latent of the masked picture); below 0: none."""
    inpaints: int = 0
    """How many planes: 1, or one for each picture."""


MAX_CONDITIONS = 32
"""Of one request: each is a sample of every UNet call."""


def read_conditions(text: str, contexts: Array, masks: Array | None) -> dict[str, list[Condition] | None]:
    """Role → its conditions, None where it has none. Raises `ParameterError` for what does not fit together."""
    wires = _wires(text)
    if contexts.ndim != 2 or sum(wire.tokens for wire in wires) != len(contexts):
        total = sum(wire.tokens for wire in wires)
        raise ParameterError(
            "CONTEXTS", f"the shape is {list(contexts.shape)}; CONDITIONS has {total} tokens"
        )
    planes = 0 if masks is None else len(masks)
    if sum(wire.masks for wire in wires) != planes:
        total = sum(wire.masks for wire in wires)
        raise ParameterError("CONDITION_MASKS", f"there are {planes}; CONDITIONS has {total}")
    roles: dict[str, list[Condition] | None] = {"positive": None, "negative": None, "middle": None}
    token = plane = 0
    for wire in wires:
        mask = None if masks is None or not wire.masks else masks[plane : plane + wire.masks]
        one = Condition(
            context=contexts[token : token + wire.tokens],
            strength=wire.strength,
            area=None if wire.area is None else Area(**msgspec.structs.asdict(wire.area)),
            mask=mask,
            mask_strength=wire.mask_strength,
            bounds=wire.bounds,
            start=wire.start,
            end=wire.end,
        )
        roles[wire.role] = [*(roles[wire.role] or ()), one]
        token, plane = token + wire.tokens, plane + wire.masks
    return roles


def _wires(text: str) -> list[Wire]:
    try:
        wires = msgspec.json.decode(text, type=list[Wire])
    except msgspec.DecodeError as error:
        raise ParameterError("CONDITIONS", f"send a JSON list of conditions ({error})") from None
    if not 1 <= len(wires) <= MAX_CONDITIONS:
        raise ParameterError("CONDITIONS", f"there are {len(wires)}; send 1 to {MAX_CONDITIONS}")
    for place, wire in enumerate(wires):
        area = () if wire.area is None else msgspec.structs.astuple(wire.area)
        if not all(
            math.isfinite(n) for n in (wire.strength, wire.mask_strength, wire.start, wire.end, *area)
        ):
            raise ParameterError("CONDITIONS", f"condition {place} has a number that is not finite")
        if wire.tokens < 1 or wire.masks < 0 or wire.strength < 0 or wire.mask_strength < 0:
            raise ParameterError(
                "CONDITIONS", f"condition {place} has tokens below 1, or masks or a strength below 0"
            )
    return wires
