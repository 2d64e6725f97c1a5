"""What the adapters do, in figures; the painter is a parameter, so torch and Triton are measured alike.

NumPy, SciPy and onnxruntime only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from export.pocket import adherence
from export.pocket.adapters import hints, style_judge
from export.pocket.captions import Caption, describe
from export.pocket.scenes import Scene, render, sample_scene

Pictures = npt.NDArray[np.uint8]


class Paint(Protocol):
    """Paints uint8 [N, 128, 128, 3], one picture a caption, each from its own seed.

    ``hints`` float32 [N, 128, 128] in 0..1 for the edge ControlNet, or None to paint without it.
    """

    def __call__(
        self,
        captions: Sequence[str],
        seeds: Sequence[int],
        *,
        hints: npt.NDArray[np.float32] | None = None,
        strength: float = 1.0,
    ) -> Pictures:
        """Paint."""
        ...


#: Scene stream of the measurements; training draws stream 1, and 4242 was looked at on the way.
SEED = 5151


@dataclass(frozen=True, slots=True)
class HintCase:
    """A held-out scene: its picture, hint bool [128, 128], caption, and a caption without its shape."""

    scene: Scene
    picture: Pictures
    hint: npt.NDArray[np.bool_]
    caption: Caption
    vague: str


def hint_cases(count: int = 100, seed: int = SEED) -> list[HintCase]:
    """The first ``count`` scenes of a stream that training never draws whose outline shows in grey.

    All colour-shape pairs, those held out from training included.
    """
    cases: list[HintCase] = []
    index = 0
    while len(cases) < count:
        scene = sample_scene(seed, index, held_out=None)
        if hints.contrast(scene) >= hints.CONTRAST:
            picture = render(scene)
            caption = describe(scene, np.random.default_rng([seed, 0xED6E, index]), full=True)
            hint = hints.edges(picture[None], *hints.MEASURE)[0]
            vague = f"{scene.colour} on {scene.background} background"
            cases.append(HintCase(scene, picture, hint, caption, vague))
        index += 1
    return cases


@dataclass(frozen=True, slots=True)
class EdgeResult:
    """Overlap of generated edges with the hint, one number a case."""

    overlap: npt.NDArray[np.float64]
    pictures: Pictures

    @property
    def mean(self) -> float:
        """The average overlap, 0..1."""
        return float(self.overlap.mean())


def edge_overlap(
    paint: Paint,
    cases: Sequence[HintCase],
    *,
    controlled: bool = True,
    vague: bool = False,
    strength: float = 1.0,
    batch: int = 20,
) -> EdgeResult:
    """Paint every case (seed = its number) and compare edges with the hint."""
    pictures: list[Pictures] = []
    for start in range(0, len(cases), batch):
        part = cases[start : start + batch]
        lines = np.stack([case.hint for case in part]).astype(np.float32)
        pictures.append(
            paint(
                [case.vague if vague else case.caption.text for case in part],
                list(range(start, start + len(part))),
                hints=lines if controlled else None,
                strength=strength,
            )
        )
    painted = np.concatenate(pictures)
    wanted = np.stack([case.hint for case in cases])
    return EdgeResult(hints.overlap(hints.edges(painted, *hints.MEASURE), wanted), painted)


def style_captions(count: int = 100, seed: int = SEED) -> list[Caption]:
    """Captions that state shape, colour and background, of held-out scenes that are not outlined."""
    found: list[Caption] = []
    index = 0
    while len(found) < count:
        scene = sample_scene(seed + 1, index, held_out=None)
        if scene.style != "outlined":
            found.append(describe(scene, np.random.default_rng([seed, 0x57E1, index]), full=True))
        index += 1
    return found


@dataclass(frozen=True, slots=True)
class StyleResult:
    """Shares in 0..1: recognised as the style; and shape, colour and both as the captions state."""

    style: float
    shape: float
    colour: float
    subject: float
    pictures: Pictures


def style_share(
    paint: Paint, captions: Sequence[Caption], *, trigger: str = "", batch: int = 20
) -> StyleResult:
    """Paint captions (seed = number + 500) and ask the style's classifier and the family's judge.

    ``paint`` has the LoRA at the strength in question; ``trigger`` is appended to the captions.
    """
    pictures: list[Pictures] = []
    for start in range(0, len(captions), batch):
        lines = [c.text + (f", {trigger}" if trigger else "") for c in captions[start : start + batch]]
        pictures.append(paint(lines, list(range(500 + start, 500 + start + len(lines)))))
    painted = np.concatenate(pictures)
    hits = np.array(
        [
            (shape == c.shape, colour == c.colour)
            for (shape, colour, _), c in zip(adherence.read(painted), captions, strict=True)
        ]
    )
    shape, colour = (float(share) for share in hits.mean(0))
    return StyleResult(
        float(style_judge.read(painted).mean()), shape, colour, float(hits.all(1).mean()), painted
    )
