"""One UNet call, as the checkpoint's runtime takes it: which Triton model, and how many samples at once."""

import asyncio
from collections.abc import Mapping

import numpy as np

from ensembles.arrays import Array
from ensembles.manifest import Manifest, largest_request, unet_model
from ensembles.serving.tensors import BadInput, call


async def noise(manifest: Manifest, inputs: Mapping[str, Array]) -> Array:
    """`noise_pred` fp32 [B,4,h,w] for `sample` [B,4,h,w], `timestep` [B,1], `encoder_hidden_states` [B,T,C].

    Raises `BadInput` for a size that no model of the checkpoint takes, `CallFailed` with the model's own error.
    """
    size = max(inputs["sample"].shape[2:]) * manifest.vae_factor
    model = unet_model(manifest, size)
    if model is None:
        largest = max(map(int, manifest.max_batch), default=0)
        raise BadInput(
            f"WIDTH, HEIGHT: {manifest.name} was built for pictures of up to {largest} pixels a side; "
            f"send less than {size}."
        )
    count, at_once = len(inputs["sample"]), largest_request(manifest, size)
    if count <= at_once:  # nearly always, and on the way of every step: no tasks, no slices
        (answer,) = await call(model, inputs, ["noise_pred"])
        return answer
    pieces = [
        {name: array[start : start + at_once] for name, array in inputs.items()}
        for start in range(0, count, at_once)
    ]
    answers = await asyncio.gather(*(call(model, piece, ["noise_pred"]) for piece in pieces))
    return np.concatenate([answer[0] for answer in answers])
