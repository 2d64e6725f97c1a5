"""Edge hints of scenes, and how well a picture keeps to one.

One definition of an edge serves training and measurement: the Canny of the imaging nodes. Hints of
training come from the scene itself or from a redrawing of it in white on black, so that a shape and
a ground of the same lightness, between which Canny sees nothing, have an outline too.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ensembles.imaging.edges import GREY, canny
from export.pocket.scenes import RESOLUTION, Scene, render, sample_scene
from export.pocket.vocabulary import COLOURS

Bits = npt.NDArray[np.bool_]

#: Canny thresholds of faint and of strong hints (the latter are the node's own defaults).
FAINT, STRONG = (0.1, 0.2), (0.4, 0.8)
#: Thresholds of the measurement, for hint and generated picture alike.
MEASURE = (0.2, 0.4)
#: Lines are widened by this many pixels to each side before they are compared.
TOLERANCE = 1
#: Two colours nearer than this in grey (0..1) leave no line that Canny surely finds.
CONTRAST = 0.15


def edges(pictures: npt.NDArray[np.uint8], low: float, high: float) -> Bits:
    """Edges of uint8 [N, H, W, 3]: bool [N, H, W]."""
    return canny(pictures.astype(np.float32) / 255.0, low, high) > 0.5


def contrast(scene: Scene) -> float:
    """How far shape and background lie apart in grey, 0..1."""
    return abs(float(np.asarray(COLOURS[scene.colour]) @ GREY - np.asarray(COLOURS[scene.background]) @ GREY))


def stark(scene: Scene) -> Scene:
    """The same outline in white on black."""
    return replace(
        scene,
        colour="white",
        background="black",
        gradient=False,
        foreground_rgb=(1.0, 1.0, 1.0),
        background_rgb=(0.0, 0.0, 0.0),
    )


def training_hint(scene: Scene, seed: int, index: int) -> Bits:
    """The hint of training scene ``index``, bool [128, 128]: faint from itself or strong from its redrawing."""
    rng = np.random.default_rng([seed, 0x417, index])
    # Glossy light has no outline of its own worth following in white on black.
    drawn = stark(scene) if scene.style != "glossy" else replace(stark(scene), style="flat")
    outline: Bits = edges(render(drawn)[None], *STRONG)[0]
    if rng.random() < 0.5:
        return outline
    own: Bits = edges(render(scene)[None], *FAINT)[0]
    return own if own.sum() >= 0.8 * outline.sum() else outline


def write_hints(path: Path, count: int, *, seed: int, part: int = 0, parts: int = 1) -> None:
    """Fill ``path`` with the hints of training scenes, one bit a pixel: uint8 [count, 2048]."""
    store = open_hints(path, count, "r+")
    for start in range(part * 256, count, parts * 256):
        rows = [
            training_hint(sample_scene(seed, index), seed, index)
            for index in range(start, min(start + 256, count))
        ]
        store[start : start + len(rows)] = np.packbits(np.stack(rows).reshape(len(rows), -1), axis=1)
    store.flush()


def open_hints(path: Path, count: int, mode: Any = "r") -> np.memmap[Any, np.dtype[np.uint8]]:
    """Map the file of hints; ``r+`` makes it where it is missing."""
    size = count * RESOLUTION * RESOLUTION // 8
    if mode == "r+":
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.truncate(size)
    return np.memmap(path, np.uint8, mode, shape=(count, RESOLUTION * RESOLUTION // 8))


def unpack(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Packed hints [N, 2048] as float32 [N, 1, 128, 128] in 0..1."""
    bits = np.unpackbits(rows, axis=1).reshape(-1, 1, RESOLUTION, RESOLUTION)
    return bits.astype(np.float32)


def widen(lines: Bits, by: int = TOLERANCE) -> Bits:
    """Lines [N, H, W] grown by ``by`` pixels in all eight directions."""
    if by == 0:
        return lines
    square = np.ones((1, 2 * by + 1, 2 * by + 1), bool)
    return np.asarray(ndimage.binary_dilation(lines, square), bool)


def overlap(one: Bits, other: Bits, by: int = TOLERANCE) -> npt.NDArray[np.float64]:
    """Intersection over union of two sets of lines [N, H, W], both widened: float64 [N] in 0..1.

    Two pictures without any line agree fully.
    """
    a, b = widen(one, by), widen(other, by)
    union = (a | b).sum((1, 2))
    return np.where(union == 0, 1.0, (a & b).sum((1, 2)) / np.maximum(union, 1))
