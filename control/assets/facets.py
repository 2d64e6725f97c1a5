"""What the assets that somebody sees can be filtered by."""

from typing import Any

from piccolo.query.functions.aggregate import Count, Max, Min

from control.access.principal import Principal
from control.assets.asset_schemas import Facets, TagCount
from control.assets.rights import only_seen
from control.assets.tables import Asset, AssetTag
from control.database.owned import scoped

MOST = 200


async def facets(who: Principal) -> Facets:
    """Tags, checkpoints and times of the assets that the caller sees, without those in the bin."""

    async def seen(*columns: Any) -> Any:
        query = await only_seen(who, Asset, scoped(Asset, who).select(*columns))
        return query.where(Asset.deleted_at.is_null())

    times = await (
        await seen(Min(Asset.created_at, alias="first"), Max(Asset.created_at, alias="last"))
    ).first()
    models = (
        await (await seen(Asset.model, Count(alias="count"))).where(Asset.model != "").group_by(Asset.model)
    )
    tags = (
        await scoped(AssetTag, who)
        .select(AssetTag.tag, Count(alias="count"))
        .where(AssetTag.asset_id.is_in(await seen(Asset.id)))
        .group_by(AssetTag.tag)
    )
    return Facets(
        tags=_sorted(tags, "tag"),
        models=_sorted(models, "model"),
        first_at=times["first"],
        last_at=times["last"],
    )


def _sorted(rows: list[dict[str, Any]], name: str) -> list[TagCount]:
    found = [TagCount(name=row[name], count=row["count"]) for row in rows]
    return sorted(found, key=lambda one: (-one.count, one.name))[:MOST]
