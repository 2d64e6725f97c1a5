"""Reading, checking and exporting the audit log of the caller's organisation."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Router, get
from litestar.datastructures import State
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema
from litestar.params import Parameter
from litestar.response import Stream

from control.access.declare import requires
from control.access.principal import Principal
from control.audit import reading
from control.audit.schemas import Event
from control.audit.service import record
from control.audit.verification import Anchor, ChainReport, verify_chain
from control.database.engine import transaction
from control.errors import BadRequest
from control.pages import Cursor, Limit, Page
from control.wire import PRINTABLE

Caller = Request[Principal, None, State]
_checking = asyncio.Lock()
"""A check reads a whole chain: in each process one at a time, however many ask."""


def _word(description: str) -> Any:
    return Parameter(description=description, max_length=400, pattern=PRINTABLE)


@get("/audit/events", opt=requires("audit:read"))
async def list_audit_events(
    request: Caller,
    actor: Annotated[str | None, _word("Mail address of who did it.")] = None,
    actor_id: UUID | None = None,
    act: Annotated[
        str | None, _word("An act (`member.update`), or a domain with a dot at its end (`member.`).")
    ] = None,
    subject_type: Annotated[str | None, _word("Kind of what it was done to.")] = None,
    subject_id: Annotated[str | None, _word("Its id.")] = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Event]:
    """Who did what, on what, from where: the latest first.

    `since` ≤ time < `until`; times without a zone are UTC.
    """
    filters = reading.Filters(
        actor=actor, actor_id=actor_id, act=act, subject_type=subject_type, subject_id=subject_id,
        since=since, until=until,
    )  # fmt: skip
    return await reading.find(request.user, filters, cursor, limit)


@get("/audit/verify", opt=requires("audit:read"))
async def verify_audit_chain(
    request: Caller,
    anchor_sequence: Annotated[
        int | None, Parameter(ge=1, le=2**62, description="A row that one remembers.")
    ] = None,
    anchor_hash: Annotated[
        str | None, Parameter(pattern=r"^[0-9a-f]{64}$(?!\n)", description="Its hash.")
    ] = None,
) -> ChainReport:
    """Check that no event was changed, removed, added or put elsewhere since it was written.

    Tells the first bad one and what is wrong with it. Who rules the database could make all hashes anew: keep `rows`
    and `head` of an answer elsewhere, and send them as `anchor_sequence` and `anchor_hash` later, and that is
    noticed too.
    """
    if (anchor_sequence is None) != (anchor_hash is None):
        raise BadRequest("Send anchor_sequence and anchor_hash together.")
    anchor = None
    if anchor_sequence and anchor_hash:
        anchor = Anchor(anchor_sequence, bytes.fromhex(anchor_hash))
    async with _checking, transaction():
        return await verify_chain(request.user.organisation_id, anchor)


FORMATS = {
    "jsonl": ("application/x-ndjson", reading.export_json),
    "csv": ("text/csv; charset=utf-8", reading.export_csv),
}


@dataclass
class _Export(Operation):
    """In the OpenAPI document: the answer comes in both formats."""

    def __post_init__(self) -> None:
        answer = (self.responses or {})["200"]
        assert isinstance(answer, OpenAPIResponse)
        answer.description = "The events."
        text = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
        answer.content = {kind.partition(";")[0]: text for kind, _ in FORMATS.values()}


@get("/audit/export", opt=requires("audit:export"), operation_class=_Export)
async def export_audit_log(
    request: Caller,
    format: Literal["jsonl", "csv"] = "jsonl",
    after: Annotated[int, Parameter(ge=0, le=2**62, description="The one before the first.")] = 0,
    until: Annotated[int | None, Parameter(ge=0, le=2**62, description="The last one.")] = None,
) -> Stream:
    """All events in order, as JSON lines or CSV, with the hashes, so that others can check the chain themselves.

    `after` < sequence ≤ `until` limits it. control/audit/checker.py checks such a file and needs nothing but Python.
    """
    who = request.user
    async with transaction():
        await record(
            who,
            "audit.export",
            ("audit", who.organisation_id),
            after={"format": format, "after": after, "until": until},
        )
    last = await reading.head_of(who.organisation_id)
    until = last if until is None else min(until, last)
    kind, content = FORMATS[format]
    headers = {
        # Litestar gives a stream its route's media type, whatever the stream says itself.
        "Content-Type": kind,
        "Content-Disposition": f'attachment; filename="audit-{after + 1}-{until}.{format}"',
    }
    return Stream(content(who.organisation_id, after, until), headers=headers)


ROUTES = Router(path="/", route_handlers=[list_audit_events, verify_audit_chain, export_audit_log])
