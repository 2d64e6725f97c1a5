"""A ControlNet's file or folder into `home`/adapters/SHA256."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ensembles.adapters import store
from ensembles.adapters.about import About
from ensembles.adapters.controlnet import SHARED, identity
from ensembles.engine.places import optional_modules, places
from ensembles.engine.weights import LAYOUT, PartLayout, TensorPlace, read_header
from export.adapters import keep_file
from export.controlnets.names import names_of
from export.errors import ExportError

_STEM = "diffusion_pytorch_model"
_OWN = (*SHARED, "controlnet_cond_embedding.", "controlnet_down_blocks.", "controlnet_mid_block.")
_BASES = {768: "sd15", 1024: "sd2", 2048: "sdxl"}
"""Width of texts → family, in the sizes that were published."""
KINDS = {
    "canny": "canny", "openpose": "openpose|pose", "depth": "depth", "softedge": "softedge|hed|pidi",
    "lineart": "lineart", "scribble": "scribble|sketch", "segmentation": "seg", "tile": "tile", "inpaint": "inpaint",
    "normal": "normal", "mlsd": "mlsd", "edges": "edge",
}  # fmt: skip
"""What kind of hint → what a file of that kind is called."""


def add(path: Path, home: Path, name: str) -> About:
    """Put the ControlNet at `path` into `home` by its content, atomically, and return what it is.

    `path` is a safetensors file in diffusers' names or LDM's (`control_model.…`), or a diffusers folder. A file that
    is there already stays as it is. Raises `ExportError`, one sentence, for what is no ControlNet.
    """
    file = _file_of(path)
    header = read_header(file)
    layout, names = names_of(file.name, header)
    kind = f"{path.name} {name}"
    return keep_file(
        file,
        home,
        name,
        lambda _path, called, sha256: _describe(called, sha256, file, layout, names, header, kind),
        extra={LAYOUT: msgspec.json.encode(PartLayout(store.WEIGHTS, names))},
    )


def _file_of(path: Path) -> Path:
    """The safetensors file of a diffusers folder, or `path` itself."""
    if not path.is_dir():
        return path
    config = path / "config.json"
    if config.is_file():
        said: dict[str, Any] = msgspec.json.decode(config.read_bytes())
        if said.get("_class_name", "ControlNetModel") != "ControlNetModel":
            raise ExportError(
                f"{path} is a {said['_class_name']}, not a ControlNetModel: name another folder."
            )
        if (
            said.get("global_pool_conditions")
            or said.get("controlnet_conditioning_channel_order", "rgb") != "rgb"
        ):
            raise ExportError(
                f"{path} takes its hints in a way of its own (shuffle), which is not known here."
            )
    found = sorted(path.glob(f"{_STEM}*.safetensors"), key=lambda one: (len(one.name), one.name))
    if not found:
        raise ExportError(
            f"{path} has no {_STEM}.safetensors: name a ControlNet's file, or its diffusers folder."
        )
    return found[0]


def _describe(
    name: str,
    sha256: str,
    file: Path,
    layout: str,
    names: Mapping[str, str],
    header: Mapping[str, TensorPlace],
    kind: str,
) -> About:
    shapes = {ours: header[theirs].shape for ours, theirs in names.items()}
    strange = sorted(one for one in shapes if not one.startswith(_OWN))
    if strange:
        raise ExportError(
            f"{file.name} holds {len(strange)} tensors that a ControlNet does not have, first {strange[0]}: take another."
        )
    try:
        found = places(shapes)
    except (KeyError, IndexError) as error:
        raise ExportError(f"{file.name} lacks {error.args[0]} of a ControlNet: download it again.") from error
    for place, channels in enumerate(found.residuals):
        module = (
            f"controlnet_down_blocks.{place}" if place < len(found.residuals) - 1 else "controlnet_mid_block"
        )
        if shapes.get(f"{module}.weight", ())[:2] != (channels, channels) or f"{module}.bias" not in shapes:
            raise ExportError(f"{file.name} lacks {module}, or has it of another shape: download it again.")
    wrong = sorted(one for one, theirs in names.items() if header[theirs].dtype not in ("F32", "F16", "BF16"))
    if wrong:
        raise ExportError(
            f"{file.name} stores {wrong[0]} as {header[names[wrong[0]]].dtype}: save it as F16 or F32."
        )
    return About(
        type="controlnet",
        name=name,
        sha256=sha256,
        bytes=file.stat().st_size,
        layout=layout,
        base=_BASES.get(found.context, ""),
        architecture=identity(shapes),
        width=found.context,
        details={
            "residuals": list(found.residuals),
            "modules": optional_modules(shapes),
            "sizes": "add_embedding.linear_1.weight" in shapes,
            "hint": next((one for one, words in KINDS.items() if re.search(words, kind.lower())), ""),
        },
    )
