"""What an output node hands out, as it is kept: pictures encoded, and without what only one job says of them."""

import io
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from PIL import Image

from control.workflows.values import Handed, Latent
from ensembles.arrays import Array

COMPRESSION = 4
"""zlib's, 0..9."""


@dataclass(frozen=True)
class Png:
    """An encoded picture; no text in it."""

    data: bytes = field(repr=False)
    width: int
    """Pixels."""
    height: int


@dataclass(frozen=True)
class Files:
    """A `Handed` whose pictures are PNG files."""

    folder: Literal["output", "temp"]
    prefix: str = ""
    """As the node was given it: words like %date:…% are resolved for each job anew."""
    pictures: tuple[Png, ...] = ()
    texts: tuple[str, ...] = ()
    latent: Latent | None = field(default=None, repr=False)


def encoded(handed: Handed) -> Files:
    """Encodes its pictures: a while of computing for large ones."""
    images = () if handed.images is None else handed.images
    return Files(
        folder=handed.folder,
        prefix=handed.prefix,
        pictures=tuple(png(image) for image in images),
        texts=tuple(handed.texts),
        latent=handed.latent,
    )


def png(image: Array) -> Png:
    """fp32 [H,W,3 or 4] in 0..1 as PNG: `clip(255·x)`, truncated (facts of the format's reference); NaN is black."""
    scaled = np.nan_to_num(np.asarray(image, np.float32), posinf=1, neginf=0) * np.float32(255)
    picture = Image.fromarray(np.ascontiguousarray(np.clip(scaled, 0, 255).astype(np.uint8)))
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=COMPRESSION)
    return Png(out.getvalue(), picture.width, picture.height)
