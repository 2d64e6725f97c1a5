"""Every sampler against a world whose answer is known in closed form (`gaussian.py`)."""

import math

import numpy as np
import pytest
from gaussian import MEAN, MODEL, SPREAD, Denoiser, flow, start, walk

from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import sigmas_for

# sampler → largest deviation from the flow's end after 40 karras steps, of values of about ±1.
DETERMINISTIC = {
    "euler": 0.08,
    "euler_cfg_pp": 0.08,
    "ddim": 0.08,
    "heunpp2": 0.08,
    "gradient_estimation": 0.06,
    "gradient_estimation_cfg_pp": 0.06,
    "dpm_adaptive": 0.05,
    "heun": 0.006,
    "dpm_2": 0.006,
    "dpm_fast": 0.006,
    "dpmpp_2m": 0.006,
    "dpmpp_2m_cfg_pp": 0.006,
    "lms": 0.003,
    "ipndm": 0.006,
    "ipndm_v": 0.006,
    "deis": 0.008,
    "res_multistep": 0.006,
    "res_multistep_cfg_pp": 0.006,
    "uni_pc": 0.008,
    "uni_pc_bh2": 0.008,
}
# sampler → largest deviation of the standard deviation from SPREAD after 40 karras steps.
STOCHASTIC = {
    "euler_ancestral": 0.06,
    "euler_ancestral_cfg_pp": 0.06,
    "ddpm": 0.06,
    "dpm_2_ancestral": 0.02,
    "dpmpp_2s_ancestral": 0.02,
    "dpmpp_2s_ancestral_cfg_pp": 0.02,
    "dpmpp_sde": 0.02,
    "dpmpp_2m_sde": 0.02,
    "dpmpp_3m_sde": 0.02,
    "er_sde": 0.02,
    "seeds_2": 0.02,
    "seeds_3": 0.02,
    "sa_solver": 0.02,
}
PLAIN_OF = {name: name.removesuffix("_cfg_pp") for name in SAMPLERS if name.endswith("_cfg_pp")}


def levels(sampler: str, steps: int, schedule: str = "karras") -> np.ndarray:
    return sigmas_for(schedule, steps, 1.0, sampler, MODEL)


def test_every_sampler_is_tested_here() -> None:
    assert set(DETERMINISTIC) | set(STOCHASTIC) | {"lcm"} == set(SAMPLERS)


@pytest.mark.parametrize("name", DETERMINISTIC)
async def test_follows_the_flow(name: str) -> None:
    sigmas = levels(name, 40)
    x = start(float(sigmas[0]), (1, 4, 16, 16))
    before = x.copy()
    end = await walk(name, x, sigmas)
    assert end.dtype == np.float32
    assert np.abs(end - flow(x, float(sigmas[0]))).max() < DETERMINISTIC[name]
    assert np.array_equal(x, before)  # the start is not written over


@pytest.mark.parametrize("name", STOCHASTIC)
async def test_ends_in_the_right_distribution(name: str) -> None:
    sigmas = levels(name, 40)
    end = await walk(name, start(float(sigmas[0]), (1, 4, 48, 48)), sigmas)
    assert abs(float(end.mean()) - MEAN) < 0.02
    assert abs(float(end.std()) - SPREAD) < STOCHASTIC[name]


@pytest.mark.parametrize("name", STOCHASTIC)
async def test_noise_is_fresh_but_repeatable(name: str) -> None:
    sigmas = levels(name, 6)
    x = start(float(sigmas[0]), (1, 4, 8, 8))
    a, b, c = [await walk(name, x, sigmas, seed=seed) for seed in (1, 1, 2)]
    assert np.array_equal(a, b)
    assert np.abs(a - c).max() > 0.05


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("euler", 1),
        ("heun", 2),
        ("dpm_2", 2),
        ("dpmpp_2m", 2),
        ("res_multistep", 2),
        ("uni_pc", 2),
        ("lms", 3),
    ],
)
async def test_converges_at_its_order(name: str, order: int) -> None:
    """Over a smooth stretch, away from σ = 0: twice the steps, the error over 2^order (less a fifth for luck)."""
    top, bottom = 5.0, 0.5
    x = start(top, (1, 4, 8, 8))
    errors = []
    for n in (16, 32):
        sigmas = np.geomspace(top, bottom, n + 1).astype(np.float32)
        errors.append(np.abs(await walk(name, x, sigmas) - flow(x, top, bottom)).max())
    assert errors[0] / errors[1] > 0.8 * 2**order


@pytest.mark.parametrize("name", sorted(SAMPLERS))
@pytest.mark.parametrize("steps", [1, 2, 3, 4])
async def test_few_steps_work(name: str, steps: int) -> None:
    sigmas = levels(name, steps)
    end = await walk(name, start(float(sigmas[0]), (1, 4, 8, 8)), sigmas)
    assert np.isfinite(end).all()
    assert abs(float(end.mean()) - MEAN) < 0.6


@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - {"dpm_adaptive", "dpm_fast"}))
async def test_one_step_to_zero_is_the_guess(name: str) -> None:
    x = start(14.6, (1, 4, 8, 8))
    end = await walk(name, x, np.float32([14.6, 0]))
    guess = await Denoiser()(x, float(np.float32(14.6)))
    assert np.allclose(end, guess, atol=2e-5)


async def test_lcm_renoises_the_guess() -> None:
    sigmas = np.float32([14.6, 2.0, 0.0])
    x = start(14.6, (1, 4, 8, 8))
    model = Denoiser()
    from ensembles.sampling.noise import Generator

    middle = await model(x, float(sigmas[0])) + Generator(11).randn(x.shape) * 2
    assert np.allclose(await walk("lcm", x, sigmas), await model(middle, 2.0), atol=1e-5)


@pytest.mark.parametrize(("name", "plain"), PLAIN_OF.items())
async def test_cfg_pp_is_the_plain_sampler_without_guidance(name: str, plain: str) -> None:
    sigmas = levels(name, 8)
    x = start(float(sigmas[0]), (1, 4, 8, 8))
    assert np.allclose(await walk(name, x, sigmas), await walk(plain, x, sigmas), atol=2e-4)


@pytest.mark.parametrize("name", PLAIN_OF)
async def test_cfg_pp_renoises_with_the_unconditional_guess(name: str) -> None:
    """First step: x' = guided + σ'·(x − uncond)/σ, at the level that the sampler steps down to."""
    if name == "dpmpp_2s_ancestral_cfg_pp":
        pytest.skip("takes its guesses at a stage inside the step; see perf/parity")
    sigma, to = 6.0, 3.0
    x = start(sigma, (1, 4, 8, 8))
    model = Denoiser(shift=0.5)
    guided, uncond = await model.both(x, sigma)
    end = await walk(name, x, np.float32([sigma, to]), model)
    if "ancestral" in name:
        from ensembles.sampling.noise import Generator

        down = to**2 / sigma
        expected = (
            guided + (x - uncond) / sigma * down + Generator(11).randn(x.shape) * math.sqrt(to**2 - down**2)
        )
    else:
        expected = guided + (x - uncond) / sigma * to
    assert np.allclose(end, expected, atol=1e-5)


async def test_dpm_fast_asks_as_often_as_steps() -> None:
    for steps in (3, 4, 5, 10):
        model = Denoiser()
        await walk("dpm_fast", start(14.6, (1, 4, 8, 8)), levels("dpm_fast", steps), model)
        assert len(model.calls) == steps
