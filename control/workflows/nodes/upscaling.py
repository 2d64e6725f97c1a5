"""Pictures made larger by a network."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
