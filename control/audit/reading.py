"""Finding events, and handing all of them out."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.audit.chain import HASHED, hashed_fields
from control.audit.schemas import Event
from control.audit.tables import AuditEvent, AuditHead
from control.audit.verification import rows_of
from control.errors import BadRequest
from control.pages import Page

COLUMNS = (*HASHED, "previous_hash", "hash")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which events; None: all."""

    actor: str | None = None
    actor_id: UUID | None = None
    act: str | None = None
    """An act, or a domain with a dot at its end (`auth.`)."""
    subject_type: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def find(who: Principal, filters: Filters, cursor: str | None, limit: int) -> Page[Event]:
    """Events of the caller's organisation, the latest first."""
    query = AuditEvent.select().where(AuditEvent.organisation_id == who.organisation_id)
    if cursor is not None:
        query = query.where(AuditEvent.sequence < _sequence(cursor))
    equal = ("actor_id", "subject_type", "subject_id")
    for name in equal:
        if (value := getattr(filters, name)) is not None:
            query = query.where(getattr(AuditEvent, name) == value)
    if filters.actor is not None:
        query = query.where(AuditEvent.actor == filters.actor.lower())
    if filters.act is not None and filters.act.endswith("."):
        # All that begins so: "/" is the character after ".".
        query = query.where((AuditEvent.act >= filters.act) & (AuditEvent.act < filters.act[:-1] + "/"))
    elif filters.act is not None:
        query = query.where(AuditEvent.act == filters.act)
    if filters.since is not None:
        query = query.where(AuditEvent.at >= _utc(filters.since))
    if filters.until is not None:
        query = query.where(AuditEvent.at < _utc(filters.until))
    rows = await query.order_by(AuditEvent.sequence, ascending=False).limit(limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(items=[_event(row) for row in rows], next_cursor=str(rows[-1]["sequence"]) if more else None)


async def head_of(organisation_id: UUID) -> int:
    """Sequence of the last event."""
    head = await AuditHead.objects().where(AuditHead.organisation_id == organisation_id).first()
    return head.sequence if head else 0


async def export_json(organisation_id: UUID, after: int, until: int) -> AsyncIterator[bytes]:
    """JSON, one event a line, in order."""
    async for row in rows_of(organisation_id, after, until):
        yield msgspec.json.encode(exported(row)) + b"\n"


async def export_csv(organisation_id: UUID, after: int, until: int) -> AsyncIterator[bytes]:
    """CSV (RFC 4180) with the columns' names first."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    async for row in rows_of(organisation_id, after, until):
        writer.writerow([_cell(value) for value in exported(row).values()])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def exported(row: dict[str, Any]) -> dict[str, Any]:
    """A row with all that its hash is made of, so that a third party can make it again."""
    return hashed_fields(row) | {name: row[name].hex() for name in ("previous_hash", "hash")}


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # A spreadsheet would execute these as formulas; the checker takes the quote off again.
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r", "'")) else text


def _event(row: dict[str, Any]) -> Event:
    hexadecimal = {name: row[name].hex() for name in ("previous_hash", "hash")}
    changes = {name: _object(row[name]) for name in ("before", "after")}
    fields = {name: row[name] for name in Event.__struct_fields__}
    return Event(**(fields | hexadecimal | changes))


def _object(text: str | None) -> dict[str, Any] | None:
    value = None if text is None else msgspec.json.decode(text)
    return value if value is None or isinstance(value, dict) else {"value": value}


def _sequence(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise BadRequest("This cursor is not one of ours. Send next_cursor of the page before.")
    return int(cursor)


def _utc(at: datetime) -> datetime:
    try:
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        raise BadRequest("`since` and `until` lie between the years 1 and 9999.") from None
