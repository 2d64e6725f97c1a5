"""Samplers in torch that ours are held against. Nothing here imports ensembles.sampling.

`REFERENCES`: sampler → (where the reference comes from, function). A function takes a `Job` and gives the latent. The
torch default generator has been seeded and has drawn the starting noise, so later draws continue it.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from perf.parity import formulas, kdiffusion
from perf.parity.job import Job, Reference
from perf.parity.schedules import timestep


def _k(name: str, **options: Any) -> Reference:
    """k-diffusion's own function."""

    def run(job: Job) -> Tensor:
        module = kdiffusion.load()
        extra: dict[str, Any] = dict(options)
        if "sde" in name:
            positive = job.sigmas[job.sigmas > 0]
            extra["noise_sampler"] = module.BrownianTreeNoiseSampler(
                job.x, positive.min(), positive.max(), seed=job.seed
            )
        function = getattr(module, f"sample_{name}")
        result: Tensor = function(lambda x, s: job.denoise(x, s[0]), job.x, job.sigmas, disable=True, **extra)
        return result

    return run


def _k_own_times(name: str, **options: Any) -> Reference:
    """dpm_fast and dpm_adaptive: from the first level to the last positive one."""

    def run(job: Job) -> Tensor:
        module = kdiffusion.load()
        top, bottom = float(job.sigmas[0]), float(job.sigmas[-2])
        count = {"n": len(job.sigmas) - 1} if name == "dpm_fast" else {}
        function = getattr(module, f"sample_{name}")
        # One by one: dpm_adaptive's step would otherwise depend on the neighbours, and ours must not.
        alone = [
            function(lambda x, s: job.denoise(x, s[0]), x, bottom, top, disable=True, **count, **options)
            for x in job.x.split(1)
        ]
        return torch.cat(alone)

    return run


def with_options(name: str, options: dict[str, Any]) -> Reference:
    """k-diffusion's own function, told some of its options."""
    return (_k_own_times if name in ("dpm_fast", "dpm_adaptive") else _k)(name, **options)


def _diffusers(make: Callable[[], Any]) -> Reference:
    """A diffusers scheduler on our levels, in its own (variance preserving) scale, told ε.

    The step to σ = 0, where its formulas divide by infinity, takes the guess.
    """

    def run(job: Job) -> Tensor:
        scheduler = make()
        n = len(job.sigmas) - 1
        scheduler.set_timesteps(n)
        scheduler.sigmas = job.sigmas.clone()
        scheduler.timesteps = torch.stack([timestep(s) for s in job.sigmas[:-1]]).long()
        scheduler.set_begin_index(0)
        x = job.x / (1 + job.sigmas[0] ** 2) ** 0.5
        denoised = x
        for i in range(n):
            sigma = job.sigmas[i]
            grown = x * (1 + sigma**2) ** 0.5
            denoised = job.denoise(grown, sigma)
            if job.sigmas[i + 1] == 0:
                break
            eps = (grown - denoised) / sigma
            x = scheduler.step(eps, scheduler.timesteps[i], x, return_dict=False)[0]
        return denoised

    return run


def _betas() -> dict[str, Any]:
    return {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def _uni_pc(kind: str) -> Reference:
    def make() -> Any:
        from diffusers import UniPCMultistepScheduler

        return UniPCMultistepScheduler(solver_order=3, solver_type=kind, **_betas())

    return _diffusers(make)


def _sa_solver() -> Reference:
    def make() -> Any:
        from diffusers import SASolverScheduler

        return SASolverScheduler(predictor_order=3, corrector_order=4, **_betas())

    return _diffusers(make)


REFERENCES: dict[str, tuple[str, Reference]] = {
    **{
        name: ("k-diffusion", _k(name))
        for name in (
            *("euler", "euler_ancestral", "heun", "dpm_2", "dpm_2_ancestral", "lms", "dpmpp_2s_ancestral"),
            *("dpmpp_sde", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_3m_sde"),
        )
    },
    "ddim": ("k-diffusion (its euler)", _k("euler")),
    "dpm_fast": ("k-diffusion", _k_own_times("dpm_fast")),
    "dpm_adaptive": ("k-diffusion", _k_own_times("dpm_adaptive")),
    "uni_pc": ("diffusers UniPCMultistepScheduler, bh1", _uni_pc("bh1")),
    "uni_pc_bh2": ("diffusers UniPCMultistepScheduler, bh2", _uni_pc("bh2")),
    "sa_solver": ("diffusers SASolverScheduler, P3C4", _sa_solver()),
    "heunpp2": ("written out from the weights", formulas.heunpp2),
    "ddpm": ("Ho et al., posterior in x0 form", formulas.ddpm),
    "lcm": ("Luo et al., algorithm", formulas.lcm),
    "ipndm": ("diff-sampler's formulas", formulas.ipndm),
    "ipndm_v": ("diff-sampler's formulas", formulas.ipndm_v),
    "seeds_2": ("Gonzalez et al., over one path", formulas.seeds((1 / 2,))),
    "seeds_3": ("Gonzalez et al., over one path", formulas.seeds((1 / 3, 2 / 3))),
    "deis": ("Zhang and Chen's weights, summed", formulas.deis),
    "res_multistep": ("Cosmos's formulas", formulas.res_multistep),
    "gradient_estimation": ("Permenter and Yuan, algorithm 2", formulas.gradient_estimation),
    "er_sde": ("ER-SDE-Solver's formulas", formulas.er_sde),
    "euler_cfg_pp": ("CFGpp's formulas", formulas.cfg_pp_euler),
    "euler_ancestral_cfg_pp": ("CFGpp's formulas", formulas.cfg_pp_euler_ancestral),
    "dpmpp_2m_cfg_pp": ("CFGpp's formulas", formulas.cfg_pp_2m),
    "dpmpp_2s_ancestral_cfg_pp": ("CFGpp's formulas", formulas.cfg_pp_2s),
}
