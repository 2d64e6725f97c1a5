"""Several assets that one request names: all of them, or none."""

from typing import Any
from uuid import UUID

from control.access.principal import Principal
from control.assets import rights
from control.assets.showing import COLUMNS
from control.assets.tables import Asset
from control.database.owned import scoped
from control.errors import NotFound


async def chosen(
    who: Principal, asset_ids: list[UUID], *, to_change: bool = False, deleted: bool | None = False
) -> list[dict[str, Any]]:
    """Rows (`COLUMNS`) of assets that the caller sees, each once, locked to be changed where asked for.

    `deleted`: those in the bin (True), the others (False), or both (None). Raises `NotFound` naming what is not there,
    and `Forbidden` where one may not be changed.
    """
    wanted = list(dict.fromkeys(asset_ids))
    query = scoped(Asset, who).select(*COLUMNS).where(Asset.id.is_in(wanted))
    query = await rights.only_seen(who, Asset, query)
    if deleted is not None:
        query = query.where(Asset.deleted_at.is_not_null() if deleted else Asset.deleted_at.is_null())
    if to_change:
        # In one order, so that two that change the same assets do not wait for each other.
        query = query.lock_rows("UPDATE", of=(Asset,))
    rows = await query.order_by(Asset.id)
    if len(rows) < len(wanted):
        missing = sorted(str(asset_id) for asset_id in {*wanted} - {row["id"] for row in rows})
        if len(wanted) == 1:
            raise NotFound("There is no such file, or it is not yours to see.")
        raise NotFound(
            f"{len(missing)} of these files are not there, or not yours to see. Nothing was done.",
            asset_ids=missing,
        )
    if to_change:
        for row in rows:
            rights.check_own(who, row, "file")
    return rows
