"""LoRA files for pocket, and the same changes written into a copy of the checkpoint's own weights."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from ensembles.adapters import store
from ensembles.engine.weights import read_layout

Change = dict[str, tuple[np.ndarray, np.ndarray]]
"""module → down, up"""


def random_change(
    folder: Path,
    part: str,
    seed: int,
    size: float = 0.08,
    endings: tuple[str, ...] = ("to_q", "to_v", "q_proj", "conv1"),
) -> Change:
    """Rank 4, for the modules of a published folder's part whose names end so."""
    random = np.random.default_rng(seed)
    layout = read_layout(folder).parts[part]
    tensors = load_file(folder / "weights" / layout.file)
    found = {}
    for name, tensor in layout.tensors.items():
        module = name.removesuffix(".weight")
        if module.endswith(endings):
            shape = tensors[tensor].shape
            down = random.standard_normal((4, *shape[1:]), dtype=np.float32)
            up = random.standard_normal((shape[0], 4, *(1 for _ in shape[2:])), dtype=np.float32)
            found[module] = size * down, size * up
    assert found
    return found


def add(home: Path, parts: dict[str, Change]) -> str:
    """The changes (`unet`, `te` → change) as a kohya file in the store; returns its SHA-256."""
    tensors = {}
    for part, change in parts.items():
        for module, (down, up) in change.items():
            stem = f"lora_{part}_{module.replace('.', '_')}"
            tensors |= {f"{stem}.lora_down.weight": down, f"{stem}.lora_up.weight": up}
    home.mkdir(parents=True, exist_ok=True)
    file = home / "new.safetensors"
    save_file(tensors, file)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    target = store.folder(home, sha256)
    target.mkdir(parents=True, exist_ok=True)
    file.rename(target / store.WEIGHTS)
    return sha256


def merged(folder: Path, target: Path, part: str, changes: list[tuple[Change, float]]) -> Path:
    """A copy of the published `folder` at `target` (returned) whose own weights hold the changes at strengths."""
    shutil.copytree(folder, target)
    layout = read_layout(target).parts[part]
    file = target / "weights" / layout.file
    tensors = {name: value.astype(np.float32) for name, value in load_file(file).items()}
    for change, strength in changes:
        for module, (down, up) in change.items():
            product = up.reshape(len(up), -1) @ down.reshape(len(down), -1)
            own = tensors[layout.tensors[f"{module}.weight"]]
            own += strength * product.reshape(own.shape)
    file.unlink()  # a hard link to the source
    save_file(tensors, file)
    return target
