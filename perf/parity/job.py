"""What a reference is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor


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
