"""Texts: joined, cut, searched."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
