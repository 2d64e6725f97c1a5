"""What the gate measures: three models of a checkpoint, how each is asked, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ensembles.manifest import Manifest
from perf.analyzer import Load

TOKENS = 77
SHAPES = ("circle", "square", "triangle", "star", "heart", "ring")
COLOURS = ("red", "green", "blue", "yellow", "white", "black", "orange")
Draw = Callable[[Manifest, np.random.Generator], dict[str, Any]]


@dataclass(frozen=True)
class Target:
    """One model under load. Every request differs, so that the response cache answers none of them."""

    network: str
    """The Triton model is CHECKPOINT-`network`."""
    draw: Draw
    """Inputs of one request."""
    requests: int
    """Requests a measurement, for each of `concurrency`."""
    short_requests: int
    batch: int = 1
    sized: tuple[str, ...] = ()
    """Inputs whose shape the model's config leaves free."""

    def load(self, manifest: Manifest, requests: int, seed: int) -> Load:
        """Fresh requests: another `seed`, other inputs."""
        rng = np.random.default_rng(seed)
        data = [self.draw(manifest, rng) for _ in range(requests * self.batch)]
        shapes = {name: np.shape(data[0][name]) or (1,) for name in self.sized}
        return Load(f"{manifest.name}-{self.network}", data, self.batch, shapes)


def _tokens(manifest: Manifest, rng: np.random.Generator) -> dict[str, Any]:
    return {
        # Below the size of every tokenizer we know.
        "input_ids": rng.integers(0, 500, TOKENS, np.int64),
        "clip_skip": np.ones(1, np.int64),
        "replace_mask": np.zeros(TOKENS, np.float32),
        "replace_values": np.zeros((TOKENS, manifest.context_dim), np.float32),
    }


def _step(manifest: Manifest, rng: np.random.Generator) -> dict[str, Any]:
    side = manifest.default_size // manifest.vae_factor
    return {
        "sample": rng.standard_normal((manifest.latent_channels, side, side), np.float32),
        "timestep": np.float32(rng.uniform(0, 999, 1)),
        "encoder_hidden_states": rng.standard_normal((TOKENS, manifest.context_dim), np.float32),
    }


def _picture(_: Manifest, rng: np.random.Generator) -> dict[str, Any]:
    prompt = f"a {rng.choice(COLOURS)} {rng.choice(SHAPES)} on a {rng.choice(COLOURS)} background"
    return {"PROMPT": f"{prompt}, {rng.integers(10**6)}", "SEED": int(rng.integers(2**31)), "STEPS": 20}


TARGETS = (
    Target("text-encoder", _tokens, requests=200, short_requests=60),
    # A batch of 2 is what guidance asks of it.
    Target(
        "unet",
        _step,
        requests=200,
        short_requests=60,
        batch=2,
        sized=("sample", "encoder_hidden_states"),
    ),
    Target("txt2img", _picture, requests=30, short_requests=5, sized=("PROMPT", "SEED", "STEPS")),
)
CONCURRENCY = (1, 2, 4)
