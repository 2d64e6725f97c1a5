"""What becomes of files with time: removed, archived, brought back. Called by housekeeping, every hour or so.

    temporary files         removed after 24 hours
    files in the bin        removed after 30 days
    uploads                 given up when they expire
    links and ZIPs          forgotten when they have ended
    blobs without a file    removed with their renditions, in the same run
    intents                 what was written for them and not kept is removed after 24 hours
    blobs that nobody reads put into the storage's archive class after 90 days
    blobs asked back        brought back (`bring_back`, which may be called more often)

Every step takes at most so many at a time, each small set in its own transaction with its rows locked, and passes over
rows that another worker has: any number of workers may tidy at once, and one that dies leaves nothing half done.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from piccolo.columns import Column
from piccolo.custom_types import Combinable

from control.assets import archives, blobs, links, multipart
from control.assets.storage import IMMUTABLE, MissingObject, Refused, Storage
from control.assets.sweeping import sweep
from control.assets.tables import Asset, Blob, BlobIntent
from control.database.engine import transaction
from control.database.owned import unscoped
from control.errors import ControlError
from control.settings import ControlSettings

TEMPORARY = timedelta(hours=24)
BIN = timedelta(days=30)
UNUSED = timedelta(days=90)
BATCH = 100
"""Rows of one transaction."""
BATCHES = 50
"""Of one step in one run; the next run goes on."""
WHY = "housekeeping: files of everybody"
RESTORED_DAYS = 2
"""How long a cloud's archive shows a copy of what was asked back: long enough to make it an object again."""
log = structlog.get_logger("control.lifecycle")

Step = Callable[[Storage, ControlSettings], Awaitable[int]]


async def tidy(storage: Storage, settings: ControlSettings) -> dict[str, int]:
    """Does all that is due; step → how many. A step that fails (the storage is away) is logged, and left out."""
    counts: dict[str, int] = {}
    for name, step in STEPS.items():
        try:
            counts[name] = await step(storage, settings)
        except (ControlError, OSError) as error:
            log.warning("not_tidied", step=name, error=f"{type(error).__name__}: {error}"[:300])
    return counts


async def _remove(where: Combinable) -> int:
    """Removes assets; their blobs are looked at by a later step."""
    removed = 0
    for _ in range(BATCHES):
        async with transaction():
            ids = await (
                unscoped(Asset, WHY)
                .select(Asset.id)
                .where(where)
                .limit(BATCH)
                .lock_rows("UPDATE", skip_locked=True)
                .output(as_list=True)
            )
            if ids:
                # Tags, places on boards and its own lineage go along (ON DELETE CASCADE).
                await unscoped(Asset, WHY).delete().where(Asset.id.is_in(ids))
        removed += len(ids)
        if len(ids) < BATCH:
            break
    return removed


async def drop_temporary(_storage: Storage, _settings: ControlSettings) -> int:
    """Files that were to be kept for a day."""
    return await _remove((Asset.temporary == True) & (Asset.created_at < _now() - TEMPORARY))  # noqa: E712


async def empty_bin(_storage: Storage, _settings: ControlSettings) -> int:
    """Files that were deleted long ago."""
    return await _remove(Asset.deleted_at < _now() - BIN)


async def drop_uploads(storage: Storage, _settings: ControlSettings) -> int:
    """Uploads that nobody completed in time."""
    return await multipart.drop_expired(storage, BATCH * BATCHES)


async def drop_handed(_storage: Storage, _settings: ControlSettings) -> int:
    """Links and ZIPs that have ended."""
    return await links.drop_ended(_now()) + await archives.drop_ended(_now())


async def drop_unreferenced(storage: Storage, _settings: ControlSettings) -> int:
    """Blobs that no file has, with their renditions."""
    return await blobs.drop_unreferenced(storage, BATCH * BATCHES)


async def drop_intents(storage: Storage, _settings: ControlSettings) -> int:
    """What was written and never kept."""
    return await blobs.drop_intents(storage, limit=BATCH * BATCHES)


async def archive(storage: Storage, settings: ControlSettings) -> int:
    """Puts blobs that nobody has read for long into the storage's archive class; their renditions stay."""
    if not settings.s3_archive_class:
        return 0
    # Without renditions there would be nothing to show of it.
    due = (Blob.tier == "hot") & (Blob.used_at < _now() - UNUSED) & Blob.rendered_at.is_not_null()
    return sum(
        [await _archive(storage, row, due, settings.s3_archive_class) for row in await _blobs(due, BATCH)]
    )


async def _archive(storage: Storage, row: dict[str, Any], due: Combinable, storage_class: str) -> bool:
    # The row first: an object in the archive whose row says otherwise could not be read, and nobody would know why.
    # Of the reverse, one that dies in between, `bring_back` makes a good one.
    async with transaction():
        await blobs.lock_key(row["key"])
        if await _locked(row, due) is None or await _is_wanted(row):
            return False
        await _say(row, "archived")
    async with transaction():
        await blobs.lock_key(row["key"])
        # Somebody may have written it anew meanwhile, or be about to.
        if await _locked(row, Blob.tier == "archived") is None or await _is_wanted(row):
            return False
        try:
            await _change_class(storage, row, storage_class)
        except Refused as refusal:
            # Not for what may have happened all the same, as where the storage did not answer in time.
            refused: Refused | None = refusal
            await _say(row, "hot")
        else:
            refused = None
    if refused is not None:
        raise refused
    return True


async def _say(row: dict[str, Any], tier: str) -> None:
    await unscoped(Blob, WHY).update({Blob.tier: tier}).where(Blob.id == row["id"])


async def bring_back(storage: Storage, _settings: ControlSettings) -> int:
    """Makes blobs that were asked for ordinary objects again, once the storage can; how many it could."""
    restoring: Combinable = Blob.tier == "restoring"
    return await sweep(
        "restored", await _blobs(restoring, BATCH), lambda row: _bring_back(storage, row, restoring)
    )


async def _bring_back(storage: Storage, row: dict[str, Any], restoring: Combinable) -> bool:
    async with transaction():
        await blobs.lock_key(row["key"])
        if await _locked(row, restoring) is None:
            return False
        try:
            await _change_class(storage, row, "STANDARD")
        except Refused as refusal:
            if refusal.code != "InvalidObjectState":
                raise
            # A real archive: it says when it has brought a copy, by letting us read it.
            await _ask(storage, row["key"])
            return False
        except MissingObject:
            log.error("archived_object_lost", key=row["key"], blob_id=str(row["id"]))
            return False
        values: dict[Column | str, Any] = {Blob.tier: "hot", Blob.used_at: _now()}
        await unscoped(Blob, WHY).update(values).where(Blob.id == row["id"])
    return True


async def _blobs(where: Combinable, limit: int) -> list[dict[str, Any]]:
    query = unscoped(Blob, WHY).select(Blob.id, Blob.organisation_id, Blob.key, Blob.media_type)
    rows: list[dict[str, Any]] = await query.where(where).order_by(Blob.used_at).limit(limit)
    return rows


async def _locked(row: dict[str, Any], where: Combinable) -> dict[str, Any] | None:
    """The row, locked; None where another worker has it, or it is no longer so."""
    found: dict[str, Any] | None = await (
        unscoped(Blob, WHY)
        .select(Blob.id)
        .where(Blob.id == row["id"])
        .where(where)
        .lock_rows("UPDATE", skip_locked=True)
        .first()
    )
    return found


async def _is_wanted(row: dict[str, Any]) -> bool:
    """Is somebody about to keep the same bytes again, who found them here?"""
    return await unscoped(BlobIntent, WHY).exists(BlobIntent.key == row["key"])


async def _change_class(storage: Storage, row: dict[str, Any], storage_class: str) -> None:
    # REPLACE: SeaweedFS and others refuse to copy an object to itself with all as it is.
    await storage.do(
        "copy_object",
        Key=row["key"],
        CopySource={"Bucket": storage.bucket, "Key": row["key"]},
        StorageClass=storage_class,
        MetadataDirective="REPLACE",
        ContentType=row["media_type"],
        CacheControl=IMMUTABLE,
    )


async def _ask(storage: Storage, key: str) -> None:
    wish = {"Days": RESTORED_DAYS, "GlacierJobParameters": {"Tier": "Standard"}}
    try:
        await storage.do("restore_object", Key=key, RestoreRequest=wish)
    except Refused as refusal:
        if refusal.code != "RestoreAlreadyInProgress":
            raise


def _now() -> datetime:
    return datetime.now(UTC)


STEPS: dict[str, Step] = {
    "temporary": drop_temporary,
    "deleted": empty_bin,
    "unfinished": drop_uploads,
    "handed_out": drop_handed,
    "unreferenced": drop_unreferenced,
    "intents": drop_intents,
    "archived": archive,
    "restored": bring_back,
}
"""In this order: what a step lets go of, the next ones remove."""
