"""Lists of kept workflows and of their versions."""

import base64
import binascii
import struct
from typing import Any, Literal
from uuid import UUID

import msgspec
from piccolo.columns.combination import WhereRaw
from piccolo.query.methods.select import Select

from control.access.principal import Principal
from control.database.owned import scoped, unscoped
from control.errors import BadRequest, NotFound
from control.pages import Page, decode_cursor, encode_cursor, page_of
from control.tenancy.tables import Team
from control.workflows.documents import rights, schemas
from control.workflows.documents.showing import VERSION_COLUMNS, shown, version
from control.workflows.tables import WorkflowDocument, WorkflowStar, WorkflowVersion

Sort = Literal["newest", "stars"]
MOST_TAGS = 10
# As the index workflow_documents_words has it.
_WORDS = "to_tsvector('simple', workflow_documents.name || ' ' || workflow_documents.description)"
_QUERY = "websearch_to_tsquery('simple', {})"
_RANKED = struct.Struct(">I16s")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which workflows; None: all."""

    text: str | None = None
    """Words as people type them into a search."""
    tags: list[str] = []
    """Those that have all of them."""
    mine: bool = False
    team_id: UUID | None = None
    starred: bool = False


async def find(who: Principal, filters: Filters, cursor: str | None, limit: int) -> Page[schemas.Workflow]:
    """Workflows of the caller's organisation that are shown to the caller, the newest first."""
    query = await rights.only_seen(who, scoped(WorkflowDocument, who).select(*rights.COLUMNS))
    if filters.mine:
        query = query.where(WorkflowDocument.user_id == who.user_id)
    if filters.team_id is not None:
        if not await scoped(Team, who).exists(Team.id == filters.team_id):
            raise NotFound("There is no such team in your organisation.")
        query = query.where(WorkflowDocument.team_id == filters.team_id).where(
            WorkflowDocument.visibility != "private"
        )
    return await _page(who, _found(who, query, filters), "newest", cursor, limit)


async def community(
    who: Principal, filters: Filters, sort: Sort, cursor: str | None, limit: int
) -> Page[schemas.Workflow]:
    """Public workflows of all organisations."""
    query = (
        unscoped(WorkflowDocument, rights.WHY)
        .select(*rights.COLUMNS)
        .where(WorkflowDocument.visibility == "public")
    )
    if filters.mine:
        query = query.where(WorkflowDocument.organisation_id == who.organisation_id).where(
            WorkflowDocument.user_id == who.user_id
        )
    return await _page(who, _found(who, query, filters), sort, cursor, limit)


async def versions(
    who: Principal, workflow_id: UUID, token: str | None, cursor: str | None, limit: int
) -> Page[schemas.Version]:
    """Versions of a workflow that the caller sees, the newest first."""
    row = await rights.seen(who, workflow_id, token)
    query = (
        scoped(WorkflowVersion, rights.inside(row))
        .select(*VERSION_COLUMNS)
        .where(WorkflowVersion.workflow_id == workflow_id)
    )
    return await page_of(query, WorkflowVersion.id, cursor, limit, version, newest_first=True)


def _found(who: Principal, query: "Select[Any]", filters: Filters) -> "Select[Any]":
    if filters.text:
        query = query.where(WhereRaw(f"{_WORDS} @@ {_QUERY}", filters.text))
    if len(filters.tags) > MOST_TAGS:
        raise BadRequest(f"At most {MOST_TAGS} tags can be asked for at a time.")
    if filters.tags:
        query = query.where(WhereRaw("workflow_documents.tags @> {}::varchar[]", filters.tags))
    if filters.starred:
        marked = scoped(WorkflowStar, who).select(WorkflowStar.workflow_id)
        query = query.where(WorkflowDocument.id.is_in(marked.where(WorkflowStar.user_id == who.user_id)))
    return query


async def _page(
    who: Principal, query: "Select[Any]", sort: Sort, cursor: str | None, limit: int
) -> Page[schemas.Workflow]:
    if sort == "newest":
        if cursor is not None:
            query = query.where(WorkflowDocument.id < decode_cursor(cursor))
        query = query.order_by(WorkflowDocument.id, ascending=False)
    else:
        if cursor is not None:
            after = WhereRaw(
                "(workflow_documents.stars, workflow_documents.id) < ({}::integer, {}::uuid)",
                *_decode(cursor),
            )
            query = query.where(after)
        query = query.order_by(WorkflowDocument.stars, WorkflowDocument.id, ascending=False)
    # One more than asked for: is there another page?
    rows = await query.limit(limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    next_cursor = None
    if last is not None:
        next_cursor = encode_cursor(last["id"]) if sort == "newest" else _encode(last["stars"], last["id"])
    return Page(items=await shown(who, rows[:limit]), next_cursor=next_cursor)


def _encode(stars: int, last: UUID) -> str:
    return base64.urlsafe_b64encode(_RANKED.pack(stars, last.bytes)).decode().rstrip("=")


def _decode(cursor: str) -> tuple[int, UUID]:
    try:
        stars, last = _RANKED.unpack(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, struct.error, binascii.Error):
        raise BadRequest("This cursor is not one of ours. Send next_cursor of the page before.") from None
    return min(stars, 2**31 - 1), UUID(bytes=last)
