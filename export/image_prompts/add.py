"""An IP-Adapter's file into `home`/adapters/SHA256, with the image encoder that it looks through."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ensembles.adapters import store
from ensembles.adapters.about import About
from ensembles.engine.image_keys import layers_of
from ensembles.engine.projection_graphs import FORMS, form_of
from ensembles.engine.vision_graph import EMBEDS
from ensembles.engine.weights import LAYOUT, PartLayout, TensorPlace, read_header
from export.adapters import keep_file
from export.errors import ExportError
from export.image_prompts.encoders import find_encoder, keep_encoder

_FLOATS = ("F32", "F16", "BF16")
_BASES = {768: "sd15", 1024: "sd2", 2048: "sdxl"}
"""Width of texts → family, in the sizes that were published."""
_FACES = re.compile(r"image_proj\.perceiver_resampler\.|\.to_[qkv]_lora\.|image_proj\.proj\.2\.weight$")


def add(path: Path, home: Path, name: str, encoder: Path | None = None) -> About:
    """Put the IP-Adapter file at `path` into `home` by its content, atomically, and return what it is.

    `encoder` is the CLIP image encoder: a transformers folder or its safetensors file; by default `image_encoder`
    beside the file or above it, else one of the right shape of everybody's IP-Adapters. Raises `ExportError`.
    """
    if path.is_dir():
        found = sorted(path.glob("ip*adapter*.safetensors"))
        if len(found) != 1:
            raise ExportError(f"{path} holds {len(found)} IP-Adapter files: name one of them.")
        path = found[0]
    header = read_header(path)
    form = _form_of(path, header)
    known = FORMS[form]
    width = header[known.entry].shape[1]
    found_encoder = (
        keep_encoder(encoder, home) if encoder else find_encoder(path, home, known.reads == EMBEDS, width)
    )
    return keep_file(
        path,
        home,
        name,
        lambda file, called, sha256: _describe(called, sha256, file, form, header, found_encoder),
        extra={LAYOUT: msgspec.json.encode(PartLayout(store.WEIGHTS, {one: one for one in header}))},
    )


def _form_of(path: Path, header: Mapping[str, TensorPlace]) -> str:
    form = form_of(header)
    if form and layers_of(list(header)):
        return form
    if any(_FACES.search(one) for one in header):
        raise ExportError(
            f"{path.name} looks like an IP-Adapter FaceID, which reads faces through InsightFace's network: take the plus-face "
            "or full-face one, which read them through CLIP."
        )
    raise ExportError(
        f"{path.name} is no IP-Adapter: it lacks image_proj.* or ip_adapter.1.to_k_ip.weight; name another file."
    )


def _describe(
    name: str, sha256: str, file: Path, form: str, header: Mapping[str, TensorPlace], encoder: str
) -> About:
    wrong = sorted(one for one, place in header.items() if place.dtype not in _FLOATS)
    if wrong:
        raise ExportError(
            f"{file.name} stores {wrong[0]} as {header[wrong[0]].dtype}: save it as F16 or F32."
        )
    shapes = {one: place.shape for one, place in header.items()}
    numbers = layers_of(list(shapes))
    layers = [shapes[f"ip_adapter.{number}.to_k_ip.weight"] for number in numbers]
    context = shapes[FORMS[form].exit][0]
    for number, (width, own) in zip(numbers, layers, strict=True):
        value = f"ip_adapter.{number}.to_v_ip.weight"
        if own != context or shapes.get(value) != (width, context):
            raise ExportError(
                f"{file.name}: layer {number} does not take tokens {context} wide: download it again."
            )
    try:
        FORMS[form].graph(shapes)
    except (KeyError, IndexError) as error:
        raise ExportError(
            f"{file.name} lacks {error.args[0]} of an IP-Adapter: download it again."
        ) from error
    return About(
        type="ip_adapter",
        name=name,
        sha256=sha256,
        bytes=file.stat().st_size,
        layout="ip-adapter",
        base=_BASES.get(context, ""),
        width=context,
        details={"form": form, "layers": [width for width, _ in layers], "encoder": encoder},
    )
