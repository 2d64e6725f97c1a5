"""References written out here in torch, from papers and published formulas, apart from ensembles.sampling."""

import math

import torch
from torch import Tensor

from perf.parity.job import Job, Reference


def to_d(x: Tensor, sigma: Tensor, denoised: Tensor) -> Tensor:
    return (x - denoised) / sigma


def heunpp2(job: Job) -> Tensor:
    x, s, last = job.x, job.sigmas, len(job.sigmas) - 2
    for i in range(last + 1):
        d1 = to_d(x, s[i], job.denoise(x, s[i]))
        dt = s[i + 1] - s[i]
        if i == last:
            mean = d1
        else:
            x2 = x + d1 * dt
            d2 = to_d(x2, s[i + 1], job.denoise(x2, s[i + 1]))
            if i == last - 1:
                w2 = s[i + 1] / (2 * s[0])
                mean = (1 - w2) * d1 + w2 * d2
            else:
                x3 = x2 + d2 * (s[i + 2] - s[i + 1])
                d3 = to_d(x3, s[i + 2], job.denoise(x3, s[i + 2]))
                w2, w3 = s[i + 1] / (3 * s[0]), s[i + 2] / (3 * s[0])
                mean = (1 - w2 - w3) * d1 + w2 * d2 + w3 * d3
        x = x + mean * dt
    return x


def ddpm(job: Job) -> Tensor:
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


def lcm(job: Job) -> Tensor:
    x = job.x
    for sigma, to in zip(job.sigmas, job.sigmas[1:], strict=False):
        x = job.denoise(x, sigma)
        if to > 0:
            x = x + to * torch.randn_like(x)
    return x


def ipndm(job: Job) -> Tensor:
    x, s, d = job.x, job.sigmas, []
    for i in range(len(s) - 1):
        x0 = job.denoise(x, s[i])
        d.append(to_d(x, s[i], x0))
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


def deis(job: Job) -> Tensor:
    """Zhang and Chen's weights as a sum over 10 000 points in VP time, ours is a quadrature in σ."""
    early, low, high = 1e-3, math.log(0.002**2 + 1), math.log(80.0**2 + 1)
    beta_d = 2 * (low / early - high) / (early - 1)
    beta_min = high - beta_d / 2
    s = job.sigmas.double()
    times = ((beta_min**2 + 2 * beta_d * (s**2 + 1).log()).sqrt() - beta_min) / beta_d
    x, d = job.x, []
    for i in range(len(s) - 1):
        x0 = job.denoise(x, job.sigmas[i])
        d.append(to_d(x, job.sigmas[i], x0))
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


def res_multistep(job: Job) -> Tensor:
    """Cosmos's res_x0_rk2_step, φ₁(t) = (e^t−1)/t and φ₂(t) = (φ₁(t)−1)/t, at the previous time."""
    x, s, old = job.x, job.sigmas, None
    for i in range(len(s) - 1):
        x0 = job.denoise(x, s[i])
        if old is None or s[i + 1] == 0:
            x = x + to_d(x, s[i], x0) * (s[i + 1] - s[i])
        else:
            dt = float(s[i].double().log() - s[i + 1].double().log())
            c2 = float(s[i].double().log() - s[i - 1].double().log()) / dt
            phi1 = math.expm1(-dt) / -dt
            phi2 = (phi1 - 1) / -dt
            x = math.exp(-dt) * x + dt * ((phi1 - phi2 / c2) * x0 + phi2 / c2 * old)
        old = x0
    return x


def gradient_estimation(job: Job) -> Tensor:
    x, s, eps_old = job.x, job.sigmas, None
    for i in range(len(s) - 1):
        x0 = job.denoise(x, s[i])
        eps = to_d(x, s[i], x0)
        if s[i + 1] == 0:
            return x0
        mean = eps if eps_old is None else 2 * eps - eps_old
        x, eps_old = x - (s[i] - s[i + 1]) * mean, eps
    return x


def er_sde(job: Job) -> Tensor:
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


def cfg_pp_euler(job: Job) -> Tensor:
    x = job.x
    for sigma, to in zip(job.sigmas, job.sigmas[1:], strict=False):
        guided, uncond = job.both(x, sigma)
        x = guided + to * to_d(x, sigma, uncond)
    return x


def ancestral(sigma: Tensor, to: Tensor) -> tuple[Tensor, Tensor]:
    up = (to**2 * (sigma**2 - to**2) / sigma**2).sqrt().minimum(to)
    return (to**2 - up**2).sqrt(), up


def cfg_pp_euler_ancestral(job: Job) -> Tensor:
    x = job.x
    for sigma, to in zip(job.sigmas, job.sigmas[1:], strict=False):
        guided, uncond = job.both(x, sigma)
        down, up = ancestral(sigma, to)
        x = guided + down * to_d(x, sigma, uncond)
        if to > 0:
            x = x + up * torch.randn_like(x)
    return x


def cfg_pp_2m(job: Job) -> Tensor:
    """CFGpp repository, dpm++_2m_cfg++."""
    x, s, old = job.x, job.sigmas, None
    for i in range(len(s) - 1):
        guided, uncond = job.both(x, s[i])
        if old is None or s[i + 1] == 0:
            x = guided + s[i + 1] * to_d(x, s[i], uncond)
        else:
            h, h_last = (s[i] / s[i + 1]).log(), (s[i - 1] / s[i]).log()
            extra = -(-h).expm1() * (guided - old) / (2 * h_last / h)
            x = guided - (-h).exp() * uncond + extra + (-h).exp() * x
        old = uncond
    return x


def cfg_pp_2s(job: Job) -> Tensor:
    """CFGpp repository, dpm++_2s_a_cfg++."""
    x = job.x
    for sigma, to in zip(job.sigmas, job.sigmas[1:], strict=False):
        guided, uncond = job.both(x, sigma)
        if to == 0:
            return guided
        down, up = ancestral(sigma, to)
        h = (sigma / down).log()
        middle = (sigma * down).sqrt()
        stage = middle / sigma * x - (-h / 2).expm1() * uncond
        guided, uncond = job.both(stage, middle)
        x = guided - (-h).exp() * uncond + down / sigma * x + up * torch.randn_like(x)
    return x


def seeds(shares: tuple[float, ...]) -> Reference:
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


def ipndm_v(job: Job) -> Tensor:
    """diff-sampler's ipndm_v_sampler, its coefficients as they stand there."""
    x, s, d = job.x, job.sigmas, []
    for i in range(len(s) - 1):
        x0 = job.denoise(x, s[i])
        d.append(to_d(x, s[i], x0))
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
