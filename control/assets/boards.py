"""Boards: collections of assets, one's own or a team's. A team's members put assets on it and take them off."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.assets import asset_schemas as wire
from control.assets import rights
from control.assets.choosing import chosen
from control.assets.showing import COLUMNS, shown
from control.assets.tables import Asset, Board, BoardAsset
from control.audit.service import record
from control.database.owned import scoped
from control.errors import Conflict, NotFound
from control.pages import Page, page_of
from control.tenancy.organisations import lock_for

MOST = 1000
"""Boards that one person may have."""


async def find(who: Principal, cursor: str | None, limit: int) -> Page[wire.Board]:
    """Boards that the caller sees, the newest first."""
    query = await rights.only_seen(who, Board, scoped(Board, who).select())
    return await page_of(query, Board.id, cursor, limit, _shown, newest_first=True)


async def visible(who: Principal, board_id: UUID) -> dict[str, Any]:
    """The row of a board that the caller sees; raises `NotFound`."""
    query = scoped(Board, who).select().where(Board.id == board_id)
    row: dict[str, Any] | None = await (await rights.only_seen(who, Board, query)).first()
    if row is None:
        raise NotFound("There is no such board, or it is not yours to see.")
    return row


async def show(who: Principal, board_id: UUID) -> wire.Board:
    """One board."""
    return _shown(await visible(who, board_id))


async def make(who: Principal, data: wire.NewBoard) -> wire.Board:
    """A new board of the caller's."""
    if data.team_id is not None:
        await rights.check_team(who, data.team_id)
    await lock_for(who)
    if await scoped(Board, who).count(Board.user_id == who.user_id) >= MOST:
        raise Conflict(f"You have {MOST} boards, which is the most. Delete one first.")
    board = Board(
        organisation_id=who.organisation_id,
        user_id=who.user_id,
        team_id=data.team_id,
        name=data.name,
        created_at=datetime.now(UTC),
    )
    await Board.insert(board)
    await record(who, "board.create", board, after={"name": data.name, "team_id": data.team_id})
    return _shown(board.to_dict())


async def change(who: Principal, board_id: UUID, patch: wire.BoardPatch) -> wire.Board:
    """Renames a board of the caller's, or shares it with another team."""
    before = await _own(who, board_id)
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET
    }
    changes = {name: value for name, value in given.items() if value != before[name]}
    if changes:
        if changes.get("team_id") is not None:
            await rights.check_team(who, changes["team_id"])
        await scoped(Board, who).update(rights.columns(changes)).where(Board.id == board_id)
        old = {name: before[name] for name in changes}
        await record(who, "board.update", ("board", board_id), before=old, after=changes)
    return await show(who, board_id)


async def remove(who: Principal, board_id: UUID) -> None:
    """Removes a board of the caller's; what was on it stays."""
    before = await _own(who, board_id)
    # What is on it goes along (ON DELETE CASCADE).
    await scoped(Board, who).delete().where(Board.id == board_id)
    await record(who, "board.delete", ("board", board_id), before={"name": before["name"]})


async def assets_on(who: Principal, board_id: UUID, cursor: str | None, limit: int) -> Page[wire.Asset]:
    """What is on it as far as the caller sees it, in the order in which it was put there."""
    await visible(who, board_id)
    seen = await rights.only_seen(who, Asset, scoped(Asset, who).select(Asset.id))
    query = (
        scoped(BoardAsset, who)
        .select(BoardAsset.id, BoardAsset.asset_id)
        .where(BoardAsset.board_id == board_id)
        .where(BoardAsset.asset_id.is_in(seen.where(Asset.deleted_at.is_null())))
    )
    page = await page_of(query, BoardAsset.id, cursor, limit, lambda row: row["asset_id"])
    if not page.items:
        return Page(items=[], next_cursor=page.next_cursor)
    rows = await scoped(Asset, who).select(*COLUMNS).where(Asset.id.is_in(page.items))
    found = {asset.id: asset for asset in await shown(who, rows)}
    return Page(items=[found[i] for i in page.items if i in found], next_cursor=page.next_cursor)


async def put_on(who: Principal, board_id: UUID, asset_ids: list[UUID]) -> int:
    """Puts assets that the caller sees on a board that the caller sees; how many were not there."""
    await visible(who, board_id)
    rows = await chosen(who, asset_ids)
    now = datetime.now(UTC)
    new = [
        BoardAsset(organisation_id=who.organisation_id, board_id=board_id, asset_id=row["id"], created_at=now)
        for row in rows
    ]
    put = (
        await BoardAsset.insert(*new)
        .on_conflict(target=(BoardAsset.board_id, BoardAsset.asset_id), action="DO NOTHING")
        .returning(BoardAsset.id)
    )
    return len(put)


async def take_off(who: Principal, board_id: UUID, asset_id: UUID) -> None:
    """Takes an asset off a board that the caller sees; raises `NotFound` where it is not on it."""
    await visible(who, board_id)
    taken = (
        await scoped(BoardAsset, who)
        .delete()
        .where(BoardAsset.board_id == board_id)
        .where(BoardAsset.asset_id == asset_id)
        .returning(BoardAsset.id)
    )
    if not taken:
        raise NotFound("This file is not on the board.")


async def _own(who: Principal, board_id: UUID) -> dict[str, Any]:
    row = await visible(who, board_id)
    rights.check_own(who, row, "board")
    return row


def _shown(row: Mapping[str, Any]) -> wire.Board:
    return wire.Board(**{name: row[name] for name in wire.Board.__struct_fields__})
