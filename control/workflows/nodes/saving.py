"""What hands a workflow's results out."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
