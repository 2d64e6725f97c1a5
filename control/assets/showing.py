"""Rows of assets as they go over the wire."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from control.assets import asset_schemas as wire
from control.assets.tables import Asset, AssetTag
from control.database.owned import InOrganisation, scoped

# Piccolo resolves the columns of another table when it runs.
_BLOB: Any = Asset.blob_id
COLUMNS: tuple[Any, ...] = (
    Asset.id, Asset.kind, Asset.name, Asset.media_type, Asset.width, Asset.height, Asset.prompt, Asset.model,
    Asset.job_id, Asset.place, Asset.user_id, Asset.team_id, Asset.rating, Asset.temporary, Asset.created_at,
    Asset.deleted_at, _BLOB.size.as_alias("size"), _BLOB.sha256.as_alias("sha256"), _BLOB.tier.as_alias("storage"),
)  # fmt: skip
"""What `shown` needs of a row."""
THUMBNAIL = "256.webp"


def content_path(asset_id: UUID, form: str = "") -> str:
    """Where the bytes of an asset, or of one of its renditions, are."""
    return f"/api/v1/assets/{asset_id}/content" + (f"?form={form}" if form else "")


def is_picture(media_type: str) -> bool:
    """Can there be renditions of it?"""
    return media_type.startswith("image/")


def fields(row: Mapping[str, Any], tags: list[str]) -> dict[str, Any]:
    """Fields of `Asset` from a row of `COLUMNS`."""
    own = {name: row[name] for name in wire.Asset.__struct_fields__ if name in row}
    picture = is_picture(row["media_type"])
    return own | {
        "tags": tags,
        "url": content_path(row["id"]),
        "thumbnail_url": content_path(row["id"], THUMBNAIL) if picture else None,
    }


async def tags_of(who: InOrganisation, asset_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Asset → its tags, by alphabet."""
    found: dict[UUID, list[str]] = {asset_id: [] for asset_id in asset_ids}
    if found:
        for row in await (
            scoped(AssetTag, who)
            .select(AssetTag.asset_id, AssetTag.tag)
            .where(AssetTag.asset_id.is_in(list(found)))
            .order_by(AssetTag.tag)
        ):
            found[row["asset_id"]].append(row["tag"])
    return found


async def shown(who: InOrganisation, rows: list[dict[str, Any]]) -> list[wire.Asset]:
    """Assets from rows of `COLUMNS`."""
    tags = await tags_of(who, [row["id"] for row in rows])
    return [wire.Asset(**fields(row, tags[row["id"]])) for row in rows]
