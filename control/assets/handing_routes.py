"""Handing pictures out: links for people without an account, and many files in one ZIP."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import Stream

from control.access.declare import public, requires
from control.access.principal import Principal
from control.assets import archives, content, links
from control.assets.asset_routes import Bytes, Form, header
from control.assets.asset_schemas import (
    Archive,
    AssetLink,
    MadeAssetLink,
    NewArchive,
    NewAssetLink,
    SharedAsset,
)
from control.assets.storage import disposition
from control.database.engine import transaction
from control.http.context import asked_by_head
from control.http.limits import costs
from control.pages import Cursor, Limit, Page

Caller = Request[Principal, None, State]
SHARED_CACHE = "private, max-age=300"
"""A link may be revoked at any time."""
_WHY = "whoever has the link may see its picture"
Token = Annotated[str, Parameter(min_length=1, max_length=100, description="What the link ends with.")]


@post("/assets/archives", opt=requires("asset:read"))
async def create_asset_archive(request: Caller, data: NewArchive) -> Archive:
    """Ask for one ZIP of many assets, by their ids or as `GET /assets` finds them: 1,000 files at most.

    It is packed while it is fetched, for 24 hours: pictures as they are, and manifest.json with how each was made.
    """
    async with transaction():
        return await archives.make(request.user, data)


@get("/assets/archives/{archive_id:uuid}", opt=requires("asset:read"), media_type="application/zip")
async def get_asset_archive(request: Caller, archive_id: UUID, state: State) -> Response[Any]:
    """The ZIP, of those of its files that one still sees."""
    made_at, body = await archives.opened(request.user, state.storage, archive_id)
    name = f"pictures-{made_at:%Y-%m-%d-%H%M}.zip"
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": disposition(name),
        "Cache-Control": "no-store",
    }
    return Response(b"", headers=headers) if asked_by_head(request.scope) else Stream(body, headers=headers)


@get("/assets/{asset_id:uuid}/links", opt=requires("asset:read"))
async def list_asset_links(
    request: Caller, asset_id: UUID, cursor: Cursor = None, limit: Limit = 50
) -> Page[AssetLink]:
    """Links of a picture of one's own that still open it."""
    return await links.listed(request.user, asset_id, cursor, limit)


@post("/assets/{asset_id:uuid}/links", opt=requires("asset:update"))
async def create_asset_link(
    request: Caller, asset_id: UUID, data: NewAssetLink, state: State
) -> MadeAssetLink:
    """Make a link that shows a picture of one's own to whoever has it, without an account. It is shown this once."""
    async with transaction():
        return await links.make(request.user, asset_id, data, state.settings)


@delete("/assets/{asset_id:uuid}/links/{asset_link_id:uuid}", opt=requires("asset:update"))
async def revoke_asset_link(request: Caller, asset_id: UUID, asset_link_id: UUID) -> None:
    """End a link at once."""
    async with transaction():
        await links.revoke(request.user, asset_id, asset_link_id)


@get("/shared/{token:str}", opt=public(_WHY))
async def get_shared_asset(token: Token) -> SharedAsset:
    """What a link shows: a picture, and neither who made it nor how."""
    return await links.shown(token)


@get("/shared/{token:str}/content", opt=public(_WHY) | costs("picture"), operation_class=Bytes)
async def get_shared_content(
    request: Request[Any, Any, State],
    token: Token,
    state: State,
    form: Annotated[Form | None, Parameter(description="A smaller form of the picture.")] = None,
    download: Annotated[
        bool, Parameter(description="Shall a browser save it, instead of showing it?")
    ] = False,
    range_header: Annotated[str | None, header("Range", "A part of it, as `bytes=0-99`.")] = None,
    if_none_match: Annotated[
        str | None, header("If-None-Match", "ETags of what the client has: then 304.")
    ] = None,
) -> Response[Any]:
    """The bytes of a link's picture: the same pixels, without what its file says of how it was made."""
    file = await links.file_of(state.storage, token, form)
    wanted = content.Wanted(range=range_header, if_none_match=if_none_match)
    return await content.answer(state.storage, file, wanted, request.scope, save=download, cache=SHARED_CACHE)


HANDLERS = [
    create_asset_archive, get_asset_archive, list_asset_links, create_asset_link, revoke_asset_link,
    get_shared_asset, get_shared_content,
]  # fmt: skip
