"""Naming, tagging, rating, sharing, deleting and bringing back assets."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET

from control.access.principal import Principal
from control.assets.asset_schemas import AssetPatch, TagChange
from control.assets.choosing import chosen
from control.assets.rights import check_team, columns
from control.assets.showing import tags_of
from control.assets.tables import Asset, AssetTag
from control.audit.service import record
from control.database.owned import scoped
from control.errors import Conflict

MOST_TAGS = 50
"""Tags of one asset."""


async def change(who: Principal, asset_id: UUID, patch: AssetPatch) -> None:
    """Changes what `patch` says of an asset of the caller's."""
    [row] = await chosen(who, [asset_id], to_change=True)
    given = {"name": patch.name, "rating": patch.rating, "team_id": patch.team_id}
    changes: dict[str, Any] = {
        name: value for name, value in given.items() if value is not UNSET and value != row[name]
    }
    before = {name: row[name] for name in changes}
    if changes.get("team_id") is not None:
        await check_team(who, changes["team_id"])
    if changes:
        await scoped(Asset, who).update(columns(changes)).where(Asset.id == asset_id)
    if patch.tags is not UNSET:
        had, wanted = (await tags_of(who, [asset_id]))[asset_id], sorted(set(patch.tags))
        if had != wanted:
            await _untag(who, [asset_id], [tag for tag in had if tag not in wanted])
            await _tag(who, [asset_id], [tag for tag in wanted if tag not in had])
            before["tags"], changes["tags"] = had, wanted
    if changes:
        await record(who, "asset.update", ("asset", asset_id), before=before, after=changes)


async def tag(who: Principal, change: TagChange) -> int:
    """Puts tags on several assets of the caller's and takes others off; how many assets it changed."""
    if both := sorted({*change.add} & {*change.remove}):
        raise Conflict(
            f"These tags are both to be added and to be removed: {', '.join(both)}. Decide for one."
        )
    ids = [row["id"] for row in await chosen(who, change.asset_ids, to_change=True)]
    changed = await _untag(who, ids, change.remove) | await _tag(who, ids, change.add)
    if too_many := [i for i, tags in (await tags_of(who, ids)).items() if len(tags) > MOST_TAGS]:
        raise Conflict(
            f"A file has at most {MOST_TAGS} tags; {len(too_many)} of these would have more. Nothing was done.",
            asset_ids=[str(asset_id) for asset_id in too_many],
        )
    if changed:
        after = {"asset_ids": sorted(changed), "added": change.add, "removed": change.remove}
        await record(who, "asset.tag", ("asset", _subject(sorted(changed))), after=after)
    return len(changed)


async def delete(who: Principal, asset_ids: list[UUID]) -> int:
    """Puts assets of the caller's into the bin; how many were not in it. They can be brought back for 30 days."""
    rows = await chosen(who, asset_ids, to_change=True, deleted=None if len(asset_ids) > 1 else False)
    ids = [row["id"] for row in rows if row["deleted_at"] is None]
    await _mark(who, ids, datetime.now(UTC), "asset.delete")
    return len(ids)


async def purge(who: Principal, asset_ids: list[UUID]) -> int:
    """Removes assets of the caller's for good, in the bin or not; how many. Housekeeping removes their bytes."""
    rows = await chosen(who, asset_ids, to_change=True, deleted=None)
    ids = [row["id"] for row in rows]
    await scoped(Asset, who).delete().where(Asset.id.is_in(ids))
    before = {"files": [{"id": row["id"], "name": row["name"], "sha256": row["sha256"]} for row in rows]}
    await record(who, "asset.purge", ("asset", _subject(ids)), before=before)
    return len(ids)


async def undelete(who: Principal, asset_ids: list[UUID]) -> int:
    """Brings assets of the caller's back from the bin; how many were in it."""
    rows = await chosen(who, asset_ids, to_change=True, deleted=None)
    ids = [row["id"] for row in rows if row["deleted_at"] is not None]
    await _mark(who, ids, None, "asset.undelete")
    return len(ids)


async def _mark(who: Principal, ids: list[UUID], at: datetime | None, act: str) -> None:
    if ids:
        await scoped(Asset, who).update({Asset.deleted_at: at}).where(Asset.id.is_in(ids))
        await record(who, act, ("asset", _subject(ids)), after={"asset_ids": ids})


def _subject(ids: list[UUID]) -> str:
    return str(ids[0]) if len(ids) == 1 else f"{len(ids)} assets"


async def _tag(who: Principal, asset_ids: list[UUID], tags: list[str]) -> set[UUID]:
    """Assets that did not have all of these tags, and have now."""
    new = [
        AssetTag(organisation_id=who.organisation_id, asset_id=asset_id, tag=tag)
        for asset_id in asset_ids
        for tag in dict.fromkeys(tags)
    ]
    if not new:
        return set()
    put = (
        await AssetTag.insert(*new)
        .on_conflict(target=(AssetTag.asset_id, AssetTag.tag), action="DO NOTHING")
        .returning(AssetTag.asset_id)
    )
    return {row["asset_id"] for row in put}


async def _untag(who: Principal, asset_ids: list[UUID], tags: list[str]) -> set[UUID]:
    """Assets that had any of these tags."""
    if not tags:
        return set()
    gone = (
        await scoped(AssetTag, who)
        .delete()
        .where(AssetTag.asset_id.is_in(asset_ids))
        .where(AssetTag.tag.is_in(tags))
        .returning(AssetTag.asset_id)
    )
    return {row["asset_id"] for row in gone}
