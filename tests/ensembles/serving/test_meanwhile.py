"""What a job says to its client and asks of it goes on while the UNet works, and holds up no step."""

import asyncio
import importlib
import sys
import time
from types import ModuleType

import numpy as np
import pytest

from ensembles.sampling.types import Cancelled
from ensembles.serving.busy import BUSY
from ensembles.serving.gate import Gate
from ensembles.serving.joiner import Joiner


@pytest.fixture
def loop_module(monkeypatch: pytest.MonkeyPatch):
    """`ensembles.serving.loop` outside Triton."""
    before = set(sys.modules)
    monkeypatch.setitem(sys.modules, "triton_python_backend_utils", ModuleType("fake_backend_utils"))
    yield importlib.import_module("ensembles.serving.loop")
    for name in set(sys.modules) - before:
        if name.startswith("ensembles.serving"):
            del sys.modules[name]


async def steps(loop_module, seconds: float, count: int = 3) -> list[str]:
    """What happened in what order around `count` UNet calls of so many seconds."""
    events: list[str] = []

    async def network(inputs):
        events.append("begins")
        await asyncio.sleep(seconds)
        events.append("answers")
        return inputs["sample"]

    gate = Gate(Joiner(network, 16))
    home = loop_module.Home(lambda _shape: gate, loop_module.Shape(8, 8, 77))
    predict = loop_module.unet(
        home, lambda: events.append("checks"), lambda: events.append("tells"), lambda: events.append("asks")
    )
    with home:
        for _ in range(count):
            await predict(np.zeros((2, 4, 8, 8)), np.zeros(2), np.zeros((2, 77, 8)))
    return events


async def test_tells_early_and_asks_late_while_the_unet_works(loop_module):
    events = await steps(loop_module, 0.05)
    # The second telling of a step finds nothing left to tell.
    assert events == ["checks", "begins", "tells", "asks", "answers", "tells"] * 3


async def test_a_quick_answer_is_not_held_up_and_loses_nothing(loop_module):
    assert await steps(loop_module, 0) == ["checks", "begins", "answers", "tells"] * 3


def test_an_answer_of_triton_holds_for_a_moment(loop_module, monkeypatch):
    cancelling = importlib.import_module("ensembles.serving.cancelling")
    now, said, asked = [100.0], [False], []
    monkeypatch.setattr(cancelling.time, "monotonic", lambda: now[0])
    cancellation = cancelling.Cancellation(lambda: asked.append(now[0]) or said[0])
    cancellation.check()
    said[0] = True
    now[0] += cancelling.FRESH / 2
    cancellation.check()
    assert asked == [100.0]
    now[0] += cancelling.FRESH
    with pytest.raises(Cancelled):
        cancellation.check()
    said[0] = False
    with pytest.raises(Cancelled):
        cancellation.check()
    assert len(asked) == 2


def test_what_was_asked_meanwhile_is_not_asked_again(loop_module):
    cancelling = importlib.import_module("ensembles.serving.cancelling")
    asked: list[None] = []
    cancellation = cancelling.Cancellation(lambda: bool(asked.append(None)))
    cancellation.ask()
    cancellation.check()
    assert len(asked) == 1


async def test_a_job_moves_to_the_gate_of_the_network_that_it_wants(loop_module):
    """A control that begins or ends on the way: others with the same are met, and nobody waits at the old place."""
    sizes: list[tuple[str, int]] = []

    def network(name):
        async def run(inputs):
            sizes.append((name, len(inputs["sample"])))
            await asyncio.sleep(0.005)
            return inputs["sample"]

        return Gate(Joiner(run, 16))

    gates = {"": network("plain"), "edges": network("edges")}
    shape = loop_module.Shape(8, 8, 77)

    async def job(variants):
        made = {("edges", False): time.monotonic()}
        with loop_module.Home(lambda at: gates[at.variant], shape, made) as home:
            for variant in variants:
                await home.call(
                    shape._replace(variant=variant), {"sample": np.zeros((2, 4, 8, 8))}, lambda: None
                )

    await asyncio.gather(job(["edges"] * 3 + [""] * 3), job(["edges"] * 6), job([""] * 6))
    # Side by side wherever they want the same; turns at one UNet may tear the round in which one moves.
    assert sizes.count(("edges", 4)) >= 2
    assert sizes.count(("plain", 4)) >= 2
    assert sum(samples for _, samples in sizes) == 2 * 18
    assert all(gate.jobs == gate.between == gate.away == 0 for gate in gates.values())


async def test_a_network_that_has_to_be_made_first_holds_nobody_up(loop_module):
    gone: list[str] = []

    async def run(inputs):
        gone.append("new")
        await asyncio.sleep(0.3 if len(gone) == 1 else 0)
        return inputs["sample"]

    async def plain(inputs):
        return inputs["sample"]

    turns = loop_module.Turns()
    gates = {"new": Gate(Joiner(run, 16), turns, "256"), "": Gate(Joiner(plain, 16), turns, "512")}
    made = {}
    inputs = {"sample": np.zeros((2, 4, 8, 8))}

    async def job(variant, steps):
        at = loop_module.Shape(8, 8, 77, variant)
        with loop_module.Home(lambda at: gates[at.variant], at, made) as home:
            for _ in range(steps):
                await home.call(at, inputs, lambda: None)

    making = asyncio.ensure_future(job("new", 3))
    await asyncio.sleep(0.01)
    began = asyncio.get_running_loop().time()
    await job("", 3)
    assert asyncio.get_running_loop().time() - began < 0.2
    assert not making.done()
    await making
    assert made.keys() == {("", False), ("new", False)}


async def test_a_network_that_was_given_up_is_waited_for_aside(loop_module):
    """Busy once while it was thought to be there, then twice aside; and what is not used for long is not trusted."""
    asked = []

    async def run(inputs):
        asked.append(gates["new"].between)
        if len(asked) <= 3:
            raise loop_module.CallFailed(f"{BUSY}: later", 14)
        return inputs["sample"]

    gates = {"new": Gate(Joiner(run, 16))}
    at, made = loop_module.Shape(8, 8, 77, "new"), {("new", False): time.monotonic()}
    inputs, checked = {"sample": np.zeros((2, 4, 8, 8))}, []
    loop_module.AGAIN = 0.01
    with loop_module.Home(lambda shape: gates[shape.variant], at, made) as home:
        await home.call(at, inputs, lambda: checked.append(1))
        assert len(asked) == 4
        assert len(checked) == 4
        assert home._is_there(at)
        made["new", False] -= loop_module.TRUSTED
        assert not home._is_there(at)

        async def broken(inputs):
            raise loop_module.CallFailed("another reason", 14)

        gates["new"].joiner.run = broken
        with pytest.raises(loop_module.CallFailed, match="another reason"):
            await home.call(at, inputs, lambda: None)
    assert gates["new"].jobs == gates["new"].between == gates["new"].away == 0
