"""Options of samplers: against k-diffusion's own functions with the same ones, and refused with their names."""

import inspect
from typing import Any

import numpy as np
import pytest
from gaussian import MODEL, start
from test_references import SEED, Curved, in_torch

from ensembles.sampling import ParameterError
from ensembles.sampling.options import OPTIONS, check_options
from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import sigmas_for

torch = pytest.importorskip("torch")
references = pytest.importorskip("perf.parity.references")
jobs = pytest.importorskip("perf.parity.job")

CASES: list[tuple[str, dict[str, Any]]] = [
    ("euler_ancestral", {"eta": 0.4, "s_noise": 1.1}),
    ("dpmpp_2s_ancestral", {"eta": 0.0, "s_noise": 1.1}),
    ("dpmpp_2s_ancestral", {"eta": 0.6, "s_noise": 0.9}),
    ("dpmpp_sde", {"eta": 0.5, "s_noise": 0.9, "r": 0.35}),
    ("dpmpp_2m_sde", {"eta": 0.5, "s_noise": 0.9, "solver_type": "heun"}),
    ("dpmpp_2m_sde", {"eta": 0.0, "solver_type": "midpoint"}),
    ("dpmpp_3m_sde", {"eta": 0.3, "s_noise": 1.1}),
    ("dpmpp_3m_sde", {"eta": 0.0}),
    ("lms", {"order": 2}),
    ("dpm_adaptive", {"order": 2, "rtol": 0.02, "atol": 0.004, "h_init": 0.1}),
    ("dpm_adaptive", {"pcoeff": 0.2, "icoeff": 0.7, "dcoeff": 0.1, "accept_safety": 0.9}),
    ("dpm_adaptive", {"eta": 0.5, "s_noise": 0.8, "order": 3}),
]


@pytest.mark.filterwarnings("ignore:Should have t")  # torchsde, of times that it rounded itself
@pytest.mark.parametrize(("name", "options"), CASES)
async def test_as_k_diffusion_with_the_same_options(name: str, options: dict[str, Any]) -> None:
    if not references.kdiffusion.at_hand():
        pytest.skip("`python -m perf.parity` fetches k-diffusion")
    sigmas = sigmas_for("karras", 7, 1.0, name, MODEL)
    x = start(float(sigmas[0]), (1, 4, 8, 8))
    job = jobs.Job(torch.from_numpy(x), torch.from_numpy(sigmas), in_torch, SEED)
    torch.manual_seed(SEED)
    with torch.no_grad():
        theirs = references.with_options(name, options)(job).numpy()
        torch.manual_seed(SEED)
        plain = references.with_options(name, {})(job).numpy()
    ours = await walked(name, x, sigmas, options)
    assert np.abs(ours - theirs).max() < (5e-3 if name == "dpmpp_sde" else 2e-3)
    assert np.abs(theirs - plain).max() > 1e-3  # the options matter


async def walked(name: str, x: Any, sigmas: Any, options: dict[str, Any]) -> Any:
    from functools import partial

    from gaussian import walk

    return await walk(partial(SAMPLERS[name], **options), x, sigmas, Curved(), SEED)


def test_every_option_is_one_of_its_sampler_and_has_its_default() -> None:
    for sampler, options in OPTIONS.items():
        function = SAMPLERS[sampler]
        taken = inspect.signature(function).parameters
        for name, option in options.items():
            assert taken[name].default == option.default, (sampler, name)


def test_good_ones_come_as_the_sampler_takes_them() -> None:
    assert check_options("lms", {"order": 2.0}) == {"order": 2}
    assert check_options("dpmpp_2m_sde", {"eta": 1, "solver_type": "heun"}) == {
        "eta": 1.0,
        "solver_type": "heun",
    }
    assert check_options("euler", {}) == {}


@pytest.mark.parametrize(
    ("sampler", "given", "message"),
    [
        ("euler", {"eta": 1.0}, "euler has no option 'eta'; it has none"),
        ("euler_ancestral", {"etta": 1.0}, "did you mean eta"),
        ("euler_ancestral", {"eta": -1}, "give 0 to 100"),
        ("euler_ancestral", {"eta": True}, "give a number"),
        ("euler_ancestral", {"eta": float("nan")}, "give a number"),
        ("lms", {"order": 2.5}, "whole number"),
        ("dpmpp_2m_sde", {"solver_type": "euler"}, "midpoint or heun"),
    ],
)
def test_others_are_refused_with_their_names(sampler: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        check_options(sampler, given)
