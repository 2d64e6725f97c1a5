"""FreeU (Si et al. 2023) in a graph: the way up is strengthened, low frequencies of what was kept are weakened.

Versions 1 and 2 act where the way up has four or two times the channels of the first level, as the authors' code
does; version 3 is version 1 where diffusers puts it, in the first two blocks of the way up.
"""

import math

import numpy as np

from ensembles.engine.rewriting import Rewriter

SMALLEST = 1e-20
"""A span that is not divided by: where a map is the same everywhere, its mean counts nothing."""


class FreeU:
    """The nodes of FreeU; `freeu` is the graph's input [B,5]: b1, b2, s1, s2, version (0: nothing changes)."""

    def __init__(self, rewriter: Rewriter, freeu: str, width: int) -> None:
        self._made = rewriter
        rewriter.at_start()
        one = rewriter.constant(1.0)
        columns = [
            rewriter.make(
                "Unsqueeze",
                rewriter.make(
                    "Slice",
                    freeu,
                    rewriter.constant([place]),
                    rewriter.constant([place + 1]),
                    rewriter.constant([1]),
                ),
                rewriter.constant([2, 3]),
            )
            for place in range(5)
        ]
        *factors, version = columns
        is_version = [self._equals(version, number) for number in (1.0, 2.0, 3.0)]
        by_width = rewriter.make("Add", is_version[0], is_version[1])
        self._second = is_version[1]
        self._not_second = rewriter.make("Sub", one, self._second)
        more = [rewriter.make("Sub", factor, one) for factor in factors]
        by_channels = [rewriter.make("Mul", extra, by_width) for extra in more]
        by_block = [rewriter.make("Mul", extra, is_version[2]) for extra in more]
        self._of_channels = {
            4 * width: (by_channels[0], by_channels[2]),
            2 * width: (by_channels[1], by_channels[3]),
        }
        self._of_block = {0: (by_block[0], by_block[2]), 1: (by_block[1], by_block[3])}

    def _equals(self, version: str, number: float) -> str:
        same = self._made.make("Equal", version, self._made.constant(number))
        return self._made.make("Cast", same, to=1)  # FLOAT

    def apply(self, block: int, channels: int, hidden: str, skip: str) -> tuple[str, str]:
        """`hidden` [B,channels,h,w] of the way up and `skip` as block number `block` of the way up joins them."""
        found = [
            table[key]
            for table, key in ((self._of_channels, channels), (self._of_block, block))
            if key in table
        ]
        if not found:
            return hidden, skip
        made = self._made
        backbone, kept = found[0]
        if len(found) == 2:
            backbone, kept = made.make("Add", backbone, found[1][0]), made.make("Add", kept, found[1][1])
        return self._backbone(hidden, channels, backbone), self._filtered(skip, kept)

    def _backbone(self, hidden: str, channels: int, more: str) -> str:
        """The first half of the channels × (1 + more); in version 2 more where their mean is high."""
        made = self._made
        mean = made.make("ReduceMean", hidden, axes=[1], keepdims=1)
        low = made.make("ReduceMin", mean, axes=[2, 3], keepdims=1)
        span = made.make("Sub", made.make("ReduceMax", mean, axes=[2, 3], keepdims=1), low)
        span = made.make("Max", span, made.constant(SMALLEST))
        height = made.make("Div", made.make("Sub", mean, low), span)
        where = made.make("Add", made.make("Mul", height, self._second), self._not_second)
        half = np.zeros((1, channels, 1, 1), np.float32)
        half[:, : channels // 2] = 1
        extra = made.make("Mul", made.make("Mul", where, more), made.constant(half))
        return made.make("Add", hidden, made.make("Mul", hidden, extra))

    def _filtered(self, skip: str, more: str) -> str:
        """`skip` + more · its part at the frequencies 0 and −1 along each axis, of which the real part is taken.

        Four of a Fourier transform's frequencies need no transform: a product with seven waves and one back.
        """
        made = self._made
        shape = made.make("Shape", skip)
        waves, count = self._waves(shape)
        flat = made.make("Reshape", skip, made.constant([0, 0, -1]))
        amounts = made.make("MatMul", flat, made.make("Transpose", waves, perm=[1, 0]))
        low = made.make("Reshape", made.make("MatMul", amounts, waves), shape)
        return made.make("Add", skip, made.make("Mul", made.make("Div", low, count), more))

    def _waves(self, shape: str) -> tuple[str, str]:
        """[7, h·w]: cosines and sines of the frequencies (0,0), (−1,0), (0,−1), (−1,−1); and h·w."""
        made = self._made
        angles, longer, extents = [], [], []
        for axis, turned in ((2, [-1, 1]), (3, [1, -1])):
            extent = made.make("Gather", shape, made.constant(axis))
            extents.append(made.make("Cast", extent, to=1))
            steps = made.make("Range", made.constant(0), extent, made.constant(1))
            turn = made.make("Div", made.constant(2 * math.pi), extents[-1])
            angle = made.make("Mul", made.make("Cast", steps, to=1), turn)
            angles.append(made.make("Reshape", angle, made.constant(turned)))
            # Of one cell the frequency −1 is 0 itself, which is counted already.
            many = made.make("Greater", extents[-1], made.constant(1.0))
            longer.append(made.make("Cast", many, to=1))
        size = made.make("Slice", shape, made.constant([2]), made.constant([4]), made.constant([0]))
        both = made.make("Add", *angles)
        rows = []
        for angle, counted in (
            (angles[0], longer[0]),
            (angles[1], longer[1]),
            (both, made.make("Mul", *longer)),
        ):
            for wave in ("Cos", "Sin"):
                value = made.make("Mul", made.make(wave, angle), counted)
                rows.append(made.make("Expand", value, size))
        ones = made.make("Expand", made.constant(1.0), size)
        flat = [made.make("Reshape", row, made.constant([1, -1])) for row in (ones, *rows)]
        return made.make("Concat", *flat, axis=0), made.make("Mul", *extents)
