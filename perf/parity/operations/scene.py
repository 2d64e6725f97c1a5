"""What all rows are painted from: prompts, a picture, a mask, hints; and how a graph of nodes is written."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from ensembles.arrays import Array
from perf.parity.operations.reference import Walk

Graph: TypeAlias = dict[str, tuple[str, dict[str, Any]]]
"""id → (class, inputs); links are [id, output]"""
POSITIVE = "a large red circle on a blue background"
NEGATIVE = "text, watermark"
SIDE = 64


def picture(seed: int, side: int = SIDE) -> Array:
    """fp32 [1,side,side,3] in 0..1: soft waves of colour."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / side
    waves = [np.sin(2 * np.pi * (a * x + b * y + c)) for a, b, c in random.uniform(0.5, 3, (3, 3))]
    found: Array = np.stack([0.5 + 0.45 * wave for wave in waves], -1).astype(np.float32)[None]
    return found


def mask() -> Array:
    """fp32 [1,SIDE,SIDE]: 1 in a rectangle whose edges are edges of latent cells."""
    plane = np.zeros((1, SIDE, SIDE), np.float32)
    plane[:, 16:48, 24:56] = 1
    return plane


def lines(seed: int) -> Array:
    """fp32 [1,SIDE,SIDE,3]: a hint of white lines on black."""
    found = picture(seed)
    drawn: Array = (np.abs(found - 0.5) < 0.08).any(-1, keepdims=True).repeat(3, -1).astype(np.float32)
    return drawn


@dataclass
class Scene:
    """Where things lie, and by which names."""

    folder: Path
    """Diffusers folders by kind, and files."""
    home: Path
    """$STUDIO_HOME of the server."""
    files: dict[str, Any] = field(default_factory=dict)
    """What rows leave for each other: adapters as torch knows them."""


def text_to_image(checkpoint: str, walk: Walk, *, skip: int = 1) -> Graph:
    """Model, texts, an empty latent, a sampler, the VAE: the graph that rows change."""
    return {
        "model": ("CheckpointLoaderSimple", {"ckpt_name": checkpoint}),
        "clip": ("CLIPSetLastLayer", {"clip": ["model", 1], "stop_at_clip_layer": -skip}),
        "positive": ("CLIPTextEncode", {"clip": ["clip", 0], "text": POSITIVE}),
        "negative": ("CLIPTextEncode", {"clip": ["clip", 0], "text": NEGATIVE}),
        "latent": ("EmptyLatentImage", {"width": walk.size, "height": walk.size, "batch_size": walk.batch}),
        "sample": ("KSampler", sampling(walk)),
        "picture": ("VAEDecode", {"samples": ["sample", 0], "vae": ["model", 2]}),
    }


def sampling(walk: Walk, **more: Any) -> dict[str, Any]:
    """Inputs of KSampler."""
    return {
        "model": ["model", 0], "positive": ["positive", 0], "negative": ["negative", 0], "latent_image": ["latent", 0],
        "seed": walk.seed, "steps": walk.steps, "cfg": walk.cfg, "sampler_name": "euler", "scheduler": walk.scheduler,
        "denoise": walk.denoise,
    } | more  # fmt: skip
