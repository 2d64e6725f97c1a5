"""A kept workflow made of what a job was asked for."""

from typing import Any
from uuid import UUID

from control.access.principal import Principal
from control.errors import Forbidden, NotFound
from control.jobs import reading
from control.jobs.requests import Painting, Short
from control.models.catalogue import usable
from control.settings import ControlSettings
from control.workflows.documents import saving, schemas
from control.workflows.graph import Node, Workflow
from control.workflows.short_forms import drawn

LONGEST = 60
"""Characters of a name that is made of a prompt."""
TITLES = {
    "3": "Prompt", "4": "Negative prompt", "1": "Checkpoint", "9": "Sampler", "11": "Save picture",
}  # fmt: skip
"""Nodes of requests in plain fields → what people look for; the classes' own titles say the rest."""


async def make(
    who: Principal, job_id: UUID, data: schemas.FromJob, settings: ControlSettings
) -> schemas.WorkflowDetails:
    """A new workflow of the caller's of a job that they see; raises `NotFound`."""
    if not who.may("job:read"):
        raise Forbidden(
            "This needs the permission job:read, which your role does not have.", permission="job:read"
        )
    row = await reading.visible(who, job_id)
    work = reading.work_of(row)
    if isinstance(work, Workflow):
        graph, document = work.graph, work.document
    else:
        graph, document = _graph(who, work, settings), None
    return await saving.create(
        who,
        schemas.NewWorkflow(
            name=data.name or _name(work), description="", tags=[], graph=graph, document=document, message="",
        ),
    )  # fmt: skip


def _graph(who: Principal, work: Short, settings: ControlSettings) -> dict[str, Node]:
    inpainting = False
    if isinstance(work, Painting):
        try:
            inpainting = usable(settings.home, work.model, who.organisation_id).unet_channels == 9
        except NotFound:
            # The checkpoint is gone since: the workflow names it all the same, and says so when it is looked at.
            inpainting = False
    nodes = drawn(work, inpainting=inpainting).nodes
    if not isinstance(work, Painting):
        return nodes
    return {
        name: Node(node.class_type, node.inputs, {"title": TITLES[name]} if name in TITLES else node.meta)
        for name, node in nodes.items()
    }


def _name(work: Any) -> str:
    """One line of what was painted."""
    prompt = " ".join("".join(c if c.isprintable() else " " for c in getattr(work, "prompt", "")).split())
    if len(prompt) > LONGEST:
        prompt = f"{prompt[:LONGEST].rsplit(' ', 1)[0]}…"
    return prompt or {"workflow": "Workflow of a job"}.get(
        work.__struct_config__.tag, work.__struct_config__.tag
    )
