"""How nodes that only compute are declared: a row each, refused before they would fill the memory."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from control.workflows.nodes.words import TOOLTIPS
from control.workflows.types import Input, NodeType, Output, Size, Unfit
from control.workflows.values import Latent, Stitch
from ensembles.arrays import Array
from ensembles.imaging.tiling import FACTOR

MAX_SIDE = 16384
"""Pixels of a side."""
MAX_PIXELS = 64 * 2**20
"""Of all pictures of a batch together."""


def pure(
    name: str,
    title: str,
    category: str,
    inputs: Mapping[str, Input],
    outputs: tuple[Output, ...],
    compute: Callable[..., Any],
    *,
    size: Callable[..., Any] | None = None,
    cause: str = "",
    **more: Any,
) -> NodeType:
    """A node type whose `compute` takes the inputs in their order and gives its output, or a tuple of several.

    `size` takes by name those inputs that it needs (Size for pictures, masks and latents) and gives a Size or a value,
    or a tuple of them; without it the result is as large as the first picture. A result that would be too large, or
    empty, is refused as the fault of the input `cause`: at submission where sizes are known by then, else before it
    is computed. Inputs without a tooltip have that of their name (control/workflows/nodes/words.py).
    """
    sizes = None if size is None else _by_name(size, len(outputs))

    def check(**known: Any) -> None:
        for one in sizes(**known) if sizes else ():
            if isinstance(one, Size):
                possible(one, cause)

    def run(**given: Any) -> tuple[Any, ...]:
        check(**{name: size_of(value) for name, value in given.items()})
        results = compute(*(given[name] for name in inputs))
        return tuple(map(_settled, results if type(results) is tuple else (results,)))

    told = {
        key: one if one.tooltip else replace(one, tooltip=TOOLTIPS.get(key, ""))
        for key, one in inputs.items()
    }
    return NodeType(
        name, title, category, told, outputs, run, check=check if sizes else None, size=sizes, **more
    )


def size_of(value: Any) -> Any:
    """The Size of a picture, mask or latent, or of the picture that is stitched; anything else as it is."""
    if isinstance(value, Latent):
        count, _, height, width = value.samples.shape
        return Size(count, width * FACTOR, height * FACTOR)
    if isinstance(value, Stitch):
        value = value.original
    if isinstance(value, np.ndarray) and value.ndim >= 3:
        count, height, width = value.shape[:3]
        return Size(count, width, height)
    return value


def possible(size: Size, cause: str) -> None:
    """Raises `Unfit` for a result that is empty or would not fit into memory."""
    if min(size) < 1:
        raise Unfit(
            cause,
            f"Nothing would be left: {size.width} x {size.height} pixels. Choose a part of the picture.",
        )
    if max(size.width, size.height) > MAX_SIDE:
        raise Unfit(
            cause,
            f"The result would be {size.width} x {size.height} pixels; a side may have {MAX_SIDE}. Make it smaller.",
        )
    if size.pictures * size.width * size.height > MAX_PIXELS:
        raise Unfit(
            cause,
            f"The result would be {size.pictures} pictures of {size.width} x {size.height} pixels; all of a batch "
            f"may have {MAX_PIXELS // 2**20} megapixels together. Make them smaller, or fewer.",
        )


def many(name: str, values: Array, pictures: int) -> Array:
    """The batch of input `name`, where as many are needed: one serves for all."""
    if len(values) not in (1, pictures):
        raise Unfit(
            name, f"It has {len(values)} pictures, and {pictures} are needed. Give as many, or one for all."
        )
    return values


def _by_name(size: Callable[..., Any], count: int) -> Callable[..., tuple[Any, ...]]:
    """`size` with any inputs, for each output: None for all where one that it needs is not known."""
    names = tuple(inspect.signature(size).parameters)

    def sizes(**known: Any) -> tuple[Any, ...]:
        needed = [known.get(name) for name in names]
        if any(value is None for value in needed):
            return (None,) * count
        found = size(*needed)
        return found if type(found) is tuple else (found,)

    return sizes


def _settled(value: Any) -> Any:
    """Arrays as links carry them: fp32, in one piece."""
    if isinstance(value, np.ndarray):
        array = np.ascontiguousarray(value, np.float32)
        # A part of a larger array would keep the whole of it in memory.
        return array.copy() if isinstance(array.base, np.ndarray) and array.base.size > array.size else array
    if isinstance(value, Latent):
        return replace(value, samples=_settled(value.samples), mask=_settled(value.mask))
    if isinstance(value, Stitch):
        return replace(value, original=_settled(value.original), weight=_settled(value.weight))
    return value
