"""A text encoder asked for nothing, so that its variant is made before `text_encode` needs it.

`text_encode` answers one batch at a time: whoever brings a LoRA that is new to it would hold up all others' texts while it
is made. The networks themselves go on meanwhile.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from ensembles.arrays import Array
from ensembles.manifest import Manifest, TextTower
from ensembles.text.tokens import CHUNK

OUTPUTS = ["hidden_state", "pooled"]
"""Both, as `text_encode` asks: Triton's response cache keeps an answer with the outputs that were asked for first."""


def nothing(told: TextTower, variant: str) -> dict[str, Array]:
    """What `NAME-text-encoder` takes, of one chunk; always the same, so that Triton's response cache has the answer soon."""
    return {
        "input_ids": np.zeros((1, CHUNK), np.int64),
        "clip_skip": np.full((1, 1), told.layer(1), np.int64),
        "replace_mask": np.zeros((1, CHUNK), np.float32),
        "replace_values": np.zeros((1, CHUNK, told.width), np.float32),
        "variant": np.array([[variant.encode()]], np.object_),
    }


def towers(manifest: Manifest) -> Sequence[TextTower]:
    """The checkpoint's text encoders. Manifests of before there were several do not tell a tower's width."""
    if len(manifest.towers) > 1:
        return manifest.towers
    return [msgspec.structs.replace(one, width=manifest.context_dim) for one in manifest.towers]
