"""Checkpoints and files."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
