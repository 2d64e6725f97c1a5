"""What travels over the wire. Amounts are micro-credits: 1,000,000 to a credit."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from control.billing.budgets import Scope
from control.billing.ledger import Account, Kind
from control.billing.prices import Item, PriceLine, Unit
from control.settings import Tier

Amount = Annotated[int, Meta(ge=0, le=10**15, examples=[50_000_000])]
By = Literal["day", "member", "team", "model", "kind"]


class Credits(msgspec.Struct, kw_only=True):
    """What an organisation has."""

    available_microcredits: int
    """What jobs can be submitted for."""
    held_microcredits: int
    """Set aside for jobs that have not ended."""
    expiring_microcredits: int
    """Of both, what is left of the credits granted: it expires at `renews_at`, and is spent first."""
    spent_this_month_microcredits: int
    """Charged for jobs that were submitted this month."""
    tier: Tier
    monthly_grant_microcredits: int | None
    """What the tier gives each month; null: what is needed."""
    renews_at: datetime
    """When the month ends, and the next grant comes."""


class LedgerEntry(msgspec.Struct, kw_only=True):
    """A change of one account."""

    account: Account
    """available and held are the organisation's; granted, purchased, spent, expired and adjusted stand opposite."""
    amount_microcredits: int


class LedgerPosting(msgspec.Struct, kw_only=True):
    """One thing that happened to the credits; its entries come to zero."""

    id: UUID
    kind: Kind
    entries: list[LedgerEntry]
    job_id: UUID | None
    user_id: UUID | None
    """Who submitted the job."""
    memo: str
    at: datetime


class PriceListItem(msgspec.Struct, kw_only=True):
    """A row of the price table."""

    item: Item
    unit: Unit
    """What the amount is for; `times`: what the picture's price is multiplied by."""
    amount_microcredits: int | None
    """Null where the price is multiplied."""
    times: int | None
    """What it is multiplied by; null elsewhere."""
    meaning: str


class PriceList(msgspec.Struct, kw_only=True):
    """What work costs. A request of several pictures costs so many times as much."""

    items: list[PriceListItem]


class Quote(msgspec.Struct, kw_only=True):
    """A price that binds until it expires, for one job of just this request (whatever its seed)."""

    id: UUID
    """Send it as `quote_id` with the job."""
    amount_microcredits: int
    lines: list[PriceLine]
    """What the amount is made of."""
    expires_at: datetime


class NewSpendingLimit(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A limit of spending to set."""

    amount_microcredits: Amount
    """The most that may be spent in a calendar month (UTC)."""
    alerts: Annotated[list[Annotated[int, Meta(ge=1, le=100)]], Meta(max_length=10, examples=[[80, 100]])] = (
        msgspec.field(default_factory=lambda: [80, 100])
    )
    """Percentages at which the admins are told, once a month each; 80 and 100 where it is left out."""


class SpendingLimit(msgspec.Struct, kw_only=True):
    """The most that somebody may spend in a calendar month (UTC)."""

    scope: Scope
    subject_id: UUID
    """Of the organisation, the team or the member."""
    name: str
    """Of the same."""
    amount_microcredits: int
    spent_microcredits: int
    """Of this month; what jobs hold that have not ended is in it."""
    alerts: list[int]
    """Percentages at which the admins are told."""
    created_at: datetime


class SpendingLimits(msgspec.Struct, kw_only=True):
    """All limits of spending."""

    items: list[SpendingLimit]


class UsageItem(msgspec.Struct, kw_only=True):
    """What was spent in a part of the usage."""

    subject: str
    """The day (2026-11-22), the id of the member or the team (empty: no team), the name of the model, or the job's kind."""
    name: str
    """What people call it."""
    jobs: int
    """That were charged."""
    spent_microcredits: int
    days: dict[str, int] = msgspec.field(default_factory=dict)
    """Where `daily` was asked for: micro-credits of each day (2026-11-22, UTC) on which something was spent."""


class Usage(msgspec.Struct, kw_only=True):
    """What was spent in a time, by day, member, team, model or kind of job. Counted at the time when a job was submitted."""

    since: datetime
    until: datetime
    by: By
    items: list[UsageItem]
    """Days in their order, and those without a charge left out; others the largest first."""
    spent_microcredits: int
    """Of all items."""
