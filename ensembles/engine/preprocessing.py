"""A published preprocessor, ready to run: a picture in, its hint out."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ensembles.arrays import Array
from ensembles.engine.bind import run_options
from ensembles.engine.errors import EngineError
from ensembles.engine.standalone import described, open_graph
from ensembles.imaging import hints, skeleton
from ensembles.imaging.resizing import resize
from ensembles.preprocessor import (
    FILE,
    GRAPH,
    INPUT,
    MAX_PIXELS,
    Input,
    Preprocessor,
    Type,
    read_preprocessor,
)

F32 = NDArray[np.float32]


class Hint(NamedTuple):
    """What is made of one picture."""

    pixels: F32
    """f32[h,w,3] in 0..1"""
    keypoints: str = ""
    """Of poses: the people as OpenPose's JSON."""


class PreprocessingNetwork:
    """The network of `folder` (`preprocessors/NAME`).

    `threads` defaults to $STUDIO_ENGINE_THREADS, `providers` to what there is ($STUDIO_PROVIDERS). Raises
    `EngineError` where the folder does not hold a network that loads.
    """

    def __init__(
        self, folder: Path, threads: int | None = None, providers: Sequence[str] | None = None
    ) -> None:
        self.said = described(read_preprocessor, folder / FILE, "a preprocessor")
        self._session = open_graph(folder / GRAPH, threads, providers)
        self._run_options = run_options()

    def run(
        self, image: Array, around: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> list[Hint]:
        """fp32 [B,3,h,w] in 0..1 → a hint for each picture, of its size.

        The network works on a picture whose longer side is at most `input.side`. `around` is entered for each picture.
        Raises `EngineError` for another shape or type, more than `MAX_PIXELS`, values that are not numbers, and a
        failed run.
        """
        check(image)
        made = []
        for picture in image:
            with around():
                made.append(self._hint(np.ascontiguousarray(np.moveaxis(picture, 0, -1))))
        return made

    def _hint(self, picture: F32) -> Hint:
        height, width = picture.shape[:2]
        values = self.answer(picture)
        if self.said.output == "people":
            people = skeleton.people(values[0], width, height)
            return Hint(skeleton.drawn(people, width, height), skeleton.as_json(people, width, height))
        if self.said.type == "segmentation":
            if self.said.output == "classes":
                labels = values[0].argmax(0 if self.said.input.layout == "NCHW" else -1)
            else:
                labels = np.rint(values[0])
            return Hint(hints.coloured(_nearest(labels.astype(np.int64), width, height), self.said.palette))
        smooth = resize(values.astype(np.float32), width, height)[0]
        made = FINISH[self.said.type](smooth, self.said)
        return Hint(np.repeat(made[..., None], 3, -1))

    def answer(self, picture: F32) -> Array:
        """What the graph gives for f32[h,w,3] in 0..1, by its kind of output (`Preprocessor.output`); finite."""
        said = self.said.input
        width, height = working_size(picture.shape[1], picture.shape[0], said)
        small = resize(picture[None], width, height, "area" if width < picture.shape[1] else "bilinear")
        values = (small * (said.high - said.low) + said.low - np.array(said.mean, np.float32)) / np.array(
            said.std, np.float32
        )
        if said.layout == "NCHW":
            values = np.moveaxis(values, -1, 1)
        given = np.ascontiguousarray(values, np.dtype(said.dtype))
        try:
            (made,) = self._session.run([self.said.answer], {said.name: given}, self._run_options)
        except Exception as error:
            raise EngineError(f"{self.said.name} failed: {error}") from error
        answer = squeezed(np.asarray(made), self.said.output)
        if not np.isfinite(answer).all():
            raise EngineError(f"{self.said.name} gave values that are not finite numbers for this picture.")
        return answer


FINISH: Mapping[Type, Callable[[F32, Preprocessor], F32]] = {
    "softedge": lambda values, said: np.clip(values, 0, 1),
    "lineart": lambda values, said: hints.lineart(values),
    "scribble": lambda values, said: hints.scribble(values),
    "depth": lambda values, said: hints.depth(values, invert=said.invert),
}
"""What becomes of a map as large as the picture, f32[h,w]."""


def check(image: Array) -> None:
    """Raises `EngineError` for what is no fp32 [B,3,h,w] of finite numbers, or too large."""
    if image.ndim != 4 or image.shape[1] != 3 or not image.size or image.dtype != np.float32:
        raise EngineError(
            f"{INPUT}: send fp32 [B,3,h,w] with at least one pixel, not {image.dtype} {list(image.shape)}."
        )
    height, width = image.shape[2:]
    if height * width > MAX_PIXELS:
        raise EngineError(
            f"{INPUT}: {width} x {height} pixels are more than the {MAX_PIXELS} that a picture may have. Send it smaller."
        )
    if not np.isfinite(image).all():
        raise EngineError(f"{INPUT}: some values are not finite numbers; send 0..1.")


def working_size(width: int, height: int, said: Input) -> tuple[int, int]:
    """Width and height that the network is given a picture of that size in."""
    if said.width and said.height:
        return said.width, said.height
    share = min(1.0, said.side / max(width, height))
    most = max(1, said.side // said.multiple)
    wide, high = (
        min(most, max(1, round(side * share / said.multiple))) * said.multiple for side in (width, height)
    )
    return said.width or wide, said.height or high


def squeezed(made: Array, output: str) -> Array:
    """An answer without the axis of one channel; raises `EngineError` for another shape than its kind of output has."""
    if output in ("map", "labels") and made.ndim == 4 and 1 in (made.shape[1], made.shape[-1]):
        made = made[:, 0] if made.shape[1] == 1 else made[..., 0]
    elif output in ("map", "labels") and made.ndim == 2:
        made = made[None]
    dims = {"map": 3, "labels": 3, "classes": 4, "people": 3}[output]
    if made.ndim != dims or len(made) != 1 or not made.size:
        raise EngineError(
            f"The network gave an answer of the shape {list(made.shape)}, which is no {output}."
        )
    return made


def _nearest(labels: NDArray[np.int64], width: int, height: int) -> NDArray[np.int64]:
    """[h,w] → [height,width]: between two classes is neither."""
    rows, columns = (
        (np.arange(new) * old // new) for new, old in ((height, labels.shape[0]), (width, labels.shape[1]))
    )
    return np.asarray(labels[rows][:, columns])
