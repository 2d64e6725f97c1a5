"""The forward process: scaled-linear betas, sigmas, and which noise levels training visits.

Ho et al. 2020 (DDPM) for the process, Rombach et al. 2022 for the betas, Hang et al. 2023
(min-SNR) and Karras et al. 2022 (EDM) for weighting and for drawing ln(sigma) from a normal.
"""

from __future__ import annotations

import torch

STEPS = 1000


def alphas() -> torch.Tensor:
    """Cumulative products of 1 - beta, float64 [1000]."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, STEPS, dtype=torch.float64) ** 2
    return torch.cumprod(1.0 - betas, 0)


def sigmas() -> torch.Tensor:
    """Noise to signal ratio sqrt((1 - a) / a), float64 [1000], 0.029 to 14.6."""
    products = alphas()
    return torch.sqrt((1.0 - products) / products)


def draw_timesteps(
    count: int, generator: torch.Generator, *, mean: float = 0.4, deviation: float = 1.4
) -> torch.Tensor:
    """Timesteps int64 [N], ln(sigma) ~ normal(mean, deviation), stratified over the batch.

    Shapes are settled where sigma is about 0.5 to 5; the mean lies there.
    """
    u = (torch.randperm(count, generator=generator) + torch.rand(count, generator=generator)) / count
    wanted = mean + deviation * torch.special.ndtri(u.clamp(1e-4, 1 - 1e-4).double())
    return torch.searchsorted(sigmas().log(), wanted).clamp(0, STEPS - 1)


def noised(clean: torch.Tensor, noise: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
    """sqrt(a) x0 + sqrt(1 - a) noise, the shape of ``clean`` [N, C, H, W]."""
    products = alphas()[timesteps].view(-1, 1, 1, 1)
    return (products.sqrt() * clean + (1.0 - products).sqrt() * noise).to(clean.dtype)


def weight(timesteps: torch.Tensor, cap: float = 60.0) -> torch.Tensor:
    """Weight of the epsilon error, float32 [N]: 1 + sigma^2 (that of velocity), capped.

    An error in epsilon is an error sigma times as large in the picture; plain MSE would leave
    colours and layout, which are settled at high noise, for last.
    """
    return (1.0 + sigmas()[timesteps] ** 2).clamp(max=cap).float()


def cleaned(mixed: torch.Tensor, epsilon: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
    """The clean latent that a predicted epsilon implies, float32, the shape of ``mixed``."""
    products = alphas()[timesteps].view(-1, 1, 1, 1).float()
    return (mixed - (1.0 - products).sqrt() * epsilon) / products.sqrt()


def critic_weight(timesteps: torch.Tensor) -> torch.Tensor:
    """Weight of the critic's loss, float32 [N]: 1 in the middle, falling off on both sides.

    At low noise there is nothing left to decide; at high noise the best guess is a blur.
    """
    sigma = sigmas()[timesteps]
    return (sigma**2 / (sigma**2 + 0.3**2) / (1.0 + (sigma / 8.0) ** 2)).float()
