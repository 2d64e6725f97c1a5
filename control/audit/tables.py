"""The audit log. Migrations forbid PostgreSQL to change or remove its rows."""

from piccolo.columns import JSON, UUID, BigInt, Bytea, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from control.ids import uuid7


class AuditEvent(Table, tablename="audit_events"):
    """Who did what, on what, from where. Each row holds the hash of the one before it in its chain."""

    id = UUID(primary_key=True, default=uuid7)
    organisation_id = UUID()
    """The chain: an organisation's, or the nil UUID for what happens before one is known."""
    sequence = BigInt()
    """Its place in the chain, from 1."""
    at = Timestamptz()
    actor_id = UUID(null=True, default=None)
    actor = Varchar(400)
    """Mail address, or what else names the actor."""
    via = Varchar(60)
    """What proved who it was: `session:ID` or `api_key:ID`; empty for who was not signed in."""
    act = Varchar(100, index=True)
    """DOMAIN.VERB, as `auth.login`."""
    subject_type = Varchar(100)
    subject_id = Varchar(400)
    address = Varchar(64)
    request_id = Varchar(64)
    before = JSON(null=True, default=None)
    after = JSON(null=True, default=None)
    previous_hash = Bytea()
    hash = Bytea()
    audit_events_chain = Unique([organisation_id, sequence])


class AuditHead(Table, tablename="audit_heads"):
    """The end of each chain, so that rows missing at the end are noticed too; locked while a row is added."""

    organisation_id = UUID(primary_key=True)
    sequence = BigInt()
    hash = Bytea()
