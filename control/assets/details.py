"""All that is known of one asset, and what all of them take."""

from uuid import UUID

import msgspec
from piccolo.query.functions.aggregate import Sum

from control.access.principal import Principal
from control.assets import asset_schemas as wire
from control.assets import family, reading, renditions
from control.assets.choosing import chosen
from control.assets.rights import only_seen
from control.assets.showing import content_path, fields, is_picture, tags_of
from control.assets.tables import Asset, Blob, Board, BoardAsset, Rendition
from control.billing.tiers import GIB, entitlements
from control.database.owned import scoped
from control.settings import ControlSettings


async def show(who: Principal, asset_id: UUID) -> wire.AssetDetails:
    """One asset that the caller sees; raises `NotFound`."""
    [row] = await chosen(who, [asset_id])
    rest = await scoped(Asset, who).select(Asset.metadata, Asset.blob_id).where(Asset.id == asset_id).first()
    assert rest is not None
    boards = await only_seen(who, Board, scoped(Board, who).select(Board.id))
    on = scoped(BoardAsset, who).select(BoardAsset.board_id).where(BoardAsset.asset_id == asset_id)
    return wire.AssetDetails(
        **fields(row, (await tags_of(who, [asset_id]))[asset_id]),
        metadata=msgspec.json.decode(rest["metadata"]) if rest["metadata"] else None,
        renditions=await _renditions(who, asset_id, rest["blob_id"], row),
        parents=await family.parents_of(who, asset_id),
        board_ids=[board["id"] for board in await boards.where(Board.id.is_in(on)).order_by(Board.id)],
    )


async def _renditions(
    who: Principal, asset_id: UUID, blob_id: UUID, row: dict[str, object]
) -> list[wire.Rendition]:
    if not is_picture(str(row["media_type"])):
        return []
    made = {r["form"]: r for r in await scoped(Rendition, who).select().where(Rendition.blob_id == blob_id)}
    found = []
    for form in renditions.FORMS:
        there = made.get(form)
        width, height = (
            (there["width"], there["height"])
            if there
            else renditions.fitted((int(str(row["width"])), int(str(row["height"]))), form)
        )
        found.append(
            wire.Rendition(
                form=form, made=there is not None, size=there["size"] if there else None,
                width=width, height=height, url=content_path(asset_id, form),
            )
        )  # fmt: skip
    return found


async def usage(who: Principal, settings: ControlSettings) -> wire.Usage:
    """What the organisation's files take of what its tier allows."""
    quota = entitlements(who.tier, settings).storage_gib
    archived = await scoped(Blob, who).select(Sum(Blob.size, alias="bytes")).where(Blob.tier != "hot").first()
    return wire.Usage(
        bytes=await reading.used(who.organisation_id),
        archived_bytes=int((archived or {}).get("bytes") or 0),
        assets=await scoped(Asset, who).count(Asset.deleted_at.is_null()),
        deleted=await scoped(Asset, who).count(Asset.deleted_at.is_not_null()),
        quota_bytes=None if quota is None else quota * GIB,
    )
