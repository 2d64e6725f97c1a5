"""Boards, and what is on them."""

from uuid import UUID

from litestar import Request, delete, get, patch, post, put
from litestar.datastructures import State

from control.access.declare import requires
from control.access.principal import Principal
from control.assets import boards
from control.assets.asset_schemas import Asset, Board, BoardPatch, Changed, NewBoard, SelectedAssets
from control.database.engine import transaction
from control.pages import Cursor, Limit, Page

Caller = Request[Principal, None, State]


@get("/boards", opt=requires("asset:read"))
async def list_boards(request: Caller, cursor: Cursor = None, limit: Limit = 50) -> Page[Board]:
    """One's own boards and those of one's teams, the newest first; everybody's, with `asset:manage`."""
    return await boards.find(request.user, cursor, limit)


@post("/boards", opt=requires("asset:update"))
async def create_board(request: Caller, data: NewBoard) -> Board:
    """Make a board, for oneself or for a team that one is in."""
    async with transaction():
        return await boards.make(request.user, data)


@get("/boards/{board_id:uuid}", opt=requires("asset:read"))
async def get_board(request: Caller, board_id: UUID) -> Board:
    """One board."""
    return await boards.show(request.user, board_id)


@patch("/boards/{board_id:uuid}", opt=requires("asset:update"))
async def update_board(request: Caller, board_id: UUID, data: BoardPatch) -> Board:
    """Rename a board of one's own, or share it with another team."""
    async with transaction():
        return await boards.change(request.user, board_id, data)


@delete("/boards/{board_id:uuid}", opt=requires("asset:update"))
async def delete_board(request: Caller, board_id: UUID) -> None:
    """Remove a board of one's own. What is on it stays."""
    async with transaction():
        await boards.remove(request.user, board_id)


@get("/boards/{board_id:uuid}/assets", opt=requires("asset:read"))
async def list_board_assets(
    request: Caller, board_id: UUID, cursor: Cursor = None, limit: Limit = 50
) -> Page[Asset]:
    """What is on a board, in the order in which it was put there, as far as one may see it.

    A team's board does not share what is on it: an asset is shared by its own `team_id`.
    """
    return await boards.assets_on(request.user, board_id, cursor, limit)


@post("/boards/{board_id:uuid}/assets", opt=requires("asset:update"), status_code=200)
async def add_board_assets(request: Caller, board_id: UUID, data: SelectedAssets) -> Changed:
    """Put several assets on a board of one's own or of a team that one is in: all, or none where one is not there."""
    async with transaction():
        return Changed(await boards.put_on(request.user, board_id, data.asset_ids))


@put("/boards/{board_id:uuid}/assets/{asset_id:uuid}", opt=requires("asset:update"), status_code=204)
async def add_board_asset(request: Caller, board_id: UUID, asset_id: UUID) -> None:
    """Put an asset on a board of one's own or of a team that one is in."""
    async with transaction():
        await boards.put_on(request.user, board_id, [asset_id])


@delete("/boards/{board_id:uuid}/assets/{asset_id:uuid}", opt=requires("asset:update"))
async def remove_board_asset(request: Caller, board_id: UUID, asset_id: UUID) -> None:
    """Take an asset off a board of one's own or of a team that one is in."""
    async with transaction():
        await boards.take_off(request.user, board_id, asset_id)


HANDLERS = [
    list_boards, create_board, get_board, update_board, delete_board,
    list_board_assets, add_board_assets, add_board_asset, remove_board_asset,
]  # fmt: skip
