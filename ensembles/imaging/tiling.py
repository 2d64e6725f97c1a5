"""The VAE in tiles, so that a large picture needs no more memory than a small one."""

import itertools
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Network = Callable[[F32], Awaitable[F32]]

FACTOR = 8
"""Pixels per latent cell, along each axis."""


class Tile(NamedTuple):
    """One stretch along one axis, and how it is weighted there."""

    start: int
    weight: F32
    """[tile], 0..1: ramps where a neighbour overlaps; weights of all tiles sum to 1 at each place"""


class Layout(NamedTuple):
    """Sizes in latent cells."""

    tile: int = 64
    """side of a tile"""
    overlap: int = 24
    """what neighbouring tiles share, at least"""
    blend: int = 16
    """over how much of that one passes into the other, at most `overlap`"""
    whole: int = 96
    """up to whole² cells are done in one call"""


LAYOUT = Layout()


async def decode_tiled(latent: F32, decode: Network, layout: Layout = LAYOUT, factor: int = FACTOR) -> F32:
    """f32[N,4,h,w] unscaled → f32[N,3,8h,8w] in −1..1."""
    return await _tiled(latent, decode, layout, grow=factor, shrink=1)


async def encode_tiled(image: F32, encode: Network, layout: Layout = LAYOUT, factor: int = FACTOR) -> F32:
    """f32[N,3,H,W] in −1..1 → f32[N,4,H/8,W/8] unscaled."""
    return await _tiled(image, encode, layout, grow=1, shrink=factor)


async def _tiled(values: F32, network: Network, layout: Layout, *, grow: int, shrink: int) -> F32:
    """One of `grow` and `shrink` is 1: pixels per cell of the result, of `values`."""
    height, width = values.shape[2] // shrink, values.shape[3] // shrink
    if height * width <= layout.whole**2:
        return await network(values)
    result: F32 | None = None
    for row in tiles(height, layout.tile, layout.overlap, layout.blend, grow):
        for column in tiles(width, layout.tile, layout.overlap, layout.blend, grow):
            top, left = row.start * shrink, column.start * shrink
            rows, columns = len(row.weight) // grow * shrink, len(column.weight) // grow * shrink
            part = await network(np.ascontiguousarray(values[:, :, top : top + rows, left : left + columns]))
            if result is None:
                result = np.zeros((*part.shape[:2], height * grow, width * grow), np.float32)
            top, left = row.start * grow, column.start * grow
            place = np.s_[:, :, top : top + part.shape[2], left : left + part.shape[3]]
            result[place] += part * (row.weight[:, None] * column.weight)
    if result is None:
        raise ValueError("There is nothing to tile.")
    return result


def tiles(length: int, tile: int, overlap: int, blend: int, scale: int) -> list[Tile]:
    """Equal tiles over `length` cells, at least `overlap` shared by neighbours; weights at `scale`×.

    The weights pass from one tile to the next over `blend` cells in the middle of what they share, so
    that the cells at a tile's edge, which lack their surroundings, do not count.
    """
    size = min(tile, length)
    count = 1 if size == length else -(-(length - overlap) // (size - overlap))
    starts = [round(index * (length - size) / max(1, count - 1)) for index in range(count)]
    places = (np.arange(length * scale, dtype=np.float32) + np.float32(0.5)) / scale
    # How far the picture has passed to tile i, for each place; before the first one and after the last
    # one there is nothing to pass, and the differences sum to 1 everywhere.
    passed = [np.ones_like(places)]
    for before, after in itertools.pairwise(starts):
        share = np.clip((places - (before + size + after) / 2) / blend + 0.5, 0, 1)
        passed.append(share * share * (3 - 2 * share))  # smoothstep: no kink at the ends
    passed.append(np.zeros_like(places))
    return [
        Tile(start, np.asarray((here - beyond)[start * scale : (start + size) * scale], np.float32))
        for start, (here, beyond) in zip(starts, itertools.pairwise(passed), strict=True)
    ]
