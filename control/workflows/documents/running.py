"""What a workflow would come to, and kept workflows as they are run."""

import asyncio
from collections.abc import Mapping
from typing import Any

from control.access.principal import Principal
from control.errors import BadRequest
from control.settings import ControlSettings
from control.workflows.documents import schemas
from control.workflows.documents.exchange import plain
from control.workflows.editor.change import with_values
from control.workflows.editor.convert import Unclear, graph_of_document
from control.workflows.editor.widgets import kind_of
from control.workflows.graph import Workflow
from control.workflows.plan import Plan
from control.workflows.problems import Problems
from control.workflows.submission import compiled_for


async def validate(who: Principal, data: schemas.ToValidate, settings: ControlSettings) -> schemas.Validation:
    """All that is wrong with a workflow, and what running it would come to."""
    if (data.graph is None) == (data.document is None):
        raise BadRequest("Send `graph` or `document`: one of them.")
    unclear: list[Unclear] = []
    graph: Mapping[str, Any] | None = data.graph
    if data.document is not None:
        made = await asyncio.to_thread(graph_of_document, data.document)
        graph, unclear = plain(made.graph), made.unclear
    compiled = await compiled_for(who, graph, settings, data.outputs)
    return schemas.Validation(
        valid=compiled.plan is not None,
        errors=[*_problems(compiled.errors), *map(_unclear, unclear)],
        plan=None if compiled.plan is None else _summary(compiled.plan),
    )


def work_of(row: Mapping[str, Any], version: schemas.VersionDetails, wanted: schemas.RunWorkflow) -> Workflow:
    """The request that a version comes to, with other values for some inputs; raises `BadRequest` for unknown ones."""
    graph = plain(version.graph)
    wrong = [
        {"in": "body", "path": path, "message": message} for path, message in _unknown(graph, wanted.inputs)
    ]
    if wrong:
        raise BadRequest(f"{wrong[0]['path']}: {wrong[0]['message']}.", errors=wrong)
    for node, values in wanted.inputs.items():
        graph[node]["inputs"].update(values)
    return Workflow(
        graph=graph,
        outputs=wanted.outputs,
        # None where it cannot say what is painted: one is drawn then.
        document=None if version.document is None else with_values(version.document, wanted.inputs),
        preview_every=wanted.preview_every,
        workflow_id=row["id"],
    )


def _unknown(graph: Mapping[str, Any], inputs: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for node, values in inputs.items():
        if node not in graph:
            found.append(
                (f"inputs.{node}", f"this version has no node {node}; it has {', '.join(graph)}"[:400])
            )
            continue
        kind = kind_of(graph[node]["class_type"])
        known = {*graph[node]["inputs"], *(kind.inputs if kind is not None else ())}
        found += [
            (
                f"inputs.{node}.{name}",
                f"{graph[node]['class_type']} has no such input; it has {', '.join(sorted(known))}",
            )
            for name in values
            if name not in known
        ]
    return found


def _problems(problems: Problems) -> list[schemas.WorkflowProblem]:
    found = []
    if problems.error is not None:
        whole = problems.error
        found.append(schemas.WorkflowProblem(type=whole.type, message=whole.message, details=whole.details))
    for node, error in problems:
        of = problems.node_errors[node]
        name = error.extra_info.get("input_name")
        found.append(
            schemas.WorkflowProblem(
                type=error.type, message=error.message, details=error.details, node=node, class_type=of.class_type,
                input=None if name is None else str(name), dependent_outputs=of.dependent_outputs,
            )
        )  # fmt: skip
    return found


def _unclear(one: Unclear) -> schemas.WorkflowProblem:
    return schemas.WorkflowProblem(
        type="values_without_names", message="Some values have no name", details=one.message, node=one.node,
        class_type=one.class_type,
    )  # fmt: skip


def _summary(plan: Plan) -> schemas.PlanSummary:
    return schemas.PlanSummary(
        nodes=len(plan.nodes),
        steps=len(plan.steps),
        calls=sorted({step.call for step in plan.steps if step.call}),
        outputs=plan.outputs,
        dropped=plan.dropped,
        folded=list(plan.folded),
        checkpoints=list(plan.checkpoints),
        amount_microcredits=plan.amount,
        seconds=plan.seconds,
    )
