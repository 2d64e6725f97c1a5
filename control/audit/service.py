"""Adding to the audit log, and checking that nothing in it was changed."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.table import Table

from control.access.principal import Principal
from control.audit.tables import AuditEvent, AuditHead
from control.http.context import current
from control.ids import uuid7

NOBODY = UUID(int=0)
"""The chain of what happens before an organisation is known."""
START = bytes(32)
"""`previous_hash` of a chain's first row."""
_HASHED = (
    "id", "organisation_id", "sequence", "at", "actor_id", "actor", "act", "subject_type", "subject_id",
    "address", "request_id", "before", "after",
)  # fmt: skip


def chain_hash(previous: bytes, row: dict[str, Any]) -> bytes:
    """SHA-256 over the hash before and the row's fields as canonical JSON (sorted keys, times in UTC)."""
    fields = {name: row[name] for name in _HASHED}
    fields["at"] = row["at"].astimezone(UTC).isoformat()
    return hashlib.sha256(previous + msgspec.json.encode(fields, order="deterministic")).digest()


async def record(
    who: Principal | None,
    act: str,
    subject: Table | tuple[str, object],
    *,
    organisation_id: UUID | None = None,
    actor: str | None = None,
    before: object = None,
    after: object = None,
) -> None:
    """Adds one row; call it inside the transaction of the act itself, so that both stand or neither.

    `act` is DOMAIN.VERB; `subject` a row or (type, id). `before` and `after` are what changed, without
    secrets; anything msgspec can encode. `organisation_id` and `actor` are for acts of nobody signed in.
    """
    chain = who.organisation_id if who else organisation_id or NOBODY
    kind, key = subject if isinstance(subject, tuple) else (type(subject).__name__.lower(), subject.id)  # type: ignore[attr-defined]
    context = current()
    # The head is locked until the transaction ends: rows of one chain are added one after another.
    await AuditHead.raw(
        "INSERT INTO audit_heads (organisation_id, sequence, hash) VALUES ({}, 0, {}) ON CONFLICT DO NOTHING",
        chain,
        START,
    )
    head = await AuditHead.objects().where(AuditHead.organisation_id == chain).first().lock_rows("UPDATE")
    assert head is not None
    row: dict[str, Any] = {
        "id": uuid7(),
        "organisation_id": chain,
        "sequence": head.sequence + 1,
        "at": datetime.now(UTC),
        "actor_id": who.user_id if who else None,
        "actor": who.email if who else actor or "",
        "act": act,
        "subject_type": kind,
        "subject_id": str(key),
        "address": context.address,
        "request_id": context.request_id,
        "before": None if before is None else msgspec.json.encode(before, order="deterministic").decode(),
        "after": None if after is None else msgspec.json.encode(after, order="deterministic").decode(),
    }
    row["hash"] = chain_hash(head.hash, row)
    await AuditEvent.insert(AuditEvent(**row, previous_hash=head.hash))
    await AuditHead.update({AuditHead.sequence: row["sequence"], AuditHead.hash: row["hash"]}).where(
        AuditHead.organisation_id == chain
    )
