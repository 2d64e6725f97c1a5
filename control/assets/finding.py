"""Listing and searching assets."""

import base64
import binascii
import struct
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from piccolo.columns.combination import WhereRaw
from piccolo.query.methods.select import Select, SelectRaw
from piccolo.query.mixins import OrderByRaw

from control.access.principal import Principal
from control.assets import asset_schemas as wire
from control.assets.boards import visible as visible_board
from control.assets.rights import only_seen
from control.assets.showing import COLUMNS, shown
from control.assets.tables import Asset, AssetTag, BoardAsset
from control.database.owned import scoped
from control.errors import BadRequest, NotFound
from control.pages import Page, decode_cursor, encode_cursor
from control.tenancy.tables import Team

Sort = Literal["newest", "oldest", "relevance"]
MOST_TAGS = 10

# As the index assets_words has it; words are taken as they are written, for prompts come in all languages.
_WORDS = "to_tsvector('simple', assets.prompt || ' ' || assets.name)"
_QUERY = "websearch_to_tsquery('simple', {})"
_RANK = f"ts_rank({_WORDS}, {_QUERY}, 1)"
_RANKED = struct.Struct(">f16s")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which assets; None: all."""

    text: str | None = None
    """Words as people type them into a search: all must be there; "a phrase", or, -without."""
    model: str | None = None
    kind: str | None = None
    job_id: UUID | None = None
    board_id: UUID | None = None
    team_id: UUID | None = None
    tags: list[str] = []
    """Those that have all of them."""
    rating_min: int | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    mine: bool = False
    deleted: bool = False
    """Those in the bin, instead of the others."""


async def find(
    who: Principal, filters: Filters, sort: Sort | None, cursor: str | None, limit: int
) -> Page[wire.Asset]:
    """Assets that the caller sees; with words to search for, the most relevant first unless asked otherwise."""
    # One more than asked for: is there another page?
    rows = await (await ordered(who, filters, sort, cursor, limit + 1))
    last = rows[limit - 1] if len(rows) > limit else None
    next_cursor = None
    if last is not None:
        next_cursor = _encode_rank(last["rank"], last["id"]) if "rank" in last else encode_cursor(last["id"])
    return Page(items=await shown(who, rows[:limit]), next_cursor=next_cursor)


async def ordered(
    who: Principal, filters: Filters, sort: Sort | None, cursor: str | None, limit: int
) -> "Select[Any]":
    """The query of a page: rows of `COLUMNS`, and `rank` where they are sorted by it."""
    sort = sort or ("relevance" if filters.text else "newest")
    query = await _found(who, filters)
    if sort == "relevance":
        if not filters.text:
            raise BadRequest("Send `text` to sort by relevance to it.")
        return _by_relevance(query, filters.text, cursor).limit(limit)
    newest = sort == "newest"
    if cursor is not None:
        last = decode_cursor(cursor)
        query = query.where(Asset.id < last if newest else Asset.id > last)
    return query.order_by(Asset.id, ascending=not newest).limit(limit)


def _by_relevance(query: "Select[Any]", text: str, cursor: str | None) -> "Select[Any]":
    if cursor is not None:
        rank, last = _decode_rank(cursor)
        query = query.where(WhereRaw(f"({_RANK}, assets.id) < ({{}}::real, {{}}::uuid)", text, rank, last))
    return query.columns(SelectRaw(f"{_RANK} AS rank", text)).order_by(
        OrderByRaw("rank"), Asset.id, ascending=False
    )


async def _found(who: Principal, filters: Filters) -> "Select[Any]":
    query = await only_seen(who, Asset, scoped(Asset, who).select(*COLUMNS))
    query = query.where(Asset.deleted_at.is_not_null() if filters.deleted else Asset.deleted_at.is_null())
    if filters.mine:
        query = query.where(Asset.user_id == who.user_id)
    if filters.text:
        query = query.where(WhereRaw(f"{_WORDS} @@ {_QUERY}", filters.text))
    for column in (Asset.model, Asset.kind, Asset.job_id):
        if (value := getattr(filters, column._meta.name)) is not None:
            query = query.where(column == value)
    if filters.team_id is not None:
        if not await scoped(Team, who).exists(Team.id == filters.team_id):
            raise NotFound("There is no such team in your organisation.")
        query = query.where(Asset.team_id == filters.team_id)
    if filters.rating_min is not None:
        query = query.where(Asset.rating >= filters.rating_min)
    if filters.created_after is not None:
        query = query.where(Asset.created_at >= _utc(filters.created_after))
    if filters.created_before is not None:
        query = query.where(Asset.created_at < _utc(filters.created_before))
    if len(filters.tags) > MOST_TAGS:
        raise BadRequest(f"At most {MOST_TAGS} tags can be asked for at a time.")
    for tag in filters.tags:
        tagged = scoped(AssetTag, who).select(AssetTag.asset_id).where(AssetTag.tag == tag)
        query = query.where(Asset.id.is_in(tagged))
    if filters.board_id is not None:
        await visible_board(who, filters.board_id)
        on_it = (
            scoped(BoardAsset, who).select(BoardAsset.asset_id).where(BoardAsset.board_id == filters.board_id)
        )
        query = query.where(Asset.id.is_in(on_it))
    return query


def _encode_rank(rank: float, last: UUID) -> str:
    return base64.urlsafe_b64encode(_RANKED.pack(rank, last.bytes)).decode().rstrip("=")


def _decode_rank(cursor: str) -> tuple[float, UUID]:
    try:
        rank, last = _RANKED.unpack(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, struct.error, binascii.Error):
        raise BadRequest("This cursor is not one of ours. Send next_cursor of the page before.") from None
    return rank, UUID(bytes=last)


def _utc(at: datetime) -> datetime:
    try:
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        raise BadRequest("`created_after` and `created_before` lie between the years 1 and 9999.") from None
