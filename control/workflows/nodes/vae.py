"""Pictures to latents and back, by a VAE."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
