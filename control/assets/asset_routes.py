"""Finding assets, their bytes, and what people say of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Schema,
)
from litestar.params import Parameter

from control.access.declare import requires
from control.access.principal import Principal
from control.assets import changing, content, details, facets, family, finding
from control.assets.asset_schemas import (
    Asset,
    AssetDetails,
    AssetPatch,
    Changed,
    Facets,
    Family,
    SelectedAssets,
    TagChange,
    UnwantedAssets,
    Usage,
)
from control.assets.choosing import chosen
from control.assets.renditions import MEDIA_TYPES
from control.assets.showing import shown
from control.database.engine import transaction
from control.http.limits import costs
from control.pages import Cursor, Limit, Page
from control.wire import PRINTABLE

Caller = Request[Principal, None, State]
Form = Literal["256.webp", "256.avif", "1024.webp", "1024.avif"]
Word = Annotated[
    str | None,
    Parameter(
        description='Words of prompt and name, as in a search: all of them; "a phrase", `or`, `-without`. '
        "The most relevant come first.",
        min_length=1,
        max_length=400,
        pattern=PRINTABLE,
    ),
]
Tags = Annotated[
    str | None,
    Parameter(
        description="Assets that have this tag; several, with commas between: all of these.",
        min_length=1,
        max_length=600,
        pattern=PRINTABLE,
    ),
]


def header(name: str, description: str) -> Any:
    """A parameter that is a header."""
    return Parameter(header=name, description=description, max_length=4000)


@get("/assets", opt=requires("asset:read"))
async def list_assets(
    request: Caller,
    text: Word = None,
    model: Annotated[
        str | None, Parameter(description="The checkpoint.", max_length=200, pattern=PRINTABLE)
    ] = None,
    kind: Literal["output", "upload"] | None = None,
    job_id: UUID | None = None,
    board_id: UUID | None = None,
    team_id: UUID | None = None,
    tag: Tags = None,
    rating_min: Annotated[int | None, Parameter(ge=0, le=5)] = None,
    created_after: datetime | None = None,
    created_before: datetime | None = None,
    mine: Annotated[bool, Parameter(description="Only one's own.")] = False,
    deleted: Annotated[bool, Parameter(description="What is in the bin, instead of the rest.")] = False,
    sort: Literal["newest", "oldest", "relevance"] | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Asset]:
    """Pictures and other files: one's own and those of one's teams; everybody's, with `asset:manage`.

    The newest first; with `text`, the most relevant. `created_after` ≤ time < `created_before`; times without a zone
    are UTC.
    """
    filters = finding.Filters(
        text=text, model=model, kind=kind, job_id=job_id, board_id=board_id, team_id=team_id,
        tags=[word.strip() for word in (tag or "").split(",") if word.strip()],
        rating_min=rating_min, created_after=created_after, created_before=created_before, mine=mine,
        deleted=deleted,
    )  # fmt: skip
    return await finding.find(request.user, filters, sort, cursor, limit)


@get("/assets/usage", opt=requires("asset:read"))
async def get_asset_usage(request: Caller, state: State) -> Usage:
    """What the organisation's files take, of what its tier allows."""
    return await details.usage(request.user, state.settings)


@get("/assets/facets", opt=requires("asset:read"))
async def get_asset_facets(request: Caller) -> Facets:
    """What the assets that one sees can be filtered by: their tags, checkpoints and times."""
    return await facets.facets(request.user)


@post("/assets/undelete", opt=requires("asset:delete"), status_code=200)
async def undelete_assets(request: Caller, data: SelectedAssets) -> Changed:
    """Bring several of one's assets back from the bin: all, or none where one is not there."""
    async with transaction():
        return Changed(await changing.undelete(request.user, data.asset_ids))


@post("/assets/delete", opt=requires("asset:delete"), status_code=200)
async def delete_assets(request: Caller, data: UnwantedAssets) -> Changed:
    """Put several of one's assets into the bin, or remove them for good: all, or none where one is not there."""
    async with transaction():
        if data.forever:
            return Changed(await changing.purge(request.user, data.asset_ids))
        return Changed(await changing.delete(request.user, data.asset_ids))


@post("/assets/tag", opt=requires("asset:update"), status_code=200)
async def tag_assets(request: Caller, data: TagChange) -> Changed:
    """Put tags on several of one's assets, and take others off: all, or none where one is not there."""
    async with transaction():
        return Changed(await changing.tag(request.user, data))


@get("/assets/{asset_id:uuid}", opt=requires("asset:read"))
async def get_asset(request: Caller, asset_id: UUID) -> AssetDetails:
    """All that is known of an asset: how it was made, its renditions, what it was made of, its boards."""
    return await details.show(request.user, asset_id)


@patch("/assets/{asset_id:uuid}", opt=requires("asset:update"))
async def update_asset(request: Caller, asset_id: UUID, data: AssetPatch) -> AssetDetails:
    """Name, tag, rate or share an asset of one's own."""
    async with transaction():
        await changing.change(request.user, asset_id, data)
        return await details.show(request.user, asset_id)


@delete("/assets/{asset_id:uuid}", opt=requires("asset:delete"))
async def delete_asset(
    request: Caller,
    asset_id: UUID,
    forever: Annotated[bool, Parameter(description="At once, in the bin or not, and for good?")] = False,
) -> None:
    """Put an asset of one's own into the bin, out of which it can be brought back for 30 days; or remove it for good.

    What was removed for good makes room in the organisation's storage within the hour.
    """
    async with transaction():
        if forever:
            await changing.purge(request.user, [asset_id])
        else:
            await changing.delete(request.user, [asset_id])


@post("/assets/{asset_id:uuid}/undelete", opt=requires("asset:delete"), status_code=200)
async def undelete_asset(request: Caller, asset_id: UUID) -> AssetDetails:
    """Bring an asset of one's own back from the bin."""
    async with transaction():
        await changing.undelete(request.user, [asset_id])
        return await details.show(request.user, asset_id)


@get("/assets/{asset_id:uuid}/lineage", opt=requires("asset:read"))
async def get_asset_lineage(request: Caller, asset_id: UUID) -> Family:
    """What an asset was made of, and what was made of it, over generations."""
    return await family.of(request.user, asset_id)


@post("/assets/{asset_id:uuid}/restore", opt=requires("asset:update"), status_code=202)
async def restore_asset(request: Caller, asset_id: UUID) -> Asset:
    """Ask for an asset's bytes from the archive. They can be read when its `storage` is `hot` again.

    How long that takes is the storage's: seconds with storage of one's own, hours with a cloud's archive.
    """
    async with transaction():
        await content.ask_back(request.user, asset_id)
        [asset] = await shown(request.user, await chosen(request.user, [asset_id]))
        return asset


@dataclass
class Bytes(Operation):
    """In the OpenAPI document: the bytes, as they are, or none."""

    def __post_init__(self) -> None:
        answers = self.responses or {}
        answer = answers["200"]
        assert isinstance(answer, OpenAPIResponse)
        answer.description = "All of it."
        kinds = ["application/octet-stream", *dict.fromkeys(MEDIA_TYPES.values()), "image/png", "image/jpeg"]
        text = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))
        answer.content = dict.fromkeys(kinds, text)
        answers["206"] = OpenAPIResponse(
            description="The part that was asked for.", content=dict.fromkeys(kinds, text)
        )
        answers["304"] = OpenAPIResponse(description="The client has it already.")


@get("/assets/{asset_id:uuid}/content", opt=requires("asset:read") | costs("picture"), operation_class=Bytes)
async def get_asset_content(
    request: Caller,
    asset_id: UUID,
    state: State,
    form: Annotated[
        Form | None, Parameter(description="A smaller form of a picture, made if it is not there yet.")
    ] = None,
    download: Annotated[
        bool, Parameter(description="Shall a browser save it, instead of showing it?")
    ] = False,
    range_header: Annotated[str | None, header("Range", "A part of it, as `bytes=0-99`.")] = None,
    if_range: Annotated[
        str | None, header("If-Range", "The ETag of what the client has: else all of it.")
    ] = None,
    if_match: Annotated[str | None, header("If-Match", "ETags that it must have: else 412.")] = None,
    if_none_match: Annotated[
        str | None, header("If-None-Match", "ETags of what the client has: then 304.")
    ] = None,
) -> Response[Any]:
    """The bytes of an asset, or of a smaller form of it: whole, or one part.

    They never change, so that they may be kept for good; ETag is their SHA-256. What is in the archive answers 409
    until `/restore` has brought it back.
    """
    file = await content.file_of(request.user, state.storage, asset_id, form)
    wanted = content.Wanted(range_header, if_range, if_match, if_none_match)
    return await content.answer(state.storage, file, wanted, request.scope, save=download)


HANDLERS = [
    list_assets, get_asset_usage, get_asset_facets, undelete_assets, delete_assets, tag_assets, get_asset, update_asset, delete_asset,
    undelete_asset, get_asset_lineage, restore_asset, get_asset_content,
]  # fmt: skip
