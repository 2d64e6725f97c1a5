"""Variants through a real server: made while others go on, right, and refused in words."""

import queue
import time

import numpy as np
import pytest
from tritonclient import grpc
from tritonclient.utils import InferenceServerException

from ensembles.engine.network import Network
from tests.ensembles.engine.test_variants import text_of, unet_inputs
from tests.ensembles.engine.variants import add, merged, random_change

TYPES = {"float32": "FP32", "int64": "INT64", "object": "BYTES"}


def tensors(arrays: dict[str, np.ndarray]) -> list[grpc.InferInput]:
    made = []
    for name, array in arrays.items():
        one = grpc.InferInput(name, list(array.shape), TYPES[array.dtype.name])
        one.set_data_from_numpy(array)
        made.append(one)
    return made


def test_made_while_others_go_on(triton, tmp_path) -> None:
    pocket = triton.home / "models" / "pocket"
    changes = [random_change(pocket, "unet", seed) for seed in range(3)]
    shas = [add(triton.home, {"unet": change}) for change in changes]
    variant = text_of(*((sha256, 0.5) for sha256 in shas))
    answers: queue.Queue = queue.Queue()
    with grpc.InferenceServerClient(triton.grpc) as client:
        plain = client.infer("pocket-unet", tensors(unet_inputs())).as_numpy("noise_pred")
        for _ in range(2):
            client.async_infer(
                "pocket-unet",
                tensors(unet_inputs(variant=variant)),
                lambda result, error: answers.put((time.monotonic(), result, error)),
            )
        ended = []
        while answers.qsize() < 2:
            again = client.infer("pocket-unet", tensors(unet_inputs())).as_numpy("noise_pred")
            ended.append(time.monotonic())
            np.testing.assert_allclose(again, plain, atol=1e-5)
        made = [answers.get() for _ in range(2)]
        assert all(error is None for _, _, error in made)
        # Requests that came after those for the variant were answered before them, not stalled until it was there.
        assert sum(end < min(at for at, _, _ in made) for end in ended) >= 2
        began = time.monotonic()
        warm = client.infer("pocket-unet", tensors(unet_inputs(variant=variant))).as_numpy("noise_pred")
        assert time.monotonic() - began < 5
    wanted = Network(
        merged(pocket, tmp_path / "merged", "unet", [(change, 0.5) for change in changes]), "unet", threads=1
    ).run(unet_inputs())["noise_pred"]
    for result in (warm, *(result.as_numpy("noise_pred") for _, result, _ in made)):
        np.testing.assert_allclose(result, wanted, atol=3e-5)


@pytest.mark.parametrize(
    ("variant", "sentence"),
    [("{}}", "is not a variant's JSON text"), (text_of(("0" * 64, 1.0)), "is not in this installation")],
)
def test_refused_in_words(triton, variant, sentence) -> None:
    with (
        grpc.InferenceServerClient(triton.grpc) as client,
        pytest.raises(InferenceServerException, match=sentence) as raised,
    ):
        client.infer("pocket-unet", tensors(unet_inputs(variant=variant)))
    assert "INVALID_ARGUMENT" in raised.value.status()
