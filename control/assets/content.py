"""The bytes of assets: streamed from the storage, whole or in part, to be kept by browsers for as long as they like."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.response import Stream
from litestar.types import Scope

from control.access.principal import Principal
from control.assets import ranges, reading, renditions
from control.assets.storage import Storage, disposition
from control.assets.tables import Blob
from control.database.owned import scoped
from control.errors import PreconditionFailed, RangeNotSatisfiable
from control.http.context import asked_by_head

CACHE = "private, max-age=31536000, immutable"
"""What is at an asset's address never changes; it is for who may see it alone."""
SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/avif", "image/gif"})
"""Media types that browsers may show where they are; others are saved."""


class File(msgspec.Struct, frozen=True):
    """Bytes in the storage, and what is said of them."""

    key: str
    size: int
    media_type: str
    etag: str
    name: str


class Wanted(msgspec.Struct, frozen=True):
    """Headers of the request that say how much of it is sent."""

    range: str | None = None
    if_range: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None


async def file_of(who: Principal, storage: Storage, asset_id: UUID, form: str | None) -> File:
    """The bytes of an asset that the caller sees, or of a rendition, which is made if it must be.

    What is in the bin has only its renditions, by which it is known again. Raises `NotFound`, `Conflict` for what is in
    the archive, and what `renditions.made` raises.
    """
    row = await reading.visible(who, asset_id, removed=form is not None)
    name = row["name"] or str(asset_id)
    if form is not None:
        made = await renditions.made(storage, who.organisation_id, row["blob_id"], form)
        return File(
            key=made["key"],
            size=made["size"],
            media_type=renditions.MEDIA_TYPES[form],
            etag=renditions.etag_of(made),
            name=f"{name}.{form}",
        )
    if row["tier"] != "hot":
        raise renditions.archived()
    await reading.touch(who, row)
    return File(row["key"], row["size"], row["media_type"], f'"{row["sha256"]}"', name)


def unchanged(etag: str, wanted: Wanted, cache: str) -> Response[Any] | None:
    """304 where the client has it; raises `PreconditionFailed` where it wants another one."""
    if not ranges.matches(wanted.if_match, etag):
        raise PreconditionFailed("This file is not the one that If-Match names.", headers={"ETag": etag})
    if ranges.unchanged(wanted.if_none_match, etag):
        return Response(None, status_code=304, headers=_kept(etag, cache))
    return None


def whole(data: bytes, file: File, wanted: Wanted, cache: str = CACHE) -> Response[Any]:
    """200 or 304 with bytes that are in nobody's storage; raises `PreconditionFailed`."""
    if (same := unchanged(file.etag, wanted, cache)) is not None:
        return same
    return Response(data, headers=_kept(file.etag, cache) | _shown(file, save=False))


def _kept(etag: str, cache: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": cache, "Vary": "Authorization, Cookie"}


def _shown(file: File, *, save: bool) -> dict[str, str]:
    # Litestar gives an answer its route's media type, whatever it says itself: so it is a header here.
    return {
        "Content-Type": file.media_type,
        "Content-Disposition": disposition(
            file.name, saved=save or file.media_type not in SHOWN, media_type=file.media_type
        ),
        # Nothing in it runs, even where a browser takes it for a page.
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


async def answer(
    storage: Storage, file: File, wanted: Wanted, scope: Scope, *, save: bool, cache: str = CACHE
) -> Response[Any]:
    """200, 206 or 304; raises `PreconditionFailed`, `RangeNotSatisfiable`, `Unavailable`, `NotFound`."""
    if (same := unchanged(file.etag, wanted, cache)) is not None:
        return same
    headers = _kept(file.etag, cache) | _shown(file, save=save) | {"Accept-Ranges": "bytes"}
    if asked_by_head(scope):
        # Ranges are for GET alone (RFC 9110, 14.2).
        return Response(b"", headers=headers | {"Content-Length": str(file.size)})
    part = None
    if ranges.same(wanted.if_range, file.etag):
        try:
            part = ranges.requested(wanted.range, file.size)
        except ranges.Unsatisfiable:
            raise RangeNotSatisfiable(
                f"The file has {file.size} bytes. Ask for some of them.",
                headers={"Content-Range": f"bytes */{file.size}", "ETag": file.etag},
            ) from None
    if part is None:
        body = await _begun(storage.stream(file.key))
        return Stream(body, headers=headers | {"Content-Length": str(file.size)})
    headers["Content-Range"] = f"bytes {part.first}-{part.last}/{file.size}"
    body = await _begun(storage.stream(file.key, part.first, part.last + 1))
    return Stream(body, status_code=206, headers=headers | {"Content-Length": str(part.length)})


async def _begun(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """`body`, whose first piece has come: a storage that does not answer is an error, and no half answer."""
    first = await anext(body, b"")

    async def rest() -> AsyncIterator[bytes]:
        try:
            yield first
            async for piece in body:
                yield piece
        finally:
            # Also where the client has gone: the storage's connection is free then.
            await body.aclose()  # type: ignore[attr-defined]

    return rest()


async def ask_back(who: Principal, asset_id: UUID) -> None:
    """Asks for an asset's bytes from the archive, which housekeeping brings; nothing happens to what is not there."""
    row = await reading.visible(who, asset_id)
    await (
        scoped(Blob, who)
        .update({Blob.tier: "restoring", Blob.used_at: datetime.now(UTC)})
        .where(Blob.id == row["blob_id"])
        .where(Blob.tier == "archived")
    )
