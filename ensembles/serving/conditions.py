"""Conditions on their way to `sampler`: texts that count in places, at times and by strength, as three tensors.

`CONDITIONS` is JSON, a list of `Wire`; `CONTEXTS` fp32 [sum of tokens, C] holds their conditioning one below the other,
`CONDITION_MASKS` fp32 [sum of masks, h, w] their masks at latent size, both in the order of the list.
"""

from typing import Literal

import msgspec

Role = Literal["positive", "negative", "middle"]


class WireArea(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rectangle: latent cells (8 pixels), or shares 0..1 of the picture where `share` is true."""

    height: float
    width: float
    y: float
    x: float
    share: bool = False


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
