"""Credits set aside for a job, and what becomes of them. All of it in the caller's transaction."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.billing import budgets, ledger, quotes
from control.billing.ledger import Account, Head, Kind
from control.billing.months import open_month
from control.billing.tables import Posting
from control.billing.tiers import CREDIT, entitlements
from control.database.engine import transaction
from control.errors import Conflict, NotFound, PaymentRequired
from control.ids import uuid7
from control.jobs.requests import AnyWork
from control.settings import ControlSettings
from control.tenancy.tables import Organisation


class Reserved(msgspec.Struct, frozen=True):
    """Credits that wait for their job."""

    hold_id: UUID
    amount: int
    """Micro-credits."""


# Nothing is written where the balance does not suffice. The head was locked by a statement before: one that waits
# for a lock itself would go on with the balance as it was when it began to wait.
_RESERVE = f"""
WITH balance AS ({ledger.BALANCES}), hold AS (
    INSERT INTO holds (id, organisation_id, job_id, user_id, team_id, model, amount, state, created_at)
    SELECT {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, wanted.amount, 'open', {{}}
    FROM balance JOIN (SELECT {{}}::bigint AS amount) wanted ON balance.amount >= wanted.amount
    RETURNING id, organisation_id, job_id, user_id, created_at
), posting AS (
    INSERT INTO ledger_postings (id, organisation_id, key, kind, job_id, user_id, memo, created_at)
    SELECT {{}}, organisation_id, 'hold:' || id, 'reserve', job_id, user_id, '', created_at FROM hold
    RETURNING id, organisation_id, created_at
), entries AS ({ledger.entries(ledger.GIVEN)})
SELECT amount, entries, EXISTS (SELECT FROM hold) AS held FROM balance
"""
_REST = """hold, LATERAL (VALUES
    ('held', -hold.amount), ('available', hold.amount - hold.charged), ('spent', hold.charged)
) AS line (account, amount) WHERE line.amount <> 0"""
_END = f"""
WITH before AS (
    SELECT amount, state, charged FROM holds WHERE id = {{}} AND organisation_id = {{}}
), hold AS (
    UPDATE holds SET state = {{}}, charged = {{}}, ended_at = {{}}
    WHERE id = {{}} AND organisation_id = {{}} AND state = 'open' AND amount >= {{}}
    RETURNING id, organisation_id, job_id, user_id, amount, charged, ended_at
), posting AS (
    INSERT INTO ledger_postings (id, organisation_id, key, kind, job_id, user_id, memo, created_at)
    SELECT {{}}, organisation_id, 'settle:' || id, {{}}, job_id, user_id, '', ended_at FROM hold
    RETURNING id, organisation_id, created_at
), entries AS ({ledger.entries(_REST)})
SELECT amount, state, charged FROM before
"""
_LONG = """
SELECT h.organisation_id FROM ledger_heads h, LATERAL (
    SELECT count(*) AS entries FROM (
        SELECT FROM ledger_entries e
        WHERE e.organisation_id = h.organisation_id AND e.account = 'available' AND e.number > coalesce((
            SELECT max(c.number) FROM ledger_closings c
            WHERE c.organisation_id = h.organisation_id AND c.account = 'available'
        ), 0)
        LIMIT {}
    ) since
) sum WHERE sum.entries = {} LIMIT {}
"""


async def reserve(
    who: Principal,
    job_id: UUID,
    team_id: UUID | None,
    work: AnyWork,
    model: str,
    price: int,
    settings: ControlSettings,
    quote_id: UUID | None = None,
) -> Reserved:
    """Sets aside what a completed request costs (`price`, in micro-credits), or what its quote says.

    Raises `PaymentRequired` where the credits or a limit of spending do not suffice, `NotFound` for a quote that
    is not the caller's, and `Conflict` for one that was used, has expired or was for something else.

    It locks the organisation's ledger until the transaction ends: call it as late as may be, before audit's `record`.
    """
    now = datetime.now(UTC)
    head = await ledger.lock(who.organisation_id)
    await open_month(who.organisation_id, who.tier, head, settings, now)
    amount = price if quote_id is None else await quotes.use(who, quote_id, work, now)
    if head.limited:
        await budgets.keep(who, team_id, amount, settings, now)
    return await hold(who, job_id, team_id, model, amount, settings, now)


async def hold(
    who: Principal,
    job_id: UUID,
    team_id: UUID | None,
    model: str,
    amount: int,
    settings: ControlSettings,
    now: datetime,
) -> Reserved:
    """Sets `amount` micro-credits aside; raises `PaymentRequired`. The head is locked, its month open."""
    reserved = Reserved(uuid7(), amount)

    async def attempt() -> tuple[int, int, bool]:
        [row] = await Posting.raw(
            _RESERVE,
            who.organisation_id, ["available"],
            reserved.hold_id, who.organisation_id, job_id, who.user_id, team_id, model, now, amount,
            uuid7(), ["available", "held"], [-amount, amount],
        )  # fmt: skip
        return int(row["amount"]), row["entries"], row["held"]

    available, entries, held = await attempt()
    if not held and entitlements(who.tier, settings).monthly_credits is None:
        await _give(
            "grant", "granted", who.organisation_id, amount - available, f"grant:{reserved.hold_id}",
            f"The tier {who.tier} has what it needs.", now,
        )  # fmt: skip
        _, entries, held = await attempt()
    if not held:
        raise PaymentRequired(
            f"This costs {amount / CREDIT:g} credits, and your organisation has {available / CREDIT:g}.",
            needed=amount,
            available=available,
        )
    if entries > ledger.LONG:
        await ledger.close(who.organisation_id, now)
    return reserved


async def settle(organisation_id: UUID, hold_id: UUID, amount: int) -> int:
    """Ends a hold: `amount` micro-credits of it are spent, the rest is available again. Returns what was charged.

    A hold ends once: where it has ended, nothing happens, and what was charged then is returned. Raises `ValueError`
    for more than was held, `NotFound` where there is no such hold.
    """
    if amount < 0:
        raise ValueError(f"{amount} cannot be charged")
    await ledger.lock(organisation_id)
    state, kind = ("settled", "settle") if amount else ("released", "release")
    rows = await Posting.raw(
        _END,
        hold_id, organisation_id, state, amount, datetime.now(UTC), hold_id, organisation_id, amount, uuid7(), kind,
    )  # fmt: skip
    if not rows:
        raise NotFound("There is no such hold in the organisation.")
    [before] = rows
    if before["state"] != "open":
        return int(before["charged"])
    if amount > before["amount"]:
        raise ValueError(f"{amount} cannot be charged of a hold of {before['amount']}")
    return amount


async def release(organisation_id: UUID, hold_id: UUID) -> None:
    """Ends a hold without a charge."""
    await settle(organisation_id, hold_id, 0)


async def open_ledger(organisation_id: UUID, settings: ControlSettings, now: datetime) -> Head:
    """Locks an organisation's ledger with this month's grant given; raises `NotFound` for no organisation."""
    row = await Organisation.select(Organisation.tier).where(Organisation.id == organisation_id).first()
    if row is None:
        raise NotFound("There is no such organisation.")
    head = await ledger.lock(organisation_id)
    await open_month(organisation_id, row["tier"], head, settings, now)
    return head


async def grant(
    organisation_id: UUID,
    amount: int,
    key: str,
    settings: ControlSettings,
    *,
    memo: str = "",
    now: datetime | None = None,
) -> bool:
    """Gives `amount` micro-credits that expire at the month's end; False where `key` was given before."""
    now = now or datetime.now(UTC)
    await open_ledger(organisation_id, settings, now)
    return await _give("grant", "granted", organisation_id, amount, key, memo, now)


async def purchase(
    organisation_id: UUID, amount: int, key: str, *, memo: str = "", now: datetime | None = None
) -> bool:
    """Adds `amount` micro-credits that were paid for and do not expire; False where `key` was added before.

    `key` is the payment's own id (`stripe:cs_…`), so that a message of it that comes twice counts once.
    """
    await ledger.lock(organisation_id)
    return await _give("purchase", "purchased", organisation_id, amount, key, memo, now or datetime.now(UTC))


async def adjust(organisation_id: UUID, amount: int, key: str, *, memo: str = "") -> bool:
    """Corrects the balance by hand, up or down; False where `key` was posted before.

    Raises `Conflict` where more would be taken than is available.
    """
    await ledger.lock(organisation_id)
    if amount < 0 and (available := await ledger.balance(organisation_id, "available")) < -amount:
        raise Conflict(f"{available / CREDIT:g} credits are available: no more can be taken.")
    lines: dict[Account, int] = {"available": amount, "adjusted": -amount}
    return await ledger.post(organisation_id, "adjust", key, lines, datetime.now(UTC), memo=memo)


async def close_books(limit: int = 100) -> int:
    """Closes the books of up to `limit` organisations whose sums have become long; returns of how many.

    For housekeeping: each in a transaction of its own.
    """
    # Earlier than who submits would have to.
    many = ledger.LONG // 4
    rows = await Posting.raw(_LONG, many, many, limit)
    for row in rows:
        async with transaction():
            await ledger.lock(row["organisation_id"])
            await ledger.close(row["organisation_id"], datetime.now(UTC))
    return len(rows)


async def _give(
    kind: Kind, source: Account, organisation_id: UUID, amount: int, key: str, memo: str, now: datetime
) -> bool:
    if amount <= 0:
        raise ValueError(f"{amount} is nothing to give")
    lines: dict[Account, int] = {"available": amount, source: -amount}
    return await ledger.post(organisation_id, kind, key, lines, now, memo=memo)
