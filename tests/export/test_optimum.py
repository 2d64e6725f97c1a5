"""A second opinion: optimum's exporter, which shares no code with ours, on the same checkpoint."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest

from ensembles.engine.network import Network

POCKET = Path(__file__).parents[2] / "export" / "pocket" / "weights"
pytestmark = [
    pytest.mark.timeout(900),  # 60 s on two idle cores
    pytest.mark.filterwarnings("ignore"),  # the tracer's, of diffusers' code
]
CLOSE = 5e-5
"""Two exports of one network by different roads, float32, outputs of magnitude about 1."""


@pytest.fixture(scope="module")
def optimum_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from optimum.exporters.onnx import main_export

    folder = tmp_path_factory.mktemp("optimum")
    main_export(
        str(POCKET),
        str(folder),
        task="text-to-image",
        library_name="diffusers",
        do_validation=False,
        local_files_only=True,
    )
    return folder


Arrays = dict[str, Any]


def text_encoder(theirs: Callable[[Arrays], list[Any]], ours: Network, random: np.random.Generator) -> None:
    config = json.loads((POCKET / "text_encoder" / "config.json").read_text())
    ids = random.integers(0, config["vocab_size"] - 2, (2, 77))
    ids[:, 20:] = config["eos_token_id"]
    inputs = {
        "input_ids": ids,
        "clip_skip": np.ones((2, 1), np.int64),
        "replace_mask": np.zeros((2, 77), np.float32),
        "replace_values": np.zeros((2, 77, ours.manifest.context_dim), np.float32),
    }
    hidden, pooled = theirs({"input_ids": ids})[:2]
    found = ours.run(inputs)
    np.testing.assert_allclose(found["hidden_state"], hidden, atol=CLOSE)
    np.testing.assert_allclose(found["pooled"], pooled, atol=CLOSE)


def unet(theirs: Callable[[Arrays], list[Any]], ours: Network, random: np.random.Generator) -> None:
    """Optimum's graph has one timestep for all samples, and sizes that halve evenly."""
    for size, tokens in ((16, 77), (24, 154)):
        inputs = {
            "sample": random.standard_normal((2, 4, size, 16), dtype=np.float32),
            "timestep": np.full((2, 1), 431, np.float32),
            "encoder_hidden_states": random.standard_normal(
                (2, tokens, ours.manifest.context_dim), dtype=np.float32
            ),
        }
        (expected,) = theirs(inputs | {"timestep": np.array(431, np.float32)})
        np.testing.assert_allclose(ours.run(inputs)["noise_pred"], expected, atol=CLOSE)


def vae_encoder(theirs: Callable[[Arrays], list[Any]], ours: Network, random: np.random.Generator) -> None:
    image = random.uniform(-1, 1, (2, 3, 64, 96)).astype(np.float32)
    (parameters,) = theirs({"sample": image})
    mean, _ = np.split(parameters, 2, axis=1)
    np.testing.assert_allclose(ours.run({"image": image})["latent"], mean, atol=CLOSE)


def vae_decoder(theirs: Callable[[Arrays], list[Any]], ours: Network, random: np.random.Generator) -> None:
    latent = random.standard_normal((2, 4, 8, 12), dtype=np.float32)
    (image,) = theirs({"latent_sample": latent})
    np.testing.assert_allclose(ours.run({"latent": latent})["image"], image, atol=CLOSE)


@pytest.mark.parametrize(
    ("name", "their_folder", "agree"),
    [
        ("text-encoder", "text_encoder", text_encoder),
        ("unet", "unet", unet),
        ("vae-encoder", "vae_encoder", vae_encoder),
        ("vae-decoder", "vae_decoder", vae_decoder),
    ],
)
def test_optimum_agrees(
    published_pocket: Path, optimum_folder: Path, name: str, their_folder: str, agree: Callable[..., None]
) -> None:
    session = ort.InferenceSession(
        str(optimum_folder / their_folder / "model.onnx"), providers=["CPUExecutionProvider"]
    )
    agree(lambda inputs: session.run(None, inputs), Network(published_pocket, name), np.random.default_rng(0))
