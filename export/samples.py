"""Random inputs for comparisons: the same from the same seed, with NumPy alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.checkpoint import Checkpoint
from export.networks import TOKENS


@dataclass(frozen=True, slots=True)
class Case:
    """One batch for one network."""

    network: str
    seed: int
    batch: int
    height: int
    width: int
    """Of the latent; for the VAE encoder of the image over the VAE's factor."""
    tokens: int = TOKENS


CASES: tuple[Case, ...] = (
    Case("text-encoder", 1, 1, 0, 0),
    Case("text-encoder", 2, 3, 0, 0),
    Case("unet", 3, 1, 16, 16),
    Case("unet", 4, 3, 16, 16, 2 * TOKENS),
    # Neither a power of two nor even: the UNet's way up must return to the sizes of its way down.
    Case("unet", 5, 1, 9, 13, 2 * TOKENS),
    Case("unet", 6, 3, 9, 13),
    Case("vae-encoder", 7, 1, 8, 8),
    Case("vae-encoder", 8, 2, 5, 7),
    Case("vae-decoder", 9, 1, 8, 8),
    Case("vae-decoder", 10, 2, 5, 7),
    Case("text-encoder-2", 11, 1, 0, 0),
    Case("text-encoder-2", 12, 3, 0, 0),
)
"""Two batch sizes and two shapes for each network (text encoders have one shape)."""


def cases(network: str) -> Iterator[Case]:
    """The cases of one network."""
    return (case for case in CASES if case.network == network)


def make_inputs(case: Case, checkpoint: Checkpoint) -> dict[str, NDArray[Any]]:
    """The inputs of `case`, by name; shapes and dtypes as docs/architecture.md has them."""
    # RandomState's streams are frozen for good; default_rng's may change with NumPy.
    random = np.random.RandomState(case.seed)
    return _MAKERS[case.network](random, case, checkpoint)


def _normal(random: np.random.RandomState, *shape: int) -> NDArray[np.float32]:
    return random.standard_normal(shape).astype(np.float32)


def _text(random: np.random.RandomState, case: Case, checkpoint: Checkpoint) -> dict[str, NDArray[Any]]:
    config = checkpoint.configs[checkpoint.family.networks[case.network].part]
    layers, vocabulary = int(config.get("num_hidden_layers", 12)), int(config.get("vocab_size", 49408))
    eos = int(config.get("eos_token_id", 49407))
    if eos == 2:  # an old config: the end is the highest id
        eos = vocabulary - 1
    ids = random.randint(0, vocabulary - 2, (case.batch, TOKENS))
    for row in range(case.batch):
        ids[row, random.randint(8, TOKENS) :] = eos
    mask = np.zeros((case.batch, TOKENS), np.float32)
    mask[:, 3:5] = 1
    return {
        "input_ids": ids.astype(np.int64),
        "clip_skip": (1 + np.arange(case.batch) % layers).reshape(-1, 1).astype(np.int64),
        "replace_mask": mask,
        "replace_values": 0.02 * _normal(random, case.batch, TOKENS, int(config["hidden_size"])),
    }


def _unet(random: np.random.RandomState, case: Case, checkpoint: Checkpoint) -> dict[str, NDArray[Any]]:
    inputs: dict[str, NDArray[Any]] = {
        "sample": _normal(random, case.batch, checkpoint.sample_channels, case.height, case.width),
        "timestep": random.uniform(0, 999, (case.batch, 1)).astype(np.float32),
        "encoder_hidden_states": _normal(random, case.batch, case.tokens, checkpoint.context_dim),
    }
    if checkpoint.pooled_dim:
        ids = checkpoint.family.size_ids
        inputs["text_embeds"] = _normal(random, case.batch, checkpoint.pooled_dim)
        inputs["time_ids"] = random.randint(0, 1024, (case.batch, ids)).astype(np.float32)
    return inputs


def _vae_encoder(
    random: np.random.RandomState, case: Case, checkpoint: Checkpoint
) -> dict[str, NDArray[Any]]:
    factor = checkpoint.vae_factor
    size = (case.batch, 3, case.height * factor, case.width * factor)
    return {"image": random.uniform(-1, 1, size).astype(np.float32)}


def _vae_decoder(
    random: np.random.RandomState, case: Case, checkpoint: Checkpoint
) -> dict[str, NDArray[Any]]:
    return {"latent": _normal(random, case.batch, checkpoint.latent_channels, case.height, case.width)}


_MAKERS = {
    "text-encoder": _text,
    "text-encoder-2": _text,
    "unet": _unet,
    "vae-encoder": _vae_encoder,
    "vae-decoder": _vae_decoder,
}
