"""Calls of nodes over servers that are lost, and files as nodes get them."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from control.realtime.bus import Owner
from control.realtime.events import JobError
from control.workflows.plan import Plan
from control.workflows.values import Vae
from ensembles.imaging.errors import ImageError
from ensembles.manifest import Manifest
from scheduler import finishing, networks
from scheduler.calls import Call
from scheduler.faults import Fault
from scheduler.means import Stopped
from scheduler.workflows import engine as engines
from scheduler.workflows.engine import Engine, loaded

LOST = JobError(kind="lost", detail="gone", retryable=True)


class _Server:
    def __init__(self, url: str) -> None:
        self.url, self.client, self.ready = url, None, True


class _Servers:
    """Two; a job is placed on the first that is ready."""

    def __init__(self) -> None:
        self.servers = [_Server("one"), _Server("two")]

    @property
    def ready(self) -> bool:
        return any(server.ready for server in self.servers)

    def lost(self, server: _Server) -> None:
        server.ready = False

    @asynccontextmanager
    async def place(self) -> AsyncIterator[_Server]:
        if not self.ready:
            raise Fault(LOST, lost=True, begun=False)
        yield next(server for server in self.servers if server.ready)


class _Means:
    def __init__(self) -> None:
        self.servers = _Servers()


class _Claim:
    job_id = UUID(int=1)
    owner = Owner(UUID(int=2), UUID(int=3))


@pytest.fixture
def means(monkeypatch: pytest.MonkeyPatch) -> _Means:
    monkeypatch.setattr(engines, "PAUSE", 0.001)
    monkeypatch.setattr(finishing, "PAUSE", 0.001)
    return _Means()


def engine(means: Any) -> Engine:
    claim: Any = _Claim()
    return Engine(means, claim, Plan({}, [], []), 0, lambda _node, _step: None)


class Work:
    """Raises each of `faults` once, then gives what it was asked on."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = [*faults]
        self.calls = 0

    async def __call__(self, call: Call) -> int:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        return self.calls


async def test_a_lost_servers_call_is_made_again_elsewhere(means: Any) -> None:
    asked = engine(means)
    work = Work(Fault(LOST, lost=True))
    assert await asked.ask(means.servers.place, work) == 2
    assert [server.ready for server in means.servers.servers] == [False, True]
    assert asked.server == "two"


async def test_a_server_that_will_not_costs_no_try(means: Any) -> None:
    work = Work(*(Fault(LOST, begun=False) for _ in range(6)))
    assert await engine(means).ask(means.servers.place, work) == 7


async def test_a_call_is_made_three_times(means: Any) -> None:
    memory = JobError(kind="out_of_memory", detail="", retryable=True)
    work = Work(*(Fault(memory) for _ in range(5)))
    with pytest.raises(Fault):
        await engine(means).ask(means.servers.place, work)
    assert work.calls == 3


async def test_what_is_wrong_is_not_asked_again(means: Any) -> None:
    work = Work(Fault(JobError(kind="invalid", detail="no")))
    with pytest.raises(Fault, match="no"):
        await engine(means).ask(means.servers.place, work)
    assert work.calls == 1


async def test_without_any_server_the_job_goes_back(means: Any) -> None:
    work = Work(Fault(LOST, lost=True), Fault(LOST, lost=True))
    with pytest.raises(Stopped):
        await engine(means).ask(means.servers.place, work)


async def test_a_file_that_the_job_does_not_name_is_not_read(means: Any) -> None:
    with pytest.raises(Fault, match="no file"):
        await engine(means).at("1").load_image("other.png")


def _file(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def test_a_picture_keeps_what_is_beneath_its_transparency() -> None:
    pixels = np.array([[[255, 0, 0, 0], [10, 20, 30, 255]]], np.uint8)
    image, mask, alpha = loaded(_file(Image.fromarray(pixels)))
    assert (image.shape, mask.shape, alpha.shape) == ((1, 1, 2, 3), (1, 1, 2), (1, 1, 2, 4))
    assert image.dtype == mask.dtype == alpha.dtype == np.float32
    assert np.allclose(image[0, 0], [[1, 0, 0], [10 / 255, 20 / 255, 30 / 255]])
    assert mask.tolist() == [[[1, 0]]]
    opaque = loaded(_file(Image.new("L", (3, 2), 128)))
    assert opaque.mask.tolist() == np.zeros((1, 2, 3)).tolist()
    assert np.allclose(opaque.image, 128 / 255)


def test_a_picture_is_upright() -> None:
    image = Image.new("RGB", (4, 2), "black")
    image.putpixel((0, 0), (255, 255, 255))
    exif = Image.Exif()
    exif[0x0112] = 6
    found = loaded(_file(image, "PNG", exif=exif))
    assert found.image.shape == (1, 4, 2, 3)
    # Turned clockwise: what was at the top left is at the top right.
    assert found.image[0, 0, 1, 0] == 1
    assert found.mask.shape == (1, 4, 2)


def test_sixteen_bits_become_as_many_as_there_are() -> None:
    found = loaded(_file(Image.fromarray(np.array([[0, 65535]], np.uint16))))
    assert np.allclose(found.image[0, 0, :, 0], [0, 1])


def test_what_is_too_large_or_no_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "MAX_PIXELS", 5)
    with pytest.raises(ImageError, match="scale it down"):
        loaded(_file(Image.new("RGB", (3, 2))))
    with pytest.raises(ImageError):
        loaded(b"no picture")


async def test_large_batches_reach_a_vae_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    async def ask(_: object, model: str, tensors: dict[str, Any], __: object) -> list[Any]:
        given = tensors["PIXELS" if model == "vae_encode" else "LATENT"]
        asked.append(len(given))
        return [given]

    monkeypatch.setattr(networks, "ask", ask)
    call: Any = None
    manifest = Manifest(name="pocket", architecture="sd15-test", context_dim=128, weights={})
    batch = np.arange(19 * 4, dtype=np.float32).reshape(19, 4, 1, 1)
    decoded = await networks.decode(call, Vae("pocket"), batch, manifest)
    np.testing.assert_allclose(decoded, batch * manifest.scaling_factor, rtol=1e-6)
    encoded = await networks.encode(call, Vae("pocket"), batch, manifest)
    np.testing.assert_allclose(encoded, batch / manifest.scaling_factor, rtol=1e-6)
    assert asked == [8, 8, 3] * 2
    asked.clear()
    await networks.decode(call, Vae("pocket"), batch[:8], manifest)
    assert asked == [8]
