"""What travels over the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from ensembles.adapters.about import Kind


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint, or a file that goes with checkpoints."""

    id: UUID
    type: Kind
    name: Annotated[str, Meta(examples=["ink"])]
    """What requests, prompts and graphs call it."""
    base: Annotated[str, Meta(examples=["sd15"])]
    """Family of checkpoints that it is, or goes with: sd15, sd2, sdxl, sdxl-refiner; empty where its tensors do not tell."""
    sha256: str
    """Of the file; of a checkpoint, of its UNet's (a VAE's: its decoder's) weights."""
    size_bytes: int
    """Of the file; 0 for checkpoints."""
    layout: Annotated[str, Meta(examples=["kohya"])]
    """How the file names its tensors."""
    width: int
    """Of the texts that it goes with; 0: not known."""
    details: Annotated[dict[str, Any], Meta(examples=[{"rank": 16, "trigger": ["ink drawing"]}])]
    """What else is known of it, by type: rank, vectors, trigger words, preprocessor, licence."""
    shared: bool
    """Everybody's of this installation; otherwise the organisation's own."""
    created_at: datetime | None
    """When the organisation added it; null for what is everybody's."""
