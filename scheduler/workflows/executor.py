"""Runs a plan: from the outputs back, so that nothing is done that no output needs, and nothing twice.

A node's result is looked up before what it needs is even asked for. Nodes that do not wait for each other run side by
side. One that fails takes those with it that need it, and no other.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import structlog

from control.errors import Problem
from control.realtime.events import JobError
from control.workflows.compiling import MOST_FILES
from control.workflows.engine import Engine
from control.workflows.graph import Link, link_of
from control.workflows.literals import bounded
from control.workflows.nodes.pure import MAX_PIXELS
from control.workflows.plan import Plan, PlanNode
from control.workflows.pricing import check_paid
from control.workflows.types import NodeType, Size, Unfit
from control.workflows.values import Handed, Latent, Vae
from ensembles.imaging.errors import ImageError
from scheduler.faults import Fault, internal
from scheduler.means import Stopped
from scheduler.tasks import end
from scheduler.workflows.cache import Computed, Kept
from scheduler.workflows.files import Files, encoded
from scheduler.workflows.packing import nbytes
from scheduler.workflows.pure import Pure, Taken

State = Literal["running", "done", "cached", "failed"]
NETWORKS = frozenset(
    {"text_encode", "sampler", "vae_encode", "vae_decode", "upscale", "preprocess", "image_prompt"}
)
"""`NodeType.asks` whose results are always worth keeping."""
FETCH_SECONDS, FETCH_BYTES = 0.05, 50e6
"""What fetching a result is reckoned to take: seconds, and bytes a second."""
CELL = 8
"""Pixels of a latent's cell, for reckoning memory."""
PIXEL = {"IMAGE": 16, "MASK": 4, "LATENT": 1}
"""Bytes of one, at most, by the type of what it is in."""
FILE = 64 * 2**20
"""Bytes that one is reckoned to take that is no picture."""
MOST_EXPECTED = 3 * PIXEL["IMAGE"] * MAX_PIXELS
"""Bytes that a node is reckoned to take at most: its result has no more pixels."""
log = structlog.get_logger("scheduler.workflows")


class Engines(Protocol):
    """The engine as each node gets it."""

    def at(self, node: str, decode: Vae | None = None) -> Engine:
        """For `node`. With `decode`, pictures that it samples are going to be decoded with that VAE, and nothing else."""


class Tell(Protocol):
    """Hears of nodes."""

    def __call__(self, node: str, state: State, error: JobError | None = None) -> None:
        """`node` has come to `state`; `error` says why it failed."""


@dataclass
class Outcome:
    """What came of a plan."""

    handed: dict[str, Files] = field(default_factory=dict)
    """Output node → what it handed out, in the plan's order."""
    errors: list[JobError] = field(default_factory=list)
    """Of the nodes that failed, the first one first."""
    ran: set[str] = field(default_factory=set)
    """Nodes that were computed to the end."""
    cached: set[str] = field(default_factory=set)
    """Nodes that were not, as their results were there, or those of all that needs them."""


class _Wanted(NamedTuple):
    """Inputs of a node: values, and links whose values come from other nodes."""

    plain: dict[str, Any]
    links: dict[str, Link]
    lazy: dict[str, Link]


class Executor:
    """One attempt at one plan."""

    def __init__(
        self,
        plan: Plan,
        catalogue: Mapping[str, NodeType],
        engines: Engines,
        kept: Kept,
        pure: Pure,
        tell: Tell,
    ) -> None:
        self.outcome = Outcome()
        self._plan, self._catalogue, self._engines = plan, catalogue, engines
        self._kept, self._pure, self._tell = kept, pure, tell
        self._tasks: dict[str, asyncio.Task[bool]] = {}
        self._job = pure.room.job()
        self._places = {node: place for place, node in enumerate(plan.nodes)}
        """Node → place in an order in which what is needed for one output comes just before it."""
        self._taken: dict[str, Taken] = {}
        """Node → the worker's memory that it has: while it is at work, and while its outputs are here."""
        self._values: dict[str, Any] = {}
        """Node → its outputs, as long as somebody may need them."""
        self._waiting = {node: set[str]() for node in plan.nodes}
        """Node → those that take from it and have not got it yet."""
        for node, given in plan.nodes.items():
            for link in links_of(plan, given).values():
                self._waiting[link.node].add(node)
        # A sampler, and what decodes its latents in the same call.
        self._next = {step.nodes[0]: step.nodes[1] for step in plan.steps if len(step.nodes) == 2}
        self._shared: dict[str, Engine] = {}
        """Node → the engine of the node before it, which may have its result."""

    async def run(self) -> Outcome:
        """Runs it. What fails is in the outcome; raises `Stopped` alone, and when it is cancelled."""
        await self._kept.look(node.key for node in self._plan.nodes.values())
        self._foresee()
        try:
            await self._all(self._plan.outputs)
        finally:
            await end(*self._tasks.values())
            for taken in self._taken.values():
                taken.give()
        self._account()
        order = [node for node in self._plan.outputs if node in self.outcome.handed]
        self.outcome.handed = {node: self.outcome.handed[node] for node in order}
        return self.outcome

    def _foresee(self) -> None:
        """Says of what will not have to run, as far as the index knows, that it is there."""
        needed: set[str] = set()
        left = list(self._plan.outputs)
        while left:
            node = left.pop()
            if node in needed:
                continue
            needed.add(node)
            given = self._plan.nodes[node]
            if given.key not in self._kept:
                left += [link.node for link in links_of(self._plan, given).values()]
        self._foreseen = {
            node for node, given in self._plan.nodes.items() if node not in needed or given.key in self._kept
        }
        for node in self._plan.nodes:
            # Outputs are told of when they have been handed out.
            if node in self._foreseen and node not in self._plan.outputs:
                self._tell(node, "cached")

    def _account(self) -> None:
        """What was never asked for, as what needs it was there, counts as cached."""
        left = list(self.outcome.cached)
        while left:
            for link in links_of(self._plan, self._plan.nodes[left.pop()]).values():
                if link.node not in self._tasks and link.node not in self.outcome.cached:
                    self.outcome.cached.add(link.node)
                    left.append(link.node)

    async def _all(self, nodes: Iterable[str]) -> bool:
        """Are all of these there, once they have been seen to?"""
        tasks = [self._task(node) for node in dict.fromkeys(nodes)]
        if not tasks:
            return True
        # Those that only fail return; what is raised ends the attempt.
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
        return all(task.result() for task in tasks)

    def _task(self, node: str) -> "asyncio.Task[bool]":
        if node not in self._tasks:
            self._tasks[node] = asyncio.create_task(self._see_to(node))
        return self._tasks[node]

    async def _see_to(self, node: str) -> bool:
        """Gets a node's result; False where it, or something that it needs, has failed."""
        given = self._plan.nodes[node]
        try:
            kind = self._kind(given)
            result = await self._result(node, given, kind)
            if result is not None and kind.output:
                self._hand_out(node, result[0])
        except (Stopped, asyncio.CancelledError):
            raise
        except Exception as error:
            self._drop(node)
            self._failed(node, given, error)
            return False
        finally:
            for link in links_of(self._plan, given).values():
                self._waiting[link.node].discard(node)
                if not self._waiting[link.node]:
                    self._values.pop(link.node, None)
                    self._drop(link.node)
        if result is None:
            return False
        if self._waiting[node]:
            self._values[node] = result
        elif not kind.output:
            self._drop(node)
        return True

    def _drop(self, node: str) -> None:
        """Gives the memory back that a node has."""
        if (taken := self._taken.pop(node, None)) is not None:
            taken.give()

    async def _take(self, node: str, amount: int) -> Taken:
        """Waits until the worker has so much memory for a node."""
        taken = self._taken[node] = await self._pure.room.take(amount, (self._job, self._places[node]))
        return taken

    def _hand_out(self, node: str, files: Files) -> None:
        count = sum(
            len(one.pictures) + (one.latent is not None) for one in (*self.outcome.handed.values(), files)
        )
        if count > MOST_FILES:
            raise Unfit("", f"With what it hands out the job would have {count} files, and {MOST_FILES} are the most. "
                            "Send the workflow in parts, or save fewer pictures.")  # fmt: skip
        self.outcome.handed[node] = files

    async def _result(self, node: str, given: PlanNode, kind: NodeType) -> tuple[Any, ...] | None:
        """A node's outputs, of a node that hands out its `Files`; None where something before it has failed."""
        # Twice: as it was written, and as it is.
        if size := self._kept.size(given.key):
            await self._take(node, 2 * size)
        found = await self._kept.get(given.key)
        if found is not None:
            if size:
                self._taken[node].keep(size)
            self._is_cached(node)
            return tuple(found)
        self._drop(node)
        inputs = await self._inputs(given, kind)
        if inputs is None:
            return None
        engine = self._shared.pop(node, None) or self._engines.at(node, await self._vae_after(node))

        async def compute() -> Computed:
            taken = await self._take(node, _expected(kind, inputs, self._plan))
            self._tell(node, "running")
            began = time.perf_counter()
            result = await self._ran(kind, engine, inputs, taken)
            taken.keep(nbytes(result))
            seconds = time.perf_counter() - began
            slow = seconds > FETCH_SECONDS + nbytes(result) / FETCH_BYTES
            return Computed(result, kind.output or kind.asks in NETWORKS or (slow and kind.asks != "file"))

        result, here = await self._kept.once(given.key, compute)
        if not here:
            # Another job was at it.
            self._taken[node] = self._pure.room.hold(nbytes(result), self._job)
            self._is_cached(node)
            return tuple(result)
        self.outcome.ran.add(node)
        if not kind.output:
            self._tell(node, "done")
        if (after := self._next.get(node)) is not None:
            self._shared[after] = engine
        return tuple(result)

    def _kind(self, given: PlanNode) -> NodeType:
        if (kind := self._catalogue.get(given.class_type)) is None:
            # Of another version of the studio.
            detail = f"There is no {given.class_type} here any more. Submit the workflow again."
            raise Fault(JobError(kind="invalid", detail=detail))
        return kind

    def _is_cached(self, node: str) -> None:
        self.outcome.cached.add(node)
        if node not in self._foreseen and node not in self._plan.outputs:
            self._tell(node, "cached")

    async def _inputs(self, given: PlanNode, kind: NodeType) -> dict[str, Any] | None:
        """Values by name; None where one of them has failed."""
        wanted = self._wanted(given, kind)
        if not await self._all(link.node for link in wanted.links.values()):
            return None
        values = {name: wanted_.default for name, wanted_ in kind.inputs.items()}
        values |= wanted.plain | self._linked(wanted.links, kind)
        if wanted.lazy and kind.needs is not None:
            known = {name: value for name, value in values.items() if not _is_lazy(kind, name)}
            asked = kind.needs(**known)
            needed = {name: link for name, link in wanted.lazy.items() if name in asked}
            if not await self._all(link.node for link in needed.values()):
                return None
            values |= self._linked(needed, kind)
        check_paid(given, kind, values)
        return values

    def _linked(self, links: Mapping[str, Link], kind: NodeType) -> dict[str, Any]:
        """What came over links, numbers and texts held to their inputs' ranges; raises `Unfit`."""
        return {name: bounded(name, kind.inputs[name], self._value(link)) for name, link in links.items()}

    def _wanted(self, given: PlanNode, kind: NodeType) -> _Wanted:
        links = links_of(self._plan, given)
        lazy = {name: link for name, link in links.items() if _is_lazy(kind, name) and kind.needs is not None}
        return _Wanted(
            {name: _plain(value) for name, value in given.inputs.items() if name not in links},
            {name: link for name, link in links.items() if name not in lazy},
            lazy,
        )

    def _value(self, link: Link) -> Any:
        return self._values[link.node][link.output]

    async def _vae_after(self, node: str) -> Vae | None:
        """The VAE that decodes what `node` samples, where that goes in one call."""
        after = self._next.get(node)
        if after is None or (await self._kept.get(self._plan.nodes[after].key)) is not None:
            return None
        links = [link for link in links_of(self._plan, self._plan.nodes[after]).values() if link.node != node]
        if not await self._all(link.node for link in links):
            return None
        found = [value for link in links if isinstance(value := self._value(link), Vae)]
        return found[0] if found else None

    async def _ran(
        self, kind: NodeType, engine: Engine, inputs: dict[str, Any], taken: Taken
    ) -> tuple[Any, ...]:
        if kind.asks:
            result = await kind.run(engine, **inputs)
        else:
            result = await self._pure.run(lambda: kind.run(**inputs), taken)
        if not kind.output:
            return tuple(result)
        handed = result if isinstance(result, Handed) else result[0]
        return (await self._pure.run(lambda: encoded(handed), taken),)

    def _failed(self, node: str, given: PlanNode, error: Exception) -> None:
        told = error_of(error, node, given.class_type)
        if told.kind == "internal":
            log.error("node_failed", node=node, class_type=given.class_type, exc_info=error)
        self.outcome.errors.append(told)
        self._tell(node, "failed", told)


def links_of(plan: Plan, given: PlanNode) -> dict[str, Link]:
    """Input → where it comes from, of those that come from other nodes."""
    found = {name: link_of(value) for name, value in given.inputs.items()}
    return {name: link for name, link in found.items() if link is not None and link.node in plan.nodes}


def error_of(error: Exception, node: str, class_type: str) -> JobError:
    """What is told of a node that failed."""
    match error:
        case Unfit():
            told = JobError(
                kind="invalid", detail=f"{error.name}: {error.message}" if error.name else error.message
            )
        case Fault():
            told = error.error
        case Problem():
            told = JobError(kind="invalid" if error.status < 500 else "internal", detail=error.detail)
        case ImageError():
            told = JobError(kind="invalid", detail=str(error))
        case MemoryError():
            told = JobError(
                kind="out_of_memory", retryable=True,
                detail="The worker had not enough memory for this node. Ask for smaller pictures, or fewer at a time.",
            )  # fmt: skip
        case _:
            told = internal(error).error
            told = JobError(kind=told.kind, detail=told.detail)
    return JobError(
        kind=told.kind, detail=told.detail, retryable=told.retryable, node=node, class_type=class_type
    )


def _plain(value: Any) -> Any:
    """As a node gets it: lists are wrapped in a graph, where a bare one is a link."""
    return value["__value__"] if isinstance(value, dict) and value.keys() == {"__value__"} else value


def _is_lazy(kind: NodeType, name: str) -> bool:
    return name in kind.inputs and kind.inputs[name].lazy


def _expected(kind: NodeType, inputs: dict[str, Any], plan: Plan) -> int:
    """Bytes that a node may be expected to take beside what it is given: three times what it gives."""
    if kind.asks == "file":
        files = [
            plan.files[value] for value in inputs.values() if isinstance(value, str) and value in plan.files
        ]
        return sum(
            min(MOST_EXPECTED, 3 * PIXEL["IMAGE"] * file.width * file.height) or FILE for file in files
        )
    given = sum(nbytes(value) for value in inputs.values())
    known = {name: _size(value) for name, value in inputs.items()}
    sizes: Any = ()
    if kind.size is None:
        first = next((size for size in known.values() if isinstance(size, Size)), None)
        sizes = [first] * len(kind.outputs)
    else:
        # Only a guess.
        with suppress(Exception):
            sizes = kind.size(**known)
    made = sum(
        one.pictures * one.width * one.height * PIXEL[output.type]
        for one, output in zip(sizes, kind.outputs, strict=False)
        if isinstance(one, Size) and output.type in PIXEL
    )
    return min(MOST_EXPECTED, 3 * (made or given))


def _size(value: Any) -> Any:
    match value:
        case np.ndarray(ndim=4 | 3):
            return Size(value.shape[0], value.shape[2], value.shape[1])
        case np.ndarray():
            return None
        case Latent():
            pictures, _, height, width = value.samples.shape
            return Size(pictures, width * CELL, height * CELL)
        case bool() | int() | float() | str():
            return value
    return None


__all__ = ["Engines", "Executor", "Outcome", "Tell", "error_of", "links_of"]
