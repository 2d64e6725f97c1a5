"""Safetensors files without torch: values, names, and files that are none."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from ensembles.engine.errors import EngineError
from ensembles.engine.weights import WeightFile, open_weights, read_header

VALUES = np.array([0.0, -0.0, 1.0, -1.5, 0.0009765625, 3.140625, 240.0], np.float32)
"""Exact in every one of the dtypes."""


def bfloat16_file(path: Path, values: np.ndarray) -> Path:
    """NumPy has no bfloat16: the upper halves of float32, by hand."""
    halves = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    header = {"a": {"dtype": "BF16", "shape": [len(values)], "data_offsets": [0, len(halves)]}}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + halves)
    return path


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_values_come_out_as_float32(tmp_path: Path, dtype: str) -> None:
    path = tmp_path / "w.safetensors"
    if dtype == "bfloat16":
        bfloat16_file(path, VALUES)
    else:
        save_file({"a": VALUES.astype(dtype)}, path)
    tensor = WeightFile(path).tensor("a")
    assert tensor.dtype == np.float32
    np.testing.assert_array_equal(tensor, VALUES)


def test_float32_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file({"a": VALUES}, path)
    tensor = WeightFile(path).tensor("a")
    assert not tensor.flags.writeable
    assert not tensor.flags.owndata


def header_only(header: object) -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        b"\xff" * 64,
        (10**6).to_bytes(8, "little") + b"{}",
        (4).to_bytes(8, "little") + b"[1,2",
        header_only([1]),
        header_only({"a": 1}),
        header_only({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}),
        header_only({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}),
        header_only({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}}),
        header_only({"a": {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}}),
    ],
)
def test_what_is_no_safetensors_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    with pytest.raises(EngineError, match=r"w\.safetensors"):
        read_header(path)


def entry(start: int, end: int) -> dict[str, object]:
    return {"dtype": "F32", "shape": [(end - start) // 4], "data_offsets": [start, end]}


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (json.dumps({"a": entry(0, 8), "b": entry(4, 12)}), "b does not begin where"),
        (json.dumps({"a": entry(0, 8), "b": entry(0, 8)}), "b does not begin where"),
        (json.dumps({"a": entry(0, 4), "b": entry(8, 12)}), "b does not begin where"),
        (json.dumps({"a": entry(4, 8)}), "a does not begin where"),
        (f'{{"a": {json.dumps(entry(0, 4))}, "a": {json.dumps(entry(4, 12))}}}', "a does not begin where"),
        (json.dumps({"a" * 1001: entry(0, 4)}), "names of up to 1001"),
        (json.dumps({f"{n}": entry(0, 0) for n in range(100_001)}), "it has 100001 tensors"),
    ],
    ids=("overlap", "same", "hole", "before", "name-twice", "long-name", "many"),
)
def test_headers_that_no_writer_leaves(tmp_path: Path, header: str, sentence: str) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode() + bytes(12))
    with pytest.raises(EngineError, match=sentence):
        read_header(path)


def test_empty_tensors_and_any_order(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    header = json.dumps({"b": entry(4, 12), "none": entry(4, 4), "a": entry(0, 4)})
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode() + bytes(12))
    assert set(read_header(path)) == {"a", "b", "none"}


def test_missing_and_foreign_tensors(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file({"a": VALUES, "b": np.zeros(2, np.int32)}, path)
    weights = WeightFile(path)
    assert weights.missing(["a", "c"]) == ["c"]
    with pytest.raises(EngineError, match="has no tensor c"):
        weights.tensor("c")
    with pytest.raises(EngineError, match="stores b as I32"):
        weights.tensor("b")


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("value", [np.nan, -np.nan, np.inf, -np.inf, 65504.0, -1e-6, 0.0])
def test_finite_is_told_from_the_stored_bits(tmp_path: Path, dtype: str, value: float) -> None:
    path = tmp_path / "w.safetensors"
    values = np.ones(300_000, np.float32)
    values[-1] = value
    if dtype == "bfloat16":
        bfloat16_file(path, values)
    else:
        save_file({"a": values.astype(dtype)}, path)
    assert WeightFile(path).is_finite("a") == np.isfinite(value)


def published(folder: Path, layout: dict[str, object]) -> Path:
    (folder / "weights").mkdir()
    tensors = {
        "theirs.weight": np.arange(6, dtype=np.float32).reshape(2, 3, 1, 1),
        "other": np.zeros(4, np.float16),
    }
    save_file(tensors, folder / "weights" / "w.safetensors")
    (folder / "weights" / "layout.json").write_text(json.dumps({"parts": {"vae": layout}}))
    return folder


def test_open_weights_by_layout(tmp_path: Path) -> None:
    """Other names, axes of length 1 dropped, and tensors of other parts left out."""
    layout = {
        "file": "w.safetensors",
        "tensors": {"ours.weight": "theirs.weight"},
        "shapes": {"ours.weight": [2, 3]},
    }
    weights = open_weights(published(tmp_path, layout), "vae")
    assert list(weights.places) == ["ours.weight"]
    assert weights.places["ours.weight"].shape == (2, 3)
    np.testing.assert_array_equal(weights.tensor("ours.weight"), [[0, 1, 2], [3, 4, 5]])
    assert weights.path == tmp_path / "weights" / "w.safetensors"


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ({"file": "w.safetensors", "tensors": {"a": "b"}}, "has no tensor b: export the checkpoint again"),
        ({"file": "../w.safetensors", "tensors": {}}, "names no weights of its vae"),
        ({"file": "w.safetensors", "tensors": {"a": "other"}, "shapes": {"a": [5]}}, "but the graph wants"),
        (
            {"file": "w.safetensors", "tensors": {"a": "theirs.weight"}, "shapes": {"a": [3, 2]}},
            "but the graph wants",
        ),
        ({"file": "none.safetensors", "tensors": {}}, "cannot be read"),
        ({"file": 5}, "does not describe weights"),
    ],
)
def test_layouts_that_do_not_fit(tmp_path: Path, layout: dict[str, object], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        open_weights(published(tmp_path, layout), "vae")


def test_a_folder_published_before_layouts(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"layout\.json cannot be read: .*; export the checkpoint again"):
        open_weights(tmp_path, "unet")
