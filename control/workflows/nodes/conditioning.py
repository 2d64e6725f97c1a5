"""Texts to conditionings, and what is done with these."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
