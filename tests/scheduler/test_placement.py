"""Placement over two real Triton servers that hold one checkpoint of three at a time."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import msgspec
import numpy as np
import pytest
from redis.asyncio import Redis
from rich.console import Console

from control.errors import NotFound
from control.jobs.requests import Txt2Img
from control.models.upscalers import upscaler, upscalers
from export.upscalers.publish import publish_bundled
from scheduler import networks
from scheduler.calls import Call
from scheduler.checkpoints import checkpoint
from scheduler.faults import Fault
from scheduler.placement import Server, Servers
from scheduler.settings import SchedulerSettings
from scheduler.triton import Pictures, Step, paint
from scheduler.workflows.engine import Engine
from studio.commands.export import run_export
from studio.settings import Settings
from studio.triton.care import watched
from studio.triton.repository import begun_with, link_repository
from studio.triton.server import TritonServer
from tests.conftest import SOAK
from tests.tools.preprocessors import publish_tiny

NAMES = ("first", "second", "third")
KEY = "opens-everything"

pytestmark = pytest.mark.triton


def soak(test: Callable[..., Any]) -> Callable[..., Any]:
    """A test for `make soak`."""
    return pytest.mark.soak(pytest.mark.skipif(not SOAK, reason="`make soak`")(test))


class Two(msgspec.Struct):
    """Two servers, and what their watchdogs said."""

    settings: SchedulerSettings
    servers: list[TritonServer]
    said: list[str]


@pytest.fixture(scope="module")
def two(published_pocket: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    from export.command import export_checkpoint
    from export.pocket.evaluate import WEIGHTS

    home = tmp_path_factory.mktemp("three")
    for age, name in enumerate(NAMES):
        export_checkpoint(WEIGHTS, name, home, verify=False, trace="never")
        manifest = home / "models" / name / "manifest.json"
        os.utime(manifest, (time.time() - age,) * 2)
    found = checkpoint(home, "first")
    assert found is not None
    budget = int(found.megabytes * 1.5)
    settings = Settings(home=home, triton_memory_mb=budget, triton_key=KEY)
    servers = [TritonServer(settings, temporary=True, key=KEY) for _ in range(2)]
    said: list[str] = []
    with ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
            server.start()
            stack.enter_context(watched(server, said.append))
        urls = ",".join(server.state.grpc_url for server in servers if server.state)
        yield Two(
            SchedulerSettings(home=home, triton_memory_mb=budget, triton_key=KEY, triton_url=urls),
            servers,
            said,
        )


@asynccontextmanager
async def placing(
    settings: SchedulerSettings, redis: Redis | None = None, name: str = ""
) -> AsyncIterator[Servers]:
    servers = Servers(settings, redis, name)
    await servers.start()
    try:
        yield servers
    finally:
        await servers.stop()


def picture(model: str, steps: int = 2) -> Txt2Img:
    return Txt2Img(prompt="a large red circle", model=model, steps=steps, width=64, height=64, seed=1)


async def painted(server: Server, work: Txt2Img) -> Pictures:
    parts = [part async for part in paint(server.client, work)]
    assert isinstance(parts[-1], Pictures)
    return parts[-1]


def loaded(servers: Servers) -> dict[str, frozenset[str]]:
    return {view.url: view.loaded for view in servers.views()}


async def test_checkpoints_come_and_go_under_a_budget(two: Two) -> None:
    assert all(
        any(model.startswith("first-") for model in server.models)
        and not any(model.startswith(("second-", "third-")) for model in server.models)
        for server in two.servers
    ), "the one published last fits"
    async with placing(two.settings) as servers:
        assert set(loaded(servers).values()) == {frozenset({"first"})}
        async with servers.place("first", 1.0) as a, servers.place("first", 1.0) as b:
            assert a is not b, "the second job goes where no work is pending"
            with pytest.raises(Fault, match="no memory for second") as refused:
                async with servers.place("second", 1.0, patience=0.2):
                    pass
            assert refused.value.error.retryable
            assert not refused.value.begun

        # Four jobs at once for one checkpoint that is nowhere: it is loaded once, and all of them are painted.
        async def one() -> str:
            async with servers.place("second", 1.0) as server:
                assert await painted(server, picture("second"))
                return server.url

        urls = set(await asyncio.gather(*(one() for _ in range(4))))
        assert len(urls) == 1
        assert servers.loaded() == {"first", "second"}
        # The other server had no job since; the least recently used one goes.
        async with servers.place("third", 1.0) as server:
            assert server.url not in urls
            assert await painted(server, picture("third"))
        assert servers.loaded() == {"second", "third"}
    async with placing(msgspec.structs.replace(two.settings, triton_memory_mb=1)) as little:
        with pytest.raises(Fault, match="STUDIO_TRITON_MEMORY_MB") as never:
            async with little.place("first", 1.0):
                pass
        assert not never.value.error.retryable
    await asyncio.sleep(2.5)
    assert two.said == [], "the watchdogs have seen no fault in that"


@soak
async def test_two_workers_share_what_they_know(two: Two, redis_url: str) -> None:
    async with (
        Redis.from_url(redis_url) as redis,
        placing(two.settings, redis, "one") as one,
        placing(two.settings, redis, "two") as other,
    ):
        for servers in (one, other):
            async with servers.place("first", 1.0):
                pass
        async with one.place("first", 5.0) as busy:
            await asyncio.sleep(1.5)
            view = next(view for view in other.views() if view.url == busy.url)
            assert view.pending == {"first": 5.0}
            # Not on the server where the other worker has a job of another checkpoint.
            async with other.place("second", 1.0) as server:
                assert server is not busy
                assert server.url != busy.url
    # With Redis away each knows of itself, and goes on.
    away = Redis.from_url("redis://127.0.0.1:9", socket_connect_timeout=0.2)
    async with placing(two.settings, away) as alone, alone.place("first", 1.0) as server:
        assert await painted(server, picture("first"))


@soak
async def test_a_server_that_is_killed_amid_a_job_is_left_at_once_and_found_again(two: Two) -> None:
    async with placing(two.settings) as servers:
        first = checkpoint(two.settings.home, "first")
        assert first is not None
        await asyncio.gather(*(servers._load(url, first) for url in servers.servers))
        assert all("first" in names for names in loaded(servers).values())
        async with servers.place("first", 1.0) as server:
            victim = next(s for s in two.servers if s.state and s.state.grpc_url == server.url)
            assert victim.process
            stream = paint(server.client, picture("first", steps=150))
            while (part := await anext(stream)).step < 2:  # type: ignore[union-attr]
                assert isinstance(part, Step)
            os.kill(victim.process.pid, signal.SIGKILL)
            began = time.monotonic()
            with pytest.raises(Fault) as lost:
                [part async for part in stream]
            assert lost.value.lost
            servers.lost(server)
        async with servers.place("first", 1.0) as instead:
            assert instead.url != server.url
            assert await painted(instead, picture("first"))
            assert time.monotonic() - began < 5
        # Its watchdog starts it again, and it gets work again.
        async with asyncio.timeout(60):
            while not server.ready:
                await servers._change()
        async with servers.place("first", 9.0) as a, servers.place("first", 9.0) as b:
            assert {a.url, b.url} == set(servers.servers)


async def test_a_checkpoint_that_cannot_be_loaded_says_why_and_takes_nothings_place(two: Two) -> None:
    # Not in the servers' repository.
    broken = two.settings.home / "models" / "broken"
    shutil.copytree(two.settings.home / "models" / "third", broken, symlinks=True)
    for model in (broken / "repository").iterdir():
        model.rename(model.with_name(model.name.replace("third-", "broken-")))
    try:
        async with placing(two.settings) as servers:
            here = loaded(servers)
            with pytest.raises(Fault, match="broken could not be loaded: it is not in") as refused:
                async with servers.place("broken", 1.0, patience=0.5):
                    pass
            assert refused.value.error.retryable
            assert all(view.ready for view in servers.views())
            assert loaded(servers) == here
    finally:
        shutil.rmtree(broken)


@soak
async def test_a_checkpoint_published_while_servers_run_is_loaded(two: Two) -> None:
    from export.pocket.evaluate import WEIGHTS

    run_export(WEIGHTS, "fourth", two.settings.home, Console(quiet=True), verify=False)
    async with placing(two.settings) as servers, servers.place("fourth", 1.0) as server:
        assert await painted(server, picture("fourth"))


async def test_an_upscaler_is_loaded_when_it_is_asked_for(two: Two) -> None:
    home, name = two.settings.home, "waifu2x-photo-x2"
    publish_bundled(home)
    link_repository(home)
    pixels = np.random.default_rng(0).random((1, 9, 8, 3), np.float32)

    async with placing(two.settings) as servers:

        async def one() -> str:
            async with servers.having(name, 1.0) as server:
                made = await networks.upscale(Call(server.client), upscaler(home, name), pixels)
                assert made.shape == (1, 18, 16, 3)
                return server.url

        urls = await asyncio.gather(*(one() for _ in range(3)))
        assert len(set(urls)) == 1, "one server suffices, and loads it once"
        assert {s.states.get(other) for s in servers.servers.values() for other in upscalers(home)} >= {
            "UNAVAILABLE"
        }, "the others take no memory"
        # A server that lost it loads it again.
        await servers.servers[urls[0]].client.unload_model(name, headers=servers.servers[urls[0]].headers)
        await asyncio.sleep(1.5)
        await one()
    # One that begins now has none, as its workers have its key; without a key it has them all.
    begun = {asked: set(begun_with(home, home / "repository", 0, asked=asked)) for asked in (True, False)}
    assert begun[False] - begun[True] == set(upscalers(home))
    await asyncio.sleep(2.5)
    assert two.said == []


async def test_a_preprocessor_is_loaded_when_a_node_asks_for_it(two: Two, tmp_path: Path) -> None:
    home, steps = two.settings.home, []
    publish_tiny(home, tmp_path)
    link_repository(home)
    pixels = np.random.default_rng(0).random((2, 30, 40, 3), np.float32)
    async with placing(two.settings) as servers:
        means: Any = SimpleNamespace(settings=two.settings, servers=servers)
        claim: Any = SimpleNamespace(job_id=uuid4())
        plan: Any = None
        engine = Engine(means, claim, plan, 0, lambda node, step: steps.append((node, step.step)))
        made = await engine.at("7").preprocess("movenet", pixels)
        assert made.image.shape == pixels.shape
        assert len(made.keypoints.splitlines()) == 2
        assert steps == [("7", 1), ("7", 2)]
        with pytest.raises(NotFound, match="Did you mean movenet"):
            await engine.at("7").preprocess("movenets", pixels)
    for asked in (True, False):
        begun = begun_with(home, home / "repository", 0, asked=asked)
        assert ("movenet-preprocessor" in begun) == (not asked)


async def test_without_the_key_what_is_loaded_is_used_and_nothing_is_loaded(two: Two) -> None:
    async with placing(msgspec.structs.replace(two.settings, triton_key="")) as servers:
        here = servers.loaded()
        assert here
        async with servers.place(sorted(here)[0], 1.0) as server:
            assert await painted(server, picture(sorted(here)[0]))
        [missing, *_] = sorted(set(NAMES) - here)
        with pytest.raises(Fault, match=f"{missing} could not be loaded: .*restricted"):
            async with servers.place(missing, 1.0, patience=0.5):
                pass
        assert servers.loaded() == here
