"""From a graph to a plan: what is wrong is said, what is known is computed, what nothing needs is dropped."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from control.billing.prices import PriceLine, total
from control.workflows import hinted, keys, steps
from control.workflows.known import OF_ADAPTERS, OF_CHECKPOINTS, OF_FILES, Known
from control.workflows.plan import File, Plan, PlanNode
from control.workflows.pricing import VAE, lines_of, paid, surplus, unsampled
from control.workflows.problems import SHOWN, Problems, PromptError
from control.workflows.shapes import Seen, see
from control.workflows.types import Folder, Size
from control.workflows.uses import at_work, uses
from control.workflows.validation import Validated, validate
from ensembles.adapters.about import About

LEAST_EFFORT = 0.001
"""Of a workflow that samples nothing; the line knows no work that is none."""
MOST_FILES = 500
"""That one job hands out: each is a file, and rows of several tables that are written in one transaction."""
MOST_TEXT = 64 * 2**20
"""Bytes of what all of a job's files say of themselves: each carries the whole graph."""

MOST_SECONDS = 6000.0
"""Of a plan's own estimate: ten times as long as a job may take, as an estimate without measured times is a guess."""
MOST_GIVEN = 2_000_000
"""Characters of all texts that a plan's nodes are given: it is kept with the job, and read by who runs it."""


class Compiled(NamedTuple):
    """What came of a graph."""

    plan: Plan | None
    """None where no output can run; `errors.error` says why."""
    errors: Problems
    """What is wrong with it; may name nodes where others can run."""
    lines: list[PriceLine] = []  # noqa: RUF012 (nobody changes it)
    """The price, node by node."""
    largest: Size | None = None
    """Of the pictures that the plan samples, makes larger or hands out, the one with the most pixels a picture."""
    files: int = 0
    """That it will hand out, as far as that is known."""


def compile_graph(graph: object, known: Known, *, outputs: Iterable[str] | None = None) -> Compiled:
    """The plan of a graph as it came over the wire; `outputs` are the only output nodes that are wanted.

    Plain computing, some milliseconds: it asks nobody, and never raises for what is wrong with a graph.
    """
    validated = validate(graph, known, outputs)
    if validated.refused is not None or not validated.good():
        return Compiled(None, validated.problems(validated.good()))
    seen = see(validated, known)
    used = uses(seen, known)
    hinted.check(seen, used)
    bad: set[str] = set()
    for name, node in seen.items():
        if node.errors or any(link.node in bad for link in node.links.values()):
            bad.add(name)
    fine = validated.good()
    good = [name for name in fine if name not in bad]
    wrong = _needed([name for name in fine if name in bad], seen)
    # What a thing is made of before it, so that the first error is the cause of the others.
    for name, node in seen.items():
        if name in wrong and node.errors:
            validated.errors[name] = node.errors
    if not good:
        return Compiled(None, validated.problems(good))
    files = sum(_files(seen[name]) for name in good)
    if files > MOST_FILES:
        validated.refused = PromptError(
            type="invalid_prompt", message=f"The prompt hands out {files} files",
            details=f"{MOST_FILES} are the most; send it in parts, or save fewer pictures.",
        )  # fmt: skip
        return Compiled(None, validated.problems([]))
    wanted = _needed(good, seen)
    needed = {name: node for name, node in seen.items() if name in wanted}
    if (length := _length(needed)) > MOST_GIVEN:
        validated.refused = PromptError(
            type="invalid_prompt", message=f"The prompt's texts have {length} characters together",
            details=f"{MOST_GIVEN} are the most, those that are computed among them; make them shorter.",
        )  # fmt: skip
        return Compiled(None, validated.problems([]))
    beyond = surplus(needed)
    charged: set[tuple[Folder, str]] = set()
    lines = {
        name: lines_of(node, seen, known, beyond.get(name, 0), at_work(node, used), charged)
        for name, node in needed.items()
    }
    for name, more in unsampled(needed, used, charged).items():
        lines[name] += more
    amounts = {name: total(own).amount for name, own in lines.items()}
    plan = _plan(needed, seen, validated, good, known, amounts, sum(beyond.values()))
    if plan.seconds > MOST_SECONDS:
        validated.refused = PromptError(
            type="invalid_prompt", message=f"The prompt would take about {plan.seconds:.0f} seconds",
            details=f"{MOST_SECONDS:.0f} are the most; make its pictures smaller or fewer, or send it in parts.",
        )  # fmt: skip
        return Compiled(None, validated.problems([]))
    return Compiled(
        plan,
        validated.problems(good),
        [line for own in lines.values() for line in own],
        _largest(needed),
        files,
    )


def _files(node: Seen) -> int:
    """How many an output node hands out; one for what will only turn out."""
    given = [(wanted.type, node.inputs.get(name)) for name, wanted in node.node.kind.inputs.items()]
    pictures = [
        size.pictures if isinstance(size, Size) else 1 for kind, size in given if kind in {"IMAGE", "MASK"}
    ]
    return sum(pictures) + sum(kind == "LATENT" for kind, _ in given)


def _length(needed: Mapping[str, Seen]) -> int:
    """Characters of all texts."""
    return sum(
        len(value) for node in needed.values() for value in node.values.values() if isinstance(value, str)
    )


def _needed(outputs: list[str], seen: Mapping[str, Seen]) -> set[str]:
    """What these outputs need when they run."""
    found: set[str] = set()
    left = list(outputs)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [link.node for link in seen[name].links.values()]
    return found


def _plan(
    needed: Mapping[str, Seen],
    seen: Mapping[str, Seen],
    validated: Validated,
    outputs: list[str],
    known: Known,
    amounts: Mapping[str, int],
    beyond: int,
) -> Plan:
    key: dict[str, str] = {}
    nodes: dict[str, PlanNode] = {}
    files: dict[str, File] = {}
    names: dict[str, None] = {}
    adapters: dict[str, About] = {}
    networks, computed = beyond / 1e6 * steps.VAE_EFFORT, 0.0
    costs = {name: steps.cost(node, seen, known) for name, node in needed.items()}
    for name, node in needed.items():
        key[name] = keys.key(node, key, known)
        inputs: dict[str, Any] = {}
        for given, wanted in node.node.kind.inputs.items():
            if (link := node.links.get(given)) is not None:
                inputs[given] = keys.resolved(link)
                if keys.is_prompt(node.node.kind, given):
                    adapters |= {
                        one: about for one, about in known.adapters.items() if one.startswith("embeddings/")
                    }
                continue
            value = node.values.get(given)
            inputs[given] = value
            if value is not None and wanted.folder in OF_FILES:
                files[value] = known.files[value]
            elif value is not None and wanted.folder in OF_CHECKPOINTS:
                names[value] = None
            elif value is not None and wanted.folder in OF_ADAPTERS:
                adapters[f"{wanted.folder}/{value}"] = known.adapters[f"{wanted.folder}/{value}"]
            elif keys.is_prompt(node.node.kind, given) and isinstance(value, str):
                adapters |= {name: known.adapters[name] for name in keys.texts_name(value, known.adapters)}
        effort = costs[name].effort
        if node.node.kind.asks:
            networks += effort
        else:
            computed += effort
        nodes[name] = PlanNode(node.node.kind.name, inputs, key[name], amounts[name], *paid(node, known))
    made = steps.steps(needed, outputs, seen, {name: one.seconds for name, one in costs.items()})
    return Plan(
        nodes=nodes,
        steps=made,
        outputs=outputs,
        files=files,
        checkpoints={name: known.checkpoints[name].weights for name in names},
        adapters=adapters,
        dropped=[
            name for name in validated.classes
            if name not in needed and name not in validated.errors and not (name in seen and seen[name].folded)
        ],
        folded={
            name: _cut(node.outputs[0]) if len(node.outputs) == 1 else [_cut(value) for value in node.outputs]
            for name, node in seen.items() if node.folded and name not in needed
        },
        amount=sum(node.amount for node in nodes.values()),
        seconds=round(sum(step.seconds for step in made), 3),
        # A worker computes while Triton samples; a plain request's few pictures to be scaled and saved count for nothing.
        effort=max(LEAST_EFFORT, networks, computed),
    )  # fmt: skip


def _cut(value: Any) -> Any:
    return f"{value[:SHOWN]}…" if isinstance(value, str) and len(value) > SHOWN else value


def _largest(needed: Mapping[str, Seen]) -> Size | None:
    sizes = [
        steps.size_of(node)
        for node in needed.values()
        if node.node.kind.output or node.node.kind.asks in {"sampler", "upscale", "preprocess", *VAE}
    ]
    return max(sizes, key=lambda size: (size.width * size.height, size.pictures), default=None)
