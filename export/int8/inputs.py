"""What the UNet is compared on: noise of fixed seeds, and two prompts as the checkpoint's own encoder reads them."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ensembles.engine.batching import Arrays
from ensembles.engine.network import Network, cells
from ensembles.manifest import read_manifest
from ensembles.text.conditioning import encode
from ensembles.text.tokens import load_tokenizer

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

PROMPTS = ("", "a large red circle on a blue background")
"""A guided step's batch of two."""


def encode_prompts(folder: Path, threads: int) -> F32:
    """`PROMPTS` through the text encoder of the published `folder`: float32 [2, 77, C]. Raises `EngineError`."""
    network = Network(folder, "text-encoder", threads=threads)
    tokenizer = load_tokenizer(folder / "tokenizer")

    async def encoder(input_ids: I64, skip: I64, replace_mask: F32, replace_values: F32) -> tuple[F32, F32]:
        outputs = network.run(
            {
                "input_ids": input_ids,
                "clip_skip": skip,
                "replace_mask": replace_mask,
                "replace_values": replace_values,
            }
        )
        return outputs["hidden_state"].astype(np.float32), outputs["pooled"].astype(np.float32)

    async def all_prompts() -> list[F32]:
        width = network.manifest.context_dim
        return [(await encode(prompt, tokenizer, encoder, width=width)).context for prompt in PROMPTS]

    return np.stack(asyncio.run(all_prompts()))


def step_inputs(folder: Path, context: F32, size: int) -> Callable[[int], Arrays]:
    """Timestep → a guided step's inputs at `size`² pixels, with `context` from `encode_prompts`."""
    manifest = read_manifest(folder / "manifest.json")
    side = cells(manifest, size)
    shape = (len(context), manifest.latent_channels, side, side)

    def inputs(timestep: int) -> Arrays:
        return {
            "sample": np.random.default_rng(timestep).standard_normal(shape, dtype=np.float32),
            "timestep": np.full((len(context), 1), timestep, np.float32),
            "encoder_hidden_states": context,
        }

    return inputs
