"""Every sampler against the torch references of perf/parity, on a made-up denoiser that is quick to ask."""

import math

import numpy as np
import pytest
from gaussian import MODEL, start, walk

from ensembles.sampling.noise import Generator
from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import sigmas_for
from ensembles.sampling.types import F32

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")
references = pytest.importorskip("perf.parity.references")
jobs = pytest.importorskip("perf.parity.job")

OWN_FORMS = {"res_multistep_cfg_pp", "gradient_estimation_cfg_pp"}
SEED = 11


class Curved:
    """Bends x, so that no formula is right by being linear, and differs with and without guidance."""

    async def __call__(self, x: F32, sigma: float) -> F32:
        return self.guess(x, sigma)[0]

    async def both(self, x: F32, sigma: float) -> tuple[F32, F32]:
        return self.guess(x, sigma)

    def guess(self, x: F32, sigma: float) -> tuple[F32, F32]:
        near = 1 / (1 + sigma**2)
        base = np.tanh(x * math.sqrt(near)) * near + 0.3
        return (base + np.sin(x / (1 + sigma)) * 0.4).astype(np.float32), base.astype(np.float32)


def in_torch(x: "torch.Tensor", sigma: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
    guided, uncond = Curved().guess(x.numpy(), float(sigma))
    return torch.from_numpy(guided), torch.from_numpy(uncond)


def test_only_our_own_forms_have_no_reference() -> None:
    assert set(SAMPLERS) - set(references.REFERENCES) == OWN_FORMS


@pytest.mark.filterwarnings("ignore:Should have t")  # torchsde, of times that it rounded itself
@pytest.mark.parametrize("schedule", ["karras", "simple"])
@pytest.mark.parametrize("name", sorted(references.REFERENCES))
async def test_as_the_reference(name: str, schedule: str) -> None:
    source, reference = references.REFERENCES[name]
    if source.startswith("k-diffusion") and not references.kdiffusion.at_hand():
        pytest.skip("`python -m perf.parity` fetches k-diffusion")
    sigmas = sigmas_for(schedule, 7, 1.0, name, MODEL)
    x = start(float(sigmas[0]), (1, 4, 8, 8))
    torch.manual_seed(SEED)
    with torch.no_grad():
        theirs = reference(jobs.Job(torch.from_numpy(x), torch.from_numpy(sigmas), in_torch, SEED)).numpy()
    ours = await walk(name, x, sigmas, Curved(), SEED)
    # dpmpp_sde asks its path at times that float32 logarithms round: its noise differs in the fourth digit.
    assert np.abs(ours - theirs).max() < (5e-3 if name == "dpmpp_sde" else 2e-3)
    assert np.abs(theirs - Generator(SEED).randn(x.shape)).max() > 0.1


@pytest.mark.parametrize("name", sorted(OWN_FORMS))
async def test_own_forms_guide(name: str) -> None:
    """They end where the guided guess is, not where the unguided one is."""
    sigmas = sigmas_for("karras", 7, 1.0, name, MODEL)
    end = await walk(name, start(float(sigmas[0]), (1, 4, 8, 8)), sigmas, Curved(), SEED)
    plain = await walk("euler_cfg_pp", start(float(sigmas[0]), (1, 4, 8, 8)), sigmas, Curved(), SEED)
    unguided = await walk("euler", start(float(sigmas[0]), (1, 4, 8, 8)), sigmas, Unguided(), SEED)
    assert np.abs(end - plain).mean() < 0.5 * np.abs(plain - unguided).mean()


class Unguided(Curved):
    async def __call__(self, x: F32, sigma: float) -> F32:
        return self.guess(x, sigma)[1]
