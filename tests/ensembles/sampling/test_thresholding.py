"""Dynamic thresholding against its published formulas in torch, picture by picture."""

import math

import numpy as np
import pytest
import torch

from ensembles.sampling.thresholding import Threshold, thresholded
from ensembles.sampling.types import F32

RNG = np.random.default_rng(4)
POSITIVE, NEGATIVE = (RNG.standard_normal((2, 4, 12, 10)).astype(np.float32) for _ in range(2))


def reference(t: Threshold, positive: F32, negative: F32, cfg: float, mimic: float) -> F32:
    """One picture [C,h,w]; extremes over each channel, or over all."""
    c, u = torch.from_numpy(positive).double(), torch.from_numpy(negative).double()
    strong, weak = u + (c - u) * cfg, u + (c - u) * mimic
    centred, weak_centred = (x - x.mean((1, 2), keepdim=True) for x in (strong, weak))

    def measured(x: torch.Tensor, quantile: float | None) -> torch.Tensor:
        flat = x.reshape(4, -1) if t.separate else x.reshape(1, -1)
        if t.measure == "STD":
            found = flat.std(1)
        else:
            found = torch.quantile(flat.abs(), 1.0 if quantile is None else quantile, dim=1)
        return found.expand(4)[:, None, None]

    wanted, has = measured(weak_centred, None), measured(centred, t.percentile)
    if t.startpoint == "ZERO":
        result = strong * (wanted / has)
    elif t.measure == "STD":
        result = centred / has * wanted + strong.mean((1, 2), keepdim=True)
    else:
        most = torch.maximum(wanted, has)
        result = torch.minimum(torch.maximum(centred, -most), most) / most * wanted
        result = result + strong.mean((1, 2), keepdim=True)
    return (result * t.phi + strong * (1 - t.phi)).numpy().astype(np.float32)


@pytest.mark.parametrize(
    "threshold",
    [
        Threshold(4.0),
        Threshold(4.0, 0.95),
        Threshold(4.0, 0.9, separate=True),
        Threshold(4.0, separate=True, measure="STD"),
        Threshold(4.0, measure="STD", startpoint="ZERO", phi=0.3),
        Threshold(4.0, 0.99, startpoint="ZERO"),
    ],
)
def test_every_measure(threshold: Threshold) -> None:
    made = thresholded(threshold, POSITIVE, NEGATIVE, 12.0, 500.0)
    wanted = [
        reference(threshold, c, u, 12.0, threshold.mimic) for c, u in zip(POSITIVE, NEGATIVE, strict=True)
    ]
    np.testing.assert_allclose(made, np.stack(wanted), atol=2e-4)


def test_scales_go_over_the_timesteps() -> None:
    t = Threshold(
        7.0, mimic_mode="Cosine Up", mimic_min=2.0, cfg_mode="Power Down", cfg_min=1.0, sched_val=2.0
    )
    at = (999 - 400) / 998
    mimic = 2 + 5 * (1 - math.cos(at * 1.5707))
    cfg = 1 + 11 * (1 - at**2)
    wanted = reference(t, POSITIVE[0], NEGATIVE[0], cfg, mimic)
    np.testing.assert_allclose(thresholded(t, POSITIVE[:1], NEGATIVE[:1], 12.0, 400.0)[0], wanted, atol=2e-4)


def test_a_picture_does_not_depend_on_its_neighbours_and_flat_ones_stay() -> None:
    both = thresholded(Threshold(4.0), POSITIVE, NEGATIVE, 12.0, 500.0)
    np.testing.assert_array_equal(
        thresholded(Threshold(4.0), POSITIVE[1:], NEGATIVE[1:], 12.0, 500.0), both[1:]
    )
    flat = np.full((1, 4, 8, 8), 0.3, np.float32)
    np.testing.assert_allclose(thresholded(Threshold(4.0), flat, flat, 12.0, 500.0), flat, atol=1e-6)
