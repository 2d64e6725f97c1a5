"""Random files of the registry that fit pocket, everybody's by name; those that come with it stay as they are."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from ensembles.adapters.about import Kind
from ensembles.adapters.store import shared
from ensembles.engine.graph import read_meta
from ensembles.engine.places import places

LORAS, CONTROLS = ("sticker", "ink", "dusk", "pocket-dusk"), ("edges", "tiles", "pocket-edges")
IMAGE_PROMPT, EMBEDDING = "look", "cocoa"
OTHER = "elsewhere"
"""A LoRA for texts of another width."""


def add_all(home: Path, folder: Path) -> None:
    """Adds those that `home` has not got yet; `folder` is for their files."""
    for number, name in enumerate(LORAS):
        add(home, folder, "lora", name, lambda path, seed=number: save_file(lora(home, seed), path))
    add(home, folder, "lora", OTHER, lambda path: save_file(lora(home, 9, width=96), path))
    for number, name in enumerate(CONTROLS):
        add(home, folder, "controlnet", name, lambda path, seed=number: _controlnet(path, seed))
    add(home, folder, "ip_adapter", IMAGE_PROMPT, lambda path: _image_prompt(home, path))
    vectors = np.random.default_rng(5).standard_normal((3, 128)).astype(np.float32)
    add(home, folder, "embedding", EMBEDDING, lambda path: save_file({"emb_params": vectors}, path))


def add(home: Path, folder: Path, kind: Kind, name: str, write) -> None:
    """One file, unless `home` has one of that name."""
    from export import adapters

    if name not in shared(home, kind):
        path = folder / f"{name}.safetensors"
        write(path)
        adapters.add(path, kind, home, name)


def lora(home: Path, seed: int, rank: int = 4, width: int | None = None) -> dict[str, np.ndarray]:
    """Kohya's names, of all attention in pocket's UNet and of its text encoder; `width` of texts instead of pocket's."""
    rng = np.random.default_rng(seed)
    found = {}
    for network, prefix in (("unet", "lora_unet_"), ("text-encoder", "lora_te_")):
        parameters = read_meta(home / "models" / "pocket" / "graphs" / f"{network}.json").parameters
        for name, shape in parameters.items():
            if not name.endswith(
                ("to_k.weight", "to_v.weight", "to_q.weight", "k_proj.weight", "v_proj.weight")
            ):
                continue
            # Not attn1's: those read the picture.
            inner = width if width and ("attn2.to_k" in name or "attn2.to_v" in name) else shape[1]
            key = prefix + name.removesuffix(".weight").replace(".", "_")
            down = rng.standard_normal((rank, inner)) / np.sqrt(inner)
            found[f"{key}.lora_down.weight"] = down.astype(np.float32)
            found[f"{key}.lora_up.weight"] = (rng.standard_normal((shape[0], rank)) * 0.2).astype(np.float32)
            found[f"{key}.alpha"] = np.array(float(rank), np.float32)
    return found


def _controlnet(path: Path, seed: int) -> None:
    import torch
    from diffusers import ControlNetModel, UNet2DConditionModel

    from export.pocket.evaluate import WEIGHTS

    torch.manual_seed(seed)
    unet = UNet2DConditionModel.from_pretrained(WEIGHTS / "unet")
    net = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 8, 16, 16))
    for parameter in net.parameters():
        if not parameter.any():  # what training begins with would add nothing
            torch.nn.init.normal_(parameter, std=0.05)
    save_file({name: value.numpy() for name, value in net.state_dict().items()}, path)


def _image_prompt(home: Path, path: Path) -> None:
    from perf.parity.operations.ip_adapters import write_adapter, write_encoder

    parameters = read_meta(home / "models" / "pocket" / "graphs" / "unet.json").parameters
    write_encoder(path.parent / "image_encoder")
    write_adapter(path, "base", [width for _, width in places(parameters).image_layers], 128)
