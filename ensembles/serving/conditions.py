"""Conditions on their way to `sampler`: texts that count in places, at times and by strength, and what steers beside them.

`CONDITIONS` is JSON, a list of `Wire`; `CONTEXTS` fp32 [sum of tokens, C] holds their conditioning one below the other,
`CONDITION_MASKS` fp32 [sum of masks, h, w] their masks at latent size, both in the order of the list. `POOLEDS`, `HINTS` and
`INPAINTS` are named by row, so that several conditions may share one.
"""

import math
from collections.abc import Callable
from typing import Literal

import msgspec
import numpy as np

from ensembles.arrays import Array
from ensembles.sampling.conditions import Area, Condition, Control, Mode
from ensembles.sampling.parameters import ParameterError

Role = Literal["positive", "negative", "middle"]


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
    inpaints: int = 1
    """How many planes: 1, or one for each picture."""


class WireImagePrompt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """IMAGE_PROMPT."""

    adapter: str
    """SHA-256 or the name of a shared one."""
    strength: float = 1.0
    start: float = 0.0
    end: float = 1.0


MAX_CONDITIONS = 32
"""Of one request: each is a sample of every UNet call."""


MAX_CONTROLS = 8
"""Of one condition."""
MAX_STRENGTH = 10.0
"""Of a control."""


class Planes(msgspec.Struct, frozen=True):
    """What conditions name by row."""

    masks: Array | None = None
    """CONDITION_MASKS"""
    pooleds: Array | None = None
    hints: Array | None = None
    inpaints: Array | None = None


def read_conditions(
    text: str, contexts: Array, planes: Planes, net: Callable[[str], str] = str
) -> dict[str, list[Condition] | None]:
    """Role → its conditions, None where it has none; `net` gives the SHA-256 of a control's network.

    Raises `ParameterError` for what does not fit together.
    """
    wires = _wires(text)
    if contexts.ndim != 2 or sum(wire.tokens for wire in wires) != len(contexts):
        total = sum(wire.tokens for wire in wires)
        raise ParameterError(
            "CONTEXTS", f"the shape is {list(contexts.shape)}; CONDITIONS has {total} tokens"
        )
    masks = 0 if planes.masks is None else len(planes.masks)
    if sum(wire.masks for wire in wires) != masks:
        total = sum(wire.masks for wire in wires)
        raise ParameterError("CONDITION_MASKS", f"there are {masks}; CONDITIONS has {total}")
    roles: dict[str, list[Condition] | None] = {"positive": None, "negative": None, "middle": None}
    hints: dict[tuple[int, int], Array] = {}
    """Controls of several conditions that name the same planes share one array, and so one run of the network."""
    token = plane = 0
    for place, wire in enumerate(wires):
        mask = None if planes.masks is None or not wire.masks else planes.masks[plane : plane + wire.masks]
        pooled = None if wire.pooled < 0 else _rows("POOLEDS", planes.pooleds, wire.pooled, 1, place)[0]
        inpaint = None
        if wire.inpaint >= 0:
            inpaint = _rows("INPAINTS", planes.inpaints, wire.inpaint, wire.inpaints, place)
        for control in wire.controls:
            key = (control.hint, control.planes)
            if key not in hints:
                hints[key] = _rows("HINTS", planes.hints, *key, place)
        one = Condition(
            context=contexts[token : token + wire.tokens],
            strength=wire.strength,
            area=None if wire.area is None else Area(**msgspec.structs.asdict(wire.area)),
            mask=mask,
            mask_strength=wire.mask_strength,
            bounds=wire.bounds,
            start=wire.start,
            end=wire.end,
            pooled=pooled,
            sizes=wire.sizes,
            controls=tuple(
                Control(net(c.net), hints[c.hint, c.planes], c.strength, c.start, c.end, c.mode)
                for c in wire.controls
            ),
            inpaint=inpaint,
        )
        roles[wire.role] = [*(roles[wire.role] or ()), one]
        token, plane = token + wire.tokens, plane + wire.masks
    return roles


def _rows(name: str, values: Array | None, first: int, count: int, place: int) -> Array:
    """`count` rows of a tensor that condition `place` names, finite."""
    there = 0 if values is None else len(values)
    if values is None or first < 0 or count < 1 or first + count > there:
        last = f"{first} to {first + count - 1}" if count > 1 else str(first)
        raise ParameterError(name, f"condition {place} names row {last}; there are {there}")
    rows = values[first : first + count]
    if not np.isfinite(rows).all():
        raise ParameterError(name, "send finite numbers only")
    return rows


def _wires(text: str) -> list[Wire]:
    try:
        wires = msgspec.json.decode(text, type=list[Wire])
    except msgspec.DecodeError as error:
        raise ParameterError("CONDITIONS", f"send a JSON list of conditions ({error})") from None
    if not 1 <= len(wires) <= MAX_CONDITIONS:
        raise ParameterError("CONDITIONS", f"there are {len(wires)}; send 1 to {MAX_CONDITIONS}")
    for place, wire in enumerate(wires):
        area = () if wire.area is None else msgspec.structs.astuple(wire.area)
        numbers = [wire.strength, wire.mask_strength, wire.start, wire.end, *area, *(wire.sizes or ())]
        numbers += [n for c in wire.controls for n in (c.strength, c.start, c.end)]
        if not all(map(math.isfinite, numbers)):
            raise ParameterError("CONDITIONS", f"condition {place} has a number that is not finite")
        if len(wire.controls) > MAX_CONTROLS:
            raise ParameterError(
                "CONDITIONS",
                f"condition {place} has {len(wire.controls)} controls; send at most {MAX_CONTROLS}",
            )
        if any(not 0 <= control.strength <= MAX_STRENGTH for control in wire.controls):
            raise ParameterError(
                "CONDITIONS",
                f"condition {place} has a control whose strength is not between 0 and {MAX_STRENGTH:g}",
            )
        if wire.tokens < 1 or wire.masks < 0 or wire.strength < 0 or wire.mask_strength < 0:
            raise ParameterError(
                "CONDITIONS", f"condition {place} has tokens below 1, or masks or a strength below 0"
            )
    return wires
