"""Showing workflows to others, and marking those that one likes."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.datastructures import State

from control.access.declare import requires
from control.access.principal import Principal
from control.assets import content
from control.database.engine import transaction
from control.http.limits import costs
from control.pages import Cursor, Limit, Page
from control.workflows.documents import schemas, sharing, thumbnails
from control.workflows.documents.routes import Token

Caller = Request[Principal, None, State]


@post("/workflows/{workflow_id:uuid}/share", opt=requires("workflow:create"), status_code=200)
async def share_workflow(request: Caller, workflow_id: UUID, data: schemas.Share) -> schemas.WorkflowDetails:
    """Say who may see a workflow of one's own. Links end when its visibility is another than `link`.

    What is public is shown to people of other organisations: name, description, tags, picture, all versions, and the
    author's name; nothing else of the author or the organisation.
    """
    async with transaction():
        return await sharing.share(request.user, workflow_id, data)


@get("/workflows/{workflow_id:uuid}/links", opt=requires("workflow:create"))
async def list_workflow_links(
    request: Caller, workflow_id: UUID, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.Link]:
    """Links that open a workflow of one's own."""
    async with transaction():
        return await sharing.links(request.user, workflow_id, cursor, limit)


@post("/workflows/{workflow_id:uuid}/links", opt=requires("workflow:create"))
async def create_workflow_link(
    request: Caller, workflow_id: UUID, data: schemas.NewLink, state: State
) -> schemas.MadeLink:
    """Make a link that opens a workflow of one's own, whose visibility is `link`, to whoever is signed in and has it.

    It is shown this once, and holds until it is revoked.
    """
    async with transaction():
        return await sharing.make_link(request.user, workflow_id, data, state.settings)


@delete("/workflows/{workflow_id:uuid}/links/{link_id:uuid}", opt=requires("workflow:create"))
async def revoke_workflow_link(request: Caller, workflow_id: UUID, link_id: UUID) -> None:
    """End a link. Forks that were made by it stay."""
    async with transaction():
        await sharing.revoke_link(request.user, workflow_id, link_id)


@put("/workflows/{workflow_id:uuid}/star", opt=requires("workflow:read"), status_code=204)
async def star_workflow(request: Caller, workflow_id: UUID, link: Token = None) -> None:
    """Mark a workflow that one sees."""
    async with transaction():
        await sharing.star(request.user, workflow_id, link)


@delete("/workflows/{workflow_id:uuid}/star", opt=requires("workflow:read"))
async def unstar_workflow(request: Caller, workflow_id: UUID, link: Token = None) -> None:
    """Take one's mark off."""
    async with transaction():
        await sharing.unstar(request.user, workflow_id, link)


@get(
    "/workflows/{workflow_id:uuid}/thumbnail",
    opt=requires("workflow:read") | costs("picture"),
    media_type="image/webp",
)
async def get_workflow_thumbnail(
    request: Caller, workflow_id: UUID, state: State, link: Token = None
) -> Response[Any]:
    """The picture of a workflow that one sees, as a small WebP."""
    file = await thumbnails.file_of(request.user, state.storage, workflow_id, link)
    return await content.answer(state.storage, file, content.Wanted(), request.scope, save=False)


HANDLERS = [
    share_workflow, list_workflow_links, create_workflow_link, revoke_workflow_link, star_workflow,
    unstar_workflow, get_workflow_thumbnail,
]  # fmt: skip
