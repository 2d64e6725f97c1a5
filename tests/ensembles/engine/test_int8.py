"""Linear layers in 8 bits: all are found, the numbers are near, neighbours stay without effect."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file, save_file

from ensembles.engine.errors import EngineError
from ensembles.engine.external import bind_external
from ensembles.engine.fusion import fuse_attention
from ensembles.engine.graph import read_meta
from ensembles.engine.int8 import bind_int8, int8_file, linear_layers, published_int8, quantize_rows
from ensembles.engine.network import Network
from ensembles.engine.weights import WeightFile
from export.graphs import SHIPPED
from export.int8.file import write_int8

POCKET = next(iter(SHIPPED.glob("7d81*")))
LARGE = next(iter(SHIPPED.glob("807e*")))
SMALL = 4096
"""Numbers in a weight from which on pocket's layers are rounded here: it has few large ones."""


@pytest.fixture(scope="module")
def folder(published_pocket: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(published_pocket, tmp_path_factory.mktemp("models") / "pocket"))


@pytest.fixture(scope="module")
def rounded(folder: Path) -> Path:
    """A file of 8-bit layers that the folder does not take up by itself."""
    file = folder / "weights" / "candidate.safetensors"
    write_int8(folder, "unet", file, minimum=SMALL)
    return file


def load(path: Path) -> tuple[onnx.ModelProto, dict[str, list[int]]]:
    model = onnx.load(str(path / "unet.onnx"), load_external_data=False)
    return model, read_meta(path / "unet.json").parameters


@pytest.mark.parametrize("columns", [64, 128, 100, 7])
def test_a_number_is_off_by_half_a_step_of_its_block_at_most(columns, rng):
    weight = rng.standard_normal((5, columns), dtype=np.float32)
    weight[2] = 0
    values, scales = quantize_rows(weight, 64)
    blocks = -(-columns // 64)
    assert (values.shape, values.dtype) == ((5, blocks, 64), np.uint8)
    assert (scales.shape, scales.dtype) == ((5, blocks), np.float32)
    steps = scales[..., None].astype(np.float64)
    back = (values.astype(np.float64) - 128) * steps
    padded = np.zeros((5, blocks * 64))
    padded[:, :columns] = weight
    assert (np.abs(back - padded.reshape(back.shape)) <= steps * (0.5 + 1e-4)).all()
    assert not back[2].any()
    assert not back.reshape(5, -1)[:, columns:].any()


@pytest.mark.parametrize(("graph", "count"), [(POCKET, 61), (LARGE, 216)])
def test_every_linear_layer_is_found(graph, count):
    model, parameters = load(graph)
    layers = linear_layers(model, parameters)
    assert len(layers) == count
    left = {name: shape for name, shape in parameters.items() if name not in layers and len(shape) > 1}
    # What is left are convolutions over neighbouring places, and the shortcuts around blocks.
    assert left
    assert all(shape[2:] == [3, 3] or "shortcut" in name for name, shape in left.items())
    assert not any("shortcut" in name for name in layers)


def test_a_parameter_that_is_read_in_another_way_too_is_left_alone():
    model, parameters = load(POCKET)
    layers = linear_layers(model, parameters)
    name = next(iter(layers))
    model.graph.node.append(onnx.helper.make_node("Abs", [name], ["elsewhere"]))
    assert set(layers) - set(linear_layers(model, parameters)) == {name}


@pytest.mark.parametrize("stored", [np.float32, np.float16])
@pytest.mark.parametrize("fused_first", [True, False])
def test_nothing_of_the_replaced_parameters_is_left_to_load(rounded, tmp_path, fused_first, stored):
    model, parameters = load(POCKET)
    layers = linear_layers(model, parameters)
    file = tmp_path / "unet.safetensors"
    save_file({name: np.zeros(shape, stored) for name, shape in parameters.items()}, file)
    bind_external(model, WeightFile(file), file.name)
    if fused_first:
        fuse_attention(model)
    count = bind_int8(model, parameters, rounded)
    if not fused_first:
        fuse_attention(model)
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("MatMulNBits") == count
    assert kinds.count("MultiHeadAttention") == 8
    held = {name.removesuffix(".q") for name in load_file(rounded) if name.endswith(".q")}
    assert len(held) == count
    assert held <= set(layers)
    initializers = {tensor.name for tensor in model.graph.initializer}
    assert not held & {name.removesuffix(".stored") for name in initializers}
    known = {name for node in model.graph.node for name in node.output} | initializers
    known |= {port.name for port in model.graph.input} | {""}
    assert all(name in known for node in model.graph.node for name in node.input)


@pytest.mark.parametrize("threads", [1, 2])
def test_near_fp32_and_neighbours_do_not_matter(folder, rounded, rng, threads):
    fp32 = Network(folder, "unet", threads=threads)
    int8 = Network(folder, "unet", threads=threads, int8=rounded)
    inputs = {
        "sample": rng.standard_normal((5, 4, 9, 14), dtype=np.float32),
        "timestep": rng.uniform(0, 999, (5, 1)).astype(np.float32),
        "encoder_hidden_states": rng.standard_normal((5, 77, 128), dtype=np.float32),
    }
    wanted, got = (network.run(inputs)["noise_pred"] for network in (fp32, int8))
    apart = np.linalg.norm(got - wanted) / np.linalg.norm(wanted)
    assert 1e-5 < apart < 0.02
    # Rounding would make much of the least difference between a batch of one and of many.
    for rows in (slice(0, 1), slice(3, 4), slice(1, 4)):
        alone = int8.run({name: array[rows] for name, array in inputs.items()})["noise_pred"]
        np.testing.assert_array_equal(alone, got[rows])


def test_only_the_cpu_takes_them(folder, rounded, monkeypatch):
    inputs = {
        "sample": np.ones((1, 4, 8, 8), np.float32),
        "timestep": np.full((1, 1), 500, np.float32),
        "encoder_hidden_states": np.ones((1, 77, 128), np.float32),
    }
    wanted = Network(folder, "unet", threads=1).run(inputs)["noise_pred"]
    monkeypatch.setattr("ensembles.engine.bind.INT8_ON", ())
    other = Network(folder, "unet", threads=1, int8=rounded).run(inputs)["noise_pred"]
    np.testing.assert_array_equal(other, wanted)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def no_safetensors(file: Path) -> None:
    file.write_bytes(b"not a file of tensors")


def empty(file: Path) -> None:
    save_file({}, file)


def lacks_scales(file: Path) -> None:
    tensors = load_file(file)
    save_file({name: value for name, value in tensors.items() if not name.endswith(".s")}, file)


def of_another_graph(file: Path) -> None:
    save_file({f"other.{name}": value for name, value in load_file(file).items()}, file)


def other_shapes(file: Path) -> None:
    save_file({name: np.ascontiguousarray(value[:-1]) for name, value in load_file(file).items()}, file)


def floats(file: Path) -> None:
    save_file({name: value.astype(np.float32) for name, value in load_file(file).items()}, file)


@pytest.mark.parametrize(
    "damage", [cut, no_safetensors, empty, lacks_scales, of_another_graph, other_shapes, floats]
)
def test_a_damaged_file_is_one_sentence_that_says_what_to_do(folder, rounded, damage):
    published = int8_file(folder, "unet")
    shutil.copy(rounded, published)
    try:
        assert published_int8(folder, "unet") == published
        damage(published)
        with pytest.raises(EngineError, match="run `studio quantize pocket` again") as said:
            Network(folder, "unet", threads=1)
        assert str(said.value).startswith(str(published))
        assert "\n" not in str(said.value)
    finally:
        published.unlink()
