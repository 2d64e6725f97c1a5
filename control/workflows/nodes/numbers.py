"""Numbers, switches, what shows a value."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
