"""Latents put into batches, mixed with each other, and told where noise goes."""

from dataclasses import replace

import numpy as np

from control.workflows.nodes.images import from_batch_size, span
from control.workflows.nodes.latents import LATENT, first, last
from control.workflows.nodes.pure import MAX_SIDE, pure
from control.workflows.types import Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Latent
from ensembles.arrays import Array
from ensembles.imaging.batches import as_many
from ensembles.imaging.mixing import interpolate
from ensembles.imaging.resizing import fit
from ensembles.imaging.tiling import FACTOR


def _places(latent: Latent) -> tuple[int, ...]:
    return tuple(range(len(latent.samples))) if latent.places is None else latent.places


def _like(samples: Array, other: Array, method: str = "bilinear") -> Array:
    """`other` cut and resized to the size of `samples`."""
    return first(fit(last(other), samples.shape[3], samples.shape[2], method))


def _pair(samples1: Latent, samples2: Latent, method: str = "bilinear") -> tuple[Array, Array]:
    """Both of one shape: the second is resized, and begun again where it has fewer pictures."""
    one = samples1.samples
    return one, as_many(_like(one, samples2.samples[: len(one)], method), len(one))


def _batch(samples1: Latent, samples2: Latent) -> Latent:
    both = np.concatenate([samples1.samples, _like(samples1.samples, samples2.samples)])
    return replace(samples1, samples=both, places=_places(samples1) + _places(samples2))


def _from_batch(samples: Latent, batch_index: int, length: int) -> Latent:
    pictures = len(samples.samples)
    start, end = span(pictures, batch_index, length)
    mask = samples.mask
    if mask is not None and len(mask) > 1:
        mask = as_many(mask, pictures)[start:end]
    return Latent(samples.samples[start:end], mask, _places(samples)[start:end])


def _repeat(samples: Latent, amount: int) -> Latent:
    pictures = len(samples.samples)
    mask, places = samples.mask, samples.places
    if mask is not None and len(mask) > 1:
        mask = np.tile(as_many(mask, pictures), (amount, 1, 1))
    if places is not None:
        # As if the whole batch from its first place to its last had been repeated.
        stretch = max(places) - min(places) + 1
        places = tuple(place + turn * stretch for turn in range(amount) for place in places)
    return Latent(np.tile(samples.samples, (amount, 1, 1, 1)), mask, places)


def _joined(samples1: Latent, samples2: Latent, dim: str) -> Latent:
    one, other = samples1.samples, as_many(samples2.samples, len(samples1.samples))
    axis = 3 if dim.endswith("x") else 2
    if one.shape[5 - axis] != other.shape[5 - axis]:
        side, word = ("height", "beside") if axis == 3 else ("width", "above")
        raise Unfit(
            "samples2",
            f"Only latents of the same {side} can be put {word} each other; use LatentUpscale before.",
        )
    return replace(
        samples1, samples=np.concatenate([other, one] if dim.startswith("-") else [one, other], axis)
    )


def _joined_size(samples1: Size, samples2: Size, dim: str) -> Size:
    if dim.endswith("x"):
        return samples1._replace(width=samples1.width + samples2.width)
    return samples1._replace(height=samples1.height + samples2.height)


def _stretch(length: int, index: int, amount: int) -> tuple[int, int]:
    """From where to where a cut goes, in cells; at least one. A negative index counts from the end."""
    start = max(index + length, 0) if index < 0 else min(index, length - 1)
    return start, min(length, start + amount)


def _cut(samples: Latent, dim: str, index: int, amount: int) -> Latent:
    axis = 3 if dim == "x" else 2
    start, end = _stretch(samples.samples.shape[axis], index, amount)
    part = samples.samples[:, :, start:end] if axis == 2 else samples.samples[..., start:end]
    return replace(samples, samples=part)


def _cut_size(samples: Size, dim: str, index: int, amount: int) -> Size:
    side = "width" if dim == "x" else "height"
    start, end = _stretch(getattr(samples, side) // FACTOR, index, amount)
    return samples._replace(**{side: (end - start) * FACTOR})


def _blend(samples1: Latent, samples2: Latent, blend_factor: float) -> Latent:
    one, other = _pair(samples1, samples2, "bicubic")
    part = np.float32(blend_factor)
    return replace(samples1, samples=one * part + other * (1 - part))


def _add(samples1: Latent, samples2: Latent) -> Latent:
    one, other = _pair(samples1, samples2)
    return replace(samples1, samples=one + other)


def _subtract(samples1: Latent, samples2: Latent) -> Latent:
    one, other = _pair(samples1, samples2)
    return replace(samples1, samples=one - other)


def _interpolate(samples1: Latent, samples2: Latent, ratio: float) -> Latent:
    return replace(samples1, samples=interpolate(*_pair(samples1, samples2), ratio))


def _behave(samples: Latent, seed_behavior: str) -> Latent:
    if seed_behavior == "random":
        return replace(samples, places=None)
    return replace(samples, places=_places(samples)[:1] * len(samples.samples))


TWO = {"samples1": LATENT, "samples2": LATENT}

NODES: tuple[NodeType, ...] = (
    pure(
        "LatentBatch", "LatentBatch", "latent/batch",
        TWO,
        outputs("LATENT"),
        _batch,
        size=lambda samples1, samples2: samples1._replace(pictures=samples1.pictures + samples2.pictures),
        cause="samples2",
        description="The second is cut and resized to the first one's size. Each picture keeps the noise of its place.",
    ),
    pure(
        "LatentFromBatch", "Latent From Batch", "latent/batch",
        {
            "samples": LATENT,
            "batch_index": Input("INT", default=0, low=0, high=63, step=1),
            "length": Input("INT", default=1, low=1, high=64, step=1),
        },
        outputs("LATENT"),
        _from_batch,
        size=lambda samples, batch_index, length: from_batch_size(
            image=samples, batch_index=batch_index, length=length
        ),
        cause="batch_index",
        description="Its pictures get the noise that they would have had in the whole batch.",
    ),
    pure(
        "RepeatLatentBatch", "Repeat Latent Batch", "latent/batch",
        {"samples": LATENT, "amount": Input("INT", default=1, low=1, high=64, step=1)},
        outputs("LATENT"),
        _repeat,
        size=lambda samples, amount: samples._replace(pictures=samples.pictures * amount),
        cause="amount",
        description="The batch several times.",
    ),
    pure(
        "LatentBatchSeedBehavior", "LatentBatchSeedBehavior", "latent/advanced",
        {"samples": LATENT, "seed_behavior": Input(
                "COMBO", default="fixed", choices=("random", "fixed"), tooltip="Whose noise each picture gets."
            )},
        outputs("LATENT"),
        _behave,
        description="fixed: all pictures get the first one's noise. random: each that of its place.",
    ),
    pure(
        "LatentConcat", "LatentConcat", "latent/advanced",
        {**TWO, "dim": Input(
                "COMBO", choices=("x", "-x", "y", "-y"), tooltip="Beside or below; with a minus the second comes first."
            )},
        outputs("LATENT"),
        _joined,
        size=_joined_size,
        cause="samples2",
        description="The second beside (x) or below (y) the first, or before it (-).",
    ),
    pure(
        "LatentCut", "LatentCut", "latent/advanced",
        {
            "samples": LATENT,
            "dim": Input("COMBO", choices=("x", "y"), tooltip="x: columns, y: rows."),
            "index": Input(
                "INT", default=0, low=-MAX_SIDE, high=MAX_SIDE, step=1, tooltip="The first cell; negative: from the end."
            ),
            "amount": Input("INT", default=1, low=1, high=MAX_SIDE, step=1, tooltip="How many cells."),
        },
        outputs("LATENT"),
        _cut,
        size=_cut_size,
        cause="amount",
        description="Index and amount are cells of 8 pixels.",
    ),
    pure(
        "LatentBlend", "Latent Blend", "_for_testing",
        {**TWO, "blend_factor": Input("FLOAT", default=0.5, low=0.0, high=1.0, step=0.01, tooltip="Share of the first.")},
        outputs("LATENT"),
        _blend,
        description="The factor is the first one's share.",
    ),
    pure(
        "LatentAdd", "LatentAdd", "latent/advanced",
        TWO,
        outputs("LATENT"),
        _add,
        description="The sum of two latents.",
    ),
    pure(
        "LatentSubtract", "LatentSubtract", "latent/advanced",
        TWO,
        outputs("LATENT"),
        _subtract,
        description="The first latent less the second.",
    ),
    pure(
        "LatentMultiply", "LatentMultiply", "latent/advanced",
        {"samples": LATENT, "multiplier": Input("FLOAT", default=1.0, low=-10.0, high=10.0, step=0.01, tooltip="The number.")},
        outputs("LATENT"),
        lambda samples, multiplier: replace(samples, samples=samples.samples * np.float32(multiplier)),
        description="A latent times a number.",
    ),
    pure(
        "LatentInterpolate", "LatentInterpolate", "latent/advanced",
        {**TWO, "ratio": Input("FLOAT", default=1.0, low=0.0, high=1.0, step=0.01, tooltip="Share of the first.")},
        outputs("LATENT"),
        _interpolate,
        description="The ratio is the first one's share.",
    ),
    pure(
        "SetLatentNoiseMask", "Set Latent Noise Mask", "latent/inpaint",
        {"samples": LATENT, "mask": Input("MASK")},
        outputs("LATENT"),
        lambda samples, mask: replace(samples, mask=mask),
        description="Only where the mask is 1 is anything painted.",
    ),
)  # fmt: skip
