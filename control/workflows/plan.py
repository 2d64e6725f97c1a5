"""A compiled workflow: what the queue carries, and `studio workflow explain` prints."""

from typing import Any
from uuid import UUID

import msgspec

from ensembles.adapters.about import About


class PlanNode(msgspec.Struct, frozen=True, omit_defaults=True):
    """A node that runs."""

    class_type: str
    inputs: dict[str, Any]
    """Name → a value, checked, defaults filled in, constants computed; or a link [node, output]."""
    key: str
    """What its result is addressed by: SHA-256, hexadecimal, of class, version, values, the keys of what it is linked to,
    the hashes of weights and files that it names. Ids of nodes are not in it."""
    amount: int = 0
    """Micro-credits if it runs."""
    pixels: int = 0
    """The most, of all its pictures together, that its price and what was looked at before it are for; 0: any number."""
    pictures: int = 0
    """The most pictures, where the price is by the picture; 0: any number."""
    area: int = 0
    """The most pixels of a picture that is handed out, by its owner's tier; 0: any number."""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is done at a time: one node, or several in one call to Triton."""

    nodes: list[str]
    """In order; all but the last one's results are needed by the next one alone."""
    call: str = ""
    """The Triton model that is called; empty where the worker computes."""
    checkpoint: str = ""
    """Whose networks it needs; placed where these are loaded."""
    after: list[int] = []
    """Steps whose results it takes, by place in Plan.steps. Steps that do not wait for each other run side by side."""
    seconds: float = 0.0
    """Estimate."""


class File(msgspec.Struct, frozen=True):
    """A file that the graph names, as it was when it was submitted."""

    asset_id: UUID
    sha256: str
    width: int = 0
    height: int = 0


class Plan(msgspec.Struct, frozen=True):
    """A workflow that may run."""

    nodes: dict[str, PlanNode]
    """By id; nodes that no output needs are not here."""
    steps: list[Step]
    """In an order in which each comes after what it needs."""
    outputs: list[str]
    """Ids of output nodes."""
    files: dict[str, File] = {}
    """Name in the graph → file."""
    checkpoints: dict[str, dict[str, str]] = {}
    """Name → network → SHA-256 of its weights."""
    adapters: dict[str, About] = {}
    """FOLDER/NAME (`loras/ink`) → file of the registry that the graph names, as it was when it was submitted."""
    dropped: list[str] = []
    """Ids of nodes that nothing needs."""
    folded: dict[str, Any] = {}
    """Node that was computed at submission → its outputs."""
    amount: int = 0
    """Micro-credits of all of it: what is reserved."""
    seconds: float = 0.0
    """Estimate for one worker with nothing else to do."""
    effort: float = 0.0
    """Steps x pictures x megapixels, as jobs in line are compared."""
