"""Weights of every dtype reach the graph as the same float32 numbers."""

import json
from pathlib import Path

import numpy as np
import pytest

from ensembles.engine.bind import bind
from ensembles.engine.errors import EngineError
from ensembles.engine.graph import read_meta
from ensembles.engine.weights import WeightFile
from export.graphs import SHIPPED

GRAPH = next(iter(sorted(SHIPPED.glob("7d81*")))) / "text-encoder.onnx"
META = read_meta(GRAPH.with_suffix(".json"))


def bfloat16(values: np.ndarray) -> np.ndarray:
    """Truncated to bfloat16's bits."""
    return (values.view(np.uint32) >> 16).astype(np.uint16)


ENCODE = {"F32": lambda v: v, "F16": lambda v: v.astype(np.float16), "BF16": bfloat16}
DECODE = {
    "F32": lambda v: v,
    "F16": lambda v: v.astype(np.float32),
    "BF16": lambda v: (v.astype(np.uint32) << 16).view(np.float32),
}


def random_weights() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {
        name: (0.05 * random.standard_normal(shape)).astype(np.float32) + (len(shape) == 1)
        for name, shape in META.parameters.items()
    }


def write(path: Path, weights: dict[str, np.ndarray], dtypes: dict[str, str], pad: int = 0) -> Path:
    """A safetensors file with a dtype per tensor; `pad` shifts where its data begin."""
    header, blobs, at = {}, [], 0
    for name, values in weights.items():
        blob = ENCODE[dtypes[name]](values).tobytes()
        header[name] = {"dtype": dtypes[name], "shape": values.shape, "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8 + pad)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(blobs))
    return path


def outputs(file: Path) -> list[np.ndarray]:
    session = bind(GRAPH, WeightFile(file), META.parameters, threads=1, providers=["CPUExecutionProvider"])
    ids = np.random.default_rng(1).integers(0, 800, (2, 77))
    zeros = np.zeros((2, 77), np.float32)
    width = META.outputs[0].shape[-1]
    return session.run(
        None,
        {
            "input_ids": ids,
            "clip_skip": np.array([[1], [2]]),
            "replace_mask": zeros,
            "replace_values": np.zeros((2, 77, width), np.float32),
        },
    )


@pytest.mark.parametrize("stored", ["F16", "BF16", "mixed"])
def test_stored_as_less_than_float32(tmp_path: Path, stored: str) -> None:
    weights = random_weights()
    dtypes = {
        name: stored if stored != "mixed" else list(ENCODE)[number % 3] for number, name in enumerate(weights)
    }
    rounded = {
        name: DECODE[dtypes[name]](ENCODE[dtypes[name]](value)).reshape(value.shape)
        for name, value in weights.items()
    }
    less = outputs(write(tmp_path / "less.safetensors", weights, dtypes))
    whole = outputs(write(tmp_path / "whole.safetensors", rounded, dict.fromkeys(weights, "F32")))
    exact = outputs(write(tmp_path / "exact.safetensors", weights, dict.fromkeys(weights, "F32")))
    for one, other, before in zip(less, whole, exact, strict=True):
        np.testing.assert_array_equal(one, other)
        assert np.abs(one - before).max() > 0


def test_data_may_begin_at_an_odd_byte(tmp_path: Path) -> None:
    """Some writers do not pad their header to 8 bytes."""
    weights = random_weights()
    even = outputs(write(tmp_path / "even.safetensors", weights, dict.fromkeys(weights, "F32")))
    odd = outputs(write(tmp_path / "odd.safetensors", weights, dict.fromkeys(weights, "F32"), pad=3))
    for one, other in zip(even, odd, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_wrong_shape(tmp_path: Path) -> None:
    weights = random_weights()
    name = next(iter(weights))
    weights[name] = weights[name][:-1]
    file = write(tmp_path / "short.safetensors", weights, dict.fromkeys(weights, "F32"))
    with pytest.raises(EngineError, match="but the graph wants"):
        outputs(file)
