"""The UNet with what a request puts beside it: ControlNets, an image prompt, FreeU, perturbed attention.

All of it happens in the process of `NAME-unet`, inside one call: what ControlNets say, tens of megabytes a step,
never crosses a process' border. The extended UNet is the checkpoint's own graph with more inputs
(`ensembles.engine.extension`), so that nothing is traced for it and nothing stands in a published folder.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ensembles.arrays import Array
from ensembles.engine.providers import Choice
from ensembles.engine.variant import Variant

OPTIONAL = ("hint", "control_weights", "image_tokens", "image_weight", "freeu", "perturb")
"""Inputs of `NAME-unet` that only the extended UNet takes:

`hint` fp32 [B,n,3,8h,8w] in 0..1 and `control_weights` fp32 [B,n,R], for the n of `Variant.controls`, in their order;
`image_tokens` fp32 [B,k,C] and `image_weight` fp32 [B,1], for `Variant.image_prompt`; `freeu` fp32 [B,5]
(b1, b2, s1, s2, version 0 = off, 1, 2); `perturb` fp32 [B,1] (1: self-attention in the middle gives its values).
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
    ) -> None:
        raise NotImplementedError

    def ready(self, variant: Variant) -> bool:
        """Whether `run` would load nothing first: `Network.ready` asks, and answers later what is not, from a thread."""
        raise NotImplementedError

    def check(self, variant: Variant, inputs: Mapping[str, Array]) -> None:
        """Raises `EngineError`, one sentence, where a request's optional inputs are not what `variant` wants."""
        raise NotImplementedError

    def run(self, unet: Run, variant: Variant, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """`noise_pred` for one batch whose samples all want `variant`; `inputs` are `NAME-unet`'s, as checked.

        `unet` runs a session of the graph that `ensembles.engine.extension.extend` made, with the LoRAs and the
        padding of `variant`. Raises `EngineError` for a file that is missing or does not fit.
        """
        raise NotImplementedError
