"""Noise schedules in torch float32, written apart from ensembles.sampling: what ours are held against."""

from collections.abc import Callable

import torch
from torch import Tensor

from perf.parity import kdiffusion


def trained_sigmas() -> Tensor:
    """Levels of Stable Diffusion 1's training, from betas in double precision as in its own code (CompVis, MIT)."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    bar = torch.cumprod(1 - betas, dim=0)
    return (((1 - bar) / bar) ** 0.5).float()


TRAINED = trained_sigmas()


def t_to_sigma(t: Tensor) -> Tensor:
    low, high, w = t.floor().long(), t.ceil().long(), t.frac()
    logs = TRAINED.log()
    return ((1 - w) * logs[low] + w * logs[high]).exp()


def timestep(sigma: Tensor) -> Tensor:
    return (sigma.log() - TRAINED.log()).abs().argmin().float()


def _normal(n: int) -> Tensor:
    return t_to_sigma(torch.linspace(999, 0, n))


def _sgm_uniform(n: int) -> Tensor:
    return t_to_sigma(torch.linspace(999, 0, n + 1)[:-1])


def _karras(n: int) -> Tensor:
    result: Tensor = kdiffusion.load().get_sigmas_karras(n, float(TRAINED[0]), float(TRAINED[-1]))[:-1]
    return result


def _exponential(n: int) -> Tensor:
    result: Tensor = kdiffusion.load().get_sigmas_exponential(n, float(TRAINED[0]), float(TRAINED[-1]))[:-1]
    return result


def _simple(n: int) -> Tensor:
    return torch.stack([TRAINED[999 - int(i * (1000 / n))] for i in range(n)])


def _ddim_uniform(n: int) -> Tensor:
    return TRAINED[torch.arange(1, 1000, 1000 // n)].flip(0)


def _beta(n: int) -> Tensor:
    from scipy.stats import beta

    picked = [round(float(beta.ppf(1 - i / n, 0.6, 0.6)) * 999) for i in range(n)]
    return torch.stack([TRAINED[i] for i in dict.fromkeys(picked)])


def _linear_quadratic(n: int) -> Tensor:
    from diffusers.pipelines.mochi.pipeline_mochi import linear_quadratic_schedule

    return torch.tensor(linear_quadratic_schedule(n, 0.025)) * TRAINED[-1]


def _kl_optimal(n: int) -> Tensor:
    share = torch.arange(n) / (n - 1)
    return torch.tan(share * TRAINED[0].atan() + (1 - share) * TRAINED[-1].atan())


SCHEDULES: dict[str, Callable[[int], Tensor]] = {
    "normal": _normal,
    "karras": _karras,
    "exponential": _exponential,
    "sgm_uniform": _sgm_uniform,
    "simple": _simple,
    "ddim_uniform": _ddim_uniform,
    "beta": _beta,
    "linear_quadratic": _linear_quadratic,
    "kl_optimal": _kl_optimal,
}


def sigmas(name: str, n: int, sampler: str) -> Tensor:
    if sampler in ("dpm_2", "dpm_2_ancestral", "uni_pc", "uni_pc_bh2"):
        whole = SCHEDULES[name](n + 1)[:-1]
    else:
        whole = SCHEDULES[name](n)
    return torch.cat([whole, torch.zeros(1)])
