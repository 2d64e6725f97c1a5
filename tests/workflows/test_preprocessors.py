"""Hints for ControlNets: by networks in Triton, and by arithmetic."""

import asyncio
import json
from pathlib import Path

import kornia
import matplotlib
import numpy as np
import pytest
import torch
import tritonclient.grpc.aio as grpcclient
from PIL import Image as Pillow

from control.billing.prices import RATES, by_pixels
from control.models.preprocessors import preprocessor, preprocessors
from control.workflows.catalogue import CATALOGUE
from control.workflows.compiling import compile_graph
from control.workflows.gathering import published
from control.workflows.graph import Node
from control.workflows.hints import graph_of_hint
from control.workflows.known import Known
from control.workflows.nodes.preprocessors import CLASSES, FOLDERS, hint_size, resized
from control.workflows.plan import File
from control.workflows.types import Size, Unfit
from ensembles.engine.preprocessing import PreprocessingNetwork
from ensembles.imaging.edges import canny
from ensembles.preprocessor import FOLDER, TYPES
from perf.parity.nodes import run_node
from scheduler import networks
from scheduler.calls import Call
from scheduler.faults import Fault
from tests.tools.preprocessors import publish_tiny
from tests.workflows.running import declared, mask, picture, run

TESTED = {"HEDPreprocessor", "LineArtPreprocessor", "FakeScribblePreprocessor", "OpenposePreprocessor",
          "DepthPreprocessor", "SegmentationPreprocessor"}  # fmt: skip
PHOTO = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"


class Engine:
    """The part of a job's engine that preprocessing asks for, over a real server."""

    def __init__(self, client, home: Path) -> None:
        self.call, self.home, self.steps = Call(client), home, []

    async def preprocess(self, name, pixels):
        return await networks.preprocess(
            self.call, preprocessor(self.home, name), pixels, on_step=self.steps.append
        )


class Local:
    """The same, of networks here."""

    def __init__(self, home: Path) -> None:
        self.home, self.asked = home, []

    async def preprocess(self, name, pixels):
        self.asked.append(name)
        made = PreprocessingNetwork(self.home / FOLDER / name, threads=2).run(
            np.ascontiguousarray(np.moveaxis(pixels, -1, 1))
        )
        return np.stack([hint.pixels for hint in made]), "\n".join(hint.keypoints for hint in made)


@pytest.fixture
async def engine(triton):
    async with grpcclient.InferenceServerClient(triton.grpc) as client:
        yield Engine(client, triton.home)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("home")
    publish_tiny(made, tmp_path_factory.mktemp("folder"))
    return made


@pytest.mark.triton
@pytest.mark.parametrize(
    "name", ["HEDPreprocessor", "LineArtPreprocessor", "FakeScribblePreprocessor", "DepthPreprocessor"]
)
async def test_a_hint_from_triton_is_the_networks(name, engine):
    image = picture(40, 60, channels=4)
    (made,) = await run_node(engine, name, image=image, resolution=64)
    assert made.shape == (2, 64, 96, 3)
    assert made.dtype == np.float32
    assert declared(name, {"image": Size(2, 60, 40), "resolution": 64}) == (Size(2, 96, 64),)
    local = Local(engine.home)
    (wanted,) = await run_node(local, name, image=image, resolution=64)
    assert wanted.std() > 0.01
    np.testing.assert_allclose(made, wanted, atol=1e-5)
    assert local.asked == [CATALOGUE[name].inputs["model"].default]
    assert [(step.step, step.steps) for step in engine.steps] == [(1, 2), (2, 2)]


@pytest.mark.triton
async def test_poses_come_with_their_points(engine):
    image = picture(64, 64)
    image[1] *= 0.2  # too dark for the network to be sure of anybody
    made, points = await run_node(engine, "OpenposePreprocessor", image=image, resolution=128)
    assert made.shape == (2, 128, 128, 3)
    assert made[0].any()
    assert not made[1].any()
    seen, dark = (json.loads(line) for line in points.splitlines())
    assert len(seen["people"]) == 1
    assert len(seen["people"][0]["pose_keypoints_2d"]) == 54
    assert (dark["people"], dark["canvas_width"]) == ([], 128)


@pytest.mark.triton
async def test_a_cancelled_one_ends_with_the_picture_under_way(engine):
    running = asyncio.create_task(
        run_node(engine, "LineArtPreprocessor", image=picture(16, 16, 200), resolution=320)
    )
    while not engine.steps:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(engine.steps) < 200
    assert (await run_node(engine, "LineArtPreprocessor", image=picture(8, 8, 1), resolution=64))[0].size


@pytest.mark.triton
async def test_bad_pictures_are_the_requests_fault(engine):
    bad = picture(64, 64, 1)
    bad[0, 3, 3, 0] = np.nan
    with pytest.raises(Fault, match="finite") as raised:
        await networks.preprocess(engine.call, preprocessor(engine.home, "hed"), bad)
    assert not raised.value.error.retryable


async def test_switches_change_what_they_say(home):
    local, image = Local(home), picture(50, 50, 1)
    (soft,) = await run_node(local, "HEDPreprocessor", image=image, resolution=64, safe="disable")
    (safe,) = await run_node(local, "HEDPreprocessor", image=image, resolution=64)
    assert len(np.unique(soft)) > 100
    assert set(np.unique(safe)) <= {0, 0.5, 1}
    assert abs(safe - soft).max() <= 0.5
    (lines,) = await run_node(local, "LineArtPreprocessor", image=image, resolution=64)
    (coarse,) = await run_node(local, "LineArtPreprocessor", image=image, resolution=64, coarse="enable")
    assert 0 < (coarse > 0).sum() < (lines > 0).sum()
    np.testing.assert_array_equal(coarse[coarse > 0], lines[coarse > 0])


async def test_classes_of_a_network_that_was_brought(home, tmp_path):
    from export.preprocessors import own
    from tests.tools.preprocessors import write_map

    file = write_map(tmp_path / "s.onnx", channels=4)
    own.add_file(file, own.Wanted(type="segmentation", name="rooms", multiple=1), tmp_path)
    image = np.zeros((1, 64, 64, 3), np.float32)
    image[:, :, 32:] = 1
    (made,) = await run_node(
        Local(tmp_path), "SegmentationPreprocessor", image=image, resolution=64, model="rooms"
    )
    np.testing.assert_allclose(made[0, 10, 10] * 255, (120, 120, 120), atol=1e-3)
    np.testing.assert_allclose(made[0, 10, 50] * 255, (80, 50, 50), atol=1e-3)


def test_a_hints_shorter_side_is_what_was_asked_for():
    assert hint_size(Size(3, 600, 300), 512) == Size(3, 1024, 512)
    assert hint_size(Size(1, 333, 1000), 64) == Size(1, 64, 192)
    assert resized(picture(30, 50, channels=4), 64).shape == (2, 64, 107, 3)
    np.testing.assert_allclose(resized(np.full((1, 9, 9, 3), 0.3, np.float32), 64), 0.3, atol=1e-6)


def test_canny_counts_thresholds_in_255ths():
    with Pillow.open(PHOTO) as file:
        image = np.asarray(file.convert("RGB").resize((128, 150)), np.float32)[None] / 255
    [made] = run("CannyEdgePreprocessor", image=image, resolution=128)
    planes = torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 1)))
    wanted = kornia.filters.canny(planes, 100 / 255, 200 / 255)[1].numpy()[0, 0]
    assert wanted.sum() > 200
    assert np.mean(made[0, ..., 0] != wanted) < 2e-3
    [strict] = run(
        "CannyEdgePreprocessor", image=image, resolution=128, low_threshold=250, high_threshold=255
    )
    np.testing.assert_array_equal(strict[..., 0], canny(image, 250 / 255, 1))
    node = CATALOGUE["CannyEdgePreprocessor"]
    with pytest.raises(Unfit, match="201 is above high_threshold"):
        node.check(image=None, resolution=None, low_threshold=201, high_threshold=200)
    with pytest.raises(Unfit, match="above high_threshold"):
        node.run(image=image, resolution=128, low_threshold=201, high_threshold=200)


def test_a_drawings_dark_lines_become_white():
    image = np.ones((1, 64, 80, 3), np.float32)
    image[:, 20:24] = (0.2, 0.9, 0.9)
    image[:, 40:44] = 0.6
    [made] = run("ScribblePreprocessor", image=image, resolution=64)
    assert made.shape == (1, 64, 80, 3)
    assert (made[:, 20:24] == 1).all()
    assert made.sum() == 4 * 80 * 3


@pytest.mark.parametrize("size", [(64, 64), (70, 101)])
def test_a_tile_keeps_colours_and_no_details(size):
    image = picture(*size, count=1)
    image[..., :, size[1] // 2 :, 0] += 3
    image /= image.max()
    [made] = run("TilePreprocessor", image=image, resolution=64, pyrUp_iters=3)
    before = resized(image, 64)
    assert made.shape == before.shape
    assert abs(made.mean((1, 2)) - before.mean((1, 2))).max() < 0.02
    assert np.abs(np.diff(made, axis=2)).mean() < 0.25 * np.abs(np.diff(before, axis=2)).mean()
    flat = np.full((1, 64, 64, 3), 0.7, np.float32)
    np.testing.assert_allclose(
        run("TilePreprocessor", image=flat, resolution=64, pyrUp_iters=10)[0], 0.7, atol=1e-5
    )


def test_a_tile_is_torchs_reduced_and_doubled():
    image = picture(64, 64, 1)
    [made] = run("TilePreprocessor", image=image, resolution=64, pyrUp_iters=2)
    small = torch.nn.functional.avg_pool2d(
        torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 1))), 4
    )
    for _ in range(2):
        small = torch.nn.functional.interpolate(small, scale_factor=2, mode="bilinear")
    np.testing.assert_allclose(made, np.moveaxis(small.numpy(), 1, -1), atol=1e-5)


def test_what_is_masked_is_marked():
    image, chosen = picture(20, 30, channels=4), np.zeros((1, 10, 15), np.float32)
    chosen[:, :5] = 1
    [made] = run("InpaintPreprocessor", image=image, mask=chosen)
    assert made.shape == (2, 20, 30, 3)
    assert (made[:, :9] == -1).all()
    np.testing.assert_array_equal(made[:, 11:], image[:, 11:, :, :3])
    [black] = run("InpaintPreprocessor", image=image, mask=chosen, black_pixel_for_xinsir_cn=True)
    assert (black[:, :9] == 0).all()
    with pytest.raises(Unfit, match="3 pictures"):
        CATALOGUE["InpaintPreprocessor"].run(
            image=image, mask=mask(20, 30, 3), black_pixel_for_xinsir_cn=False
        )


def known(home: Path, width=600, height=400) -> Known:
    found = published(home)
    file = File(asset_id="0" * 32, sha256="ab", width=width, height=height)
    return Known(
        {}, lists={**found.lists, "input": ["cat.png"]}, files={"cat.png": file}, hashes=found.hashes
    )


def graph(name: str, **inputs) -> dict:
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}},
        "2": {"class_type": name, "inputs": {"image": ["1", 0], **inputs}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "hint"}},
    }


def test_a_hint_is_priced_by_its_pixels_and_measured(home):
    made = compile_graph(graph("HEDPreprocessor", resolution=512), known(home))
    assert not made.errors.node_errors
    amount = by_pixels("preprocess", 768, 512)
    assert amount == RATES["preprocess"].amount * 3 // 2
    assert {name: node.amount for name, node in made.plan.nodes.items() if node.amount} == {"2": amount}
    assert made.largest == Size(1, 768, 512)
    assert made.plan.nodes["2"].inputs["model"] == "hed"
    assert [step.call for step in made.plan.steps if step.call] == ["preprocess"]


def test_another_network_gives_another_key(home, tmp_path):
    here = known(home)
    one = compile_graph(graph("DepthPreprocessor"), here).plan
    hashes = {**here.hashes, "preprocessors/depth/depth": "0" * 64}
    other = compile_graph(graph("DepthPreprocessor"), Known({}, here.lists, here.files, hashes)).plan
    assert one.nodes["1"].key == other.nodes["1"].key
    assert one.nodes["2"].key != other.nodes["2"].key


@pytest.mark.parametrize("name", [CLASSES[kind] for kind in TYPES])
def test_what_is_not_there_is_said_at_submission_with_what_to_do(name, tmp_path):
    [told] = compile_graph(graph(name), known(tmp_path)).errors.node_errors["2"].errors
    kind = next(kind for kind in TYPES if CLASSES[kind] == name)
    command = {"softedge": "add hed", "openpose": "add movenet"}.get(
        kind,
        f"add FILE.onnx --type {kind} --name NAME" if kind in ("depth", "segmentation") else f"add {kind}",
    )
    assert f"`studio preprocessors {command}`." in told.details
    assert told.extra_info["input_name"] == "model"


def test_wrong_names_and_sizes_are_said_at_submission(home):
    errors = compile_graph(graph("HEDPreprocessor", model="hedd"), known(home)).errors
    assert "Did you mean hed" in errors.node_errors["2"].errors[0].details
    errors = compile_graph(graph("HEDPreprocessor", model="depth"), known(home)).errors
    assert "in preprocessors/softedge" in errors.node_errors["2"].errors[0].details
    for name in ("HEDPreprocessor", "TilePreprocessor"):
        errors = compile_graph(graph(name, resolution=8192), known(home)).errors
        assert "12288 x 8192 pixels" in errors.node_errors["2"].errors[0].details
        with pytest.raises(Unfit, match=r"(16|64) megapixels"):
            CATALOGUE[name].check(image=Size(1, 600, 400), resolution=8192)


def test_the_short_form_is_a_graph_of_three_nodes(home):
    for said in preprocessors(home).values():
        nodes = graph_of_hint(said, "cat.png", 256)
        assert all(isinstance(node, Node) for node in nodes.values())
        plain = {name: {"class_type": node.class_type, "inputs": node.inputs} for name, node in nodes.items()}
        made = compile_graph(plain, known(home))
        assert not made.errors.node_errors
        assert made.plan.nodes["2"].inputs["model"] == said.name
        assert made.largest == Size(1, 384, 256)


def test_lists_are_by_what_networks_make(home):
    lists = published(home).lists
    assert lists["preprocessors"] == ["depth", "hed", "lineart", "movenet", "scribble"]
    assert lists["preprocessors/openpose"] == ["movenet"]
    assert lists["preprocessors/segmentation"] == []
    assert set(FOLDERS) == set(TYPES) == set(CLASSES)
