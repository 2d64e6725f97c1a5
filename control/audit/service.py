"""Adding to the audit log."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from piccolo.table import Table

from control.access.principal import Principal
from control.audit.chain import START, chain_hash
from control.audit.redact import recorded
from control.audit.tables import AuditEvent, AuditHead
from control.http.context import current
from control.ids import uuid7

NOBODY = UUID(int=0)
"""The chain of what happens before an organisation is known."""

_NEXT = """
INSERT INTO audit_heads (organisation_id, sequence, hash) VALUES ({}, 1, {})
ON CONFLICT (organisation_id) DO UPDATE SET sequence = audit_heads.sequence + 1
RETURNING sequence, hash
"""


async def record(
    who: Principal | None,
    act: str,
    subject: Table | tuple[str, object],
    *,
    organisation_id: UUID | None = None,
    actor: str | None = None,
    actor_id: UUID | None = None,
    before: object = None,
    after: object = None,
) -> None:
    """Adds one row; call it inside the transaction of the act itself, so that both stand or neither.

    `act` is DOMAIN.VERB; `subject` a row or (type, id). `before` and `after` are what changed; anything msgspec
    can encode; what looks like a secret is taken out. `organisation_id` names the chain where it is not the
    caller's; `actor` and `actor_id` are the mail address and account of who acts without being signed in.
    """
    chain = organisation_id or (who.organisation_id if who else NOBODY)
    kind, key = subject if isinstance(subject, tuple) else (type(subject).__name__.lower(), subject.id)  # type: ignore[attr-defined]
    context = current()
    # Clipped to what the columns hold: a header of somebody's own making must not undo the act.
    row: dict[str, Any] = {
        "id": uuid7(),
        "organisation_id": chain,
        "at": datetime.now(UTC),
        "actor_id": who.user_id if who else actor_id,
        "actor": _text(who.email if who else actor or "", 400),
        "via": _via(who),
        "act": act,
        "subject_type": kind,
        "subject_id": _text(str(key), 400),
        "address": _text(context.address, 64),
        "request_id": _text(context.request_id, 64),
        "before": recorded(before),
        "after": recorded(after),
    }
    # This locks the head until the transaction ends: rows of one chain are added one after another.
    [head] = await AuditHead.raw(_NEXT, chain, START)
    row["sequence"] = head["sequence"]
    row["hash"] = chain_hash(head["hash"], row)
    await AuditEvent.insert(AuditEvent(**row, previous_hash=head["hash"]))
    await AuditHead.update({AuditHead.hash: row["hash"]}).where(AuditHead.organisation_id == chain)


def _via(who: Principal | None) -> str:
    if who is None:
        return ""
    return f"{who.means}:{who.session_id or who.api_key_id or ''}"


def _text(value: str, most: int) -> str:
    return value.replace("\0", "")[:most]
