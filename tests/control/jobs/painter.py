"""A home with pocket's real weights and files that go with it, and somebody at an API over it: nothing is painted here."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from ensembles.engine.graph import read_meta
from export import adapters
from export.bundled import add_bundled
from export.command import export_checkpoint
from export.upscalers.publish import publish_bundled
from studio.embedded import SOURCE

QUERY = "mid_block.attentions.0.transformer_blocks.0.attn2.to_q"


def furnish(home: Path, scratch: Path) -> None:
    """Pocket; the LoRAs `ink` and `foreign` (of another width), the embeddings `dusk` and `wide`; what comes with it."""
    export_checkpoint(SOURCE, "pocket", home, verify=False)
    publish_bundled(home)
    add_bundled(home)
    meta = read_meta(home / "models" / "pocket" / "graphs" / "unet.json")
    rows, columns = meta.parameters[f"{QUERY}.weight"]
    adapters.add(lora(scratch / "ink.safetensors", rows, columns), "lora", home, "ink")
    adapters.add(lora(scratch / "foreign.safetensors", 2 * rows, columns), "lora", home, "foreign")
    adapters.add(embedding(scratch / "dusk.safetensors", 128), "embedding", home, "dusk")
    adapters.add(embedding(scratch / "wide.safetensors", 768), "embedding", home, "wide")


def lora(path: Path, rows: int, columns: int, seed: int = 7) -> Path:
    """A file in kohya's layout that changes one layer [rows, columns] of the UNet."""
    draw = np.random.default_rng(seed)
    name = f"lora_unet_{QUERY.replace('.', '_')}"
    down, up = draw.normal(size=(4, columns)), draw.normal(size=(rows, 4))
    tensors = {
        f"{name}.lora_down.weight": down.astype(np.float32),
        f"{name}.lora_up.weight": up.astype(np.float32),
        f"{name}.alpha": np.array(4, np.float32),
    }
    save_file(tensors, path)
    return path


def embedding(path: Path, width: int) -> Path:
    """Two vectors."""
    save_file({"emb_params": np.full((2, width), 0.01, np.float32)}, path)
    return path


__all__ = ["embedding", "furnish", "lora"]
