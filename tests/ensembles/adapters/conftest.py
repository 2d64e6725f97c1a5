"""Tiny checkpoints as diffusers saves them, and LoRA files in a home of their own."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import save_file

from ensembles.adapters import store
from ensembles.engine.adapted import Adapter
from ensembles.engine.weights import WeightFile, read_header
from ensembles.manifest import Manifest, TextTower
from perf.parity import tiny

TOWERS = {
    "sd15": [TextTower(width=128)],
    "sdxl": [TextTower(width=64), TextTower(network="text-encoder-2", width=128, embedding="clip_g")],
}
CONTEXT = {"sd15": 128, "sdxl": 192}
ATTRIBUTES = {"unet": "unet", "text-encoder": "text_encoder", "text-encoder-2": "text_encoder_2"}
"""network → a pipeline's attribute, and the folder of its weights"""


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Diffusers folders by family. Read only."""
    root = tmp_path_factory.mktemp("tiny")
    return {family: tiny.make(family, root / family) for family in ("sd15", "sdxl")}


@pytest.fixture
def pipeline(checkpoints: dict[str, Path]) -> Callable[[str], Any]:
    """A fresh pipeline of a family."""
    import diffusers

    classes = {
        "sd15": diffusers.StableDiffusionPipeline,
        "sdxl": diffusers.StableDiffusionXLPipeline,
    }
    return lambda family: classes[family].from_pretrained(checkpoints[family])


@pytest.fixture
def adapters(checkpoints: dict[str, Path], tmp_path: Path) -> Callable[[str], dict[str, Adapter]]:
    """Network → what LoRAs make of it, for a family; the home is the test's own folder."""

    def made(family: str) -> dict[str, Adapter]:
        manifest = Manifest(
            name=family,
            architecture="tiny",
            context_dim=CONTEXT[family],
            family=family,
            towers=TOWERS[family],
            weights=dict.fromkeys(ATTRIBUTES, family),
        )
        found = {}
        for network, folder in ATTRIBUTES.items():
            for file in (checkpoints[family] / folder).glob("*.safetensors"):
                # transformers 5 leaves the outer name out.
                places = {
                    f"text_model.{name}"
                    if name.startswith(("encoder.", "embeddings.", "final_"))
                    else name: place
                    for name, place in read_header(file).items()
                }
                shapes = {name: list(place.shape) for name, place in places.items()}
                found[network] = Adapter(tmp_path, manifest, network, WeightFile(file, places), shapes)
        return found

    return made


@pytest.fixture
def added(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """Puts tensors into the store as a file; returns its SHA-256."""

    def add(tensors: dict[str, Any], metadata: dict[str, str] | None = None) -> str:
        file = tmp_path / "new.safetensors"
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file, metadata)
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        folder = store.folder(tmp_path, sha256)
        folder.mkdir(parents=True, exist_ok=True)
        file.rename(folder / store.WEIGHTS)
        return sha256

    return add
