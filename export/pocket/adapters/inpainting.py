"""What masked blending does on pocket: how often the prompt is followed inside, what changes outside.

NumPy, SciPy and onnxruntime only; the painter is a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from export.pocket import adherence
from export.pocket.adapters.measure import SEED, Pictures
from export.pocket.captions import Caption, describe
from export.pocket.scenes import RESOLUTION, render, sample_scene
from export.pocket.vocabulary import COLOUR_NAMES, SHAPES

Masks = npt.NDArray[np.float32]
#: Captions, seeds, pictures uint8 [N, 128, 128, 3], masks [N, 128, 128] in 0..1 to pictures.
Repaint = Callable[[Sequence[str], Sequence[int], Pictures, Masks], Pictures]


@dataclass(frozen=True, slots=True)
class RegionCase:
    """A drawn picture, the mask over its shape, and a caption that asks for another shape there."""

    picture: Pictures
    mask: Masks
    caption: Caption


def region_cases(
    count: int = 100, *, grow: float = 10.0, feather: float = 4.0, seed: int = SEED
) -> list[RegionCase]:
    """Scenes whose shape is to become another one in another colour, on the same ground.

    The mask is a square around the shape, ``grow`` pixels larger than its radius to each side,
    whose edge falls to zero outwards over ``feather`` pixels.
    """
    cases: list[RegionCase] = []
    axis = np.arange(RESOLUTION) + 0.5
    for index in range(count):
        rng = np.random.default_rng([seed, 0x1A9A, index])
        scene = sample_scene(seed + 2, index, held_out=None)
        reach = scene.radius + grow
        far = np.maximum(np.abs(axis[None] - scene.centre[0]), np.abs(axis[:, None] - scene.centre[1]))
        inside = far <= reach
        mask = np.clip(1.0 - ndimage.distance_transform_edt(~inside) / (feather + 1.0), 0, 1)
        shapes = [s for s in SHAPES if s != scene.shape]
        colours = [c for c in COLOUR_NAMES if c not in (scene.background, scene.colour)]
        wish = replace(
            scene,
            shape=shapes[rng.integers(len(shapes))],
            colour=colours[rng.integers(len(colours))],
            style="flat",
        )
        cases.append(RegionCase(render(scene), mask.astype(np.float32), describe(wish, rng, full=True)))
    return cases


@dataclass(frozen=True, slots=True)
class RegionResult:
    """Shares in 0..1 of shape, colour and both read as asked; the largest change outside, 0..255."""

    shape: float
    colour: float
    both: float
    outside: int
    pictures: Pictures


def follow(repaint: Repaint, cases: Sequence[RegionCase], *, batch: int = 20) -> RegionResult:
    """Repaint every case (seed = number + 900) and read the result."""
    parts: list[Pictures] = []
    for start in range(0, len(cases), batch):
        chosen = cases[start : start + batch]
        parts.append(
            repaint(
                [case.caption.text for case in chosen],
                list(range(900 + start, 900 + start + len(chosen))),
                np.stack([case.picture for case in chosen]),
                np.stack([case.mask for case in chosen]),
            )
        )
    painted = np.concatenate(parts)
    hits = np.array(
        [
            (shape == case.caption.shape, colour == case.caption.colour)
            for (shape, colour, _), case in zip(adherence.read(painted), cases, strict=True)
        ]
    )
    before = np.stack([case.picture for case in cases]).astype(int)
    untouched = np.stack([case.mask for case in cases]) == 0.0
    change = np.abs(painted.astype(int) - before).max(-1)
    shape, colour = (float(share) for share in hits.mean(0))
    outside = int(change[untouched].max(initial=0))
    return RegionResult(shape, colour, float(hits.all(1).mean()), outside, painted)
