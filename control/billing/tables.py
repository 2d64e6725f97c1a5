"""The ledger of credits, and what stands around it. Amounts are micro-credits: 1,000,000 to a credit."""

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    BigSerial,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Unique

from control.database.owned import Owned

_USER = LazyTableReference("User", module_path="control.identity.tables")


class LedgerHead(Owned, tablename="ledger_heads"):
    """One row an organisation: who writes to its ledger locks it first. It says which month's books are open."""

    month = Date(null=True, default=None)
    """First day of the month whose grant was given last; null: none yet."""
    opening = BigInt(default=0)
    """Number of the last entry before that month's; each account has a closing there."""
    tier = Varchar(20, default="")
    """The tier whose grant was given."""
    ledger_heads_one = Unique([Owned.organisation_id])


class Posting(Owned, tablename="ledger_postings"):
    """One effect on the ledger: two entries or more that come to zero. Never changed."""

    key = Varchar(200)
    """What it is for, as `hold:ID`, `settle:ID`, `grant:2026-11`: an effect happens once."""
    kind = Varchar(20)
    """grant, purchase, expire, reserve, settle, release or adjust"""
    job_id = UUID(null=True, default=None)
    user_id = UUID(null=True, default=None)
    memo = Varchar(400, default="")
    created_at = Timestamptz()
    ledger_postings_one = Unique([Owned.organisation_id, key])


class Entry(Owned, tablename="ledger_entries"):
    """A line of a posting. Never changed."""

    number = BigSerial()
    posting_id = ForeignKey(Posting, null=False, index=True, on_delete=OnDelete.cascade)
    account = Varchar(20)
    """available and held are the organisation's; granted, purchased, spent, expired and adjusted stand opposite."""
    amount = BigInt()
    created_at = Timestamptz()


class Closing(Owned, tablename="ledger_closings"):
    """The balance of an account after an entry, so that no sum begins at the first one. Never changed."""

    account = Varchar(20)
    number = BigInt()
    """Of the last entry in it."""
    balance = BigInt()
    created_at = Timestamptz()
    ledger_closings_one = Unique([Owned.organisation_id, account, number])


class Hold(Owned, tablename="holds"):
    """Credits set aside for a job. It ends once: settled (with what was charged) or released."""

    job_id = UUID(unique=True)
    model = Varchar(200, default="")
    """The checkpoint."""
    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, index=True, on_delete=OnDelete.cascade)
    team_id = UUID(null=True, default=None)
    amount = BigInt()
    charged = BigInt(null=True, default=None)
    state = Varchar(10, default="open")
    """open, settled or released"""
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class Quote(Owned, tablename="quotes"):
    """A price that binds for a while."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, on_delete=OnDelete.cascade)
    fingerprint = Bytea()
    """SHA-256 of the request that it is for."""
    amount = BigInt()
    lines = JSONB()
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class SpendingLimit(Owned, tablename="spending_limits"):
    """The most that somebody may spend in a calendar month (UTC)."""

    scope = Varchar(12)
    """organisation, team or member"""
    subject_id = UUID()
    """Of the organisation, the team or the person."""
    amount = BigInt()
    alerts = Array(base_column=Integer())
    """Percentages at which to tell the admins."""
    created_at = Timestamptz()
    spending_limits_one = Unique([Owned.organisation_id, scope, subject_id])


class BudgetAlert(Owned, tablename="budget_alerts"):
    """That the admins were told."""

    limit_id = ForeignKey(SpendingLimit, null=False, on_delete=OnDelete.cascade)
    month = Date()
    """Its first day."""
    percent = Integer()
    spent = BigInt()
    created_at = Timestamptz()
    budget_alerts_one = Unique([limit_id, month, percent])
