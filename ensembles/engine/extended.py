"""The UNet with what a request puts beside it: ControlNets, an image prompt, FreeU, perturbed attention.

All of it happens in the process of `NAME-unet`, inside one call: what ControlNets say, tens of megabytes a step,
never crosses a process' border. The extended UNet is the checkpoint's own graph with more inputs
(`ensembles.engine.extension`), so that nothing is traced for it and nothing stands in a published folder.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ensembles.arrays import Array
from ensembles.engine.control import Controls
from ensembles.engine.control_branch import HINT, WEIGHTS
from ensembles.engine.errors import EngineError
from ensembles.engine.extension import FREEU, IMAGE_KEYS, IMAGE_VALUES, IMAGE_WEIGHT, PERTURB, RESIDUAL
from ensembles.engine.graph import read_meta
from ensembles.engine.image_keys import ImageKeys
from ensembles.engine.places import places
from ensembles.engine.providers import Choice
from ensembles.engine.sessions import WAIT
from ensembles.engine.variant import Variant

CELL = 8
"""Pixels of a hint that ControlNets see as one latent cell."""
OPTIONAL = ("hint", "control_weights", "image_tokens", "image_weight", "freeu", "perturb")
"""Inputs of `NAME-unet` that only the extended UNet takes:

`hint` fp32 [B,n,3,8h,8w] in 0..1 and `control_weights` fp32 [B,n,R], for the n of `Variant.controls`, in their order;
`image_tokens` fp32 [B,k,C] and `image_weight` fp32 [B,1], for `Variant.image_prompt`; `freeu` fp32 [B,5]
(b1, b2, s1, s2, version: 0 off, 1, 2, or 3, which is 1 where diffusers puts it); `perturb` fp32 [B,1] (1: self-attention in the middle gives its values).
"""

Run = Callable[[dict[str, Array]], dict[str, Array]]
"""The extended UNet's session: its inputs by name → its outputs by name."""


def wanted(variant: Variant, inputs: Mapping[str, Array]) -> bool:
    """Whether a request needs the extended UNet."""
    return bool(variant.controls or variant.image_prompt) or any(name in inputs for name in OPTIONAL)


class Extended:
    """What stands beside one checkpoint's UNet: its ControlNets and image prompts, loaded when first used.

    `folder` is `models/NAME`, `home` holds the registry's files. One for each process; its methods may be called
    from several threads.
    """

    def __init__(
        self,
        folder: Path,
        home: Path,
        threads: int | None = None,
        providers: Sequence[str | Choice] | None = None,
        wait: float = WAIT,
    ) -> None:
        self._places = places(read_meta(folder / "graphs" / "unet.json").parameters)
        self._controls = Controls(folder, home, threads, providers, wait)
        self._keys = ImageKeys(home, [width for _, width in self._places.image_layers])
        self._off = self._switched_off()

    def ready(self, variant: Variant) -> bool:
        """Whether `run` would load nothing first: `Network.ready` asks, and answers later what is not, from a thread."""
        return all(map(self._controls.ready, variant.controls))

    def check(self, variant: Variant, inputs: Mapping[str, Array]) -> None:
        """Raises `EngineError`, one sentence, where a request's optional inputs are not what `variant` wants."""
        given = {name: inputs[name] for name in OPTIONAL if name in inputs}
        for names, needed, why in (
            ((HINT, WEIGHTS), bool(variant.controls), "the variant's ControlNets"),
            (("image_tokens", IMAGE_WEIGHT), bool(variant.image_prompt), "the variant's image prompt"),
        ):
            for name in names:
                if (name in given) != needed:
                    raise EngineError(f"unet: {name} goes with {why}: send both, or neither.")
        batch, _, height, width = inputs["sample"].shape
        count, number = len(variant.controls), len(self._places.residuals)
        tokens = (
            given["image_tokens"].shape[1]
            if "image_tokens" in given and given["image_tokens"].ndim == 3
            else 1
        )
        shapes: dict[str, tuple[int, ...]] = {
            HINT: (batch, count, 3, height * CELL, width * CELL),
            WEIGHTS: (batch, count, number),
            "image_tokens": (batch, max(1, tokens), self._places.context),
            IMAGE_WEIGHT: (batch, 1),
            FREEU: (batch, 5),
            PERTURB: (batch, 1),
        }
        for name, array in given.items():
            if array.shape != shapes[name]:
                raise EngineError(
                    f"unet: {name} must have shape {list(shapes[name])}, not {list(array.shape)}."
                )
            if array.dtype != np.float32:
                raise EngineError(f"unet: {name} must be float32, not {array.dtype}.")

    def run(self, unet: Run, variant: Variant, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """`noise_pred` for one batch whose samples all want `variant`; `inputs` are `NAME-unet`'s, as checked.

        `unet` runs a session of the graph that `ensembles.engine.extension.extend` made, with the LoRAs and the
        padding of `variant`. Raises `EngineError` for a file that is missing or does not fit.
        """
        given = {name: array for name, array in inputs.items() if name not in OPTIONAL} | self._off
        given |= {name: inputs[name] for name in (IMAGE_WEIGHT, FREEU, PERTURB) if name in inputs}
        if variant.image_prompt:
            keys, values = self._keys.of(variant.image_prompt, inputs["image_tokens"])
            given |= {IMAGE_KEYS: keys, IMAGE_VALUES: values}
        residuals = self._controls.residuals(variant.controls, inputs) if variant.controls else None
        if residuals is not None:
            given |= {RESIDUAL.format(place): value for place, value in enumerate(residuals)}
        return unet(given)

    def _switched_off(self) -> dict[str, Array]:
        """The extended UNet's own inputs that change nothing; each stands for all samples."""
        total = sum(width for _, width in self._places.image_layers)
        off: dict[str, Array] = {
            RESIDUAL.format(place): np.zeros((1, channels, 1, 1), np.float32)
            for place, channels in enumerate(self._places.residuals)
        }
        return off | {
            IMAGE_KEYS: np.zeros((1, 1, total), np.float32),
            IMAGE_VALUES: np.zeros((1, 1, total), np.float32),
            IMAGE_WEIGHT: np.zeros((1, 1), np.float32),
            FREEU: np.array([[1, 1, 1, 1, 0]], np.float32),
            PERTURB: np.zeros((1, 1), np.float32),
        }
