"""A workflow in the form that ComfyUI's API takes: nodes by id, whose inputs are values or links to other nodes."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"meta": "_meta"}):
    """One node."""

    class_type: Annotated[str, Meta(min_length=1, max_length=200, examples=["KSampler"])]
    """What it does, by ComfyUI's name."""
    inputs: Annotated[dict[str, Any], Meta(examples=[{"seed": 7, "model": ["1", 0]}])] = {}
    """Name → value, or a link: [id of a node, number of its output]."""
    meta: dict[str, Any] = {}
    """What editors keep there; not looked at."""


Graph = Annotated[dict[str, Node], Meta(min_length=1, max_length=1000)]
"""Id → node."""


class Link(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where an input comes from."""

    node: str
    output: int


def link_of(value: object) -> Link | None:
    """The link that an input's value is; None for a plain value."""
    try:
        return msgspec.convert(value, Link) if isinstance(value, list) else None
    except msgspec.ValidationError:
        return None


class Workflow(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="workflow"
):
    """A graph of nodes, as ComfyUI's API takes it."""

    graph: Annotated[
        dict[str, Any],
        Meta(
            description="Id → node: `class_type`, and `inputs` by name: values, or links [id of a node, number of its output]. "
            "Inputs that a node does not have are not looked at.",
            examples=[{"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}}}],
        ),
    ]
    outputs: list[str] | None = None
    """Only these output nodes; all of them when not given."""
    document: dict[str, Any] | None = None
    """The same as an editor keeps it; goes into the PNG's `workflow` chunk. Drawn from the graph when not given."""
    preview_every: Annotated[int, Meta(ge=0, le=150)] = 0
    """A preview every so many steps; 0: none."""
    workflow_id: UUID | None = None
    """The kept workflow that it is a run of."""
