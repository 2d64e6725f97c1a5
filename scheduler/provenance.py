"""What a finished file says of itself: its recipe, and the workflow that it is, in both of ComfyUI's forms."""

import io
import json
import struct
import zlib
from typing import Any

import msgspec
from PIL import Image

from control.jobs.requests import Img2Img, Txt2Img
from control.workflows.editor.draw import drawn
from control.workflows.short_forms import as_json, graph_of
from ensembles.imaging.provenance import Recipe
from ensembles.manifest import Manifest

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_AFTER_IHDR = 8 + 25


class Finished(msgspec.Struct, frozen=True):
    """A picture as it is kept."""

    data: bytes
    media_type: str
    width: int
    """Pixels."""
    height: int
    recipe: dict[str, Any]
    """ensembles.imaging.provenance.Recipe"""


def finished(data: bytes, place: int, work: Txt2Img | Img2Img, manifest: Manifest) -> Finished:
    """A file of Triton's with the request inside, and what it says of itself. Its pixels are not touched."""
    # Text before the pixels is read with the header.
    image = Image.open(io.BytesIO(data), formats=("PNG", "WEBP"))
    written = image.info.get("studio")
    recipe = json.loads(written) if written else msgspec.to_builtins(_recipe(work, manifest, place))
    if image.format == "PNG":
        graph = graph_of(work)
        data = with_text(data, "workflow", text(drawn(graph)))
        data = with_text(data, "prompt", text(as_json(work)))
    return Finished(data, f"image/{str(image.format).lower()}", image.width, image.height, recipe)


def text(value: object) -> str:
    """JSON in ASCII, as PNG's plain text wants it."""
    return json.dumps(value, separators=(",", ":"))


def with_text(png: bytes, keyword: str, value: str) -> bytes:
    """A PNG with one more `tEXt` chunk before its pixels; `iTXt` where `value` is not Latin-1 (PNG, 11.3.3).

    Raises `ValueError` for what is no PNG.
    """
    if not png.startswith(SIGNATURE) or png[12:16] != b"IHDR":
        raise ValueError("This is no PNG.")
    try:
        body = b"tEXt" + keyword.encode("latin-1") + b"\0" + value.encode("latin-1")
    except UnicodeEncodeError:
        # Not compressed, and of no language.
        body = b"iTXt" + keyword.encode("latin-1") + bytes(5) + value.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_AFTER_IHDR] + chunk + png[_AFTER_IHDR:]


def _recipe(work: Txt2Img | Img2Img, manifest: Manifest, place: int) -> Recipe:
    return Recipe(
        prompt=work.prompt, negative_prompt=work.negative_prompt, seed=work.seed or 0, steps=work.steps, cfg=work.cfg,
        sampler=work.sampler, scheduler=work.scheduler, width=work.width or 0, height=work.height or 0,
        batch_size=work.batch, batch_index=place, denoise=getattr(work, "strength", 1.0), clip_skip=work.clip_skip,
        model=work.model, model_hash=manifest.weights.get("unet", ""),
    )  # fmt: skip
