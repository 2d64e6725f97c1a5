"""Noise levels against k-diffusion's functions, or the formulas written out."""

import math

import numpy as np
import pytest
import torch

from control.workflows.catalogue import CATALOGUE
from control.workflows.nodes.sigmas import Levels
from control.workflows.types import Unfit
from control.workflows.values import Model
from ensembles.manifest import Manifest
from perf.parity import kdiffusion, schedules
from perf.parity.nodes import run_node

TESTED = {
    "BasicScheduler", "KarrasScheduler", "ExponentialScheduler", "PolyexponentialScheduler", "LaplaceScheduler",
    "VPScheduler", "BetaSamplingScheduler", "SDTurboScheduler", "SplitSigmas", "SplitSigmasDenoise", "FlipSigmas",
    "SetFirstSigma", "ManualSigmas", "SamplingPercentToSigma",
}  # fmt: skip
POCKET = {"model": Model("pocket")}
SPAN = {"steps": 7, "sigma_max": 12.0, "sigma_min": 0.05}


async def made(engine, name: str, **given) -> np.ndarray:
    (found,) = await run_node(engine, name, **given)
    assert found.dtype == np.float32
    return found


def close(got: np.ndarray, want) -> None:
    np.testing.assert_allclose(got, np.asarray(want, np.float64), rtol=3e-6, atol=1e-7)


@pytest.mark.parametrize("scheduler", sorted(schedules.SCHEDULES))
async def test_a_checkpoints_schedules(manifests, scheduler):
    if scheduler in ("karras", "exponential") and not kdiffusion.at_hand():
        pytest.skip("k-diffusion is not here; make parity fetches it")
    got = await made(manifests, "BasicScheduler", **POCKET, scheduler=scheduler, steps=9, denoise=1.0)
    close(got, schedules.sigmas(scheduler, 9, "euler"))
    part = await made(manifests, "BasicScheduler", **POCKET, scheduler=scheduler, steps=6, denoise=0.4)
    close(part, schedules.sigmas(scheduler, 15, "euler")[-7:])
    assert len(await made(manifests, "BasicScheduler", **POCKET, scheduler=scheduler, denoise=0.0)) == 0


async def test_schedules_between_levels_of_ones_own(manifests):
    n, high, low = 7, 12.0, 0.05
    ramp = np.linspace(0, 1, n)
    close(
        await made(manifests, "KarrasScheduler", **SPAN, rho=5.0),
        [*(high ** (1 / 5) + ramp * (low ** (1 / 5) - high ** (1 / 5))) ** 5, 0],
    )
    close(await made(manifests, "ExponentialScheduler", **SPAN), [*np.geomspace(high, low, n), 0])
    bent = np.exp(ramp[::-1] ** 1.7 * (math.log(high) - math.log(low)) + math.log(low))
    close(await made(manifests, "PolyexponentialScheduler", **SPAN, rho=1.7), [*bent, 0])
    close(
        await made(manifests, "PolyexponentialScheduler", **SPAN, rho=1.0),
        await made(manifests, "ExponentialScheduler", **SPAN),
    )


async def test_the_variance_preserving_process(manifests):
    """σ² = 1/ᾱ − 1 with ᾱ = e^−∫β, β(t) = β_min + β_d·t (Song et al. 2021, eq. 33), summed over ten thousand slices."""
    got = await made(manifests, "VPScheduler", steps=5, beta_d=15.0, beta_min=0.2, eps_s=0.01)
    for sigma, time in zip(got[:-1], np.linspace(1, 0.01, 5), strict=True):
        middle = (np.arange(10000) + 0.5) / 10000 * time
        bar = math.exp(-(0.2 + 15.0 * middle).sum() * time / 10000)
        assert sigma == pytest.approx(math.sqrt(1 / bar - 1), rel=1e-5)
    assert got[-1] == 0


async def test_a_laplace_distribution(manifests):
    from scipy.stats import laplace

    got = await made(manifests, "LaplaceScheduler", **SPAN, mu=0.3, beta=0.8)
    assert len(got) == 7
    assert (got[0], got[-1]) == (np.float32(12.0), np.float32(0.05))
    quantiles = laplace.ppf(1 - np.arange(1, 6) / 6, loc=0.3, scale=0.8)
    np.testing.assert_allclose(got[1:-1], np.exp(quantiles), rtol=1e-4)


async def test_a_beta_distribution(manifests):
    from scipy.stats import beta

    got = await made(manifests, "BetaSamplingScheduler", **POCKET, steps=6, alpha=0.5, beta=0.8)
    picked = [round(beta.ppf(1 - i / 6, 0.5, 0.8) * 999) for i in range(6)]
    close(got, [*schedules.TRAINED[picked].tolist(), 0])


async def test_the_turbo_models_timesteps(manifests):
    trained = schedules.TRAINED
    close(await made(manifests, "SDTurboScheduler", **POCKET, steps=1), [trained[999], 0])
    close(
        await made(manifests, "SDTurboScheduler", **POCKET, steps=3),
        [trained[999], trained[899], trained[799], 0],
    )
    close(
        await made(manifests, "SDTurboScheduler", **POCKET, steps=2, denoise=0.5),
        [trained[499], trained[399], 0],
    )
    close(
        await made(manifests, "SDTurboScheduler", **POCKET, steps=4, denoise=0.2),
        [trained[199], trained[99], 0],
    )


async def test_cutting_turning_changing(manifests):
    whole = np.array([8, 4, 2, 1, 0], np.float32)
    high, low = await run_node(manifests, "SplitSigmas", sigmas=whole, step=3)
    assert (high.tolist(), low.tolist()) == ([8, 4, 2, 1], [1, 0])
    high, low = await run_node(manifests, "SplitSigmas", sigmas=whole, step=9)
    assert (high.tolist(), low.tolist()) == ([8, 4, 2, 1, 0], [])
    for denoise, want in ((0.5, ([8, 4, 2], [2, 1, 0])), (1.0, ([8], [8, 4, 2, 1, 0])), (0.0, ([], [0]))):
        high, low = await run_node(manifests, "SplitSigmasDenoise", sigmas=whole, denoise=denoise)
        assert (high.tolist(), low.tolist()) == want
    assert (await made(manifests, "FlipSigmas", sigmas=whole)).tolist() == [np.float32(1e-4), 1, 2, 4, 8]
    assert (await made(manifests, "FlipSigmas", sigmas=whole[:-1])).tolist() == [1, 2, 4, 8]
    assert len(await made(manifests, "FlipSigmas", sigmas=whole[:0])) == 0
    assert (await made(manifests, "SetFirstSigma", sigmas=whole, sigma=9.5)).tolist() == [9.5, 4, 2, 1, 0]
    assert whole.tolist() == [8, 4, 2, 1, 0]


async def test_levels_written_down(manifests):
    got = await made(manifests, "ManualSigmas", sigmas="14.6, 3 .5;1e-1\n0.")
    close(got, [14.6, 3, 0.5, 0.1, 0])
    for text, what in (
        ("1, -2", "from 0 to 1e[+]06"),
        ("1e99", "from 0 to 1e[+]06"),
        ("1 " * 152, "152 levels; 151 are the most"),
    ):
        with pytest.raises(Unfit, match=what):
            CATALOGUE["ManualSigmas"].check(sigmas=text)


async def test_a_share_of_the_way_as_a_level(manifests):
    async def level(percent: float, actual: bool = False) -> float:
        given = {"sampling_percent": percent, "return_actual_sigma": actual}
        return (await run_node(manifests, "SamplingPercentToSigma", **POCKET, **given))[0]

    want = schedules.t_to_sigma(torch.tensor(0.7 * 999))
    assert await level(0.3) == pytest.approx(float(want), rel=1e-5)
    assert await level(0.0, True) == pytest.approx(float(schedules.TRAINED[-1]), rel=1e-6)
    assert await level(1.0, True) == pytest.approx(float(schedules.TRAINED[0]), rel=1e-6)
    assert await level(0.0) > 1e6
    assert await level(1.0) == 0


def test_what_is_known_of_levels_before():
    def size(name: str, **given):
        return CATALOGUE[name].size(**given)

    assert size("KarrasScheduler", steps=20) == (Levels(20, 20),)
    assert size("KarrasScheduler", steps=None) == (None,)
    assert size("SplitSigmas", sigmas=Levels(20, 20), step=5) == (Levels(5, 20), Levels(15, 20))
    assert size("SplitSigmas", sigmas=Levels(15, 20), step=30) == (Levels(15, 20), Levels(0, 20))
    assert size("SplitSigmas", sigmas=None, step=5) == (None, None)
    assert size("SplitSigmasDenoise", sigmas=Levels(20, 20), denoise=0.25) == (Levels(15, 20), Levels(5, 20))
    assert size("FlipSigmas", sigmas=Levels(5, 20)) == (Levels(5, 20),)
    with pytest.raises(Unfit, match="less than sigma_min"):
        CATALOGUE["KarrasScheduler"].check(sigma_max=0.1, sigma_min=0.2)
    with pytest.raises(Unfit, match="too little for 100 steps"):
        CATALOGUE["BasicScheduler"].check(steps=100, denoise=0.001)


class OneCheckpoint:
    """Knows one manifest."""

    def __init__(self, manifest: Manifest):
        self._manifest = manifest

    def manifest(self, _checkpoint: str) -> Manifest:
        return self._manifest


@pytest.mark.parametrize("zero_snr", [False, True])
async def test_checkpoints_without_signal_at_the_end_begin_where_they_were_trained(zero_snr):
    manifest = Manifest(
        name="z", architecture="", context_dim=8, prediction="v_prediction", zero_snr=zero_snr
    )
    levels = await made(
        OneCheckpoint(manifest), "BasicScheduler", model=Model("z"), scheduler="normal", steps=4, denoise=1.0
    )
    assert levels[0] == pytest.approx(4518.76 if zero_snr else 14.6146, rel=1e-4)
