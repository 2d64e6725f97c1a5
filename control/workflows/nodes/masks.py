"""Masks."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
