"""Latents: made, moved, mixed."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
