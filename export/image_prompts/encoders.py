"""CLIP image encoders, kept by content in `home`/image-encoders for all IP-Adapters that look through them."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from ensembles.adapters import store
from ensembles.engine.building import Activation
from ensembles.engine.image_prompt import CONFIG, ENCODER, ENCODERS
from ensembles.engine.vision_graph import VisionConfig, vision_graph
from ensembles.engine.weights import TensorPlace, read_header
from export.errors import ExportError
from export.write import file_hash

FOLDERS = ("image_encoder", "../image_encoder", "../../image_encoder")
"""Where an IP-Adapter's file has its image encoder beside it, as its authors publish them."""
_KNOWN: dict[int, tuple[int, str]] = {
    768: (12, "quick_gelu"), 1024: (16, "quick_gelu"), 1280: (16, "gelu"), 1664: (16, "gelu"),
}  # fmt: skip
"""Width of CLIP's image encoders (B, L, H, bigG) → heads, activation"""
_PATCHES = "vision_model.embeddings.patch_embedding.weight"
_PLACES = "vision_model.embeddings.position_embedding.weight"
Header = Mapping[str, TensorPlace]


def keep_encoder(path: Path, home: Path) -> str:
    """Copy the image encoder at `path`, a transformers folder or its safetensors file, into `home`; its SHA-256.

    Raises `ExportError` for what is none.
    """
    file = path
    if path.is_dir():
        found = sorted(path.glob("model*.safetensors"), key=lambda one: (len(one.name), one.name))
        if not found:
            raise ExportError(
                f"{path} has no model.safetensors: name a CLIP image encoder's folder or its file."
            )
        file = found[0]
    header = read_header(file)
    config = _config_of(file, header)
    shapes = {name: place.shape for name, place in header.items()}
    try:
        vision_graph(shapes, config)
    except (KeyError, IndexError) as error:
        raise ExportError(
            f"{file} lacks {error.args[0]} of a CLIP image encoder: name another file."
        ) from error
    sha256 = file_hash(file)
    target = home / ENCODERS / sha256
    if not (target / CONFIG).is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{sha256[:16]}-", dir=target.parent))
        try:
            shutil.copyfile(file, building / ENCODER)
            (building / CONFIG).write_bytes(msgspec.json.encode(config))
            building.chmod(0o755)
            building.rename(target)
        except OSError:
            if not (target / CONFIG).is_file():  # somebody else was quicker with the same bytes
                raise
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return sha256


def find_encoder(path: Path, home: Path, reads_embeds: bool, width: int) -> str:
    """The image encoder of the IP-Adapter file `path`, whose projection takes `width` numbers: beside it, else that of one of
    everybody's IP-Adapters; what came with an organisation's own is for that one alone.

    Raises `ExportError` that says what to name.
    """
    for folder in FOLDERS:
        place = (path.parent / folder).resolve()
        if place.is_dir() and _gives(place, reads_embeds) == width:
            return keep_encoder(place, home)
    everybodys = {str(about.details.get("encoder")) for about in store.shared(home, "ip_adapter").values()}
    for name in sorted(everybodys):
        if _gives(home / ENCODERS / name, reads_embeds) == width:
            return name
    raise ExportError(
        f"{path.name} looks at pictures through a CLIP image encoder that gives {width} numbers, and there is none here: put "
        "its folder, image_encoder (config.json and model.safetensors), beside the file."
    )


def _gives(folder: Path, reads_embeds: bool) -> int:
    """How wide the image encoder's pooled, or its other, states are; 0 where the folder holds none."""
    files = sorted(folder.glob("model*.safetensors"), key=lambda one: (len(one.name), one.name))
    header = read_header(files[0]) if files else {}
    name = "visual_projection.weight" if reads_embeds else _PATCHES
    return header[name].shape[0] if name in header else 0


def _config_of(file: Path, header: Header) -> VisionConfig:
    if _PATCHES not in header or _PLACES not in header:
        raise ExportError(
            f"{file} is no CLIP image encoder in transformers' names ({_PATCHES}): name another file."
        )
    width, _, side, _ = header[_PATCHES].shape
    size = side * round((header[_PLACES].shape[0] - 1) ** 0.5)
    heads, activation, epsilon = *_KNOWN.get(width, (0, "")), 1e-5
    config = file.parent / "config.json"
    if config.is_file():
        said: dict[str, Any] = msgspec.json.decode(config.read_bytes())
        said = said.get("vision_config", said)
        heads = said.get("num_attention_heads", heads)
        activation = said.get("hidden_act", activation)
        epsilon = said.get("layer_norm_eps", epsilon)
    if not heads or width % heads or activation not in ("gelu", "quick_gelu"):
        raise ExportError(
            f"{file} is an image encoder {width} wide, of which is not known how many heads it has: name the folder that "
            "has its config.json too."
        )
    return VisionConfig(int(heads), cast(Activation, activation), size, float(epsilon))
