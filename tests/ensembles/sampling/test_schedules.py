import numpy as np
import pytest

from ensembles.sampling.schedules import DROP_LAST_BUT_ONE, SCHEDULES, ModelSampling, sigmas_for

MODEL = ModelSampling()

# Measured on ComfyUI 0.3.64; a final 0 follows.
MEASURED = {
    "normal": [14.6146, 2.9183, 0.9324, 0.0292],
    "sgm_uniform": [14.6146, 4.0861, 1.6156, 0.6952],
    "karras": [14.6146, 3.1686, 0.4469, 0.0292],
    "exponential": [14.6146, 1.8400, 0.2317, 0.0292],
    "simple": [14.6146, 4.0817, 1.6129, 0.6932],
    "ddim_uniform": [4.1167, 1.6237, 0.6984, 0.0413],
    "beta": [14.6146, 5.6866, 1.6183, 0.5154],
}


def test_ends_of_the_trained_levels() -> None:
    assert (round(MODEL.sigma_min, 7), round(MODEL.sigma_max, 6)) == (0.0291672, 14.614641)


@pytest.mark.parametrize("name", MEASURED)
def test_four_steps_are_as_measured(name: str) -> None:
    sigmas = sigmas_for(name, 4, 1.0, "euler", MODEL)
    assert sigmas.dtype == np.float32
    # Half a unit of the digits given, and a little: sgm_uniform's last is .69515, given as .6952.
    assert np.allclose(sigmas, [*MEASURED[name], 0], rtol=0, atol=5.1e-5)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 3, 20, 37, 150])
def test_levels_fall_to_zero(name: str, steps: int) -> None:
    sigmas = sigmas_for(name, steps, 1.0, "euler", MODEL)
    assert sigmas[-1] == 0
    assert (np.diff(sigmas) < 0).all()
    assert sigmas[0] <= MODEL.sigma_max * 1.000001
    if name not in ("ddim_uniform", "beta"):
        assert len(sigmas) == steps + 1


@pytest.mark.parametrize("name", SCHEDULES)
def test_levels_are_torchs_to_the_last_bits(name: str) -> None:
    """Against perf.parity's torch schedules: one part in a million, most of them bit for bit."""
    pytest.importorskip("torch")
    pytest.importorskip("diffusers")
    reference = pytest.importorskip("perf.parity.schedules")
    if name in ("karras", "exponential") and not reference.kdiffusion.at_hand():
        pytest.skip("`python -m perf.parity` fetches k-diffusion; diffusers' are compared below in any case")
    for n in (2, 8, 20, 33):
        ours, theirs = SCHEDULES[name](MODEL, n), reference.SCHEDULES[name](n).numpy()
        assert len(ours) == len(theirs)
        assert np.allclose(ours, theirs, rtol=1.5e-6, atol=0)


def test_karras_exponential_and_beta_are_those_of_diffusers() -> None:
    diffusers = pytest.importorskip("diffusers")
    betas = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
    for name in ("karras", "exponential", "beta"):
        scheduler = diffusers.EulerDiscreteScheduler(**betas, **{f"use_{name}_sigmas": True})
        scheduler.set_timesteps(10)
        theirs = scheduler.sigmas.numpy()
        if name == "beta":  # diffusers spreads its quantiles to both ends and over σ, not over timesteps
            assert not np.allclose(SCHEDULES[name](MODEL, 10), theirs[:-1], rtol=1e-2)
        else:
            assert np.allclose(SCHEDULES[name](MODEL, 10), theirs[:-1], rtol=2e-5)  # their betas are float32


@pytest.mark.parametrize("sampler", sorted(DROP_LAST_BUT_ONE))
def test_some_samplers_plan_one_step_more_and_leave_out_the_last_but_one(sampler: str) -> None:
    dropped = sigmas_for("karras", 6, 1.0, sampler, MODEL)
    longer = sigmas_for("karras", 7, 1.0, "euler", MODEL)
    assert dropped.tolist() == [*longer[:6].tolist(), 0]


@pytest.mark.parametrize("sampler", ["euler", "dpm_2"])
def test_denoise_keeps_the_end_of_a_longer_schedule(sampler: str) -> None:
    part = sigmas_for("karras", 5, 0.4, sampler, MODEL)
    whole = sigmas_for("karras", 12, 1.0, sampler, MODEL)  # int(5 / 0.4)
    assert part.tolist() == whole[-6:].tolist()


def test_tiny_denoise_never_repeats_a_level() -> None:
    for name in SCHEDULES:
        sigmas = sigmas_for(name, 20, 0.01, "dpmpp_2m", MODEL)
        assert (np.diff(sigmas) < 0).all()
        assert len(sigmas) >= 2


def test_timestep_is_the_nearest_in_log_sigma() -> None:
    for t in (0, 1, 500, 999):
        assert MODEL.timestep(float(MODEL.sigmas[t])) == t
        if t < 999:
            assert MODEL.timestep(float(MODEL.sigma(t + 0.4))) == t
            assert MODEL.timestep(float(MODEL.sigma(t + 0.6))) == t + 1
    assert MODEL.timestep(99.0) == 999


def test_percent_is_of_the_training_timesteps() -> None:
    assert MODEL.percent_to_sigma(0.0) == pytest.approx(MODEL.sigma_max, rel=1e-6)
    assert MODEL.percent_to_sigma(1.0) == pytest.approx(MODEL.sigma_min, rel=1e-6)
    assert MODEL.percent_to_sigma(0.5) == pytest.approx(float(MODEL.sigma(499.5)), rel=1e-6)
