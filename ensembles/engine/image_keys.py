"""A picture's tokens as the UNet's cross attentions see them: an IP-Adapter's own keys and values, Ye et al. 2023."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ensembles.arrays import Array
from ensembles.engine.errors import EngineError
from ensembles.engine.kept import Kept, content_key
from ensembles.engine.registry import open_registered
from ensembles.engine.weights import WeightFile

KEPT_KEYS = 256_000_000
"""Bytes of keys and values: those of one picture are the same at every step."""
_LAYER = re.compile(r"^ip_adapter\.(\d+)\.to_k_ip\.weight$")


def layers_of(names: Sequence[str]) -> list[int]:
    """The numbers that an IP-Adapter's file gives to the cross attentions, in their order: 1, 3, 5, …"""
    return sorted(int(match[1]) for name in names if (match := _LAYER.match(name)))


class ImageKeys:
    """Keys and values for a UNet whose cross attentions have `widths`, from the registry's files under `home`."""

    def __init__(self, home: Path, widths: Sequence[int]) -> None:
        self._home, self._widths = home, list(widths)
        self._kept = Kept(KEPT_KEYS)

    def of(self, sha256: str, tokens: Array) -> tuple[Array, Array]:
        """`image_keys` and `image_values` fp32 [B,k,sum of widths] of `tokens` fp32 [B,k,C]."""
        made = np.stack([self._of_one(sha256, row) for row in tokens], axis=1)
        return made[0], made[1]

    def _of_one(self, sha256: str, tokens: Array) -> Array:
        """[2,k,sum of widths] of [k,C]."""
        key = content_key(sha256, tokens)
        found = self._kept.get(key)
        if found is None:
            weights = open_registered(self._home, sha256, "IP-Adapter")
            numbers = layers_of(list(weights.places))
            self._check(weights, numbers, tokens.shape[-1])
            # Layer by layer: as float32 all of them would be gigabytes for SDXL.
            found = np.stack(
                [
                    np.concatenate(
                        [tokens @ weights.tensor(f"ip_adapter.{n}.{part}.weight").T for n in numbers], axis=-1
                    )
                    for part in ("to_k_ip", "to_v_ip")
                ]
            )
            self._kept.put(key, found)
        return found

    def _check(self, weights: WeightFile, numbers: list[int], context: int) -> None:
        wanted = [(width, context) for width in self._widths]
        own = [weights.places[f"ip_adapter.{number}.to_k_ip.weight"].shape for number in numbers]
        if own != wanted:
            raise EngineError(
                f"The IP-Adapter is of another architecture: it has {len(own)} layers, first {own[:1]}, and the "
                f"checkpoint {len(wanted)}, first {wanted[:1]}."
            )
