"""Uploads in parts, straight to the storage: begun here, gone on with after any break, and looked at when complete."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from control.access.principal import Principal
from control.assets import asset_schemas as wire
from control.assets import rights, uploads
from control.assets.forms import too_large
from control.assets.room import check_room
from control.assets.schemas import Multipart, MultipartPart, NewMultipart, UploadFields
from control.assets.storage import MissingObject, Part, Storage
from control.assets.sweeping import sweep
from control.assets.tables import Upload
from control.database.engine import transaction
from control.database.owned import Inside, scoped, unscoped
from control.errors import Conflict, NotFound, Unprocessable
from control.ids import uuid7
from control.settings import ControlSettings
from control.tenancy.organisations import lock_for

HOURS = 24
"""How long one may take."""
URL_SECONDS = 3600
"""How long addresses of parts are good for."""
MOST_OPEN = 100
"""Uploads of one member under way."""
LEAST_PART, MOST_PARTS = 5 * 2**20, 1000
"""Bytes, and parts; S3 itself takes none that are smaller."""
_GRACE = timedelta(hours=1)
"""After its end an upload may still be on its way into a file."""


async def begin(who: Principal, data: NewMultipart, storage: Storage, settings: ControlSettings) -> Multipart:
    """A new upload; not in a transaction. Raises `ContentTooLarge`, `StorageFull`, `Conflict` and the team's errors."""
    if data.size > settings.max_upload_mb << 20:
        raise too_large(settings.max_upload_mb << 20)
    now = datetime.now(UTC)
    upload_id = uuid7()
    row = Upload(
        id=upload_id,
        organisation_id=who.organisation_id,
        user_id=who.user_id,
        team_id=data.team_id,
        name=data.name,
        media_type=data.media_type,
        size=data.size,
        key=f"{who.organisation_id.hex}/uploads/{upload_id.hex}",
        storage_id="",
        # In whole MiB, so that there are never too many.
        part_size=max(LEAST_PART, -(-data.size // (MOST_PARTS << 20)) << 20),
        temporary=data.temporary,
        tags=data.tags,
        created_at=now,
        expires_at=now + timedelta(hours=HOURS),
    )
    async with transaction():
        await lock_for(who)
        if data.team_id is not None:
            await rights.check_team(who, data.team_id)
        await check_room(who, data.size, settings)
        if (
            await scoped(Upload, who).count(Upload.user_id == who.user_id, Upload.expires_at > now)
            >= MOST_OPEN
        ):
            raise Conflict(f"You have {MOST_OPEN} uploads under way. Complete or remove one first.")
        await Upload.insert(row)
    # After its row, so that the sweep knows of it whatever happens.
    try:
        storage_id = await storage.create_multipart(row.key)
        await scoped(Upload, who).update({Upload.storage_id: storage_id}).where(Upload.id == upload_id)
    except BaseException:
        # The storage may have begun it all the same, and not said so: the row stays for the sweep, and counts nowhere.
        await asyncio.shield(_give_up(who, upload_id))
        raise
    return await show(who, upload_id, storage)


async def show(who: Principal, upload_id: UUID, storage: Storage) -> Multipart:
    """How one's upload stands, with addresses for what is missing; raises `NotFound`."""
    row = await _own(who, upload_id)
    sizes = _sizes(row)
    try:
        arrived = {
            part.number for part in await storage.parts(row["key"], row["storage_id"]) if _right(part, sizes)
        }
    except MissingObject:
        # All of it has come, and is being looked at.
        arrived = set(sizes)
    missing = {number: size for number, size in sizes.items() if number not in arrived}
    now = datetime.now(UTC)
    seconds = max(1, min(URL_SECONDS, int((row["expires_at"] - now).total_seconds())))
    addresses = await storage.presign_parts(row["key"], row["storage_id"], missing, seconds)
    return Multipart(
        id=row["id"],
        name=row["name"],
        size=row["size"],
        part_size=row["part_size"],
        parts=[
            MultipartPart(number=number, size=size, arrived=number in arrived, url=addresses.get(number))
            for number, size in sizes.items()
        ],
        urls_expire_at=now + timedelta(seconds=seconds),
        expires_at=row["expires_at"],
    )


async def complete(
    who: Principal, upload_id: UUID, storage: Storage, settings: ControlSettings
) -> wire.Asset:
    """The file that one's upload has become; not in a transaction.

    Raises `NotFound`, `Conflict` where parts are missing, and what `uploads.take` raises: a file that is not taken
    ends its upload.
    """
    row = await _own(who, upload_id)
    await _join(row, storage)
    fields = UploadFields(team_id=row["team_id"], temporary=row["temporary"], tags=row["tags"])
    async with uploads.a_file(who, settings) as file:
        try:
            await storage.fetch(row["key"], file)
        except MissingObject:
            raise NotFound("There is no such upload under way.") from None
        try:
            return await uploads.take(who, file, row["name"], fields, storage, settings, upload=row)
        except Unprocessable:
            await _end(row, storage)
            raise


async def cancel(who: Principal, upload_id: UUID, storage: Storage) -> None:
    """Ends one's upload and removes what has arrived; raises `NotFound`."""
    await _end(await _own(who, upload_id, begun=False), storage)


async def drop_expired(storage: Storage, limit: int = 1000) -> int:
    """Removes uploads that nobody completed in time; how many."""
    rows = await (
        unscoped(Upload, "the sweep: of everybody")
        .select()
        .where(Upload.expires_at < datetime.now(UTC) - _GRACE)
        .limit(limit)
    )
    return await sweep("unfinished", rows, lambda row: _end(row, storage))


async def _give_up(who: Principal, upload_id: UUID) -> None:
    values: dict[Column | str, Any] = {Upload.expires_at: datetime.now(UTC), Upload.size: 0}
    await scoped(Upload, who).update(values).where(Upload.id == upload_id)


async def _own(who: Principal, upload_id: UUID, *, begun: bool = True) -> dict[str, Any]:
    row: dict[str, Any] | None = await (
        scoped(Upload, who)
        .select()
        .where(Upload.id == upload_id, Upload.user_id == who.user_id, Upload.expires_at > datetime.now(UTC))
        .first()
    )
    # Whoever died while beginning one has left it without the storage's id: such a one can only be cancelled.
    if row is None or (begun and not row["storage_id"]):
        raise NotFound("There is no such upload under way.")
    return row


def _sizes(row: dict[str, Any]) -> dict[int, int]:
    """Part's number → its bytes."""
    size, part = row["size"], row["part_size"]
    return {number + 1: min(part, size - number * part) for number in range(-(-size // part))}


def _right(part: Part, sizes: dict[int, int]) -> bool:
    return sizes.get(part.number) == part.size


async def _join(row: dict[str, Any], storage: Storage) -> None:
    """Makes the parts one object; nothing happens where they are."""
    sizes = _sizes(row)
    try:
        parts = [part for part in await storage.parts(row["key"], row["storage_id"]) if _right(part, sizes)]
        missing = sorted(sizes.keys() - {part.number for part in parts})
        if missing:
            listed = ", ".join(map(str, missing[:10]))
            raise Conflict(
                f"{len(missing)} of {len(sizes)} parts have not arrived: {listed}{', …' if len(missing) > 10 else ''}. "
                "Send them, then complete the upload.",
                missing_parts=missing[:100],
            )
        await storage.complete_multipart(row["key"], row["storage_id"], parts)
    except MissingObject:
        # Somebody came this far before: it is an object, or it is gone.
        return


async def _end(row: dict[str, Any], storage: Storage) -> bool:
    # The row last: it says that there may be something.
    for begun in await storage.begun_multiparts(row["key"]):
        await storage.abort_multipart(row["key"], begun)
    await storage.delete(row["key"])
    await scoped(Upload, Inside(row["organisation_id"])).delete().where(Upload.id == row["id"])
    return True
