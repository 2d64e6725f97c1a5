"""Links that show one picture to whoever has them: no account, no organisation, nothing else of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from control.access.principal import Principal
from control.assets import asset_schemas as wire
from control.assets import renditions
from control.assets.choosing import chosen
from control.assets.content import File
from control.assets.reading import COLUMNS, touch
from control.assets.rights import check_own
from control.assets.storage import Storage
from control.assets.tables import Asset, AssetLink
from control.audit.service import record
from control.database.owned import Inside, scoped, unscoped
from control.errors import BadRequest, Conflict, NotFound
from control.identity.secrets import digest, new_secret
from control.pages import Page, page_of
from control.settings import ControlSettings
from control.tenancy.tables import Membership

PREFIX = "pic_"
MOST = 100
"""Links of one asset."""
# Piccolo resolves the columns of another table when it runs.
_MEMBER: Any = Membership.user_id
WHY = "whoever has a link's token sees its picture, and belongs to no organisation"


async def listed(who: Principal, asset_id: UUID, cursor: str | None, limit: int) -> Page[wire.AssetLink]:
    """Links of an asset of the caller's that still open it."""
    await _own(who, asset_id)
    query = scoped(AssetLink, who).select().where(AssetLink.asset_id == asset_id).where(_open())
    return await page_of(query, AssetLink.id, cursor, limit, lambda row: wire.AssetLink(**_fields(row)))


async def make(
    who: Principal, asset_id: UUID, data: wire.NewAssetLink, settings: ControlSettings
) -> wire.MadeAssetLink:
    """A link to an asset of the caller's."""
    row = await _own(who, asset_id)
    if not row["media_type"].startswith("image/"):
        raise BadRequest("Links show pictures, and this file is none.")
    if await scoped(AssetLink, who).count(AssetLink.asset_id == asset_id, _open()) >= MOST:
        raise Conflict(f"This picture has {MOST} links, which is the most. Revoke one first.")
    token, now = new_secret(PREFIX), datetime.now(UTC)
    link = AssetLink(
        organisation_id=who.organisation_id, user_id=who.user_id, asset_id=asset_id, token_hash=digest(token),
        name=data.name, created_at=now, expires_at=None if data.days is None else now + timedelta(days=data.days),
    )  # fmt: skip
    await AssetLink.insert(link)
    await record(
        who, "asset.link", ("asset", asset_id), after={"link_id": link.id, "expires_at": link.expires_at}
    )
    return wire.MadeAssetLink(**_fields(link.to_dict()), token=token, url=f"{settings.url}/shared/{token}")


async def revoke(who: Principal, asset_id: UUID, link_id: UUID) -> None:
    """Ends a link; raises `NotFound`."""
    await _own(who, asset_id)
    gone = await (
        scoped(AssetLink, who)
        .delete()
        .where(AssetLink.asset_id == asset_id)
        .where(AssetLink.id == link_id)
        .returning(AssetLink.id)
    )
    if not gone:
        raise NotFound("This picture has no such link.")
    await record(who, "asset.revoke_link", ("asset", asset_id), before={"link_id": link_id})


async def shown(token: str) -> wire.SharedAsset:
    """What a link shows; raises `NotFound` for one that ended, or whose picture is gone."""
    row, link = await _opened(token)
    return wire.SharedAsset(
        **{name: row[name] for name in ("name", "media_type", "width", "height", "size")},
        url=f"/api/v1/shared/{token}/content",
        expires_at=link["expires_at"],
    )


async def file_of(storage: Storage, token: str, form: str | None) -> File:
    """The bytes of a link's picture, or of a smaller form of it; raises as `content.file_of` does.

    Never what a file says of how it was painted: its prompt is its maker's.
    """
    row, link = await _opened(token)
    inside = Inside(link["organisation_id"])
    name = row["name"] or "picture"
    if form is not None:
        made = await renditions.made(storage, inside.organisation_id, row["blob_id"], form)
        return File(
            key=made["key"], size=made["size"], media_type=renditions.MEDIA_TYPES[form],
            etag=renditions.etag_of(made), name=f"{name}.{form}",
        )  # fmt: skip
    if row["tier"] != "hot":
        raise renditions.archived()
    await touch(inside, row)
    # What was uploaded was cleaned when it came.
    if row["kind"] != "upload":
        made = await renditions.made(storage, inside.organisation_id, row["blob_id"], renditions.PLAIN)
        return File(made["key"], made["size"], row["media_type"], renditions.etag_of(made), name)
    return File(row["key"], row["size"], row["media_type"], f'"{row["sha256"]}"', name)


async def drop_ended(before: datetime) -> int:
    """Removes links that ended before; how many."""
    gone = (
        await unscoped(AssetLink, WHY).delete().where(AssetLink.expires_at < before).returning(AssetLink.id)
    )
    return len(gone)


async def _own(who: Principal, asset_id: UUID) -> dict[str, Any]:
    [row] = await chosen(who, [asset_id])
    check_own(who, row, "file")
    return row


async def _opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The asset's row (`reading.COLUMNS`), and the link's."""
    link = (
        await unscoped(AssetLink, WHY)
        .select()
        .where(AssetLink.token_hash == digest(token))
        .where(_open())
        .first()
    )
    row = None
    if link is not None and await _still_there(inside := Inside(link["organisation_id"]), link["user_id"]):
        row = await (
            scoped(Asset, inside)
            .select(*COLUMNS)
            .where(Asset.id == link["asset_id"])
            .where(Asset.deleted_at.is_null())
            .first()
        )
    if link is None or row is None:
        raise NotFound("This link leads nowhere any more: it has ended, or its picture was removed.")
    return row, link


async def _still_there(inside: Inside, user_id: UUID) -> bool:
    """Is a link's maker a member, whose account is open? Whoever was sent away shows nothing of the organisation."""
    return bool(
        await scoped(Membership, inside).count(Membership.user_id == user_id, _MEMBER.disabled_at.is_null())
    )


def _open() -> Any:
    return AssetLink.expires_at.is_null() | (AssetLink.expires_at > datetime.now(UTC))


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in wire.AssetLink.__struct_fields__}
