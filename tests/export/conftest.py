"""A second checkpoint of the family: randomly initialised, of another width than pocket."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

POCKET = Path(__file__).parents[2] / "export" / "pocket" / "weights"

WIDTHS: dict[str, dict[str, Any]] = {
    "unet": {
        "sample_size": 8,
        "block_out_channels": (32, 64),
        "layers_per_block": 1,
        "cross_attention_dim": 48,
        "attention_head_dim": 4,
        "norm_num_groups": 8,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
    },
    "vae": {
        "block_out_channels": (16, 32, 32),
        "layers_per_block": 1,
        "norm_num_groups": 8,
        "down_block_types": ("DownEncoderBlock2D",) * 3,
        "up_block_types": ("UpDecoderBlock2D",) * 3,
        "sample_size": 32,
    },
    "text_encoder": {
        "hidden_size": 48,
        "intermediate_size": 96,
        "num_attention_heads": 3,
        "num_hidden_layers": 2,
        "vocab_size": 900,
        # As in the published Stable Diffusion 1.5: pooled where the highest id stands.
        "bos_token_id": 0,
        "eos_token_id": 2,
    },
}

Maker = Callable[..., Path]


def _make(folder: Path, seed: int = 0, dtype: str = "float32") -> Path:
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(seed)
    modules = {
        "unet": UNet2DConditionModel(**WIDTHS["unet"]),
        "vae": AutoencoderKL(**WIDTHS["vae"]),
        "text_encoder": CLIPTextModel(CLIPTextConfig(**WIDTHS["text_encoder"])),
    }
    for part, module in modules.items():
        for parameter in module.parameters():
            # Norms and biases begin as ones and zeros, which would hide a wrong binding.
            parameter.data += 0.05 * torch.randn_like(parameter)
        module.to(getattr(torch, dtype)).save_pretrained(folder / part, safe_serialization=True)
    for name in ("scheduler", "tokenizer"):
        shutil.copytree(POCKET / name, folder / name)
    shutil.copy(POCKET / "model_index.json", folder)
    return folder


@pytest.fixture(scope="session")
def make_checkpoint() -> Maker:
    """`make_checkpoint(folder, seed=0, dtype="float32")` writes a tiny diffusers folder."""
    return _make


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny checkpoint in float32. Read only: copy it to change it."""
    return _make(tmp_path_factory.mktemp("tiny") / "source")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Path:
    """A home where `tiny` is published, so that its architecture is traced."""
    from export.command import export_checkpoint

    home = tmp_path_factory.mktemp("home")
    assert export_checkpoint(tiny, "tiny", home).traced
    return home


@pytest.fixture
def damaged(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the tiny checkpoint to spoil."""
    return Path(shutil.copytree(tiny, tmp_path / "damaged"))
