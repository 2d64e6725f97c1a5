"""Files by folder and name, each person's own: what is uploaded, and what is looked at."""

import asyncio
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, Any, Literal
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.assets import blobs, reading, uploads
from control.assets.inspect import inspect
from control.assets.renditions import archived
from control.assets.room import check_room
from control.assets.schemas import UploadFields
from control.assets.storage import Storage
from control.assets.tables import Blob, FileName
from control.database.engine import transaction
from control.database.like import literal
from control.database.owned import scoped
from control.errors import BadRequest, ControlError, NotFound
from control.ids import uuid7
from control.settings import ControlSettings
from control.tenancy.organisations import lock_for
from control.workflows.gathering import split

Folder = Literal["input", "output", "temp"]
FOLDERS: tuple[Folder, ...] = ("input", "output", "temp")
MOST_SUBFOLDER = 400
MOST_NAMES = 1000
"""Of one's own files that lists to choose from show, the latest."""
# Piccolo resolves the columns of another table when it runs.
_ASSET: Any = FileName.asset_id


class Place(msgspec.Struct, frozen=True):
    """Where a file is."""

    name: str
    subfolder: str
    type: Folder


def folder_of(text: str, default: Folder) -> Folder:
    """Raises `BadRequest` for what is no folder."""
    for folder in FOLDERS:
        if folder == (text or default):
            return folder
    raise BadRequest(f"There is no folder {text[:50]!r}: type is input, output or temp.")


def subfolder_of(text: str) -> str:
    """Without slashes at its ends; raises `BadRequest` for what leads elsewhere."""
    parts = [part for part in text.split("/") if part]
    if (
        text.startswith("/")
        or "\\" in text
        or not text.isprintable()
        or any(part in {".", ".."} for part in parts)
        or len("/".join(parts)) > MOST_SUBFOLDER
    ):
        raise BadRequest(
            f"The subfolder is wrong. It is a path below the folder, as a/b, of {MOST_SUBFOLDER} characters at most."
        )
    return "/".join(parts)


def place_of(filename: str, subfolder: str, folder: str) -> Place:
    """Where a file is that a client names; raises `NotFound` without a name, `BadRequest` for one that leads elsewhere."""
    if not filename:
        raise NotFound("Say which file: filename=…")
    named, below, name = split(filename)
    if filename.startswith("/") or ".." in filename or not filename.isprintable():
        raise BadRequest("The filename is wrong: it is the name of a file, without a path.")
    where = folder_of(folder, named if filename.endswith("]") else "output")  # type: ignore[arg-type]
    return Place(name, subfolder_of("/".join(part for part in (subfolder, below) if part)), where)


async def find(who: Principal, place: Place) -> dict[str, Any]:
    """`control.assets.reading.COLUMNS` of a file of the caller's own; raises `NotFound`, `Conflict` in the archive."""
    named = await (
        scoped(FileName, who)
        .select(FileName.asset_id)
        .where(
            FileName.user_id == who.user_id,
            FileName.folder == place.type,
            FileName.subfolder == place.subfolder,
            FileName.filename == place.name,
        )
        .first()
    )
    if named is None:
        raise NotFound("There is no such file of yours.")
    row = await reading.visible(who, named["asset_id"])
    if row["tier"] != "hot":
        raise archived()
    await reading.touch(who, row)
    return row


async def names(who: Principal, folder: Folder = "input") -> list[str]:
    """Names of one's own files, by alphabet, with their subfolders."""
    rows = await (
        scoped(FileName, who)
        .select(FileName.subfolder, FileName.filename)
        .where(FileName.user_id == who.user_id, FileName.folder == folder, _ASSET.deleted_at.is_null())
        .order_by(FileName.created_at, ascending=False)
        .limit(MOST_NAMES)
    )
    return sorted("/".join(part for part in (row["subfolder"], row["filename"]) if part) for row in rows)


async def put(
    who: Principal,
    file: IO[bytes],
    wanted: Place,
    storage: Storage,
    settings: ControlSettings,
    *,
    overwrite: bool,
) -> Place:
    """Keeps a file that was sent; where it is then. Not in a transaction; nothing is left where it is refused.

    Where another file has the name, this one is called `name (1).png`; the same content keeps its name, and nothing new
    is kept. Raises as `uploads.take` does.
    """
    with tempfile.TemporaryFile(dir=settings.home / "tmp") as cleaned:
        seen = await inspect(file, cleaned, settings)
        prepared = await blobs.prepare(storage, who.organisation_id, cleaned, seen.media_type)
    name, kept = uploads.named(wanted.name, seen), False
    try:
        async with transaction():
            # Two at once that send the same name come one after the other.
            await lock_for(who)
            place, same = await _free(
                who, msgspec.structs.replace(wanted, name=name), prepared.sha256, overwrite=overwrite
            )
            if not same:
                if not await scoped(Blob, who).exists(Blob.sha256 == prepared.sha256):
                    await check_room(who, prepared.size, settings)
                blob_id = await blobs.keep(who.organisation_id, prepared)
                fields = UploadFields(temporary=place.type == "temp")
                asset_id = await uploads.insert(who, blob_id, place.name, seen, fields)
                await _name(who, place, asset_id)
                kept = True
    finally:
        if not kept:
            with suppress(ControlError):
                await asyncio.shield(blobs.abandon(storage, who.organisation_id, prepared.intent_id))
    return place


async def _free(who: Principal, wanted: Place, sha256: str, *, overwrite: bool) -> tuple[Place, bool]:
    """A name that is free, may be taken, or is that of the same content already; is it the last?"""
    stem, dot, ending = wanted.name.rpartition(".")
    taken = {
        row["filename"]: row["sha256"]
        for row in await scoped(FileName, who)
        .select(FileName.filename, _ASSET.blob_id.sha256.as_alias("sha256"))
        .where(
            FileName.user_id == who.user_id,
            FileName.folder == wanted.type,
            FileName.subfolder == wanted.subfolder,
            FileName.filename.like(f"{literal(stem)}%"),
            _ASSET.deleted_at.is_null(),
        )
    }
    name, number = wanted.name, 0
    while (there := taken.get(name)) is not None:
        if there == sha256 or overwrite:
            return msgspec.structs.replace(wanted, name=name), there == sha256
        number += 1
        name = f"{stem} ({number}){dot}{ending}"
    return msgspec.structs.replace(wanted, name=name), False


async def _name(who: Principal, place: Place, asset_id: UUID) -> None:
    """Calls a file so from now on."""
    row = FileName(
        id=uuid7(), organisation_id=who.organisation_id, user_id=who.user_id, folder=place.type,
        subfolder=place.subfolder, filename=place.name, asset_id=asset_id, created_at=datetime.now(UTC),
    )  # fmt: skip
    target = (
        FileName.organisation_id, FileName.user_id, FileName.folder, FileName.subfolder, FileName.filename,
    )  # fmt: skip
    await FileName.insert(row).on_conflict(
        target=target, action="DO UPDATE", values=[FileName.asset_id, FileName.created_at]
    )
