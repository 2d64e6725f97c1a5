"""Sending files, in one request or in parts, and handing out addresses of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import Request, delete, get, post
from litestar.datastructures import State
from litestar.openapi.spec import Schema
from litestar.params import Parameter

from control.access.declare import requires
from control.access.principal import Principal
from control.assets import multipart, reading, uploads
from control.assets.asset_schemas import Asset
from control.assets.form_document import TEXT, form_operation
from control.assets.forms import read_form
from control.assets.renditions import archived
from control.assets.room import check_room
from control.assets.schemas import Link, Multipart, NewMultipart
from control.errors import BadRequest
from control.http.limits import costs

Caller = Request[Principal, None, State]
MOST_LINK_SECONDS = 7 * 24 * 3600
"""As long as any storage allows."""


_FORM = form_operation(
    "A PNG, JPEG, WebP, AVIF or GIF picture. What it is is told by its bytes.",
    "sketch.png",
    team_id=Schema(
        type=TEXT, format="uuid",  # type: ignore[arg-type]
        description="A team of the caller's, whose members see it then.",
    ),
    temporary=Schema(type=TEXT, enum=["true", "false"], description="Is it removed after 24 hours?"),
    tags=Schema(
        type=TEXT, min_length=1, max_length=50, pattern=r"^[A-Za-z0-9]+$", examples=["landscape"],
        description="A tag; send the field once for each.",
    ),
)  # fmt: skip


@post(
    "/uploads",
    opt=requires("asset:create") | costs("upload"),
    status_code=201,
    operation_class=_FORM,
    # Counted while it comes.
    request_max_body_size=None,
)
async def upload_file(request: Caller, state: State) -> Asset:
    """Send a picture.

    It is decoded before it is kept, and cleaned of EXIF, XMP, comments and whatever else it carries; what it says of how
    it was painted (`parameters`, `prompt`, `workflow`) is read first, and kept as metadata. AVIF and GIF become PNG. 422 says
    in `reason` why a file is not taken: empty, wrong_type, truncated, damaged, animated, polyglot, bomb,
    too_many_pixels, unsupported, too_slow.
    """
    settings = state.settings
    await check_room(request.user, 1, settings)
    async with uploads.a_file(request.user, settings) as file:
        try:
            async with asyncio.timeout(uploads.RECEIVE_SECONDS):
                name, form = await read_form(request, file, settings.max_upload_mb << 20)
        except TimeoutError:
            raise BadRequest(
                f"The file took longer than {uploads.RECEIVE_SECONDS:.0f} s to come. Send it in parts "
                "(/uploads/multipart), which may take a day."
            ) from None
        fields = uploads.fields_of(form)
        return await uploads.take(request.user, file, name, fields, state.storage, settings)


@post("/uploads/multipart", opt=requires("asset:create") | costs("upload"), status_code=201)
async def begin_upload(request: Caller, data: NewMultipart, state: State) -> Multipart:
    """Begin to send a picture in parts, straight to the storage.

    PUT each part's bytes to its `url`, in any order and side by side, then complete the upload. After a break, ask for
    it again: it says what has arrived, and has new addresses for the rest.
    """
    return await multipart.begin(request.user, data, state.storage, state.settings)


@get("/uploads/multipart/{upload_id:uuid}", opt=requires("asset:create"))
async def show_upload(request: Caller, upload_id: UUID, state: State) -> Multipart:
    """How one's upload stands, with new addresses for what has not arrived."""
    return await multipart.show(request.user, upload_id, state.storage)


@post("/uploads/multipart/{upload_id:uuid}/complete", opt=requires("asset:create"), status_code=201)
async def complete_upload(request: Caller, upload_id: UUID, state: State) -> Asset:
    """Make a file of an upload whose parts have all arrived.

    It is looked at as a file that is sent in one request; one that is not taken ends the upload.
    """
    return await multipart.complete(request.user, upload_id, state.storage, state.settings)


@delete("/uploads/multipart/{upload_id:uuid}", opt=requires("asset:create"), status_code=204)
async def cancel_upload(request: Caller, upload_id: UUID, state: State) -> None:
    """End one's upload and remove what has arrived."""
    await multipart.cancel(request.user, upload_id, state.storage)


@get("/assets/{asset_id:uuid}/link", opt=requires("asset:read"))
async def link_to_asset(
    request: Caller,
    asset_id: UUID,
    state: State,
    seconds: Annotated[
        int, Parameter(ge=1, le=MOST_LINK_SECONDS, description="How long the address is good for.")
    ] = 3600,
) -> Link:
    """An address that downloads a file, for whoever has it, until it expires."""
    row = await reading.visible(request.user, asset_id)
    if row["tier"] != "hot":
        raise archived()
    await reading.touch(request.user, row)
    url = await state.storage.presign_get(row["key"], seconds, name=row["name"], media_type=row["media_type"])
    return Link(url=url, expires_at=datetime.now(UTC) + timedelta(seconds=seconds))


HANDLERS = [upload_file, begin_upload, show_upload, complete_upload, cancel_upload, link_to_asset]
