"""All node types there are: the one place where they are put together."""

from collections.abc import Mapping
from types import MappingProxyType

from control.workflows.nodes import (
    conditioning,
    images,
    latents,
    loaders,
    masks,
    numbers,
    sampling,
    saving,
    sigmas,
    texts,
    upscaling,
    vae,
)
from control.workflows.types import NodeType

MODULES = (
    loaders, conditioning, sampling, sigmas, vae, latents, images, saving, upscaling, masks, numbers, texts,
)  # fmt: skip

CATALOGUE: Mapping[str, NodeType] = MappingProxyType(
    {node.name: node for module in MODULES for node in module.NODES}
)
"""class_type → node type."""
