"""torch's CPU normal noise, bit for bit, without torch.

What is reproduced is `torch.manual_seed(seed)` followed by calls of `torch.randn(shape)` (float32, CPU,
contiguous) on x86-64 with AVX2, which is what ComfyUI and AUTOMATIC1111's CPU noise draw from:

* the engine is MT19937 seeded with the low 32 bits of the seed;
* 16 values or more: one 24-bit uniform each, then Box-Muller over blocks of 16, the first 8 with the second 8;
  when the count is not a multiple of 16 the last 16 values are drawn and computed once more;
* fewer: double precision Box-Muller, one value at a time, the second of a pair kept for the next call.

torch's AVX2 kernel does not call libm: log, sin and cos are the single precision polynomials of Cephes in the
form of avx_mathfun.h, and the compiler fuses most of its multiplications and additions. Both are repeated here,
with `_fma` rounding once as the instruction does, so what comes out is the same on every machine (draws under
16 values go through libm in double precision instead). Checked equal in every bit over 2**24 values of torch
2.13. torch itself is not that constant: its scalar fallback, on processors without AVX2, differs from its AVX2
kernel, and so from this, by up to 2e-6.

Sources: PyTorch (BSD-3) aten/src/ATen/native/cpu/DistributionTemplates.h and
aten/src/ATen/core/DistributionsHelper.h for the order of draws; avx_mathfun.h (zlib licence, G. Garberoglio,
after J. Pommier's sse_mathfun.h and S. Moshier's Cephes) for the constants. The arithmetic is rewritten for NumPy
(an altered version in the sense of that licence).
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ensembles.sampling.types import F32

I32: TypeAlias = npt.NDArray[np.int32]

_LOG = [
    np.float32(v)
    for v in (
        *(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1),
        *(-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1),
    )
]
_LN2_LOW, _LN2_HIGH = np.float32(-2.12194440e-4), np.float32(0.693359375)
_SQRT_HALF = np.float32(0.707106781186547524)
_SIN = [np.float32(v) for v in (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)]
_COS = [np.float32(v) for v in (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)]
_QUARTER_PI = [np.float32(v) for v in (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)]
_FOUR_OVER_PI = np.float32(1.27323954473516)
_TWO_PI = np.float32(2 * math.pi)
_HALF, _ONE = np.float32(0.5), np.float32(1)

_CHUNK = 1 << 16  # values at a time: the double precision temporaries of _fma stay in cache


class Generator:
    """torch's default CPU generator after `torch.manual_seed(seed)`; each draw continues the last.

    `seed` is any integer from −2**63 to 2**64−1, as torch takes it; only its low 32 bits matter.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.MT19937()
        # Not MT19937(seed): only the legacy seeding is the plain one of 2002 that torch uses.
        np.random.RandomState(self._bits).seed(int(seed) & 0xFFFFFFFF)
        self._spare: float | None = None

    def randn(self, shape: Sequence[int]) -> F32:
        """Standard normal values, float32, equal to `torch.randn(shape)` at this point of the stream."""
        size = math.prod(shape)
        values = self._few(size) if size < 16 else self._many(size)
        return values.reshape(tuple(shape))

    def _uniform(self, size: int) -> F32:
        low = self._bits.random_raw(size) & np.uint64(0xFFFFFF)
        values: F32 = low.astype(np.float32) * np.float32(2.0**-24)
        return values

    def _many(self, size: int) -> F32:
        values = self._uniform(size)
        whole = size - size % 16
        for start in range(0, whole, _CHUNK):
            stop = min(start + _CHUNK, whole)
            values[start:stop] = _box_muller(values[start:stop])
        if whole != size:
            values[size - 16 :] = _box_muller(self._uniform(16))
        return values

    def _few(self, size: int) -> F32:
        return np.array([self._one() for _ in range(size)], dtype=np.float32)

    def _one(self) -> float:
        if self._spare is not None:
            value, self._spare = self._spare, None
            return value
        u1, u2 = self._uniform_double(), self._uniform_double()
        radius, theta = math.sqrt(-2.0 * math.log1p(-u2)), 2.0 * math.pi * u1
        self._spare = radius * math.sin(theta)
        return radius * math.cos(theta)

    def _uniform_double(self) -> float:
        high, low = (int(v) for v in self._bits.random_raw(2))
        return ((high << 32 | low) & ((1 << 53) - 1)) * 2.0**-53


def in_places(generator: Generator, shape: Sequence[int], places: Sequence[int]) -> F32:
    """Noise [N,…] for pictures of a larger batch, each with that of its place there, from 0.

    Drawn one by one, as ComfyUI draws it: the same values, unless a latent's size is no multiple of 16.
    """
    noise = np.empty(tuple(shape), np.float32)
    for place in range(max(places) + 1):
        noise[[wanted == place for wanted in places]] = generator.randn(shape[1:])
    return noise


def on_the_arc(noise: F32, other: F32, share: float) -> F32:
    """Noise [N,…] that lies `share` of the way from one to the other along the arc between them, each picture by itself.

    Shoemake 1985's slerp; half-way between two draws it is as strong as either, where their mean would be weaker.
    """
    mixed = np.empty_like(noise)
    for place, (a, b) in enumerate(zip(noise.astype(np.float64), other.astype(np.float64), strict=True)):
        cosine = np.vdot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))
        angle = math.acos(min(1.0, max(-1.0, cosine)))
        if math.sin(angle) < 1e-6:
            mixed[place] = a if share < 1 else b
            continue
        mixed[place] = (math.sin((1 - share) * angle) * a + math.sin(share * angle) * b) / math.sin(angle)
    return mixed


def _box_muller(uniform: F32) -> F32:
    """Uniforms [16k] in [0, 1) → normals [16k]; of each 16 the first 8 give radii, the others angles."""
    pairs = uniform.reshape(-1, 2, 8)
    radius = np.sqrt(np.float32(-2) * _log(_ONE - pairs[:, 0]))
    sine, cosine = _sincos(_TWO_PI * pairs[:, 1])
    # + 0: the kernel ends in value·std + mean, which turns −0 into 0.
    normals: F32 = np.stack([radius * cosine, radius * sine], axis=1) + np.float32(0)
    return normals.reshape(-1)


def _fma(a: F32, b: F32 | np.float32, c: F32 | np.float32) -> F32:
    """a·b + c, rounded to float32 once.

    The product of two float32 is exact in float64, so only their sum is rounded before the cast. That second
    rounding can go wrong only where the first ended exactly between two float32: there the sum is nudged towards
    what was cut off (round to odd: Boldo and Melquiond 2008, "Emulation of FMA and correctly rounded sums").
    """
    product = a.astype(np.float64) * np.float64(b)
    total = product + c
    bits = total.view(np.int64)
    halfway = np.flatnonzero((bits & 0x1FFFFFFF) == 0x10000000)
    if len(halfway):
        p, t = product.flat[halfway], total.flat[halfway]
        addend = np.broadcast_to(np.asarray(c, dtype=np.float64), total.shape).flat[halfway]
        part = t - p
        cut = (p - (t - part)) + (addend - part)
        bits.flat[halfway] += np.sign(cut * t).astype(np.int64)
    return total.astype(np.float32)


def _horner(x: F32, coefficients: Sequence[np.float32]) -> F32:
    value = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        value = _fma(value, x, c)
    return value


def _log(x: F32) -> F32:
    """Natural logarithm of normal floats in (0, 1]."""
    bits = x.view(np.int32)
    exponent = ((bits >> 23) - np.int32(126)).astype(np.float32)
    mantissa = ((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000)).view(np.float32)
    small = mantissa < _SQRT_HALF
    exponent = exponent - small.astype(np.float32)
    m = (mantissa - _ONE) + np.where(small, mantissa, np.float32(0))
    square = m * m
    tail = _fma(_horner(m, _LOG) * m, square, exponent * _LN2_LOW)
    value: F32 = (m + (tail - square * _HALF)) + exponent * _LN2_HIGH
    return value


def _sincos(x: F32) -> tuple[F32, F32]:
    """Sine and cosine of angles ≥ 0, in radians."""
    octant: I32 = ((x * _FOUR_OVER_PI).astype(np.int32) + np.int32(1)) & np.int32(~1)
    turns = octant.astype(np.float32)
    for part in _QUARTER_PI:
        x = _fma(turns, part, x)
    square = x * x
    cosine = _fma(_horner(square, _COS) * square, square, -(square * _HALF)) + _ONE
    sine = _fma(_horner(square, _SIN) * square, x, x)
    straight = (octant & 2) == 0
    sine_sign = np.where(octant & 4, -_ONE, _ONE)
    cosine_sign = np.where((octant - 2) & 4, _ONE, -_ONE)
    return np.where(straight, sine, cosine) * sine_sign, np.where(straight, cosine, sine) * cosine_sign
