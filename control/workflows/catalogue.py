"""All node types there are: the one place where they are put together."""

from collections.abc import Mapping
from types import MappingProxyType

from control.workflows.nodes import (
    adapters,
    composing,
    conditioning,
    controls,
    guiders,
    image_effects,
    image_prompts,
    images,
    inpainting,
    latent_batches,
    latents,
    loaders,
    masks,
    numbers,
    patches,
    preprocessing,
    preprocessors,
    samplers,
    sampling,
    saving,
    sdxl,
    sigmas,
    texts,
    upscaling,
    vae,
)
from control.workflows.types import NodeType

MODULES = (
    loaders, adapters, conditioning, sdxl, controls, image_prompts, patches, sampling, guiders, samplers, sigmas, vae,
    latents, latent_batches, images, image_effects, composing, saving, upscaling, preprocessing, preprocessors, masks, inpainting, numbers,
    texts,
)  # fmt: skip

CATALOGUE: Mapping[str, NodeType] = MappingProxyType(
    {node.name: node for module in MODULES for node in module.NODES}
)
"""class_type → node type."""
