"""What the executor does with a plan, over an engine that paints nothing."""

import asyncio
import gc
import threading
import time
import weakref
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from control.realtime.events import JobError
from control.workflows import types
from control.workflows.catalogue import CATALOGUE as ALL
from control.workflows.plan import File, Plan, PlanNode
from control.workflows.values import Handed, Latent, Vae
from scheduler.faults import Fault
from scheduler.means import Stopped
from scheduler.workflows import cache as caches
from scheduler.workflows import executor as executors
from scheduler.workflows.executor import Outcome
from scheduler.workflows.pure import Pure
from tests.scheduler.workflows.fakes import CATALOGUE, IMAGE, Bench, default, plan, stranger


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index knows of nothing."""

    async def raw(*_: Any) -> list[dict[str, Any]]:
        return []

    monkeypatch.setattr(caches.NodeResult, "raw", raw)


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_nodes_run_once_and_again_only_where_something_changed(bench: Bench) -> None:
    first = await bench.job(plan(default())).run()
    assert first.ran == {"load", "sample", "decode", "save"}
    assert [picture.width for picture in first.handed["save"].pictures] == [64]
    again = await bench.job(plan(default())).run()
    assert (again.ran, again.cached) == (set(), {"load", "sample", "decode", "save"})
    assert again.handed == first.handed
    renamed = await bench.job(plan(default(prefix="b"))).run()
    assert (renamed.ran, renamed.cached) == ({"save"}, {"load", "sample", "decode"})
    assert bench.told.of("running") == ["save"]
    assert sorted(bench.told.of("cached")) == ["decode", "load", "sample"]
    other = await bench.job(plan(default(seed=4))).run()
    assert other.ran == {"sample", "decode", "save"}
    assert bench.engine.calls == ["sample", "decode"] * 2


async def test_ids_of_nodes_do_not_matter(bench: Bench) -> None:
    await bench.job(plan(default())).run()
    renamed = {
        f"n{name}": (kind, {k: [f"n{v[0]}", v[1]] if isinstance(v, list) else v for k, v in inputs.items()})
        for name, (kind, inputs) in default().items()
    }
    assert (await bench.job(plan(renamed)).run()).ran == set()


async def test_nothing_leaves_its_organisation(bench: Bench) -> None:
    await bench.job(plan(default())).run()
    assert (await bench.job(plan(default()), stranger()).run()).ran == {"load", "sample", "decode", "save"}


async def test_sampling_and_decoding_are_one_call(bench: Bench) -> None:
    outcome = await bench.job(plan(default(), fused=("sample", "decode"))).run()
    assert bench.engine.calls == ["sample+decode"]
    assert outcome.ran == {"load", "sample", "decode", "save"}
    # Only the decoding is missing: it is asked for alone.
    graph = default()
    graph["load2"] = ("Load", {"name": "other"})
    graph["decode"] = ("Decode", {"samples": ["sample", 0], "vae": ["load2", 1]})
    order = ("load", "load2", "sample", "decode", "save")
    await bench.job(plan({name: graph[name] for name in order}, fused=("sample", "decode"))).run()
    assert bench.engine.calls == ["sample+decode", "decode"]


async def test_branches_run_side_by_side(bench: Bench) -> None:
    bench.engine.seconds = 0.1
    graph = {"load": default()["load"]}
    for seed in range(3):
        graph[f"sample{seed}"] = ("Sample", {"model": ["load", 0], "seed": seed})
        graph[f"decode{seed}"] = ("Decode", {"samples": [f"sample{seed}", 0], "vae": ["load", 1]})
        graph[f"save{seed}"] = ("Save", {"images": [f"decode{seed}", 0], "prefix": "a"})
    began = time.perf_counter()
    outcome = await bench.job(plan(graph)).run()
    assert len(outcome.handed) == 3
    assert bench.engine.most_at_once == 3
    assert time.perf_counter() - began < 0.45


async def test_pure_nodes_compute_beside_each_other_and_not_in_the_loop(bench: Bench) -> None:
    both = threading.Barrier(2, timeout=5)

    def meet(image: Any, value: float) -> tuple[Any]:
        assert threading.current_thread() is not threading.main_thread()
        both.wait()
        return (image,)

    catalogue = CATALOGUE | {
        "Meet": types.NodeType("Meet", "", "", {"image": IMAGE, "value": types.Input("FLOAT")}, types.outputs("IMAGE"), meet)
    }  # fmt: skip
    graph = default() | {
        "meet1": ("Add", {"image": ["decode", 0], "value": 0.1}),
        "meet2": ("Add", {"image": ["decode", 0], "value": 0.2}),
        "save1": ("Save", {"images": ["meet1", 0], "prefix": "a"}),
        "save2": ("Save", {"images": ["meet2", 0], "prefix": "a"}),
    }
    wanted = plan(graph)
    meeting = {"Add": catalogue["Meet"]}
    outcome = await bench.job(wanted, catalogue=catalogue | meeting).run()
    assert outcome.errors == []
    assert len(outcome.handed) == 3


async def test_what_is_not_chosen_does_not_run(bench: Bench) -> None:
    graph = {name: one for name, one in default().items() if name != "save"} | {
        "other": ("Sample", {"model": ["load", 0], "seed": 99}),
        "otherd": ("Decode", {"samples": ["other", 0], "vae": ["load", 1]}),
        "switch": ("Switch", {"on": True, "yes": ["decode", 0], "no": ["otherd", 0]}),
        "save": ("Save", {"images": ["switch", 0], "prefix": "a"}),
    }
    outcome = await bench.job(plan(graph)).run()
    assert outcome.ran == {"load", "sample", "decode", "switch", "save"}
    assert outcome.cached == set()


async def test_one_that_fails_takes_those_that_need_it_and_no_other(bench: Bench) -> None:
    graph = default() | {
        "bad": ("Add", {"image": ["decode", 0], "value": -1.0}),
        "badsave": ("Save", {"images": ["bad", 0], "prefix": "b"}),
        "worse": ("Broken", {"image": ["decode", 0]}),
        "worsesave": ("Save", {"images": ["worse", 0], "prefix": "c"}),
    }
    outcome = await bench.job(plan(graph)).run()
    assert [*outcome.handed] == ["save"]
    assert sorted(outcome.errors, key=lambda error: error.kind) == [
        JobError(kind="internal", detail="The worker failed (RuntimeError). Submit it again; its log tells more.",
                 node="worse", class_type="Broken"),
        JobError(kind="invalid", detail="value: it is less than nothing", node="bad", class_type="Add"),
    ]  # fmt: skip
    assert outcome.ran == {"load", "sample", "decode", "save"}
    assert sorted(bench.told.of("failed")) == ["bad", "worse"]
    assert "badsave" not in outcome.cached


async def test_a_class_that_is_gone_is_named(bench: Bench) -> None:
    without = {name: kind for name, kind in CATALOGUE.items() if name != "Decode"}
    outcome = await bench.job(plan(default()), catalogue=without).run()
    [error] = outcome.errors
    assert (error.kind, error.node, error.class_type) == ("invalid", "decode", "Decode")
    assert outcome.handed == {}


async def test_after_a_failure_only_what_failed_is_done_again(bench: Bench) -> None:
    lost = Fault(JobError(kind="lost", detail="gone", retryable=True), lost=True)
    bench.engine.fails["decode of decode"] = lost
    failed = await bench.job(plan(default())).run()
    assert failed.handed == {}
    assert failed.errors == [
        JobError(kind="lost", detail="gone", retryable=True, node="decode", class_type="Decode")
    ]
    again = await bench.job(plan(default())).run()
    assert again.ran == {"decode", "save"}
    assert bench.engine.calls == ["sample", "decode", "decode"]


async def test_two_jobs_at_a_time_compute_a_node_once(bench: Bench) -> None:
    bench.engine.seconds = 0.1
    two = await asyncio.gather(bench.job(plan(default())).run(), bench.job(plan(default(prefix="b"))).run())
    assert bench.engine.calls == ["sample", "decode"]
    assert sorted(len(outcome.ran) for outcome in two) == [1, 4]
    assert {len(outcome.ran | outcome.cached) for outcome in two} == {4}


async def test_whoever_waits_for_another_job_goes_on_where_that_is_cancelled(bench: Bench) -> None:
    bench.engine.seconds = 0.1
    first = asyncio.create_task(bench.job(plan(default())).run())
    await asyncio.sleep(0.03)
    second = asyncio.create_task(bench.job(plan(default())).run())
    await asyncio.sleep(0.03)
    first.cancel()
    assert {"sample", "decode", "save"} <= (await second).ran
    assert bench.engine.calls == ["sample", "sample", "decode"]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_cancelling_ends_what_is_under_way_and_begins_nothing(bench: Bench) -> None:
    bench.engine.seconds = 30
    task = asyncio.create_task(bench.job(plan(default())).run())
    await asyncio.sleep(0.05)
    assert bench.engine.at_once == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.engine.at_once == 0
    assert bench.engine.calls == ["sample"]


async def test_a_worker_without_servers_ends_the_attempt_and_not_the_node(bench: Bench) -> None:
    bench.engine.fails["sample of sample"] = Stopped("stopping")
    with pytest.raises(Stopped):
        await bench.job(plan(default())).run()


async def test_results_cannot_be_changed_by_those_that_take_them(bench: Bench) -> None:
    def spoil(image: Any, value: float) -> tuple[Any]:
        image += 1
        return (image,)

    catalogue = CATALOGUE | {
        "Add": types.NodeType("Add", "", "", {"image": IMAGE, "value": types.Input("FLOAT")}, types.outputs("IMAGE"), spoil)
    }  # fmt: skip
    graph = default() | {"bad": ("Add", {"image": ["decode", 0], "value": 1.0})}
    graph["save"] = ("Save", {"images": ["bad", 0], "prefix": "a"})
    order = ("load", "sample", "decode", "bad", "save")
    outcome = await bench.job(plan({name: graph[name] for name in order}), catalogue=catalogue).run()
    assert [error.node for error in outcome.errors] == ["bad"]


async def test_memory_is_bounded_by_what_was_used_last() -> None:
    bench = Bench(megabytes=1)
    for seed in range(40):
        await bench.job(plan(default(seed=seed))).run()
        assert bench.cache.memory.bytes <= 2**20
    assert (await bench.job(plan(default(seed=39))).run()).ran == set()
    assert "sample" in (await bench.job(plan(default(seed=0))).run()).ran


async def test_an_output_counts_each_picture(bench: Bench) -> None:
    many = types.NodeType(
        "Save", "", "", {"images": IMAGE, "prefix": types.Input("STRING")}, (),
        lambda images, prefix: Handed("temp", images=np.repeat(images, 3, axis=0), texts=("seen",)), output=True,
    )  # fmt: skip
    outcome = await bench.job(plan(default()), catalogue=CATALOGUE | {"Save": many}).run()
    handed = outcome.handed["save"]
    assert (len(handed.pictures), handed.folder, handed.texts) == (3, "temp", ("seen",))


MEGABYTE = 2**20


class Pictures:
    """Nodes that make pictures of a megabyte, and take many; counts those that are there."""

    def __init__(self, most: int) -> None:
        self.alive = self.peak = 0
        self.bench = Bench(0, Pure(2, 8 * MEGABYTE, most))
        size = {"size": lambda **_: (types.Size(1, 256, 256),)}
        several = {f"i{place}": types.Input("IMAGE", optional=True) for place in range(64)}
        one = types.outputs("IMAGE")
        self.catalogue = {
            "Make": types.NodeType("Make", "", "", {"value": types.Input("INT")}, one, self._make, **size),
            "Join": types.NodeType("Join", "", "", several, one, self._join, **size),
            "Show": types.NodeType("Show", "", "", {"image": IMAGE}, (), self._show, output=True),
        }  # fmt: skip

    def _made(self, value: float) -> tuple[Any]:
        image = np.full((1, 256, 256, 4), value, np.float32)
        self.alive += 1
        self.peak = max(self.peak, self.alive)
        weakref.finalize(image, self._gone)
        time.sleep(0.002)
        return (image,)

    def _gone(self) -> None:
        self.alive -= 1

    def _make(self, value: int) -> tuple[Any]:
        return self._made(value)

    def _join(self, **images: Any) -> tuple[Any]:
        return self._made(sum(float(image.mean()) for image in images.values() if image is not None))

    @staticmethod
    def _show(image: Any) -> Handed:
        return Handed("temp", texts=(f"{image.mean():g}",))

    def check_over(self) -> None:
        """Nobody has anything; a thread may still know its last result."""
        gc.collect()
        assert self.bench.pure.room.used == 0
        assert self.alive <= 2

    async def run(self, graph: dict[str, tuple[str, dict[str, Any]]]) -> Outcome:
        wanted = plan(graph, catalogue=self.catalogue)
        async with asyncio.timeout(20):
            return await self.bench.job(wanted, stranger(), self.catalogue).run()


def _rows(count: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """Pictures, each with an output of its own."""
    graph: dict[str, tuple[str, dict[str, Any]]] = {}
    for place in range(count):
        graph[f"make{place}"] = ("Make", {"value": place})
        graph[f"show{place}"] = ("Show", {"image": [f"make{place}", 0]})
    return graph


def _joined(count: int, wide: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """So many pictures that become one, `wide` at a time."""
    graph: dict[str, tuple[str, dict[str, Any]]] = {}
    level: list[str] = []

    def joined(first: int, last: int) -> str:
        if last - first == 1:
            graph[f"make{first}"] = ("Make", {"value": first})
            return f"make{first}"
        step = max(1, (last - first) // wide)
        parts = [joined(at, min(last, at + step)) for at in range(first, last, step)]
        name = f"join{first}-{last}"
        graph[name] = ("Join", {f"i{place}": [part, 0] for place, part in enumerate(parts)})
        return name

    level.append(joined(0, count))
    return graph | {"show": ("Show", {"image": [level[0], 0]})}


async def test_results_that_are_needed_count_as_long_as_they_are() -> None:
    pictures = Pictures(16 * MEGABYTE)
    outcome = await pictures.run(_rows(60))
    assert {node: handed.texts for node, handed in outcome.handed.items()} == {
        f"show{place}": (str(place),) for place in range(60)
    }
    assert pictures.peak <= 8
    pictures.check_over()


@pytest.mark.parametrize(("count", "wide"), [(32, 2), (10, 10)])
async def test_jobs_whose_branches_wait_for_each_other_come_to_their_ends(count: int, wide: int) -> None:
    pictures = Pictures(32 * MEGABYTE)
    outcomes = await asyncio.gather(*(pictures.run(_joined(count, wide)) for _ in range(2)))
    assert [outcome.errors for outcome in outcomes] == [[], []]
    assert {outcome.handed["show"].texts for outcome in outcomes} == {(f"{sum(range(count))}",)}
    assert pictures.peak <= 32
    pictures.check_over()


async def test_a_job_that_can_never_fit_fails_and_no_other() -> None:
    pictures = Pictures(24 * MEGABYTE)
    never, other = await asyncio.gather(pictures.run(_joined(40, 40)), pictures.run(_joined(8, 2)))
    assert {error.kind for error in never.errors} == {"out_of_memory"}
    assert "smaller pictures" in never.errors[0].detail
    assert never.handed == {}
    assert other.errors == []
    assert pictures.peak <= 24
    pictures.check_over()


async def test_room_is_given_back_when_a_job_is_cancelled() -> None:
    pictures = Pictures(16 * MEGABYTE)
    task = asyncio.create_task(pictures.run(_rows(60)))
    await asyncio.sleep(0.03)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len((await pictures.run(_rows(4))).handed) == 4
    assert pictures.bench.pure.room.used == 0


async def test_files_are_as_many_as_one_transaction_takes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "MOST_FILES", 2)
    many = types.NodeType(
        "Save", "", "", {"images": IMAGE, "prefix": types.Input("STRING")}, (),
        lambda images, prefix: Handed("output", images=np.repeat(images, int(prefix), axis=0)), output=True,
    )  # fmt: skip
    graph = default(prefix="2") | {"more": ("Save", {"images": ["decode", 0], "prefix": "3"})}
    outcome = await bench.job(plan(graph), catalogue=CATALOGUE | {"Save": many}).run()
    assert [*outcome.handed] == ["save"]
    [error] = outcome.errors
    assert (error.kind, error.node) == ("invalid", "more")
    assert "save fewer pictures" in error.detail


def test_what_a_node_is_expected_to_take() -> None:
    nothing = plan({})

    def expected(name: str, **inputs: Any) -> int:
        return executors._expected(ALL[name], inputs, nothing)

    latent = Latent(np.zeros((2, 4, 16, 32), np.float32))
    pixels = 2 * 128 * 256
    assert expected("VAEDecode", samples=latent, vae=Vae("x")) == 3 * 16 * pixels
    assert expected("LatentFlip", samples=latent, flip_method="x-axis: vertically") == 3 * pixels
    assert expected("EmptyImage", width=256, height=128, batch_size=2, color=0) == 3 * 16 * pixels
    assert expected("EmptyImage", width=16384, height=16384, batch_size=9, color=0) == 3 * 16 * 64 * MEGABYTE
    one = PlanNode("LoadImage", {"image": "a"}, "")
    file = Plan({"1": one}, [], [], files={"a": File(UUID(int=1), "", 100, 10)})
    assert executors._expected(ALL["LoadImage"], {"image": "a"}, file) == 2 * 24 * 1000
