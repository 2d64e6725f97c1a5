"""Tiny random checkpoints, one of each architecture: its structure at widths of 64 and 128, its own tensors' names.

Diffusers folders with pocket's tokenizer: `make(kind, folder)`, or `python -m perf.parity.tiny sdxl FOLDER`. Every
parameter is random and none like another. `publish(kind, home)` exports one; its graphs are in an archive beside this
file, so that no test traces them. `make` imports torch.
"""

import argparse
import json
import shutil
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, get_args

Kind = Literal["sd15", "sd15-inpaint", "sd2-v", "sd2-inpaint", "sdxl", "sdxl-refiner", "sdxl-inpaint"]

TOKENIZER = Path(__file__).parents[2] / "export" / "pocket" / "weights" / "tokenizer"
VOCABULARY, EOS = 809, 808
GRAPHS = Path(__file__).with_name("tiny_graphs.tar.xz")
SIDE = 8
"""Latent cells along each axis: pictures of 64×64."""

_CROSS, _PLAIN = "CrossAttnDownBlock2D", "DownBlock2D"
_UP = {_CROSS: "CrossAttnUpBlock2D", _PLAIN: "UpBlock2D"}


def _unet(
    kinds: list[str], widths: list[int], heads: int | list[int], context: int, **more: Any
) -> dict[str, Any]:
    return {
        "sample_size": SIDE,
        "block_out_channels": widths,
        "down_block_types": kinds,
        "up_block_types": [_UP[kind] for kind in reversed(kinds)],
        "attention_head_dim": heads,
        "cross_attention_dim": context,
        "layers_per_block": 2,
    } | more


def _sized(pooled: int, ids: int) -> dict[str, Any]:
    """What makes a UNet of SDXL's take a pooled text of that width and that many sizes."""
    return {
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 32,
        "projection_class_embeddings_input_dim": pooled + ids * 32,
        "use_linear_projection": True,
    }


_SD1 = _unet([_CROSS, _CROSS, _CROSS, _PLAIN], [32, 64, 128, 128], 8, 128)
_SD2 = _unet(
    [_CROSS, _CROSS, _CROSS, _PLAIN], [64, 64, 128, 128], [1, 1, 2, 2], 128, use_linear_projection=True
)
_XL = _unet(
    [_PLAIN, _CROSS, _CROSS],
    [64, 64, 128],
    [1, 1, 2],
    192,
    transformer_layers_per_block=[1, 1, 2],
    **_sized(128, 6),
)
_REFINER = _unet(
    [_PLAIN, _CROSS, _CROSS, _PLAIN], [64, 64, 128, 128], [1, 1, 2, 2], 128, transformer_layers_per_block=2,
    **_sized(128, 5),
)  # fmt: skip
_INPAINT = {"in_channels": 9}

UNETS: dict[str, dict[str, Any]] = {
    "sd15": _SD1,
    "sd15-inpaint": _SD1 | _INPAINT,
    "sd2-v": _SD2,
    "sd2-inpaint": _SD2 | _INPAINT,
    "sdxl": _XL,
    "sdxl-refiner": _REFINER,
    "sdxl-inpaint": _XL | _INPAINT,
}
"""kind → config of its UNet; residuals of a ControlNet: 13, 10 in SDXL (base)"""


def _text(width: int, layers: int, act: str) -> dict[str, Any]:
    return {
        "hidden_size": width,
        "intermediate_size": 4 * width,
        "num_attention_heads": width // 64,
        "num_hidden_layers": layers,
        "hidden_act": act,
        "projection_dim": width,
        "vocab_size": VOCABULARY,
        "bos_token_id": EOS - 1,
        "eos_token_id": EOS,
        "pad_token_id": EOS,
    }


_CLIP_G = {"text_encoder_2": _text(128, 4, "gelu")}
TEXTS: dict[str, dict[str, dict[str, Any]]] = {
    "sd15": {"text_encoder": _text(128, 3, "quick_gelu")},
    "sd2": {"text_encoder": _text(128, 3, "gelu")},
    "sdxl": {"text_encoder": _text(64, 3, "quick_gelu")} | _CLIP_G,
    "sdxl-refiner": _CLIP_G,
}
"""Family → text encoders → config"""
VAE = {
    "block_out_channels": [32, 32, 64, 64],
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "layers_per_block": 1,
    "latent_channels": 4,
    "sample_size": 64,
}
PIPELINES = {
    "sd15": "StableDiffusionPipeline",
    "sd2": "StableDiffusionPipeline",
    "sdxl": "StableDiffusionXLPipeline",
    "sdxl-refiner": "StableDiffusionXLImg2ImgPipeline",
}
_FAMILIES = {
    "sd15": "sd15", "sd15-inpaint": "sd15", "sd2-v": "sd2", "sd2-inpaint": "sd2",
    "sdxl": "sdxl", "sdxl-inpaint": "sdxl", "sdxl-refiner": "sdxl-refiner",
}  # fmt: skip


def family_of(kind: Kind) -> str:
    """The architecture of a kind: sd15, sd2, sdxl, sdxl-refiner."""
    return _FAMILIES[kind]


def make(kind: Kind, folder: Path, seed: int = 0, dtype: str = "float32") -> Path:
    """Write the checkpoint `kind` to `folder` (returned), in diffusers' form; `dtype` is torch's name of one."""
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    from export.tracing_modules import scatter

    family = _FAMILIES[kind]
    modules: dict[str, Any] = {
        "unet": UNet2DConditionModel(**UNETS[kind]),
        "vae": AutoencoderKL(**VAE, scaling_factor=0.13025 if family.startswith("sdxl") else 0.18215),
    }
    for part, config in TEXTS[family].items():
        wanted = CLIPTextModelWithProjection if part == "text_encoder_2" else CLIPTextModel
        modules[part] = wanted(CLIPTextConfig(**config))
    index: dict[str, Any] = {"_class_name": PIPELINES[family], "_diffusers_version": version("diffusers")}
    index["scheduler"] = ["diffusers", "DDIMScheduler"]
    for number, (part, module) in enumerate(sorted(modules.items())):
        scatter(module, seed * 100 + number)
        if dtype != "float32":
            module.to(getattr(torch, dtype))
        module.save_pretrained(folder / part, safe_serialization=True)
        library = "transformers" if part.startswith("text") else "diffusers"
        index[part] = [library, type(module).__name__]
        if part.startswith("text"):
            name = part.replace("text_encoder", "tokenizer")
            index[name] = ["transformers", "CLIPTokenizer"]
            # CLIP-L fills with the token that ends a text, the larger encoders with id 0.
            _tokenizer(folder / name, "!" if part == "text_encoder_2" or family == "sd2" else "<|endoftext|>")
    if family.startswith("sdxl"):
        index |= {"force_zeros_for_empty_prompt": False}
        index |= {name: [None, None] for name in ("text_encoder", "tokenizer") if name not in index}
        if family == "sdxl-refiner":
            index["requires_aesthetics_score"] = True
    else:
        index |= {"safety_checker": [None, None], "feature_extractor": [None, None]}
    scheduler = json.loads((TOKENIZER.parent / "scheduler" / "scheduler_config.json").read_text())
    if kind == "sd2-v":
        scheduler["prediction_type"] = "v_prediction"
    _write(folder / "scheduler" / "scheduler_config.json", scheduler)
    _write(folder / "model_index.json", index)
    return folder


def publish(kind: Kind, home: Path, name: str | None = None, seed: int = 0) -> Path:
    """Make the checkpoint and publish it as `home/models/NAME` (returned; by default called as its kind).

    Networks are not run; an architecture whose graphs are not in the archive is traced.
    """
    from export.command import export_checkpoint

    name = name or kind
    unpack_graphs(home)
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        export_checkpoint(make(kind, Path(scratch), seed), name, home, verify=False)
    return home / "models" / name


def unpack_graphs(home: Path) -> None:
    """Put the graphs of the tiny architectures into `home/graphs`, where exports find them."""
    if not (home / "graphs" / ".tiny").exists():
        with tarfile.open(GRAPHS) as archive:
            archive.extractall(home / "graphs", filter="data")
        (home / "graphs" / ".tiny").touch()


def pack_graphs() -> None:
    """Trace every kind anew into the archive: after a change of what is traced."""
    from export.checkpoint import open_checkpoint, open_vae
    from export.trace import trace

    with tempfile.TemporaryDirectory() as scratch:
        for kind in get_args(Kind):
            trace(open_checkpoint(make(kind, Path(scratch, kind))), Path(scratch, "graphs"))
        trace(open_vae(Path(scratch, "sdxl")), Path(scratch, "graphs"))
        with tarfile.open(GRAPHS, "w:xz") as archive:
            archive.add(Path(scratch, "graphs"), ".")


def _tokenizer(folder: Path, pad: str) -> None:
    shutil.copytree(TOKENIZER, folder, dirs_exist_ok=True)
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        _write(folder / name, json.loads((folder / name).read_text()) | {"pad_token": pad})


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")


def main() -> None:
    """Write one."""
    parser = argparse.ArgumentParser(prog="python -m perf.parity.tiny", description=__doc__)
    parser.add_argument("kind", choices=(*get_args(Kind), "graphs"), help="graphs: make the archive anew")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("tiny"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dtype", choices=("float32", "float16", "bfloat16"), default="float32")
    arguments = parser.parse_args()
    if arguments.kind == "graphs":
        pack_graphs()
        return
    print(make(arguments.kind, arguments.folder, arguments.seed, arguments.dtype))


if __name__ == "__main__":
    main()
