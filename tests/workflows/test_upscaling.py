"""Upscalers in Triton, as nodes ask for them."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
import tritonclient.grpc.aio as grpcclient

from control.models.upscalers import upscaler, upscalers
from control.workflows.catalogue import CATALOGUE
from control.workflows.compiling import compile_graph
from control.workflows.known import Known
from control.workflows.plan import File
from control.workflows.types import Size, Unfit
from control.workflows.values import UpscaleModel
from ensembles.engine.upscaling import UpscalingNetwork
from ensembles.upscaler import FOLDER
from export.upscalers.sources import SOURCES
from scheduler import networks
from scheduler.calls import Call
from scheduler.faults import Fault
from tests.workflows.running import declared, picture

TESTED = {"UpscaleModelLoader", "ImageUpscaleWithModel"}
LOAD, UPSCALE = (CATALOGUE[name] for name in ("UpscaleModelLoader", "ImageUpscaleWithModel"))


class Engine:
    """The part of a job's engine that upscaling asks for, over a real server."""

    def __init__(self, client, home: Path) -> None:
        self.call, self.home, self.steps = Call(client), home, []

    async def upscale(self, model, pixels):
        found = upscaler(self.home, model.name)
        return await networks.upscale(self.call, found, pixels, on_step=self.steps.append)


@pytest.fixture
async def engine(triton):
    async with grpcclient.InferenceServerClient(triton.grpc) as client:
        yield Engine(client, triton.home)


def whole(engine, name, image):
    """What the network makes of whole pictures, here."""
    made = UpscalingNetwork(engine.home / FOLDER / name, threads=2)._run(
        np.ascontiguousarray(np.moveaxis(image[..., :3], -1, 1))
    )
    return np.moveaxis(made, 1, -1)


@pytest.mark.triton
@pytest.mark.parametrize("name", ["waifu2x-photo-x2", "realesr-animevideov3-x3"])
async def test_pictures_become_larger_tile_by_tile(engine, name):
    image = picture(44, 290 if name == "waifu2x-photo-x2" else 30, channels=4)
    (model,) = LOAD.run(model_name=name)
    (made,) = await UPSCALE.run(engine, upscale_model=model, image=image)
    scale = SOURCES[name].said.scale
    assert made.shape == (2, 44 * scale, image.shape[2] * scale, 3)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, whole(engine, name, image), atol=1e-4)
    assert [step.step for step in engine.steps] == list(range(1, engine.steps[-1].steps + 1))
    assert declared(
        "ImageUpscaleWithModel", {"upscale_model": scale, "image": Size(2, image.shape[2], 44)}
    ) == (Size(2, made.shape[2], made.shape[1]),)


@pytest.mark.triton
async def test_every_bundled_upscaler_is_served(engine):
    assert list(upscalers(engine.home)) == sorted(name for name, one in SOURCES.items() if one.wheel is None)
    image = picture(9, 8, 1)
    for name, said in upscalers(engine.home).items():
        (made,) = await UPSCALE.run(engine, upscale_model=UpscaleModel(name), image=image)
        assert made.shape == (1, 9 * said.scale, 8 * said.scale, 3)


@pytest.mark.triton
async def test_a_cancelled_one_ends_with_the_tile_under_way(engine):
    running = asyncio.create_task(
        UPSCALE.run(engine, upscale_model=UpscaleModel("realesr-animevideov3-x4"), image=picture(900, 900, 1))
    )
    while not engine.steps:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    done = len(engine.steps)
    assert done < engine.steps[0].steps
    # The server is free again.
    await UPSCALE.run(engine, upscale_model=UpscaleModel("realesr-animevideov3-x4"), image=picture(8, 8, 1))
    assert len(engine.steps) == done + 1


@pytest.mark.triton
async def test_bad_pictures_are_the_requests_fault(engine):
    image = picture(8, 8, 1)
    image[0, 3, 3, 0] = np.nan
    with pytest.raises(Fault, match="finite") as raised:
        await UPSCALE.run(engine, upscale_model=UpscaleModel("waifu2x-photo-x2"), image=image)
    assert not raised.value.error.retryable


def graph(**more):
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}},
        "2": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "RealESRGAN_x4plus.pth"}},
        "3": {
            "class_type": "ImageUpscaleWithModel",
            "inputs": {"upscale_model": ["2", 0], "image": ["1", 0]},
        },
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "large"}},
    } | more


def known(width=300, height=200, names=("RealESRGAN_x4plus",)):
    file = File(asset_id="0" * 32, sha256="ab", width=width, height=height)
    return Known(
        {},
        lists={"upscale_models": names, "input": ["cat.png"]},
        files={"cat.png": file},
        hashes={f"upscale_models/{name}": name for name in names},
    )


def test_a_picture_costs_three_credits_whatever_its_size_and_the_result_is_measured():
    made = compile_graph(graph(), known())
    assert not made.errors.node_errors
    assert {name: node.amount for name, node in made.plan.nodes.items() if node.amount} == {"3": 3_000_000}
    assert made.plan.nodes["2"].inputs == {"model_name": "RealESRGAN_x4plus"}
    assert made.largest == Size(1, 1200, 800)


def test_another_networks_result_has_another_key():
    one = compile_graph(graph(), known()).plan
    other = compile_graph(
        graph(**{"2": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "b-x4"}}}),
        known(names=("b-x4",)),
    ).plan
    assert one.nodes["1"].key == other.nodes["1"].key
    assert one.nodes["3"].key != other.nodes["3"].key


def test_what_would_not_fit_and_what_is_not_there_is_said_at_submission():
    errors = compile_graph(graph(), known(4000, 3000)).errors
    [told] = errors.node_errors["3"].errors
    assert "16000 x 12000" in told.details
    errors = compile_graph(graph(), known(names=("RealESRGAN_x4plus_anime_6B",))).errors
    [told] = errors.node_errors["2"].errors
    assert "RealESRGAN_x4plus_anime_6B" in f"{told.details} {told.extra_info}"


async def test_what_would_not_fit_is_refused_before_the_network_is_asked():
    with pytest.raises(Unfit, match="16400 x 64"):
        await UPSCALE.run(None, upscale_model=UpscaleModel("RealESRGAN_x4plus"), image=picture(16, 4100, 1))


def test_names_tell_how_much_larger():
    for name, source in SOURCES.items():
        assert LOAD.size(model_name=name) == (source.said.scale,)
    for name, factor in (("4x-UltraSharp", 4), ("2x_something", 2), ("ESRGAN", None), ("matrix2", None)):
        assert LOAD.size(model_name=name) == (factor,)
