"""What a call to a UNet takes beside sample, timestep and text, by the names of `NAME-unet`'s tensors."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ensembles.sampling.types import F32


@dataclass(frozen=True, eq=False)
class More:
    """Of B samples, those of one condition after those of another."""

    tensors: Mapping[str, F32] = field(default_factory=dict, repr=False)
    """`text_embeds` [B,P], `time_ids` [B,K], `hint` [B,S,3,8h,8w], `control_weights` [B,S,R], `image_tokens` [B,k,C],
    `image_weight` [B,1], `freeu` [B,5], `perturb` [B,1]: those that the call needs."""
    nets: tuple[str, ...] = ()
    """ControlNets (SHA-256), in the order of `hint`'s second axis."""
    image_prompt: str = ""
    """IP-Adapter (SHA-256), where there are `image_tokens`."""


NO_MORE = More()
"""Nothing besides: a plain UNet call."""


@dataclass(frozen=True, eq=False)
class ImagePrompt:
    """Pictures that guide like a text."""

    adapter: str
    """IP-Adapter (SHA-256)"""
    strength: float = 1.0
    low: float = 0.0
    """Counts at noise levels from `low`…"""
    high: float = float("inf")
    """…to `high`, both included."""

    def at(self, sigma: float) -> bool:
        """Does it count at this level?"""
        return self.strength != 0 and self.low <= sigma <= self.high
