"""The turn of the month: what is left of the credits granted expires, and the tier's grant comes.

It is done lazily, by whoever touches the ledger first (`open_month`). Granted credits are spent before purchased ones:
what is left of them is what was granted since the month opened, less what was spent since. What a job holds at the
turn of the month is granted anew, so that it lives on with its job, and expires a month later if the job
gives it back.
"""

from datetime import UTC, date, datetime
from uuid import UUID

from control.billing import ledger
from control.billing.ledger import Account, Head
from control.billing.tables import LedgerHead, Posting
from control.billing.tiers import CREDIT, USUAL, entitlements
from control.database.owned import Inside, scoped
from control.settings import ControlSettings, Tier

_GIVEN = """
SELECT coalesce(sum(e.amount), 0) AS amount FROM ledger_postings p JOIN ledger_entries e ON e.posting_id = p.id
WHERE p.organisation_id = {} AND p.key = ANY({}::text[]) AND e.account = 'available'
"""


def month_of(now: datetime) -> date:
    """The first day of the calendar month, UTC."""
    return date(now.year, now.month, 1)


def first_instant(now: datetime) -> datetime:
    """When the calendar month began, UTC."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(month: date) -> date:
    """The first day of the month after it."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def is_open(head: Head, tier: Tier, now: datetime) -> bool:
    """Has the tier's grant of this month been given?"""
    # A clock that goes a little wrong at midnight opens no month again.
    return head.tier == tier and head.month is not None and head.month >= month_of(now)


async def open_month(
    organisation_id: UUID, tier: Tier, head: Head, settings: ControlSettings, now: datetime
) -> None:
    """Lets the month before expire and gives the tier's grant, once. The head is locked.

    Who comes to a higher tier within a month gets the difference.
    """
    if is_open(head, tier, now):
        return
    month = max(month_of(now), head.month or date.min)
    opening = head.opening
    if month != head.month:
        opening = await ledger.close(organisation_id, now)
        if head.month is not None:
            await _expire(organisation_id, head, now)
    await _grant(organisation_id, tier, month, settings, now)
    await (
        scoped(LedgerHead, Inside(organisation_id))
        .update({LedgerHead.month: month, LedgerHead.opening: opening, LedgerHead.tier: tier})
        .where(LedgerHead.organisation_id == organisation_id)
    )


async def granted_left(organisation_id: UUID, opening: int, balances: dict[Account, int]) -> int:
    """Micro-credits of those granted that are not spent: they expire at the month's end."""
    before = await ledger.balances_at(organisation_id, opening)
    since = {account: balances[account] - before[account] for account in balances}
    # What an operator took by hand was taken of these too.
    left = -since["granted"] - since["spent"] - max(0, since["adjusted"])
    return max(0, min(left, balances["available"] + balances["held"]))


async def _expire(organisation_id: UUID, head: Head, now: datetime) -> None:
    balances = await ledger.balances(organisation_id)
    left = await granted_left(organisation_id, head.opening, balances)
    kept = min(left, balances["held"])
    if left:
        await ledger.post(
            organisation_id,
            "expire",
            f"expire:{head.month:%Y-%m}",
            {"available": kept - left, "granted": -kept, "expired": left},
            now,
            memo="What was left of the month's credits, but for what jobs hold.",
        )


async def _grant(
    organisation_id: UUID, tier: Tier, month: date, settings: ControlSettings, now: datetime
) -> None:
    credits = entitlements(tier, settings).monthly_credits
    if not credits:
        return
    first = f"grant:{month:%Y-%m}"
    keys = [first, *(f"{first}:{name}" for name in USUAL)]
    [given] = await Posting.raw(_GIVEN, organisation_id, keys)
    amount = credits * CREDIT - int(given["amount"])
    if amount > 0:
        key = f"{first}:{tier}" if given["amount"] else first
        await ledger.post(
            organisation_id, "grant", key, {"available": amount, "granted": -amount}, now,
            memo=f"The month's credits of the tier {tier}.",
        )  # fmt: skip
