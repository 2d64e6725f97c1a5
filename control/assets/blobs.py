"""Bytes that are kept under their own SHA-256, once an organisation, for as long as a row refers to them.

Object storage and database cannot change together, so nothing is written or removed without a row that says so
first, an intent:

    prepare  (intent committed) → bytes written → keep: the caller's transaction makes the rows and drops the intent
    sweep    blob without an asset: its row becomes an intent that is due → bytes removed → intent dropped

Whoever dies in between leaves an intent, which the sweep finds. The two never meet on one key: an intent is written,
and a blob given up, under a lock on the key; a blob that anybody has an intent for is not given up; and `keep` fails
where its intent is gone.
"""

import asyncio
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import IO, Any, cast
from uuid import UUID

import msgspec
from piccolo.columns.combination import WhereRaw

from control.assets.storage import Storage
from control.assets.sweeping import sweep
from control.assets.tables import Asset, Blob, BlobIntent, Rendition
from control.database.engine import engine, transaction
from control.database.owned import Inside, scoped, unscoped
from control.errors import Unavailable
from control.ids import uuid7

INTENT_HOURS = 24
"""After which bytes that no row came to refer to are removed; longer than any job or upload takes."""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended({}, 0))"


class Prepared(msgspec.Struct, frozen=True):
    """Bytes that are in the storage, and that a row may refer to now."""

    intent_id: UUID
    sha256: str
    key: str
    size: int
    """Bytes."""
    media_type: str


def key_of(organisation_id: UUID, sha256: str) -> str:
    """Where a blob's bytes lie."""
    return f"{organisation_id.hex}/{sha256[:2]}/{sha256}"


async def prepare(
    storage: Storage, organisation_id: UUID, data: bytes | IO[bytes], media_type: str
) -> Prepared:
    """Writes bytes, or the content of a file, so that `keep` may refer to them; not in a transaction.

    Nothing is written where the organisation has them. Raises `Unavailable` where the storage is away; nothing is
    left behind then but an intent.
    """
    sha256, size = await asyncio.to_thread(_measured, data)
    key = key_of(organisation_id, sha256)
    intent_id, there = await _intend(organisation_id, key)
    if not there:
        await storage.put(key, data, media_type)
    return Prepared(intent_id, sha256, key, size, media_type)


async def keep(organisation_id: UUID, prepared: Prepared) -> UUID:
    """The blob of bytes that were prepared; in the caller's transaction, which refers to it.

    Raises `Unavailable` where they were prepared so long ago that they may be gone: prepare them again.
    """
    await fulfil(organisation_id, prepared.intent_id)
    now = datetime.now(UTC)
    blob = Blob(
        organisation_id=organisation_id, sha256=prepared.sha256, key=prepared.key, size=prepared.size,
        media_type=prepared.media_type, created_at=now, used_at=now,
    )  # fmt: skip
    # Also locks a row that is there.
    [row] = (
        await Blob.insert(blob)
        .on_conflict(
            target=(Blob.organisation_id, Blob.sha256), action="DO UPDATE", values=[Blob.used_at, Blob.tier]
        )
        .returning(Blob.id)
    )
    found: UUID = row["id"]
    return found


async def intend(organisation_id: UUID, key: str) -> UUID:
    """Says that an object is going to be written; not in a transaction. Its id, for `fulfil`."""
    intent_id, _ = await _intend(organisation_id, key)
    return intent_id


async def fulfil(organisation_id: UUID, intent_id: UUID) -> None:
    """A row refers to the object now; in the transaction that makes it. Raises `Unavailable` where it came too late."""
    gone = (
        await scoped(BlobIntent, Inside(organisation_id))
        .delete()
        .where(BlobIntent.id == intent_id)
        .returning(BlobIntent.id)
    )
    if not gone:
        raise Unavailable("Storing this file took too long. Send the request again.")


async def doom(organisation_id: UUID, key: str) -> UUID:
    """Says that an object is to be removed; in the transaction that no longer refers to it. Its id, for `abandon`."""
    [intent_id] = await _write(organisation_id, [key])
    return intent_id


async def abandon(storage: Storage, organisation_id: UUID, intent_id: UUID) -> None:
    """Removes what was written for an intent, unless a row refers to it; not in a transaction."""
    await _drop(storage, Inside(organisation_id), intent_id)


async def drop_intents(
    storage: Storage, older_than: timedelta = timedelta(hours=INTENT_HOURS), limit: int = 1000
) -> int:
    """Removes what was written for intents that nobody fulfilled; how many."""
    due = await (
        unscoped(BlobIntent, "the sweep: of everybody")
        .select(BlobIntent.id, BlobIntent.organisation_id)
        .where(BlobIntent.created_at <= datetime.now(UTC) - older_than)
        .order_by(BlobIntent.created_at)
        .limit(limit)
    )
    return await sweep("intents", due, lambda row: _drop(storage, Inside(row["organisation_id"]), row["id"]))


async def drop_unreferenced(storage: Storage, limit: int = 1000) -> int:
    """Removes blobs that no asset refers to, and their renditions; how many."""
    found = await (
        unscoped(Blob, "the sweep: of everybody")
        .select(Blob.id, Blob.organisation_id, Blob.key)
        # Not NOT IN: PostgreSQL would compare each with each once they are too many for its memory.
        .where(WhereRaw("NOT EXISTS (SELECT FROM assets WHERE assets.blob_id = blobs.id)"))
        .limit(limit)
    )

    async def drop(row: dict[str, Any]) -> bool:
        who = Inside(row["organisation_id"])
        intents = await _give_up(who, row["id"], row["key"])
        for intent_id in intents:
            # Should it fail, the sweep of intents goes on with it.
            await _drop(storage, who, intent_id)
        return bool(intents)

    return await sweep("blobs", found, drop)


async def _intend(organisation_id: UUID, key: str) -> tuple[UUID, bool]:
    """A new intent's id, and whether the blob is there."""
    if engine().transaction_exists():
        raise RuntimeError(
            "an intent must be committed before its bytes are written: leave the transaction first"
        )
    async with transaction():
        await lock_key(key)
        [intent_id] = await _write(organisation_id, [key])
        # What is in the archive is written again: who sends it wants to read it.
        there = await scoped(Blob, Inside(organisation_id)).exists(Blob.key == key, Blob.tier == "hot")
    return intent_id, there


async def _write(organisation_id: UUID, keys: Iterable[str]) -> list[UUID]:
    now = datetime.now(UTC)
    rows = [BlobIntent(id=uuid7(), organisation_id=organisation_id, key=key, created_at=now) for key in keys]
    await BlobIntent.insert(*rows)
    return [row.id for row in rows]


async def lock_key(key: str) -> None:
    """Keeps others from writing, removing or archiving a key until the transaction ends: all of them take it first."""
    await BlobIntent.raw(_LOCK, key)


async def _give_up(who: Inside, blob_id: UUID, key: str) -> list[UUID]:
    """Turns a blob's row, and those of its renditions, into intents that are due; none where it is referred to."""
    async with transaction():
        await lock_key(key)
        row = (
            await scoped(Blob, who)
            .select(Blob.id)
            .where(Blob.id == blob_id)
            .lock_rows("UPDATE", skip_locked=True)
            .first()
        )
        if (
            row is None
            or await scoped(Asset, who).exists(Asset.blob_id == blob_id)
            or await scoped(BlobIntent, who).exists(BlobIntent.key == key)
        ):
            return []
        below = await scoped(Rendition, who).select(Rendition.key).where(Rendition.blob_id == blob_id)
        # Renditions go with it (ON DELETE CASCADE).
        await scoped(Blob, who).delete().where(Blob.id == blob_id)
        return await _write(who.organisation_id, [key, *(rendition["key"] for rendition in below)])


async def _drop(storage: Storage, who: Inside, intent_id: UUID) -> bool:
    """Ends an intent: its object goes, unless a row or another intent has it."""
    row = await scoped(BlobIntent, who).select(BlobIntent.key).where(BlobIntent.id == intent_id).first()
    if row is None:
        return False
    key = row["key"]
    async with transaction():
        await lock_key(key)
        mine = (
            await scoped(BlobIntent, who)
            .select(BlobIntent.id)
            .where(BlobIntent.id == intent_id)
            .lock_rows("UPDATE", skip_locked=True)
            .first()
        )
        # Somebody fulfils it just now, or has.
        if mine is None:
            return False
        # Intents first: who keeps it between two of these questions ends an intent and makes a row at once.
        if not (
            await scoped(BlobIntent, who).exists(BlobIntent.key == key, BlobIntent.id != intent_id)
            or await scoped(Blob, who).exists(Blob.key == key)
            or await scoped(Rendition, who).exists(Rendition.key == key)
        ):
            # In the lock: who wants to write it again waits. Should this end here, the intent is still there.
            await storage.delete(key)
        await scoped(BlobIntent, who).delete().where(BlobIntent.id == intent_id)
    return True


def _measured(data: bytes | IO[bytes]) -> tuple[str, int]:
    """SHA-256, hexadecimal, and bytes."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest(), len(data)
    data.seek(0)
    digest = hashlib.file_digest(cast(BytesIO, data), "sha256")
    return digest.hexdigest(), data.tell()
