"""Muon for matrices, AdamW for the rest, on float32 masters of bfloat16 weights.

Jordan et al. 2024 (Muon): the momentum of a matrix is orthogonalised by a quintic Newton-Schulz
iteration. Scale 0.2 sqrt(max(rows, columns)) after Liu et al. 2025, so that one learning rate
serves both. Convolutions are taken as [out, in * kh * kw].
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import nn


def orthogonalise(matrix: torch.Tensor, rounds: int = 5) -> torch.Tensor:
    """Approximate U V^T of a matrix's SVD, bfloat16 [R, C]."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix.bfloat16()
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(rounds):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Muon:
    """Updates a model whose gradients have been gathered into one flat float32 buffer.

    With several processes each orthogonalises its share of the matrices and the updates are
    summed, so that every process ends with the same weights.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        plain: tuple[str, ...] = ("conv_in", "conv_out"),
        momentum: float = 0.95,
        decay: float = 0.02,
        rank: int = 0,
        ranks: int = 1,
        muon: bool = True,
    ) -> None:
        named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        matrix = [muon and p.ndim >= 2 and not name.startswith(plain) for name, p in named]
        # Matrices first, so that both kinds are one contiguous range of the flat buffers.
        self.named = [n for n, m in zip(named, matrix, strict=True) if m]
        self.matrices = len(self.named)
        self.named += [n for n, m in zip(named, matrix, strict=True) if not m]
        sizes = [p.numel() for _, p in self.named]
        self.master = torch.cat([p.detach().float().reshape(-1) for _, p in self.named])
        self.gradient = torch.zeros_like(self.master)
        self.masters = self.master.split(sizes)
        self.gradients = self.gradient.split(sizes)
        self.split_at = sum(sizes[: self.matrices])
        self.velocity = torch.zeros(self.split_at)
        self.velocities = self.velocity.split(sizes[: self.matrices])
        self.update = torch.zeros(self.split_at)
        self.updates = self.update.split(sizes[: self.matrices])
        self.momentum, self.decay = momentum, decay
        self.rank, self.ranks = rank, ranks
        self.rest = self.master[self.split_at :].clone().requires_grad_()
        self.adam = torch.optim.AdamW(
            [self.rest], lr=1e-3, betas=(0.9, 0.99), weight_decay=0.0 if muon else 0.01, fused=True
        )
        # Largest first onto the less loaded process.
        load = [0.0] * ranks
        self.owner = [0] * self.matrices
        for k in sorted(range(self.matrices), key=lambda k: -sizes[k]):
            short = min(self.named[k][1].shape[0], sizes[k] // self.named[k][1].shape[0])
            self.owner[k] = load.index(min(load))
            load[self.owner[k]] += float(sizes[k] * short)

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def collect(self) -> None:
        """Move the parameters' gradients into the flat buffer, averaged over processes."""
        for (_, p), g in zip(self.named, self.gradients, strict=True):
            if p.grad is None:
                g.zero_()
            else:
                g.copy_(p.grad.reshape(-1))
                p.grad = None
        if self.ranks > 1:
            dist.all_reduce(self.gradient)
            self.gradient /= self.ranks

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, rate: float) -> None:
        """One update at learning rate ``rate``; writes the new weights into the model."""
        if self.matrices:
            heads = self.gradient[: self.split_at]
            self.velocity.lerp_(heads, 1.0 - self.momentum)
            self.update.zero_()
            for k in range(self.matrices):
                if self.owner[k] != self.rank:
                    continue
                p = self.named[k][1]
                # Nesterov: the gradient mixed once more with the running mean.
                look = torch.lerp(self.gradients[k], self.velocities[k], self.momentum)
                flat = look.view(p.shape[0], -1)
                straight = orthogonalise(flat).float() * (0.2 * max(flat.shape) ** 0.5)
                self.updates[k].copy_(straight.reshape(-1))
            if self.ranks > 1:
                dist.all_reduce(self.update)
            body = self.master[: self.split_at]
            body.mul_(1.0 - rate * self.decay).add_(self.update, alpha=-rate)
        self.rest.grad = self.gradient[self.split_at :]
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        self.master[self.split_at :].copy_(self.rest.detach())
        for (_, p), m in zip(self.named, self.masters, strict=True):
            p.copy_(m.view(p.shape))

    def state_dict(self) -> dict[str, Any]:
        """Everything that a resumed run needs."""
        return {"master": self.master, "velocity": self.velocity, "adam": self.adam.state_dict()}

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what ``state_dict`` gave, the model's weights included."""
        self.master.copy_(state["master"])
        self.velocity.copy_(state["velocity"])
        self.rest.copy_(self.master[self.split_at :])
        self.adam.load_state_dict(state["adam"])
        for (_, p), m in zip(self.named, self.masters, strict=True):
            p.copy_(m.view(p.shape))
