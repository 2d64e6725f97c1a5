"""What the UNet is compared on: noise of fixed seeds, and two prompts as the checkpoint's own encoder reads them."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ensembles.engine.batching import Arrays
from ensembles.engine.network import Network, cells
from ensembles.manifest import TextTower, read_manifest
from ensembles.text.conditioning import Conditioning
from ensembles.text.tokens import load_tokenizer
from ensembles.text.towers import Tower, encode_towers

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

PROMPTS = ("", "a large red circle on a blue background")
"""A guided step's batch of two."""


def encode_prompts(folder: Path, threads: int) -> tuple[F32, F32]:
    """`PROMPTS` through the text encoders of the published `folder`: float32 [2, 77, C], pooled [2, P].

    Raises `EngineError`.
    """
    manifest = read_manifest(folder / "manifest.json")
    towers = [_tower(folder, told, threads) for told in manifest.towers]

    async def all_prompts() -> list[Conditioning]:
        return [await encode_towers(prompt, towers) for prompt in PROMPTS]

    made = asyncio.run(all_prompts())
    return np.stack([one.context for one in made]), np.stack([one.pooled for one in made])


def _tower(folder: Path, told: TextTower, threads: int) -> Tower:
    network = Network(folder, told.network, threads=threads)

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

    return Tower(told, load_tokenizer(folder / "tokenizer", told.pad), encoder)


def step_inputs(folder: Path, prompts: tuple[F32, F32], size: int) -> Callable[[int], Arrays]:
    """Timestep → a guided step's inputs at `size`² pixels, with `prompts` from `encode_prompts`."""
    context, pooled = prompts
    manifest = read_manifest(folder / "manifest.json")
    side = cells(manifest, size)
    shape = (len(context), manifest.unet_channels, side, side)
    # As large as it is, not cropped; the refiner's last number is a score.
    told = np.array([size, size, 0, 0, size, size][: manifest.size_ids], np.float32)
    sizes = np.tile(told, (len(context), 1))
    sized: dict[str, F32] = {"text_embeds": pooled, "time_ids": sizes} if manifest.size_ids else {}

    def inputs(timestep: int) -> Arrays:
        return {
            "sample": np.random.default_rng(timestep).standard_normal(shape, dtype=np.float32),
            "timestep": np.full((len(context), 1), timestep, np.float32),
            "encoder_hidden_states": context,
            **sized,
        }

    return inputs
