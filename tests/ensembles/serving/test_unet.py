"""Which model a UNet call goes to, and in how many requests; Triton is a fake that adds one."""

import importlib
import sys
from types import ModuleType

import numpy as np
import pytest

from ensembles.manifest import Manifest

BUCKETS = {"256": 16, "512": 3}


@pytest.fixture
def unet(monkeypatch: pytest.MonkeyPatch):
    """`ensembles.serving.unet` outside Triton; `unet.asked` lists (model, samples) of each request."""
    before = set(sys.modules)
    monkeypatch.setitem(sys.modules, "triton_python_backend_utils", ModuleType("fake_backend_utils"))
    module = importlib.import_module("ensembles.serving.unet")
    module.asked = []

    async def fake_call(model, inputs, outputs):
        assert outputs == ["noise_pred"]
        assert len({len(array) for array in inputs.values()}) == 1
        module.asked.append((model, len(inputs["sample"])))
        return [inputs["sample"] + 1]

    monkeypatch.setattr(module, "call", fake_call)
    yield module
    for name in set(sys.modules) - before:
        if name.startswith("ensembles.serving"):
            del sys.modules[name]


def inputs(samples: int, side: int) -> dict[str, np.ndarray]:
    return {
        "sample": np.arange(samples * 4 * side * 8, dtype=np.float32).reshape(samples, 4, side, 8),
        "timestep": np.zeros((samples, 1), np.float32),
        "encoder_hidden_states": np.zeros((samples, 77, 8), np.float32),
    }


@pytest.mark.parametrize(
    ("runtime", "samples", "pixels", "asked"),
    [
        ("python", 16, 512, [("m-unet", 16)]),
        ("onnxruntime", 16, 2048, [("m-unet", 16)]),
        ("tensorrt", 16, 64, [("m-unet-256", 16)]),
        ("tensorrt", 2, 256, [("m-unet-256", 2)]),
        ("tensorrt", 2, 264, [("m-unet-512", 2)]),
        ("tensorrt", 8, 512, [("m-unet-512", 3), ("m-unet-512", 3), ("m-unet-512", 2)]),
    ],
)
async def test_requests(unet, runtime, samples, pixels, asked) -> None:
    manifest = Manifest("m", "sd15-0", 8, max_batch=BUCKETS, runtime=runtime)
    sent = inputs(samples, pixels // 8)
    answer = await unet.noise(manifest, sent)
    np.testing.assert_array_equal(answer, sent["sample"] + 1)
    assert unet.asked == asked


async def test_a_size_without_a_plan_is_one_sentence(unet) -> None:
    manifest = Manifest("m", "sd15-0", 8, max_batch=BUCKETS, runtime="tensorrt")
    with pytest.raises(ValueError, match="up to 512 pixels a side"):
        await unet.noise(manifest, inputs(1, 65))
    assert unet.asked == []


async def test_large_hints_go_one_request_after_another(unet, monkeypatch) -> None:
    monkeypatch.setattr(unet, "MOST_BYTES", 3 * 3 * 64 * 64 * 4)
    sent = inputs(7, 8) | {"hint": np.zeros((7, 1, 3, 64, 64), np.float32)}
    answer = await unet.noise(Manifest("m", "sd15-0", 8), sent)
    np.testing.assert_array_equal(answer, sent["sample"] + 1)
    # A sample is a little more than its hint.
    assert unet.asked == [("m-unet", 2)] * 3 + [("m-unet", 1)]
