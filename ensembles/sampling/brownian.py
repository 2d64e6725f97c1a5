"""Brownian motion as torchsde's BrownianTree gives it, in NumPy: what SDE samplers draw their noise from.

The value between two times does not depend on which times were asked for before, so a picture keeps its look when
the number of steps changes. A path over [t0, t1] is halved again and again (Brownian bridge, Lévy's construction)
until the wanted times are ends of pieces; the noise of each halving is seeded by its place in the tree. Times are
rounded to 1e-6.

Source: torchsde 0.2.6 (Apache-2.0; Li et al. 2020, "Scalable Gradients for Stochastic Differential Equations";
Kidger et al. 2021, "Efficient and Accurate Gradients for Neural SDEs"): the order of seeds and of operations. Equal
to `torchsde.BrownianTree(t0, zeros(shape), t1, entropy=seed)` bit for bit, as far as `Generator` equals torch.
"""

import math
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ensembles.sampling.noise import Generator
from ensembles.sampling.types import F32

_DIGITS = 6  # of the times, after the point
_POOL = 24  # words of entropy each seed is mixed from
_KEPT = 64  # halvings remembered: two paths from the root to a leaf, which neighbouring steps share


class _Node(NamedTuple):
    """A piece of the path."""

    start: float
    end: float
    depth: int
    number: int
    w: F32
    """The increment over it."""


class BrownianTree:
    """One path W of float32 values of `shape`, from W(t0) = 0."""

    def __init__(self, t0: float, t1: float, shape: Sequence[int], entropy: int) -> None:
        self._shape, self._entropy = tuple(shape), entropy
        self._start, self._end = round(t0, _DIGITS), round(t1, _DIGITS)
        self._whole = self._normal(()) * math.sqrt(t1 - t0)
        self._halves: OrderedDict[tuple[int, int], F32] = OrderedDict()

    def increment(self, ta: float, tb: float) -> F32:
        """W(tb) − W(ta) for ta ≤ tb; times outside [t0, t1] count as its ends."""
        a, b = (round(min(max(t, self._start), self._end), _DIGITS) for t in (ta, tb))
        if a == b:
            return np.zeros(self._shape, dtype=np.float32)
        pieces = self._pieces(a, b, _Node(self._start, self._end, 0, 0, self._whole))
        total = next(pieces)
        for piece in pieces:
            total = total + piece
        return total

    def _pieces(self, a: float, b: float, node: _Node) -> Iterator[F32]:
        """Increments over the pieces that make up [a, b], which lies within the node."""
        if a == node.start and b == node.end:
            yield node.w
            return
        middle = round(0.5 * (node.end + node.start), _DIGITS)
        w = self._left(node, middle)
        depth, number = node.depth + 1, 2 * node.number
        if a < middle:
            yield from self._pieces(a, min(b, middle), _Node(node.start, middle, depth, number, w))
        if b > middle:
            right = _Node(middle, node.end, depth, number + 1, node.w - w)
            yield from self._pieces(max(a, middle), b, right)

    def _left(self, node: _Node, middle: float) -> F32:
        """Increment over the left half, given the whole's: mean in proportion, variance l·r/(l+r)."""
        key = (node.number, node.depth)
        if key in self._halves:
            self._halves.move_to_end(key)
            return self._halves[key]
        left, right, share = middle - node.start, node.end - middle, 1 / (node.end - node.start)
        value = node.w * left * share + self._normal(key) * math.sqrt(left * right * share)
        self._halves[key] = value
        if len(self._halves) > _KEPT:
            self._halves.popitem(last=False)
        return value

    def _normal(self, place: tuple[int, ...]) -> F32:
        seeds = np.random.SeedSequence(self._entropy, spawn_key=place, pool_size=_POOL)
        return Generator(int(seeds.generate_state(1)[0])).randn(self._shape)


class BrownianNoise:
    """(sigma, sigma_next) → the path's increment between them, scaled to unit variance, over falling sigmas.

    As k-diffusion's BrownianTreeNoiseSampler (MIT): one tree for the whole batch, from the lowest positive level to
    the highest.
    """

    def __init__(self, sigmas: Sequence[float], shape: Sequence[int], seed: int) -> None:
        self._args = (min(s for s in sigmas if s > 0), max(sigmas), shape, seed)
        self._tree: BrownianTree | None = None  # grown when first asked: most samplers never do

    def __call__(self, sigma: float, sigma_next: float) -> F32:
        """Noise for the step between the two levels, in either order."""
        if self._tree is None:
            self._tree = BrownianTree(*self._args)
        low, high = sorted((sigma, sigma_next))
        sign = 1.0 if sigma < sigma_next else -1.0
        return self._tree.increment(low, high) * (sign / math.sqrt(high - low))
