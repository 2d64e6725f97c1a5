"""What is known of a file of the registry: `about.json` beside its weights."""

from typing import Any, Literal

import msgspec

Kind = Literal["checkpoint", "vae", "lora", "embedding", "controlnet", "ip_adapter"]


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file, read from the names and shapes of its tensors when it was added."""

    type: Kind
    name: str
    """What requests and graphs call it; in the store, where it has no name, the beginning of its address."""
    sha256: str
    """Of the file, or of it and of what counts beside it (PEFT's settings, an IP-Adapter's image encoder): its address in
    the store."""
    bytes: int
    layout: str
    """How the file names its tensors: kohya, diffusers, ldm, a1111, …"""
    base: str = ""
    """Family of checkpoints that it goes with: sd15, sd2, sdxl, sdxl-refiner; empty where the tensors do not tell."""
    architecture: str = ""
    """Identity of the graph that it is bound to, for what is a network of its own."""
    width: int = 0
    """Of the texts that it goes with (`Manifest.context_dim`, or an embedding's vectors); 0: not known."""
    details: dict[str, Any] = {}
    """What else is known, for people: rank, vectors, trigger words, preprocessor, licence."""
