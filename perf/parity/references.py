"""Samplers in torch that ours are held against. Nothing here imports ensembles.sampling.

`REFERENCES`: sampler → (where the reference comes from, function). A function takes a `Job` and gives the latent. The
torch default generator has been seeded and has drawn the starting noise, so later draws continue it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

from perf.parity import kdiffusion
from perf.parity.schedules import t_to_sigma, timestep


@dataclass(frozen=True)
class Job:
    x: Tensor
    """[N,4,h,w] at sigmas[0]"""
    sigmas: Tensor
    both: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
    """(x, sigma) → (guided x0, unconditional x0)"""
    seed: int

    def denoise(self, x: Tensor, sigma: Tensor) -> Tensor:
        return self.both(x, sigma)[0]


Reference: TypeAlias = Callable[[Job], Tensor]


def _k(name: str) -> Reference:
    """k-diffusion's own function."""

    def run(job: Job) -> Tensor:
        module = kdiffusion.load()
        extra: dict[str, Any] = {}
        if "sde" in name:
            positive = job.sigmas[job.sigmas > 0]
            extra["noise_sampler"] = module.BrownianTreeNoiseSampler(
                job.x, positive.min(), positive.max(), seed=job.seed
            )
        function = getattr(module, f"sample_{name}")
        result: Tensor = function(lambda x, s: job.denoise(x, s[0]), job.x, job.sigmas, disable=True, **extra)
        return result

    return run


def _k_own_times(name: str) -> Reference:
    """dpm_fast and dpm_adaptive: from the first level to the last positive one."""

    def run(job: Job) -> Tensor:
        module = kdiffusion.load()
        top, bottom = float(job.sigmas[0]), float(job.sigmas[-2])
        count = {"n": len(job.sigmas) - 1} if name == "dpm_fast" else {}
        function = getattr(module, f"sample_{name}")
        # One by one: dpm_adaptive's step would otherwise depend on the neighbours, and ours must not.
        alone = [
            function(lambda x, s: job.denoise(x, s[0]), x, bottom, top, disable=True, **count)
            for x in job.x.split(1)
        ]
        return torch.cat(alone)

    return run


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


def _to_d(x: Tensor, sigma: Tensor, denoised: Tensor) -> Tensor:
    return (x - denoised) / sigma


def _heunpp2(job: Job) -> Tensor:
    x, s, last = job.x, job.sigmas, len(job.sigmas) - 2
    for i in range(last + 1):
        d1 = _to_d(x, s[i], job.denoise(x, s[i]))
        dt = s[i + 1] - s[i]
        if i == last:
            mean = d1
        else:
            x2 = x + d1 * dt
            d2 = _to_d(x2, s[i + 1], job.denoise(x2, s[i + 1]))
            if i == last - 1:
                w2 = s[i + 1] / (2 * s[0])
                mean = (1 - w2) * d1 + w2 * d2
            else:
                x3 = x2 + d2 * (s[i + 2] - s[i + 1])
                d3 = _to_d(x3, s[i + 2], job.denoise(x3, s[i + 2]))
                w2, w3 = s[i + 1] / (3 * s[0]), s[i + 2] / (3 * s[0])
                mean = (1 - w2 - w3) * d1 + w2 * d2 + w3 * d3
        x = x + mean * dt
    return x


def _ddpm(job: Job) -> Tensor:
    """q(x_{t−1} | x_t, x0) with x0 plugged in (Ho et al., eq. 6 and 7), not the ε form that ours uses."""
    x, s = job.x, job.sigmas
    bars = 1 / (1 + s**2)
    x = x * bars[0].sqrt()
    for i in range(len(s) - 1):
        x0 = job.denoise(x / bars[i].sqrt(), s[i])
        alpha = bars[i] / bars[i + 1]
        from_x0 = bars[i + 1].sqrt() * (1 - alpha) / (1 - bars[i])
        from_x = alpha.sqrt() * (1 - bars[i + 1]) / (1 - bars[i])
        x = from_x0 * x0 + from_x * x
        if s[i + 1] > 0:
            x = x + ((1 - bars[i + 1]) / (1 - bars[i]) * (1 - alpha)).sqrt() * torch.randn_like(x)
    return x


def _lcm(job: Job) -> Tensor:
    x = job.x
    for sigma, to in zip(job.sigmas, job.sigmas[1:], strict=False):
        x = job.denoise(x, sigma)
        if to > 0:
            x = x + to * torch.randn_like(x)
    return x


def _ipndm(job: Job) -> Tensor:
    x, s, d = job.x, job.sigmas, []
    for i in range(len(s) - 1):
        x0 = job.denoise(x, s[i])
        d.append(_to_d(x, s[i], x0))
        h = s[i + 1] - s[i]
        if s[i + 1] == 0:
            return x0
        if i == 0:
            x = x + h * d[-1]
        elif i == 1:
            x = x + h * (3 * d[-1] - d[-2]) / 2
        elif i == 2:
            x = x + h * (23 * d[-1] - 16 * d[-2] + 5 * d[-3]) / 12
        else:
            x = x + h * (55 * d[-1] - 59 * d[-2] + 37 * d[-3] - 9 * d[-4]) / 24
    return x


def _deis(job: Job) -> Tensor:
    """Zhang and Chen's weights as a sum over 10 000 points in VP time, ours is a quadrature in σ."""
    early, low, high = 1e-3, math.log(0.002**2 + 1), math.log(80.0**2 + 1)
    beta_d = 2 * (low / early - high) / (early - 1)
    beta_min = high - beta_d / 2
    s = job.sigmas.double()
    times = ((beta_min**2 + 2 * beta_d * (s**2 + 1).log()).sqrt() - beta_min) / beta_d
    x, d = job.x, []
    for i in range(len(s) - 1):
        x0 = job.denoise(x, job.sigmas[i])
        d.append(_to_d(x, job.sigmas[i], x0))
        if s[i + 1] == 0:
            return x0
        nodes = [times[i - k] for k in range(min(i + 1, 3))]
        edges = torch.linspace(float(times[i]), float(times[i + 1]), 10001, dtype=torch.float64)
        middle = (edges[1:] + edges[:-1]) / 2
        rate = beta_d * middle + beta_min
        growth = (beta_d * middle**2 / 2 + beta_min * middle).exp()
        dsigma = rate * growth / (2 * (growth - 1).sqrt()) * (edges[1] - edges[0])
        for j, node in enumerate(nodes):
            poly = torch.ones_like(middle)
            for k, other in enumerate(nodes):
                if k != j:
                    poly = poly * (middle - other) / (node - other)
            x = x + float((poly * dsigma).sum()) * d[-1 - j]
    return x


def _res_multistep(job: Job) -> Tensor:
    """Cosmos's res_x0_rk2_step, φ₁(t) = (e^t−1)/t and φ₂(t) = (φ₁(t)−1)/t, at the previous time."""
    x, s, old = job.x, job.sigmas, None
    for i in range(len(s) - 1):
        x0 = job.denoise(x, s[i])
        if old is None or s[i + 1] == 0:
            x = x + _to_d(x, s[i], x0) * (s[i + 1] - s[i])
        else:
            dt = float(s[i].double().log() - s[i + 1].double().log())
            c2 = float(s[i].double().log() - s[i - 1].double().log()) / dt
            phi1 = math.expm1(-dt) / -dt
            phi2 = (phi1 - 1) / -dt
            x = math.exp(-dt) * x + dt * ((phi1 - phi2 / c2) * x0 + phi2 / c2 * old)
        old = x0
    return x


def _gradient_estimation(job: Job) -> Tensor:
    x, s, eps_old = job.x, job.sigmas, None
    for i in range(len(s) - 1):
        x0 = job.denoise(x, s[i])
        eps = _to_d(x, s[i], x0)
        if s[i + 1] == 0:
            return x0
        mean = eps if eps_old is None else 2 * eps - eps_old
        x, eps_old = x - (s[i] - s[i + 1]) * mean, eps
    return x


def _er_sde(job: Job) -> Tensor:
    """ER-SDE-Solver-3 as Taylor expansion (paper, algorithm 3), integrals over 200 points in double precision."""

    def phi(v: Tensor) -> Tensor:
        return v * ((v**0.3).exp() + 10)

    x, s = job.x, job.sigmas.double()
    x0_old = d_old = None
    for i in range(len(s) - 1):
        x0 = job.denoise(x, job.sigmas[i])
        if s[i + 1] == 0:
            return x0
        r = phi(s[i + 1]) / phi(s[i])
        mean = r.float() * x + (1 - r).float() * x0
        if x0_old is not None:
            grid = s[i + 1] + torch.arange(200, dtype=torch.float64) / 200 * (s[i] - s[i + 1])
            ds = (s[i] - s[i + 1]) / 200
            d = (x0 - x0_old) / (s[i] - s[i - 1]).float()
            mean = mean + (s[i + 1] - s[i] + (ds / phi(grid)).sum() * phi(s[i + 1])).float() * d
            if d_old is not None:
                dd = 2 * (d - d_old) / (s[i] - s[i - 2]).float()
                weight = (s[i + 1] - s[i]) ** 2 / 2 + ((grid - s[i]) / phi(grid) * ds).sum() * phi(s[i + 1])
                mean = mean + weight.float() * dd
            d_old = d
        x = mean + (s[i + 1] ** 2 - (s[i] * r) ** 2).sqrt().float() * torch.randn_like(x)
        x0_old = x0
    return x


def _cfg_pp_euler(job: Job) -> Tensor:
    x = job.x
    for sigma, to in zip(job.sigmas, job.sigmas[1:], strict=False):
        guided, uncond = job.both(x, sigma)
        x = guided + to * _to_d(x, sigma, uncond)
    return x


def _ancestral(sigma: Tensor, to: Tensor) -> tuple[Tensor, Tensor]:
    up = (to**2 * (sigma**2 - to**2) / sigma**2).sqrt().minimum(to)
    return (to**2 - up**2).sqrt(), up


def _cfg_pp_euler_ancestral(job: Job) -> Tensor:
    x = job.x
    for sigma, to in zip(job.sigmas, job.sigmas[1:], strict=False):
        guided, uncond = job.both(x, sigma)
        down, up = _ancestral(sigma, to)
        x = guided + down * _to_d(x, sigma, uncond)
        if to > 0:
            x = x + up * torch.randn_like(x)
    return x


def _cfg_pp_2m(job: Job) -> Tensor:
    """CFGpp repository, dpm++_2m_cfg++."""
    x, s, old = job.x, job.sigmas, None
    for i in range(len(s) - 1):
        guided, uncond = job.both(x, s[i])
        if old is None or s[i + 1] == 0:
            x = guided + s[i + 1] * _to_d(x, s[i], uncond)
        else:
            h, h_last = (s[i] / s[i + 1]).log(), (s[i - 1] / s[i]).log()
            extra = -(-h).expm1() * (guided - old) / (2 * h_last / h)
            x = guided - (-h).exp() * uncond + extra + (-h).exp() * x
        old = uncond
    return x


def _cfg_pp_2s(job: Job) -> Tensor:
    """CFGpp repository, dpm++_2s_a_cfg++."""
    x = job.x
    for sigma, to in zip(job.sigmas, job.sigmas[1:], strict=False):
        guided, uncond = job.both(x, sigma)
        if to == 0:
            return guided
        down, up = _ancestral(sigma, to)
        h = (sigma / down).log()
        middle = (sigma * down).sqrt()
        stage = middle / sigma * x - (-h / 2).expm1() * uncond
        guided, uncond = job.both(stage, middle)
        x = guided - (-h).exp() * uncond + down / sigma * x + up * torch.randn_like(x)
    return x


def _seeds(shares: tuple[float, ...]) -> Reference:
    """SEEDS-2 and 3 (Gonzalez et al.) as the exact solution between any two times of one Ornstein-Uhlenbeck path.

    The path's noise is kept as W(λ) with variance e^{2λ}: x(λ) = e^{−2(λ−λ₀)}·x₀ + (…)·x0 + e^{−2λ}·(W(λ) − W(λ₀)).
    """

    def run(job: Job) -> Tensor:
        x, lams = job.x, -job.sigmas.double().log()
        for i in range(len(job.sigmas) - 1):
            x0 = job.denoise(x, job.sigmas[i])
            if job.sigmas[i + 1] == 0:
                return x0
            start, h = float(lams[i]), float(lams[i + 1] - lams[i])
            walked, before, slope = torch.zeros_like(x), start, torch.zeros_like(x)
            for k, share in enumerate((*shares, 1.0)):
                now = start + share * h
                variance = math.exp(2 * now) - math.exp(2 * before)
                walked = walked + math.sqrt(variance) * torch.randn_like(x)
                before, decay = now, math.exp(-2 * share * h)
                # ∫ of the slope of x0 against e^{−2(end−s)}: first order in the stages, none in the first
                weight = 1 - (1 - decay) / (2 * share * h)
                if len(shares) == 1 and k:
                    weight = (1 - decay) / 2  # SEEDS-2 takes the mean slope
                reached = decay * x + (1 - decay) * x0 + share * weight * slope + math.exp(-2 * now) * walked
                if share < 1:
                    sigma = torch.tensor(math.exp(-now), dtype=torch.float32)
                    slope = (job.denoise(reached, sigma) - x0) / share
            x = reached
        return x

    return run


def _ipndm_v(job: Job) -> Tensor:
    """diff-sampler's ipndm_v_sampler, its coefficients as they stand there."""
    x, s, d = job.x, job.sigmas, []
    for i in range(len(s) - 1):
        x0 = job.denoise(x, s[i])
        d.append(_to_d(x, s[i], x0))
        if s[i + 1] == 0:
            return x0
        h = s[i + 1] - s[i]
        if i == 0:
            x = x + h * d[0]
            continue
        h1 = s[i] - s[i - 1]
        c1, c2, c3, c4 = (2 + h / h1) / 2, -(h / h1) / 2, torch.zeros(()), torch.zeros(())
        if i >= 2:
            h2 = s[i - 1] - s[i - 2]
            t1 = (1 - h / (3 * (h + h1)) * (h * (h + h1)) / (h1 * (h1 + h2))) / 2
            c1, c2, c3 = c1 + t1, c2 - (1 + h1 / h2) * t1, t1 * h1 / h2
        if i >= 3:
            h3 = s[i - 2] - s[i - 3]
            t2 = (1 - h / (3 * (h + h1))) / 2 + (1 - h / (2 * (h + h1))) * h / (6 * (h + h1 + h2))
            t2 = t2 * (h * (h + h1) * (h + h1 + h2)) / (h1 * (h1 + h2) * (h1 + h2 + h3))
            q = h1 * (h1 + h2) / (h2 * (h2 + h3))
            c1, c2 = c1 + t2, c2 - (1 + h1 / h2 + q) * t2
            c3, c4 = c3 + (h1 / h2 + q * (1 + h2 / h3)) * t2, -t2 * q * h1 / h2
        past = [*d[::-1], *[torch.zeros_like(x)] * 3]
        x = x + h * (c1 * past[0] + c2 * past[1] + c3 * past[2] + c4 * past[3])
    return x


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
    "heunpp2": ("written out from the weights", _heunpp2),
    "ddpm": ("Ho et al., posterior in x0 form", _ddpm),
    "lcm": ("Luo et al., algorithm", _lcm),
    "ipndm": ("diff-sampler's formulas", _ipndm),
    "ipndm_v": ("diff-sampler's formulas", _ipndm_v),
    "seeds_2": ("Gonzalez et al., over one path", _seeds((1 / 2,))),
    "seeds_3": ("Gonzalez et al., over one path", _seeds((1 / 3, 2 / 3))),
    "deis": ("Zhang and Chen's weights, summed", _deis),
    "res_multistep": ("Cosmos's formulas", _res_multistep),
    "gradient_estimation": ("Permenter and Yuan, algorithm 2", _gradient_estimation),
    "er_sde": ("ER-SDE-Solver's formulas", _er_sde),
    "euler_cfg_pp": ("CFGpp's formulas", _cfg_pp_euler),
    "euler_ancestral_cfg_pp": ("CFGpp's formulas", _cfg_pp_euler_ancestral),
    "dpmpp_2m_cfg_pp": ("CFGpp's formulas", _cfg_pp_2m),
    "dpmpp_2s_ancestral_cfg_pp": ("CFGpp's formulas", _cfg_pp_2s),
}

__all__ = ["REFERENCES", "Job", "t_to_sigma"]
