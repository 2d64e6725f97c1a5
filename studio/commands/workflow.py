"""`studio workflow`: what would become of a graph, without running it."""

import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click
import msgspec

from studio.errors import StudioError
from studio.settings import read_settings

if TYPE_CHECKING:
    from control.workflows.compiling import Compiled
    from control.workflows.known import Known
    from control.workflows.plan import Plan

SIDE = 512
"""Pixels of a picture that the graph names: files are in the database, which is not asked."""
MICRO = 1e6
WIDE = 200
"""Characters of a line that goes into a file."""


@click.group()
def workflow() -> None:
    """Look into workflows."""


@workflow.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The plan as the queue carries it.")
@click.option("--output", "outputs", multiple=True, help="Only this output node; may be given several times.")
def explain(file: Path, as_json: bool, outputs: tuple[str, ...]) -> None:
    """Print the plan of the workflow in FILE: ComfyUI's API format, its editor's, or the studio's own.

    Checkpoints are those published under STUDIO_HOME; no server is asked. Pictures that it loads are taken to be there.
    """
    from control.workflows.compiling import compile_graph

    graph = read_graph(file)
    compiled = compile_graph(graph, _known(graph), outputs=outputs or None)
    _say_errors(compiled, file)
    assert compiled.plan is not None
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(compiled.plan), indent=2).decode())
    else:
        _print(compiled, compiled.plan)


def read_graph(file: Path) -> object:
    """The graph in a file, not checked; raises `StudioError` for what holds none."""
    from control.errors import Problem
    from control.workflows.editor.convert import graph_of_document

    try:
        found: Any = msgspec.json.decode(file.read_bytes())
    except (msgspec.DecodeError, RecursionError) as error:
        raise StudioError(f"{file} is no JSON: {error}.") from None
    if isinstance(found, dict):
        # What POST /prompt and POST /jobs take, and what the studio exports.
        for name in ("prompt", "request", "graph"):
            if isinstance(found.get(name), dict) and "class_type" not in found[name]:
                found = found[name]
        if isinstance(found.get("document"), dict) and not found.get("graph"):
            found = found["document"]
        if isinstance(found.get("nodes"), list):
            try:
                converted = graph_of_document(found)
            except Problem as problem:
                raise StudioError(f"{file}: {problem.detail}") from None
            for unclear in converted.unclear:
                click.echo(f"{unclear.node} {unclear.class_type}: {unclear.message}", err=True)
            return msgspec.to_builtins(converted.graph)
    return found


def _known(graph: object) -> "Known":
    from control.models.shared import shared
    from control.workflows.gathering import published
    from control.workflows.known import OF_ADAPTERS, files_named
    from control.workflows.plan import File

    home = read_settings().home
    known = published(home, graph)
    # Of the registry what is everybody's: organisations' own are in the database, which is not asked.
    every = {folder: shared(home, kind) for folder, kind in OF_ADAPTERS.items()}
    adapters = {f"{folder}/{name}": about for folder, some in every.items() for name, about in some.items()}
    hashes = {name: about.sha256 for name, about in adapters.items()}
    files = {
        name: File(UUID(int=0), hashlib.sha256(name.encode()).hexdigest(), SIDE, SIDE)
        for name in files_named(graph)
    }
    return replace(
        known,
        files=files,
        adapters=adapters,
        lists={**known.lists, **{folder: list(some) for folder, some in every.items()}},
        hashes={**hashes, **known.hashes},
        home=home,
    )


def _say_errors(compiled: "Compiled", file: Path) -> None:
    for name, error in compiled.errors:
        kind = compiled.errors.node_errors[name].class_type
        click.echo(f"node {name} {kind}: {error.details} ({error.type})", err=True)
    if (whole := compiled.errors.error) is not None:
        raise StudioError(f"Nothing of {file} can run. {whole.message}. {whole.details}".strip())


def _print(compiled: "Compiled", plan: "Plan") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("step", "stage", "nodes", "call", "checkpoint", "after", "credits", "seconds", box=None)
    stages = stages_of(plan)
    for place, step in enumerate(plan.steps):
        amount = sum(plan.nodes[name].amount for name in step.nodes)
        table.add_row(
            str(place),
            str(stages[place]),
            " → ".join(f"{name} {plan.nodes[name].class_type}" for name in step.nodes),
            step.call or "worker",
            step.checkpoint,
            ", ".join(map(str, step.after)),
            f"{amount / MICRO:g}" if amount else "",
            f"{step.seconds:.2f}",
        )
    console = Console(width=None if sys.stdout.isatty() else WIDE, soft_wrap=True)
    console.print(table)
    side = max(stages.count(stage) for stage in stages)
    console.print(
        f"\noutputs    {', '.join(f'{name} {plan.nodes[name].class_type}' for name in plan.outputs)}"
    )
    for title, text in (
        ("branches", f"{max(stages) + 1} stages, up to {side} steps side by side"),
        ("together", ", ".join(" → ".join(step.nodes) for step in plan.steps if len(step.nodes) > 1)),
        ("computed", ", ".join(f"{name} = {value!r}" for name, value in plan.folded.items())),
        ("dropped", ", ".join(plan.dropped)),
        ("files", ", ".join(plan.files)),
        ("price", f"{plan.amount / MICRO:g} credits" + _of(compiled)),
        ("estimate", f"{plan.seconds:.1f} s on one worker; effort {plan.effort:.3g} steps x megapixels"),
    ):
        if text:
            console.print(f"{title:<10} {text}", highlight=False, markup=False)


def _of(compiled: "Compiled") -> str:
    lines = [f"{line.text} {line.amount_microcredits / MICRO:g}" for line in compiled.lines]
    return f": {'; '.join(lines)}" if lines else ""


def stages_of(plan: "Plan") -> list[int]:
    """Of each step, how many must have been done before it: those of one stage need not wait for each other."""
    stages: list[int] = []
    for step in plan.steps:
        stages.append(max((stages[before] + 1 for before in step.after), default=0))
    return stages
