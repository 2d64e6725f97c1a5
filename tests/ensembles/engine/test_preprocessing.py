"""Published preprocessors: pictures of any size, in a size that the network works in."""

import json

import msgspec
import numpy as np
import pytest

from ensembles.engine.errors import EngineError
from ensembles.engine.preprocessing import PreprocessingNetwork, working_size
from ensembles.imaging import hints
from ensembles.preprocessor import FILE, FOLDER, MAX_PIXELS, Input, read_preprocessor
from tests.tools.preprocessors import publish_tiny


@pytest.fixture(scope="module")
def networks(tmp_path_factory) -> dict[str, PreprocessingNetwork]:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("folder")
    return {
        name: PreprocessingNetwork(home / FOLDER / name, threads=2) for name in publish_tiny(home, folder)
    }


def pictures(height: int, width: int, count: int = 1) -> np.ndarray:
    return np.random.default_rng(0).random((count, 3, height, width), np.float32)


@pytest.mark.parametrize("name", ["hed", "lineart", "scribble", "movenet", "depth"])
@pytest.mark.parametrize("size", [(1, 1), (3, 70), (65, 40)])
def test_a_hint_is_as_large_as_its_picture(name, size, networks):
    made = networks[name].run(pictures(*size, count=2))
    assert len(made) == 2
    for hint in made:
        assert hint.pixels.shape == (*size, 3)
        assert hint.pixels.dtype == np.float32
        assert 0 <= hint.pixels.min() <= hint.pixels.max() <= 1
        assert bool(hint.keypoints) == (name == "movenet")


def test_lines_are_of_the_same_edges(networks):
    image = pictures(60, 80)
    soft = networks["hed"].run(image)[0].pixels
    assert soft.std() > 0.01
    assert np.ptp(soft, -1).max() == 0
    edges = networks["hed"].answer(np.moveaxis(image[0], 0, -1))[0]
    np.testing.assert_array_equal(soft[..., 0], np.clip(edges, 0, 1))
    for name, finish in (("lineart", hints.lineart), ("scribble", hints.scribble)):
        np.testing.assert_array_equal(networks[name].run(image)[0].pixels[..., 0], finish(edges))


def test_people_are_told_in_pixels_of_the_picture(networks):
    image = np.zeros((1, 3, 100, 50), np.float32)
    (dark,) = networks["movenet"].run(image)
    assert json.loads(dark.keypoints) == {"people": [], "canvas_width": 50, "canvas_height": 100}
    assert not dark.pixels.any()
    image[..., 0, 0] = 1
    (seen,) = networks["movenet"].run(np.repeat(np.repeat(image, 8, 2), 8, 3))
    nose = json.loads(seen.keypoints)["people"][0]["pose_keypoints_2d"][:3]
    assert nose == pytest.approx([200, 160, 0.9], abs=0.2)
    np.testing.assert_allclose(seen.pixels[160, 200], (1, 0, 0), atol=0.01)


def test_a_network_works_on_bounded_pictures():
    assert working_size(4000, 3000, Input()) == (1024, 768)
    assert working_size(300, 200, Input()) == (300, 200)
    assert working_size(1, 5000, Input()) == (1, 1024)
    assert working_size(500, 300, Input(side=256, multiple=32)) == (256, 160)
    assert working_size(10, 10, Input(side=512, multiple=32)) == (32, 32)
    assert working_size(100, 50, Input(side=518, multiple=14)) == (98, 56)
    assert working_size(1000, 1000, Input(side=500, multiple=32)) == (480, 480)
    assert working_size(1000, 700, Input(height=64, width=96)) == (96, 64)


def test_a_large_pictures_hint_is_that_of_the_reduced_one(networks):
    small = pictures(64, 96)
    large = np.repeat(np.repeat(small, 16, 2), 16, 3)
    network = networks["depth"]
    assert working_size(1536, 1024, network.said.input) == (512, 341)
    made = network.run(large)[0].pixels
    assert made.shape == (1024, 1536, 3)
    red = large[0, 0]
    np.testing.assert_allclose(
        made[8::16, 8::16, 0], (red[8::16, 8::16] - red.min()) / np.ptp(red), atol=0.12
    )


def test_what_is_no_picture_is_refused(networks):
    network = networks["hed"]
    for bad, said in (
        (np.zeros((1, 4, 8, 8), np.float32), "fp32"),
        (np.zeros((1, 3, 8, 8), np.float64), "float64"),
        (np.zeros((1, 3, 0, 8), np.float32), "pixel"),
        (np.full((1, 3, 8, 8), np.inf, np.float32), "finite"),
        (
            np.broadcast_to(np.float32(0), (1, 3, 5000, 4000)),
            f"4000 x 5000 pixels are more than the {MAX_PIXELS}",
        ),
    ):
        with pytest.raises(EngineError, match=said):
            network.run(bad)


def test_a_folder_that_holds_none_says_so(tmp_path):
    home = tmp_path / "home"
    publish_tiny(home, tmp_path)
    folder = home / FOLDER / "depth"
    (folder / "model.onnx").write_bytes(b"none")
    with pytest.raises(EngineError, match="does not load"):
        PreprocessingNetwork(folder)
    (folder / FILE).write_text("{}")
    with pytest.raises(EngineError, match="does not describe a preprocessor"):
        PreprocessingNetwork(folder)


def test_what_a_hint_depends_on_is_in_its_hash(tmp_path):
    publish_tiny(tmp_path, tmp_path)
    said = read_preprocessor(tmp_path / FOLDER / "depth" / FILE)
    assert msgspec.structs.replace(said, name="other").hash == said.hash
    for change in ({"invert": True}, {"weights": "2" * 64}, {"input": Input(side=64)}):
        assert msgspec.structs.replace(said, **change).hash != said.hash
