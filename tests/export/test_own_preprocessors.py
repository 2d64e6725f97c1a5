"""A network that somebody brings as ONNX: used as they say, or refused with one sentence."""

from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper, numpy_helper

from control.models.preprocessors import preprocessors
from ensembles.engine.preprocessing import PreprocessingNetwork
from ensembles.imaging.ade20k import COLOURS
from ensembles.preprocessor import FOLDER
from export.errors import ExportError
from export.preprocessors import own
from studio.cli import main
from tests.tools.preprocessors import PLAIN, write_map


def run(home: Path, name: str, image: np.ndarray) -> np.ndarray:
    """f32[h,w,3] → its hint."""
    (hint,) = PreprocessingNetwork(home / FOLDER / name).run(np.moveaxis(image, -1, 0)[None].copy())
    return hint.pixels


def ramp(height: int, width: int) -> np.ndarray:
    """Redder from left to right, greener downwards."""
    image = np.zeros((height, width, 3), np.float32)
    image[..., 0] = np.linspace(0.2, 0.7, width)
    image[..., 1] = np.linspace(0, 0.1, height)[:, None]
    return image


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("dtype", [TensorProto.FLOAT, TensorProto.FLOAT16])
@pytest.mark.parametrize("size", [("h", "w"), (48, 64)])
def test_depth_is_white_where_it_is_nearest(layout, dtype, size, tmp_path):
    file = write_map(tmp_path / "a.onnx", layout=layout, dtype=dtype, size=size)
    for name, invert in (("near", False), ("far", True)):
        own.add_file(file, own.Wanted(type="depth", name=name, invert=invert, **PLAIN), tmp_path)
    image = ramp(90, 130)
    hint = run(tmp_path, "near", image)
    assert hint.shape == (90, 130, 3)
    assert (hint.min(), hint.max()) == (0, 1)
    wanted = np.broadcast_to((image[..., 0] - 0.2) / 0.5, (90, 130))
    np.testing.assert_allclose(hint[..., 0], wanted, atol=0.02 if size[0] == 48 else 0.002)
    np.testing.assert_allclose(run(tmp_path, "far", image), 1 - hint, atol=0.01)
    assert not run(tmp_path, "near", np.full((64, 64, 3), 0.3, np.float32)).any(), "flat"


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_classes_are_coloured(layout, tmp_path):
    """Class c has (c + 1) x red + c x green, less after mean and std: 0 where red is dark, the last where it is bright."""
    file = write_map(tmp_path / "a.onnx", layout=layout, channels=3)
    image = np.zeros((64, 96, 3), np.float32)
    image[:, 48:, 0] = 0.9
    half = {"mean": (0.5, 0, 0), "std": (0.25, 1, 1), "multiple": 1}
    own.add_file(file, own.Wanted(type="segmentation", name="ade", **half), tmp_path)
    hint = run(tmp_path, "ade", image)
    assert (hint[:, :48] == np.float32(COLOURS[0]) / 255).all()
    assert (hint[:, 48:] == np.float32(COLOURS[2]) / 255).all()
    palette = ((1, 2, 3), (4, 5, 6), (7, 8, 9))
    own.add_file(file, own.Wanted(type="segmentation", name="mine", palette=palette, **half), tmp_path)
    hint = run(tmp_path, "mine", image)
    assert set(np.unique(np.rint(hint * 255))) == {1, 2, 3, 7, 8, 9}
    with pytest.raises(ExportError, match="tells 3 classes apart, and there are colours for 2"):
        own.add_file(file, own.Wanted(type="segmentation", name="few", palette=palette[:2], **half), tmp_path)


def test_labels_are_classes_already(tmp_path):
    graph = helper.make_graph(
        [helper.make_node("ArgMax", ["image"], ["label"], axis=1, keepdims=0)],
        "labels",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["b", 3, "h", "w"])],
        [helper.make_tensor_value_info("label", TensorProto.INT64, ["b", "h", "w"])],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8),
        tmp_path / "l.onnx",
    )
    own.add_file(tmp_path / "l.onnx", own.Wanted(type="segmentation", name="labels", **PLAIN), tmp_path)
    image = np.zeros((50, 40, 3), np.float32)
    image[:25, :, 1] = 1
    image[25:, :, 2] = 1
    hint = run(tmp_path, "labels", image)
    assert (hint[:25] == np.float32(COLOURS[1]) / 255).all()
    assert (hint[25:] == np.float32(COLOURS[2]) / 255).all()


def test_ranges_mean_and_std_are_those_that_were_given(tmp_path):
    file = write_map(tmp_path / "a.onnx")
    wanted = own.Wanted(
        type="depth", name="a", low=0, high=255, mean=(10, 0, 0), std=(2, 1, 1), multiple=1, side=64
    )
    own.add_file(file, wanted, tmp_path)
    answer = PreprocessingNetwork(tmp_path / FOLDER / "a").answer(np.full((8, 8, 3), 0.4, np.float32))
    np.testing.assert_allclose(answer, np.full((1, 8, 8), (0.4 * 255 - 10) / 2), rtol=1e-5)


def changed(path: Path, change) -> Path:
    model = onnx.load(str(path))
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


def external(model: onnx.ModelProto) -> None:
    (weight,) = model.graph.initializer
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="/etc/passwd")


def inside(model: onnx.ModelProto) -> None:
    """The same within a branch."""
    hidden = helper.make_tensor("hidden", TensorProto.FLOAT, [1], [0.0])
    external_ = TensorProto()
    external_.CopyFrom(hidden)
    external_.ClearField("float_data")
    external_.data_location = TensorProto.EXTERNAL
    external_.external_data.add(key="location", value="weights.bin")
    branch = helper.make_graph(
        [helper.make_node("Identity", ["hidden"], ["b"])],
        "branch", [], [helper.make_tensor_value_info("b", TensorProto.FLOAT, [1])], [external_],
    )  # fmt: skip
    model.graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))
    model.graph.node.append(
        helper.make_node("If", ["yes"], ["chosen"], then_branch=branch, else_branch=branch)
    )


def strange(model: onnx.ModelProto) -> None:
    model.graph.node[0].domain = "com.microsoft"


def second_input(model: onnx.ModelProto) -> None:
    model.graph.input.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1]))


def second_output(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("Identity", ["map"], ["again"]))
    model.graph.output.append(helper.make_tensor_value_info("again", TensorProto.FLOAT, [1, 1, "h", "w"]))


def input_of(kind: int, shape: list) -> None:
    def change(model: onnx.ModelProto) -> None:
        model.graph.input[0].CopyFrom(helper.make_tensor_value_info("picture", kind, shape))

    return change


REFUSED = {
    "is kept elsewhere": (external, "keeps its weights in another file"),
    "is kept elsewhere, within a branch": (inside, "keeps its weights in another file"),
    "a runtime's operators": (strange, r"not ONNX's own \(com.microsoft\)"),
    "two inputs": (second_input, "has 2 inputs and 1 outputs"),
    "two outputs": (second_output, "has 1 inputs and 2 outputs"),
    "an old opset": (lambda model: setattr(model.opset_import[0], "version", 6), "opset 6: export it with one from 9"),
    "no picture": (input_of(TensorProto.FLOAT, [1, 77]), r"float \[1,77\]: it needs a picture"),
    "bytes": (input_of(TensorProto.UINT8, [1, 3, 8, 8]), r"uint8 \[1,3,8,8\]: it needs a picture"),
    "batches of two": (input_of(TensorProto.FLOAT, [2, 3, 64, 64]), "it needs a picture"),
    "too large": (input_of(TensorProto.FLOAT, [1, 3, 9000, 9000]), "9000 x 9000 pixels: sides from 32 to 2048"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_served_is_refused_with_a_sentence(case, tmp_path):
    change, said = REFUSED[case]
    file = changed(write_map(tmp_path / "a.onnx"), change)
    with pytest.raises(ExportError, match=said) as raised:
        own.add_file(file, own.Wanted(type="depth", name="a", **PLAIN), tmp_path)
    assert "\n" not in str(raised.value)
    assert "a.onnx" in str(raised.value)
    assert not (tmp_path / FOLDER / "a").exists()


def test_other_files_names_and_options_are_refused(tmp_path):
    (tmp_path / "a.onnx").write_bytes(b"PK\3\4 no network")
    (tmp_path / "b.onnx").write_bytes(b"")
    good = write_map(tmp_path / "c.onnx")
    several = write_map(tmp_path / "d.onnx", channels=3)
    wanted = own.Wanted(type="depth", name="mine", **PLAIN)
    for file, change, said in (
        ("a.onnx", {}, "cannot be read as ONNX"),
        ("b.onnx", {}, "cannot be read as ONNX"),
        ("missing.onnx", {}, "cannot be read as ONNX"),
        (good, {"name": "hed"}, "hed is the name of a preprocessor that there is"),
        (good, {"name": "../up"}, "cannot name"),
        (good, {"std": (1, 0, 1)}, "--std three above 0"),
        (good, {"mean": (np.nan, 0, 1)}, "--mean three"),
        (good, {"low": 1.0}, "--range takes two different"),
        (good, {"side": 20_000}, "--size takes 32 to 2048"),
        (good, {"palette": ((0, 0, 0),)}, "--palette is for"),
        (good, {"type": "segmentation", "invert": True}, "--invert is for"),
        (several, {}, r"--type depth needs one float value a pixel"),
    ):
        with pytest.raises(ExportError, match=said):
            own.add_file(tmp_path / file, msgspec.structs.replace(wanted, **change), tmp_path)
    assert not (tmp_path / FOLDER).exists()


def test_one_that_does_not_run_on_the_sizes_it_is_given_says_so(tmp_path):
    """A network whose halves must fit together: sides are to be multiples of 64."""
    graph = helper.make_graph(
        [
            helper.make_node("MaxPool", ["image"], ["small"], kernel_shape=[64, 64], strides=[64, 64]),
            helper.make_node("Resize", ["small", "", "scales"], ["large"], mode="nearest"),
            helper.make_node("Add", ["image", "large"], ["sum"]),
            helper.make_node("ReduceMean", ["sum"], ["map"], axes=[1]),
        ],
        "halves",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "h", "w"])],
        [helper.make_tensor_value_info("map", TensorProto.FLOAT, [1, 1, "h", "w"])],
        [numpy_helper.from_array(np.array([1, 1, 64, 64], np.float32), "scales")],
    )
    file = tmp_path / "a.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), file)
    with pytest.raises(ExportError, match=r"does not run on pictures of 512 pixels: .*--multiple"):
        own.add_file(file, own.Wanted(type="depth", name="a"), tmp_path)
    own.add_file(file, own.Wanted(type="depth", name="a", multiple=64), tmp_path)
    assert run(tmp_path, "a", ramp(70, 200)).shape == (70, 200, 3)


def test_the_command_publishes_and_lists_one(tmp_path, monkeypatch):
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    file, runner = write_map(tmp_path / "d.onnx"), CliRunner()

    def studio(*words: str) -> str:
        result = runner.invoke(main, ["preprocessors", *words], env={"COLUMNS": "200"})
        return result.output if result.exit_code == 0 else f"{result.exception} {result.output}"

    assert "studio preprocessors add FILE.onnx --type depth" in studio("list")
    said = studio(
        "add", str(file), "--type", "depth", "--name", "near", "--multiple", "14", "--licence", "MIT"
    )
    assert said == "Published: near.\n"
    listed = studio("list")
    assert "near" in listed
    assert "--type depth" not in listed
    assert "--type segmentation" in listed
    found = preprocessors(tmp_path / "home")["near"]
    assert (found.type, found.licence, found.input.multiple, found.input.layout) == (
        "depth",
        "MIT",
        14,
        "NCHW",
    )
    for words, said in (
        (["add", str(file), "--type", "depth"], "is added alone"),
        (["add", str(file), "--name", "a"], "is added alone"),
        (["add", "midas"], "There is no preprocessor 'midas'"),
        (["add", str(file), "--type", "depth", "--name", "b", "--mean", "1,2"], "give three numbers"),
    ):
        assert said in studio(*words)
    (tmp_path / "p.json").write_text("[[1, 2, 300]]")
    palette = ["--palette", str(tmp_path / "p.json")]
    assert "is no palette" in studio("add", str(file), "--type", "segmentation", "--name", "c", *palette)
