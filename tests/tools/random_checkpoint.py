"""Random checkpoints of any size, without torch: `python tests/tools/random_checkpoint.py --out DIR`.

Parameters and configs are those of a folder of graphs (export/graphs/HASH), so no network is built. Values come
from one block of normal numbers, read at another place for each tensor, and go straight to the disk: 2 GB in
seconds. Can also write an existing diffusers folder in the LDM layout.
"""

import argparse
import json
import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from export.architecture import PARTS
from export.checkpoint import open_checkpoint
from export.clip_vocabulary import CLIP_TOKENIZER
from export.families import FAMILIES, Family
from export.graphs import IDENTITY, SHIPPED, Identity, read_graphs
from export.ldm import FUSED, NAMES, averaged_name, open_clip_names

ROOT = Path(__file__).resolve().parents[2]

DTYPES = {"fp32": ("F32", 4), "fp16": ("F16", 2), "bf16": ("BF16", 2)}
"""option → safetensors' name and bytes per value"""
FILES = {
    "text_encoder": "text_encoder/model.safetensors",
    "text_encoder_2": "text_encoder_2/model.safetensors",
    "unet": "unet/diffusion_pytorch_model.safetensors",
    "vae": "vae/diffusion_pytorch_model.safetensors",
}
POOL = (1 << 22) + 3
"""Normal numbers that all tensors are cut from; an odd length, so that no two tensors are alike."""
PIECE = 1 << 20
"""Values converted at once."""
WIDTHS = {
    "sd15": ("sd15", 320, 4),
    "sd15-inpaint": ("sd15", 320, 9),
    "pocket": ("sd15", 64, 4),
    "sd2": ("sd2", 320, 4),
    "sdxl": ("sdxl", 320, 4),
    "sdxl-refiner": ("sdxl-refiner", 384, 4),
}
"""name → family, the first of the UNet's widths and its channels, by which its folder of graphs is found"""
SCHEDULER = {
    "_class_name": "PNDMScheduler",
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
}

Shape = tuple[int, ...]
Fill = Callable[[BinaryIO], None]


@dataclass
class Plan:
    """A safetensors file to be written: name → dtype, shape and what writes the bytes."""

    entries: dict[str, tuple[str, Shape, int, Fill]] = field(default_factory=dict)

    def add(self, name: str, dtype: str, shape: Shape, size: int, fill: Fill) -> None:
        """`size` in bytes"""
        self.entries[name] = (dtype, shape, size, fill)

    def write(self, path: Path, metadata: Mapping[str, str] | None = None) -> Path:
        """Header first, then one tensor after another."""
        header: dict[str, Any] = {"__metadata__": dict(metadata or {"format": "pt"})}
        offset = 0
        for name, (dtype, shape, size, _) in self.entries.items():
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size]}
            offset += size
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb", buffering=1 << 20) as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for *_, fill in self.entries.values():
                fill(file)
        return path


@dataclass(frozen=True)
class Architecture:
    """What a folder of graphs says of a checkpoint."""

    family: Family
    configs: dict[str, dict[str, Any]]
    parameters: dict[str, dict[str, Shape]]
    """part → parameter → shape"""


def read_architecture(folder: Path) -> Architecture:
    """The architecture of `export/graphs/HASH`."""
    identity = msgspec.json.decode((folder / IDENTITY).read_bytes(), type=Identity)
    metas = read_graphs(folder)
    assert metas, f"{folder} is not complete"
    family = FAMILIES[identity.architecture.rpartition("-")[0]]
    parameters: dict[str, dict[str, Shape]] = {part: {} for part in family.parts}
    for network, meta in metas.items():
        parameters[family.networks[network].part] |= {
            key: tuple(shape) for key, shape in meta.parameters.items()
        }
    return Architecture(family, identity.configs, parameters)


def find_architecture(width: str) -> Architecture:
    """The shipped architecture of that name."""
    for folder in sorted(SHIPPED.iterdir()):
        found = read_architecture(folder)
        unet = found.configs.get("unet", {"block_out_channels": [0]})
        if (found.family.name, unet["block_out_channels"][0], unet.get("in_channels", 4)) == WIDTHS[width]:
            return found
    raise SystemExit(f"{SHIPPED} holds no graphs of {width}.")


class Values:
    """Random bytes for parameters: the same from the same seed and name."""

    def __init__(self, seed: int, dtype: str) -> None:
        self.dtype, self.size = DTYPES[dtype]
        self._pool = np.random.default_rng(seed).standard_normal(POOL, dtype=np.float32)

    def fill(self, name: str, shape: Shape) -> Fill:
        """Weights scaled by fan-in, gains near 1 and small biases, so that activations stay near 1."""
        fan_in = math.prod(shape[1:]) if len(shape) > 1 else 0
        if "embedding" in name and "time" not in name:
            scale, centre = 0.02, 0.0
        elif fan_in:
            scale, centre = fan_in**-0.5, 0.0
        else:
            scale, centre = 0.05, float("norm" in name and name.endswith("weight"))
        # Python's hash of a string changes from run to run.
        start = sum(ord(letter) * (index + 1) * 7919 for index, letter in enumerate(name)) % POOL

        def write(file: BinaryIO) -> None:
            left, at = math.prod(shape), start
            while left:
                piece = self._pool[at : at + min(left, PIECE)]
                file.write(self._encode(piece * np.float32(scale) + np.float32(centre)).data)
                left, at = left - len(piece), (at + len(piece)) % POOL

        return write

    def _encode(self, values: NDArray[np.float32]) -> NDArray[Any]:
        if self.dtype == "F16":
            return values.astype(np.float16)
        return (values.view(np.uint32) >> 16).astype(np.uint16) if self.dtype == "BF16" else values


def stored_shape(part: str, name: str, shape: Shape) -> Shape:
    """The shape in the LDM layout, where the VAE's attention is made of convolutions."""
    flat = part == "vae" and ".attentions." in name and name.endswith("weight") and len(shape) == 2
    return (*shape, 1, 1) if flat else shape


def ldm_names(architecture: Architecture, part: str) -> Iterator[tuple[str, str, Shape]]:
    """parameter, name in the LDM layout without prefix, shape there"""
    table = NAMES[part](architecture.configs[part])
    for name, shape in architecture.parameters[part].items():
        yield name, table[name], stored_shape(part, name, shape)


def write_random(
    architecture: Architecture,
    out: Path,
    *,
    layout: str = "both",
    dtype: str = "fp16",
    seed: int = 0,
    ema: bool = False,
    parts: tuple[str, ...] = PARTS,
    tokenizer: Path = CLIP_TOKENIZER,
) -> list[Path]:
    """Write `out/diffusers` and `out/checkpoint.safetensors` (as `layout` says); returns them.

    Both hold the same values. `ema` adds averaged weights in float32 to the single file, and `parts` says
    what it holds of text_encoder, unet and vae.
    """
    values = Values(seed, dtype)
    written = []
    if layout != "diffusers" and any(tower.style == "open_clip" for tower in architecture.family.towers):
        raise SystemExit("OpenCLIP's joint tensors are written out of a folder: see as_single_file.")
    if layout in ("diffusers", "both"):
        for part, parameters in architecture.parameters.items():
            plan = Plan()
            for name, shape in parameters.items():
                size = math.prod(shape) * values.size
                plan.add(name, values.dtype, shape, size, values.fill(f"{part}.{name}", shape))
            plan.write(out / "diffusers" / FILES[part])
        written.append(write_configs(architecture, out / "diffusers", tokenizer))
    if layout in ("ldm", "both"):
        plan, averaged = Plan(), Values(seed + 1, "fp32")
        for part in parts:
            for name, other, shape in ldm_names(architecture, part):
                size = math.prod(shape) * values.size
                fill = values.fill(f"{part}.{name}", architecture.parameters[part][name])
                plan.add(architecture.family.prefixes[part] + other, values.dtype, shape, size, fill)
                if ema and part == "unet":
                    fill = averaged.fill(f"{part}.{name}", shape)
                    plan.add(averaged_name(other), "F32", shape, math.prod(shape) * 4, fill)
        written.append(plan.write(out / "checkpoint.safetensors"))
    return written


def write_configs(architecture: Architecture, folder: Path, tokenizer: Path) -> Path:
    """The JSON files and the tokenizer of a diffusers folder."""
    family = architecture.family
    index: dict[str, Any] = {"_class_name": min(family.pipelines, key=len), "safety_checker": [None, None]}
    for part, name in family.classes.items():
        library = "transformers" if part.startswith("text_encoder") else "diffusers"
        index[part] = [library, name]
        told: dict[str, Any] = {"architectures": [name], "model_type": "clip_text_model"}
        if library == "diffusers":
            told = {"_class_name": name, **family.assumed[part]}
        parameters = architecture.parameters[part]
        if "text_projection.weight" in parameters:
            told["projection_dim"] = parameters["text_projection.weight"][0]
        _write_json(folder / part / "config.json", told | architecture.configs[part])
        if library == "transformers":
            which = part.replace("text_encoder", "tokenizer")
            index[which] = ["transformers", "CLIPTokenizer"]
            shutil.copytree(tokenizer, folder / which, dirs_exist_ok=True)
    index |= {"scheduler": ["diffusers", "PNDMScheduler"], "feature_extractor": [None, None]}
    _write_json(folder / "model_index.json", index)
    _write_json(folder / "scheduler" / "scheduler_config.json", SCHEDULER | family.scheduler)
    return folder


def _write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")


def as_single_file(source: Path, out: Path, *, parts: tuple[str, ...] | None = None) -> Path:
    """A diffusers folder's tensors, byte for byte, as one file in the LDM layout (and OpenCLIP's, where it is used)."""
    checkpoint = open_checkpoint(source)
    plan = Plan()
    for key in parts or checkpoint.family.parts:
        part, tower = checkpoint.parts[key], checkpoint.family.tower(key)
        fused = tower is not None and tower.style == "open_clip"
        table = (open_clip_names if fused else NAMES[key])(part.config)
        prefix, content = checkpoint.family.prefixes[key], part.file.read_bytes()
        for name, place in part.tensors.items():
            pieces = [content[place.start : place.end]]
            shape = stored_shape(key, name, place.shape)
            if fused and f".self_attn.{FUSED[0]}." in name:
                others = [part.tensors[name.replace(FUSED[0], other)] for other in FUSED[1:]]
                pieces += [content[other.start : other.end] for other in others]
                shape = (3 * shape[0], *shape[1:])
            elif fused and any(f".self_attn.{other}." in name for other in FUSED[1:]):
                continue
            elif fused and name == "text_projection.weight":
                size = (place.end - place.start) // math.prod(shape)
                values = np.frombuffer(pieces[0], f"V{size}").reshape(shape)
                pieces, shape = [values.T.tobytes()], shape[::-1]
            data = b"".join(pieces)
            plan.add(prefix + table[name], place.dtype, shape, len(data), _bytes(data))
        if fused and tower is not None and tower.left_out:
            _surplus(plan, prefix, part.config)
    return plan.write(out)


def _surplus(plan: Plan, prefix: str, config: Mapping[str, Any]) -> None:
    """The last layer, which single files hold and folders do not, and what OpenCLIP holds besides."""
    layer, width = f"transformer.resblocks.{config['num_hidden_layers']}", int(config["hidden_size"])
    for name, shape in {
        f"{layer}.attn.in_proj_weight": (3 * width, width), f"{layer}.attn.in_proj_bias": (3 * width,),
        f"{layer}.attn.out_proj.weight": (width, width), f"{layer}.attn.out_proj.bias": (width,),
        f"{layer}.ln_1.weight": (width,), f"{layer}.ln_1.bias": (width,),
        f"{layer}.ln_2.weight": (width,), f"{layer}.ln_2.bias": (width,),
        f"{layer}.mlp.c_fc.weight": (4 * width, width), f"{layer}.mlp.c_fc.bias": (4 * width,),
        f"{layer}.mlp.c_proj.weight": (width, 4 * width), f"{layer}.mlp.c_proj.bias": (width,),
        "text_projection": (width, width), "logit_scale": (),
    }.items():  # fmt: skip
        data = np.ones(shape, np.float32).tobytes()
        plan.add(prefix + name, "F32", shape, len(data), _bytes(data))


def _bytes(piece: bytes) -> Fill:
    def write(file: BinaryIO) -> None:
        file.write(piece)

    return write


def main() -> None:
    """Write what the options say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", choices=WIDTHS, default="sd15")
    parser.add_argument("--graphs", type=Path, help="a folder of graphs instead of a shipped one")
    parser.add_argument("--layout", choices=("diffusers", "ldm", "both"), default="both")
    parser.add_argument("--dtype", choices=DTYPES, default="fp16")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ema", action="store_true", help="averaged weights beside the normal ones")
    parser.add_argument("--no-vae", action="store_true", help="leave the VAE out of the single file")
    parser.add_argument("--no-text-encoder", action="store_true", help="leave it out of the single file")
    arguments = parser.parse_args()
    architecture = (
        read_architecture(arguments.graphs) if arguments.graphs else find_architecture(arguments.width)
    )
    left_out = {"vae"} if arguments.no_vae else set()
    left_out |= {"text_encoder"} if arguments.no_text_encoder else set()
    tokenizer = CLIP_TOKENIZER
    if arguments.width == "pocket" and not arguments.graphs:
        tokenizer = ROOT / "export" / "pocket" / "weights" / "tokenizer"
    written = write_random(
        architecture,
        arguments.out,
        layout=arguments.layout,
        dtype=arguments.dtype,
        seed=arguments.seed,
        ema=arguments.ema,
        parts=tuple(part for part in PARTS if part not in left_out),
        tokenizer=tokenizer,
    )
    for path in written:
        print(path)


if __name__ == "__main__":
    main()
