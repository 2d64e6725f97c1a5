"""What is known of a file beside its row, and what uploads send and are answered."""

from typing import Any

import msgspec


class Metadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a picture was made of: what the studio knows of its own, or what an uploaded file said of itself."""

    kind: str = ""
    """txt2img or img2img; empty for an upload."""
    parameters: dict[str, Any] = {}
    """The request, with every default filled in."""
    recipe: dict[str, Any] = {}
    """ensembles.imaging.provenance.Recipe: all that this one picture depends on."""
    model: str = ""
    model_hashes: dict[str, str] = {}
    """network → sha256 of its weights."""
    seed: int | None = None
    versions: dict[str, str] = {}
    """What made it, by name."""
    text: dict[str, str] = {}
    """What an uploaded file said of itself: parameters, prompt, workflow."""
