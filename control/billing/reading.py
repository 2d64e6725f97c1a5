"""What there is, what was spent, and what happened to it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from control.access.principal import Principal
from control.billing import ledger, schemas
from control.billing.months import first_instant, granted_left, is_open, next_month, open_month
from control.billing.prices import RATES
from control.billing.tables import Entry, Hold, Posting
from control.billing.tiers import CREDIT, entitlements
from control.database.engine import transaction
from control.database.owned import scoped
from control.errors import BadRequest
from control.pages import Page, page_of
from control.settings import ControlSettings

LONGEST = timedelta(days=366)
_SPENT = """
SELECT coalesce(sum(charged), 0)::bigint AS amount FROM holds WHERE organisation_id = {} AND created_at >= {}
"""
# What to group by: its key and its name.
_GROUPS: dict[schemas.By, tuple[str, str]] = {
    "day": ("to_char(h.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')", "NULL"),
    "member": ("h.user_id::text", "(SELECT u.name FROM users u WHERE u.id = h.user_id)"),
    "team": (
        "coalesce(h.team_id::text, '')",
        "(SELECT t.name FROM teams t WHERE t.organisation_id = h.organisation_id AND t.id = h.team_id)",
    ),
    "model": ("h.model", "NULL"),
    "kind": (
        "coalesce((SELECT j.kind FROM jobs j WHERE j.organisation_id = h.organisation_id AND j.id = h.job_id), '')",
        "NULL",
    ),
}
_USAGE = """
SELECT key, max(name) AS name, count(*) AS jobs, sum(charged)::bigint AS spent FROM (
    SELECT {key} AS key, {name} AS name, h.charged FROM holds h
    WHERE h.organisation_id = {{}} AND h.created_at >= {{}} AND h.created_at < {{}} AND h.charged > 0
) used GROUP BY key ORDER BY {order}
"""
_DAILY = """
SELECT {key} AS key, {day} AS day, sum(h.charged)::bigint AS spent FROM holds h
WHERE h.organisation_id = {{}} AND h.created_at >= {{}} AND h.created_at < {{}} AND h.charged > 0
GROUP BY 1, 2 ORDER BY 2
"""
_ORDERS: dict[bool, str] = {True: "key", False: "spent DESC, key"}


async def credits(who: Principal, settings: ControlSettings) -> schemas.Credits:
    """What the caller's organisation has, this month's grant among it."""
    now = datetime.now(UTC)
    head = await _opened(who, settings, now)
    balances = await ledger.balances(who.organisation_id)
    monthly = entitlements(who.tier, settings).monthly_credits
    assert head.month is not None
    return schemas.Credits(
        available_microcredits=balances["available"],
        held_microcredits=balances["held"],
        expiring_microcredits=await granted_left(who.organisation_id, head.opening, balances),
        spent_this_month_microcredits=await spent_this_month(who.organisation_id, now),
        tier=who.tier,
        monthly_grant_microcredits=None if monthly is None else monthly * CREDIT,
        renews_at=datetime.combine(next_month(head.month), time(), UTC),
    )


async def spent_this_month(organisation_id: UUID, now: datetime) -> int:
    """Micro-credits charged for jobs that were submitted in this calendar month (UTC)."""
    [row] = await Hold.raw(_SPENT, organisation_id, first_instant(now))
    return int(row["amount"])


async def history(who: Principal, cursor: str | None, limit: int) -> Page[schemas.LedgerPosting]:
    """Postings, the latest first."""
    query = scoped(Posting, who).select()
    page = await page_of(query, Posting.id, cursor, limit, lambda row: row, newest_first=True)
    entries = await (
        scoped(Entry, who)
        .select(Entry.posting_id, Entry.account, Entry.amount)
        .where(Entry.posting_id.is_in([row["id"] for row in page.items] or [UUID(int=0)]))
        .order_by(Entry.number)
    )
    return Page(items=[_posting(row, entries) for row in page.items], next_cursor=page.next_cursor)


async def usage(
    who: Principal, by: schemas.By, since: datetime | None, until: datetime | None, daily: bool
) -> schemas.Usage:
    """What was spent from `since` on and before `until`; this month without them. `daily`: each item by days too."""
    now = datetime.now(UTC)
    until = _utc(until or now)
    since = _utc(since) if since else first_instant(until)
    if not timedelta(0) <= until - since <= LONGEST:
        raise BadRequest(f"since must lie before until, by {LONGEST.days} days at most.")
    key, name = _GROUPS[by]
    query = _USAGE.format(key=key, name=name, order=_ORDERS[by == "day"])
    rows = await Hold.raw(query, who.organisation_id, since, until)
    days: dict[str, dict[str, int]] = {}
    if daily:
        query = _DAILY.format(key=key, day=_GROUPS["day"][0])
        for row in await Hold.raw(query, who.organisation_id, since, until):
            days.setdefault(row["key"], {})[row["day"]] = row["spent"]
    items = [
        schemas.UsageItem(
            subject=row["key"],
            name=row["name"] or row["key"],
            jobs=row["jobs"],
            spent_microcredits=row["spent"],
            days=days.get(row["key"], {}),
        )
        for row in rows
    ]
    total = sum(item.spent_microcredits for item in items)
    return schemas.Usage(since=since, until=until, by=by, items=items, spent_microcredits=total)


def price_list() -> schemas.PriceList:
    """The price table."""
    items = [
        schemas.PriceListItem(
            item=item,
            unit=rate.unit,
            amount_microcredits=None if rate.unit == "times" else rate.amount,
            times=rate.amount if rate.unit == "times" else None,
            meaning=rate.meaning,
        )
        for item, rate in RATES.items()
    ]
    return schemas.PriceList(items=items)


async def _opened(who: Principal, settings: ControlSettings, now: datetime) -> ledger.Head:
    """The head of the caller's ledger, with this month's grant given."""
    head = await ledger.head(who.organisation_id)
    if head is None or not is_open(head, who.tier, now):
        async with transaction():
            head = await ledger.lock(who.organisation_id)
            await open_month(who.organisation_id, who.tier, head, settings, now)
        head = await ledger.head(who.organisation_id)
    assert head is not None
    return head


def _posting(row: Mapping[str, Any], entries: list[dict[str, Any]]) -> schemas.LedgerPosting:
    return schemas.LedgerPosting(
        id=row["id"],
        kind=row["kind"],
        entries=[
            schemas.LedgerEntry(account=entry["account"], amount_microcredits=entry["amount"])
            for entry in entries
            if entry["posting_id"] == row["id"]
        ],
        job_id=row["job_id"],
        user_id=row["user_id"],
        memo=row["memo"],
        at=row["created_at"],
    )


def _utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        return when.replace(tzinfo=UTC)
    try:
        return when.astimezone(UTC)
    except OverflowError:
        raise BadRequest("Send times of the years 1 to 9999, UTC.") from None
