"""All node types there are: the one place where they are put together."""

from collections.abc import Mapping
from types import MappingProxyType

from control.workflows.nodes import (
    composing,
    conditioning,
    guiders,
    image_effects,
    images,
    latent_batches,
    latents,
    loaders,
    masks,
    numbers,
    preprocessing,
    samplers,
    sampling,
    saving,
    sigmas,
    texts,
    upscaling,
    vae,
)
from control.workflows.types import NodeType

MODULES = (
    loaders, conditioning, sampling, guiders, samplers, sigmas, vae, latents, latent_batches, images, image_effects,
    composing, saving, upscaling, preprocessing, masks, numbers, texts,
)  # fmt: skip

CATALOGUE: Mapping[str, NodeType] = MappingProxyType(
    {node.name: node for module in MODULES for node in module.NODES}
)
"""class_type → node type."""
