"""Which files somebody may see, and a file's bytes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from piccolo.query.functions.aggregate import Sum

from control.access.principal import Principal
from control.assets.rights import only_seen
from control.assets.storage import Storage
from control.assets.tables import Asset, Blob, Rendition
from control.database.owned import InOrganisation, Inside, scoped
from control.errors import Conflict, NotFound

# Piccolo resolves the columns of another table when it runs.
_BLOB: Any = Asset.blob_id
COLUMNS = (
    *Asset.all_columns(),
    _BLOB.sha256.as_alias("sha256"),
    _BLOB.key.as_alias("key"),
    _BLOB.size.as_alias("size"),
    _BLOB.tier.as_alias("tier"),
    _BLOB.used_at.as_alias("used_at"),
)
"""A file's row, and its bytes': sha256, key, size, tier, used_at."""


async def visible(who: Principal, asset_id: UUID, *, removed: bool = False) -> dict[str, Any]:
    """`COLUMNS` of a file that the caller may see, one that is removed only if asked for; raises `NotFound`."""
    query = await only_seen(who, Asset, scoped(Asset, who).select(*COLUMNS).where(Asset.id == asset_id))
    if not removed:
        query = query.where(Asset.deleted_at.is_null())
    row: dict[str, Any] | None = await query.first()
    if row is None:
        raise NotFound("There is no such file, or it is not yours to see.")
    return row


async def touch(who: InOrganisation, row: dict[str, Any]) -> None:
    """Says that a file's bytes (`COLUMNS`) are in use, so that they stay out of the archive; once a day is enough."""
    now = datetime.now(UTC)
    if row["used_at"] < now - timedelta(days=1):
        await scoped(Blob, who).update({Blob.used_at: now}).where(Blob.id == row["blob_id"])


async def picture(storage: Storage, organisation_id: UUID, asset_id: UUID) -> bytes:
    """A file's bytes, for a job of the organisation that named it; raises `NotFound`, `Unavailable`,
    and `Conflict` for one in the archive.

    Whether its owner may see it was checked when the job was submitted.
    """
    who = Inside(organisation_id)
    row = await (
        scoped(Asset, who)
        .select(Asset.blob_id, _BLOB.key.as_alias("key"), _BLOB.tier.as_alias("tier"))
        .where(Asset.id == asset_id)
        .first()
    )
    if row is None:
        raise NotFound("The picture to begin with is gone.")
    if row["tier"] != "hot":
        raise Conflict(
            "The picture to begin with is in the archive. Ask for it back first: "
            f"POST /api/v1/assets/{asset_id}/restore.",
            reason="archived",
        )
    await scoped(Blob, who).update({Blob.used_at: datetime.now(UTC)}).where(Blob.id == row["blob_id"])
    return await storage.get(row["key"])


async def used(organisation_id: UUID) -> int:
    """Bytes that an organisation keeps: each different file once, with its renditions."""
    who, total = Inside(organisation_id), 0
    for table in (Blob, Rendition):
        row = await scoped(table, who).select(Sum(table.size, alias="bytes")).first()
        total += int((row or {}).get("bytes") or 0)
    return total
