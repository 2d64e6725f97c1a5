"""One UNet call, as the checkpoint's runtime takes it: which Triton model, and how many samples at once."""

import asyncio
from collections.abc import Mapping

import numpy as np

from ensembles.arrays import Array
from ensembles.manifest import Manifest, largest_request, unet_model
from ensembles.serving.tensors import BadInput, call

MOST_BYTES = 64 * 2**20
"""Of one request, where a sample is not larger by itself: requests travel through shared memory, and hints of ControlNets
are as large as pictures. What is more goes one request after another."""


async def noise(manifest: Manifest, inputs: Mapping[str, Array]) -> Array:
    """`noise_pred` fp32 [B,4,h,w] for `sample` [B,S,h,w], `timestep` [B,1], `encoder_hidden_states` [B,T,C], and what is more.

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
    slim = max(1, MOST_BYTES // (sum(array.nbytes for array in inputs.values()) // count))
    if count <= min(at_once, slim):  # nearly always, and on the way of every step: no tasks, no slices
        (answer,) = await call(model, inputs, ["noise_pred"])
        return answer
    pieces = [
        {name: array[start : start + min(at_once, slim)] for name, array in inputs.items()}
        for start in range(0, count, min(at_once, slim))
    ]
    if slim < at_once:
        answers = [await call(model, piece, ["noise_pred"]) for piece in pieces]
    else:
        answers = await asyncio.gather(*(call(model, piece, ["noise_pred"]) for piece in pieces))
    return np.concatenate([answer[0] for answer in answers])
