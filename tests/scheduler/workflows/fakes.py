"""A small catalogue, plans of it, and an engine that paints nothing: for what the executor itself does."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec
import numpy as np

from control.realtime.events import JobError
from control.workflows.engine import Sampled, Sampling
from control.workflows.plan import Plan, PlanNode, Step
from control.workflows.types import Input, NodeType, Unfit, outputs
from control.workflows.values import Conditioning, Guider, Handed, Latent, Model, Sampler, Vae
from ensembles.arrays import Array
from scheduler.settings import SchedulerSettings
from scheduler.workflows.cache import Cache
from scheduler.workflows.executor import Executor, State
from scheduler.workflows.pure import Pure

ORGANISATION = UUID(int=1)


class FakeEngine:
    """Gives latents of what it was asked for; `engine.calls` are these, in order."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.seconds = 0.0
        self.fails: dict[str, Exception] = {}
        """What it is asked for → what it raises, once each time it is asked."""
        self.at_once = self.most_at_once = 0

    def at(self, node: str, decode: Vae | None = None) -> "FakeNodeEngine":
        return FakeNodeEngine(self, node, decode)


class FakeNodeEngine:
    def __init__(self, engine: FakeEngine, node: str, decode: Vae | None) -> None:
        self._engine, self._node, self._decode = engine, node, decode
        self._decoded: Array | None = None

    async def sample(self, wanted: Sampling) -> Sampled:
        await self._asked("sample+decode" if self._decode else "sample")
        latent = np.full((1, 4, 8, 8), wanted.seed, np.float32)
        self._decoded = latent if self._decode else None
        return Sampled(latent, latent)

    async def decode(self, vae: Vae, samples: Array, *, tile: int = 0, overlap: int = 0) -> Array:
        if self._decoded is not samples:
            await self._asked("decode")
        return np.full((1, 64, 64, 3), samples.mean() / 10, np.float32)

    async def _asked(self, what: str) -> None:
        engine = self._engine
        engine.calls.append(what)
        engine.at_once += 1
        engine.most_at_once = max(engine.most_at_once, engine.at_once)
        try:
            await asyncio.sleep(engine.seconds)
            if (error := engine.fails.pop(f"{what} of {self._node}", None)) is not None:
                raise error
        finally:
            engine.at_once -= 1


async def _sample(engine: FakeNodeEngine, model: Model, seed: int) -> tuple[Latent]:
    conditioning: Conditioning = ()
    guider = Guider("basic", model, conditioning)
    found = await engine.sample(
        Sampling(guider, Sampler("euler"), np.ones(2), Latent(np.zeros((1, 4, 8, 8))), seed)
    )
    return (Latent(found.latent),)


async def _decode(engine: FakeNodeEngine, samples: Latent, vae: Vae) -> tuple[Array]:
    return (await engine.decode(vae, samples.samples),)


def _add(image: Array, value: float) -> tuple[Array]:
    if value < 0:
        raise Unfit("value", "it is less than nothing")
    return (image + np.float32(value),)


def _broken(image: Array) -> tuple[Array]:
    raise RuntimeError("a bug")


def _switch(on: bool, yes: Array | None = None, no: Array | None = None) -> tuple[Array]:
    chosen = yes if on else no
    assert chosen is not None
    assert (yes is None) != (no is None)
    return (chosen,)


def _node(
    name: str, given: Mapping[str, Input], gives: tuple[str, ...], run: Callable[..., Any], **more: Any
) -> NodeType:
    return NodeType(name, name, "test", given, outputs(*gives), run, **more)


IMAGE = Input("IMAGE")
CATALOGUE = {
    one.name: one
    for one in (
        _node("Load", {"name": Input("STRING")}, ("MODEL", "VAE"), lambda name: (Model(name), Vae(name))),
        _node("Sample", {"model": Input("MODEL"), "seed": Input("INT")}, ("LATENT",), _sample, asks="sampler"),
        _node("Decode", {"samples": Input("LATENT"), "vae": Input("VAE")}, ("IMAGE",), _decode, asks="vae_decode"),
        _node("Add", {"image": IMAGE, "value": Input("FLOAT")}, ("IMAGE",), _add),
        _node("Broken", {"image": IMAGE}, ("IMAGE",), _broken),
        _node(
            "Switch",
            {"on": Input("BOOLEAN"), "yes": Input("IMAGE", lazy=True), "no": Input("IMAGE", lazy=True)},
            ("IMAGE",),
            _switch,
            needs=lambda on: frozenset({"yes" if on else "no"}),
        ),
        _node(
            "Save",
            {"images": IMAGE, "prefix": Input("STRING")},
            (),
            lambda images, prefix: Handed("output", images=images, prefix=prefix),
            output=True,
        ),
    )
}  # fmt: skip


def plan(
    graph: Mapping[str, tuple[str, dict[str, Any]]],
    fused: tuple[str, str] | None = None,
    catalogue: Mapping[str, NodeType] = CATALOGUE,
) -> Plan:
    """The plan of a graph whose nodes come after what they need."""
    nodes: dict[str, PlanNode] = {}
    for name, (kind, inputs) in graph.items():
        keyed = {
            given: [nodes[value[0]].key, value[1]] if isinstance(value, list) else value
            for given, value in inputs.items()
        }
        key = hashlib.sha256(msgspec.json.encode([kind, keyed])).hexdigest()
        nodes[name] = PlanNode(kind, inputs, key, amount=10)
    steps = [Step([name]) for name in nodes if fused is None or name not in fused]
    return Plan(
        nodes=nodes,
        steps=[*steps, Step([*fused])] if fused else steps,
        outputs=[name for name, (kind, _) in graph.items() if catalogue[kind].output],
    )


def default(seed: int = 3, prefix: str = "a") -> dict[str, tuple[str, dict[str, Any]]]:
    """Four nodes in a row."""
    return {
        "load": ("Load", {"name": "pocket"}),
        "sample": ("Sample", {"model": ["load", 0], "seed": seed}),
        "decode": ("Decode", {"samples": ["sample", 0], "vae": ["load", 1]}),
        "save": ("Save", {"images": ["decode", 0], "prefix": prefix}),
    }


class Unstored:
    """A storage that nothing comes to."""

    async def put(self, *_: Any) -> None:
        raise AssertionError

    get = put


class Told(list[tuple[str, State]]):
    """What was told of nodes."""

    def __call__(self, node: str, state: State, error: JobError | None = None) -> None:
        self.append((node, state))

    def of(self, state: State) -> list[str]:
        return [node for node, told in self if told == state]


class Bench:
    """A worker's cache and threads, and jobs that run there. Nothing of it reaches a database."""

    def __init__(self, megabytes: int = 64, pure: Pure | None = None) -> None:
        nothing: Any = Unstored()
        self.engine = FakeEngine()
        self.cache = Cache(SchedulerSettings(worker_cache_mb=megabytes), nothing)
        self.pure = pure or Pure(2)
        self.told = Told()

    def job(
        self, wanted: Plan, organisation: UUID = ORGANISATION, catalogue: Mapping[str, NodeType] = CATALOGUE
    ) -> Executor:
        kept = self.cache.of(organisation)
        self.told = Told()
        return Executor(wanted, catalogue, self.engine, kept, self.pure, self.told)


def stranger() -> UUID:
    return uuid4()
