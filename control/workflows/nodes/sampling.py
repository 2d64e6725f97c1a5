"""Noise to latents: samplers, guiders, noise."""

from control.workflows.types import NodeType

NODES: tuple[NodeType, ...] = ()
