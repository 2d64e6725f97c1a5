"""Keeping workflows: lists, documents, versions, files."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import Parameter

from control.access.declare import requires
from control.access.principal import Principal
from control.assets import uploads
from control.assets.form_document import form_operation
from control.assets.forms import read_form
from control.assets.storage import disposition
from control.database.engine import transaction
from control.errors import BadRequest
from control.jobs import idempotency
from control.pages import Cursor, Limit, Page
from control.wire import PRINTABLE
from control.workflows.documents import exchange, finding, importing, rights, saving, schemas
from control.workflows.documents.content import BODY, held
from control.workflows.documents.diff import diff
from control.workflows.documents.exchange import Form
from control.workflows.documents.showing import details, version_of

Caller = Request[Principal, None, State]
Token = Annotated[
    str | None,
    Parameter(
        header="Workflow-Link",
        description="The token of a link, for a workflow that is shared by link.",
        min_length=1,
        max_length=100,
        pattern=r"^[!-~]+$",
    ),
]
Text = Annotated[
    str | None,
    Parameter(
        description='Words of name and description, as in a search: all of them; "a phrase", `or`, `-without`.',
        min_length=1,
        max_length=400,
        pattern=PRINTABLE,
    ),
]
Tags = Annotated[
    str | None,
    Parameter(
        description="Workflows that have this tag; several, with commas between: all of these.",
        min_length=1,
        max_length=600,
        pattern=PRINTABLE,
    ),
]
Starred = Annotated[bool, Parameter(description="Only those that one has marked.")]
Number = Annotated[
    int | None, Parameter(ge=1, le=1_000_000, description="The newest version, where it is not given.")
]


@get("/workflows", opt=requires("workflow:read"))
async def list_workflows(
    request: Caller,
    text: Text = None,
    tag: Tags = None,
    team_id: Annotated[UUID | None, Parameter(description="Only those that this team sees.")] = None,
    mine: Annotated[bool, Parameter(description="Only one's own.")] = False,
    starred: Starred = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Workflow]:
    """One's own workflows and those of one's teams, the newest first; everybody's, with `workflow:manage`."""
    filters = finding.Filters(text=text, tags=_words(tag), team_id=team_id, mine=mine, starred=starred)
    return await finding.find(request.user, filters, cursor, limit)


@get("/workflows/community", opt=requires("workflow:read"))
async def list_community_workflows(
    request: Caller,
    text: Text = None,
    tag: Tags = None,
    mine: Annotated[bool, Parameter(description="Only one's own.")] = False,
    starred: Starred = False,
    sort: finding.Sort = "stars",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Workflow]:
    """Public workflows of everybody in this installation: of all organisations, with the names of their authors."""
    filters = finding.Filters(text=text, tags=_words(tag), mine=mine, starred=starred)
    return await finding.community(request.user, filters, sort, cursor, limit)


@post("/workflows", opt=requires("workflow:create"), request_max_body_size=BODY)
async def create_workflow(
    request: Caller, data: schemas.NewWorkflow, idempotency_key: idempotency.Key = None
) -> Response[schemas.WorkflowDetails]:
    """Keep a workflow: as a graph, as an editor's document, or as both. It is private, and need not be able to run."""
    who = request.user
    return await idempotency.once(who, request, lambda: saving.create(who, data))


@post(
    "/workflows/import",
    opt=requires("workflow:create"),
    status_code=201,
    operation_class=form_operation("A JSON file, or a picture that carries its workflow.", "Portrait"),
    # Counted while it comes.
    request_max_body_size=None,
)
async def import_workflow(request: Caller, state: State) -> schemas.WorkflowDetails:
    """Keep the workflow of a file: of our own JSON, of ComfyUI's API form or its editor's, or in a PNG or WebP.

    What it is is told by what is in it.
    """
    async with uploads.a_file(request.user, state.settings) as file:
        try:
            async with asyncio.timeout(uploads.RECEIVE_SECONDS):
                name, form = await read_form(request, file, exchange.MOST_FILE)
        except TimeoutError:
            raise BadRequest(f"The file took longer than {uploads.RECEIVE_SECONDS:.0f} s to come.") from None
        return await importing.take(request.user, file, name, form, state.settings)


@get("/workflows/{workflow_id:uuid}", opt=requires("workflow:read"))
async def get_workflow(request: Caller, workflow_id: UUID, link: Token = None) -> schemas.WorkflowDetails:
    """A workflow with its newest version: one's own, one's team's, a public one, or one that one has a link of."""
    return await details(request.user, await rights.seen(request.user, workflow_id, link))


@patch("/workflows/{workflow_id:uuid}", opt=requires("workflow:create"))
async def update_workflow(
    request: Caller, workflow_id: UUID, data: schemas.WorkflowPatch
) -> schemas.WorkflowDetails:
    """Name, describe or tag a workflow of one's own, or give it a picture. What it does is changed by a new version."""
    async with transaction():
        return await saving.change(request.user, workflow_id, data)


@delete("/workflows/{workflow_id:uuid}", opt=requires("workflow:create"))
async def delete_workflow(request: Caller, workflow_id: UUID) -> None:
    """Remove a workflow of one's own with all its versions, for good. Forks of it stay."""
    async with transaction():
        await saving.remove(request.user, workflow_id)


@post("/workflows/{workflow_id:uuid}/duplicate", opt=requires("workflow:create"))
async def duplicate_workflow(
    request: Caller, workflow_id: UUID, data: schemas.Copy, idempotency_key: idempotency.Key = None
) -> Response[schemas.WorkflowDetails]:
    """Make another workflow with the newest version of one's own, or of one of a team that one is in."""
    who = request.user
    return await idempotency.once(who, request, lambda: saving.duplicate(who, workflow_id, data))


@post("/workflows/{workflow_id:uuid}/fork", opt=requires("workflow:create"))
async def fork_workflow(
    request: Caller,
    workflow_id: UUID,
    data: schemas.Copy,
    link: Token = None,
    idempotency_key: idempotency.Key = None,
) -> Response[schemas.WorkflowDetails]:
    """Make a workflow of one's own with the newest version of one that one sees, and say so in `forked_from`."""
    who = request.user
    return await idempotency.once(who, request, lambda: saving.fork(who, workflow_id, data, link))


@get("/workflows/{workflow_id:uuid}/versions", opt=requires("workflow:read"))
async def list_workflow_versions(
    request: Caller, workflow_id: UUID, link: Token = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.Version]:
    """Every version that was saved, the newest first."""
    return await finding.versions(request.user, workflow_id, link, cursor, limit)


@post(
    "/workflows/{workflow_id:uuid}/versions",
    opt=requires("workflow:create"),
    request_max_body_size=BODY,
)
async def save_workflow_version(
    request: Caller, workflow_id: UUID, data: schemas.NewVersion, idempotency_key: idempotency.Key = None
) -> Response[schemas.WorkflowDetails]:
    """Save a workflow of one's own, or of a team that one is in. What is as it was makes no new version.

    409, with the newest version in `current`, where `base_version` is not the newest one's number.
    """
    who = request.user
    return await idempotency.once(who, request, lambda: saving.save(who, workflow_id, data))


@get("/workflows/{workflow_id:uuid}/versions/{number:int}", opt=requires("workflow:read"))
async def get_workflow_version(
    request: Caller, workflow_id: UUID, number: int, link: Token = None
) -> schemas.VersionDetails:
    """One version with all that is in it."""
    row = await rights.seen(request.user, workflow_id, link)
    return held(await version_of(row, _plausible(number)), number)


@post(
    "/workflows/{workflow_id:uuid}/versions/{number:int}/restore",
    opt=requires("workflow:create"),
    status_code=200,
)
async def restore_workflow_version(
    request: Caller, workflow_id: UUID, number: int
) -> schemas.WorkflowDetails:
    """Save an earlier version as the newest one. What came between stays."""
    async with transaction():
        return await saving.restore(request.user, workflow_id, _plausible(number))


@get("/workflows/{workflow_id:uuid}/diff", opt=requires("workflow:read"))
async def diff_workflow_versions(
    request: Caller,
    workflow_id: UUID,
    from_version: Number = None,
    to_version: Number = None,
    link: Token = None,
) -> schemas.Diff:
    """What is different in one version from another; from the one before the newest to the newest, unless said."""
    row = await rights.seen(request.user, workflow_id, link)
    after = row["version"] if to_version is None else to_version
    before = max(after - 1, 1) if from_version is None else from_version
    return diff(held(await version_of(row, before), before), held(await version_of(row, after), after))


@get("/workflows/{workflow_id:uuid}/export", opt=requires("workflow:read"))
async def export_workflow(
    request: Caller,
    workflow_id: UUID,
    form: Annotated[
        Form,
        Parameter(
            description="native: all of it, to be imported again; api: as ComfyUI's API takes it; editor: as its editor opens it; editor-1.0: "
            "the same, drawn in the editor's newer format."
        ),
    ] = "native",
    version: Number = None,
    link: Token = None,
) -> Response[dict[str, Any]]:
    """A version as a file."""
    row = await rights.seen(request.user, workflow_id, link)
    number = row["version"] if version is None else version
    body = exchange.exported(row, held(await version_of(row, number), number), form)
    name = f"{row['name']}.json"
    return Response(body, headers={"Content-Disposition": disposition(name, saved=True)})


def _plausible(number: int) -> int:
    """What PostgreSQL can compare with: any other number is no version's either."""
    return number if 0 < number < 2**31 else 0


def _words(tags: str | None) -> list[str]:
    return [word.strip() for word in (tags or "").split(",") if word.strip()]


HANDLERS = [
    list_workflows, list_community_workflows, create_workflow, import_workflow, get_workflow, update_workflow,
    delete_workflow, duplicate_workflow, fork_workflow, list_workflow_versions, save_workflow_version,
    get_workflow_version, restore_workflow_version, diff_workflow_versions, export_workflow,
]  # fmt: skip
