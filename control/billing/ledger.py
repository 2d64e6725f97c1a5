"""The ledger of credits: postings of entries that come to zero.

Accounts of an organisation: `available` and `held` are what it has; `granted`, `purchased`, `spent`, `expired` and
`adjusted` stand opposite, so that an account's balance is the sum of its entries and all balances come to zero.
No balance is kept in a column that changes: a `Closing` says what the sum was up to an entry, so that no sum need
begin at the first one.

Who writes holds the organisation's row of `ledger_heads` (`lock`) until the transaction ends. So entries of one
organisation become visible in the order of their numbers, and what was read stays true until it is written on.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from control.billing.tables import Closing, LedgerHead, Posting
from control.database.owned import Inside, scoped
from control.ids import uuid7

Account = Literal["available", "held", "granted", "purchased", "spent", "expired", "adjusted"]
Kind = Literal["grant", "purchase", "expire", "reserve", "settle", "release", "adjust"]
ACCOUNTS: tuple[Account, ...] = (
    "available", "held", "granted", "purchased", "spent", "expired", "adjusted",
)  # fmt: skip
LONG = 1000
"""Entries of one account since its last closing, after which the books are closed again."""


class Head(msgspec.Struct, frozen=True):
    """A row of `ledger_heads`."""

    month: date | None
    opening: int
    tier: str
    limited: bool
    """Has the organisation limits of spending?"""


_HEAD = """
SELECT month, opening, tier, EXISTS (
    SELECT FROM spending_limits l WHERE l.organisation_id = h.organisation_id
) AS limited FROM ledger_heads h WHERE organisation_id = {}
"""
_LOCK = f"{_HEAD} FOR NO KEY UPDATE OF h"
_BEGIN = """
INSERT INTO ledger_heads (id, organisation_id, opening, tier) VALUES ({}, {}, 0, '') ON CONFLICT DO NOTHING
"""

BALANCES = """
SELECT asked.account, coalesce(closing.balance, 0) + coalesce(sum(entry.amount), 0) AS amount,
    count(entry.amount) AS entries
FROM (SELECT {}::uuid AS organisation_id, unnest({}::text[]) AS account) asked
LEFT JOIN LATERAL (
    SELECT balance, number FROM ledger_closings c
    WHERE c.organisation_id = asked.organisation_id AND c.account = asked.account ORDER BY number DESC LIMIT 1
) closing ON true
LEFT JOIN LATERAL (
    SELECT amount FROM ledger_entries e
    WHERE e.organisation_id = asked.organisation_id AND e.account = asked.account
    AND e.number > coalesce(closing.number, 0)
) entry ON true
GROUP BY asked.account, closing.balance
"""
"""`amount` of each `account` that is asked for, and of how many `entries` beside its closing it was summed."""


def entries(lines: str) -> str:
    """The entries of the posting that a CTE named `posting` makes; `lines` names a `line (account, amount)`."""
    return f"""
INSERT INTO ledger_entries (id, organisation_id, posting_id, account, amount, created_at)
SELECT gen_random_uuid(), posting.organisation_id, posting.id, line.account, line.amount, posting.created_at
FROM posting, {lines}
"""


GIVEN = "unnest({}::text[], {}::bigint[]) AS line (account, amount)"
"""Lines as two values: accounts, amounts."""
_POST = f"""
WITH posting AS (
    INSERT INTO ledger_postings (id, organisation_id, key, kind, job_id, user_id, memo, created_at)
    VALUES ({{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}})
    ON CONFLICT (organisation_id, key) DO NOTHING RETURNING id, organisation_id, created_at
), entries AS ({entries(GIVEN)})
SELECT id FROM posting
"""

# One closing of each account, at the organisation's last entry.
_CLOSE = """
WITH last AS (SELECT max(number) AS number FROM ledger_entries WHERE organisation_id = {})
INSERT INTO ledger_closings (id, organisation_id, account, number, balance, created_at)
SELECT gen_random_uuid(), {}, account, last.number, coalesce(before.balance, 0) + coalesce((
    SELECT sum(amount) FROM ledger_entries e
    WHERE e.organisation_id = {} AND e.account = asked.account AND e.number > coalesce(before.number, 0)
), 0), {}
FROM last, unnest({}::text[]) AS asked (account)
LEFT JOIN LATERAL (
    SELECT balance, number FROM ledger_closings c
    WHERE c.organisation_id = {} AND c.account = asked.account ORDER BY number DESC LIMIT 1
) before ON true
WHERE last.number > coalesce(before.number, 0)
ON CONFLICT DO NOTHING
"""


async def lock(organisation_id: UUID) -> Head:
    """Makes other writers of the organisation's ledger wait until the transaction ends."""
    rows = await LedgerHead.raw(_LOCK, organisation_id)
    if not rows:
        await LedgerHead.raw(_BEGIN, uuid7(), organisation_id)
        rows = await LedgerHead.raw(_LOCK, organisation_id)
    return msgspec.convert(rows[0], Head)


async def head(organisation_id: UUID) -> Head | None:
    """The head, not locked; None where nothing was ever posted."""
    rows = await LedgerHead.raw(_HEAD, organisation_id)
    return msgspec.convert(rows[0], Head) if rows else None


async def balances(organisation_id: UUID) -> dict[Account, int]:
    """Micro-credits on each account."""
    rows = await Posting.raw(BALANCES, organisation_id, list(ACCOUNTS))
    found = {row["account"]: int(row["amount"]) for row in rows}
    return {account: found[account] for account in ACCOUNTS}


async def balances_at(organisation_id: UUID, number: int) -> dict[Account, int]:
    """What they were after the entry `number`, where the books were closed; 0 for the beginning."""
    rows = await (
        scoped(Closing, Inside(organisation_id))
        .select(Closing.account, Closing.balance)
        .where(Closing.number == number)
    )
    return dict.fromkeys(ACCOUNTS, 0) | {row["account"]: row["balance"] for row in rows}


async def post(
    organisation_id: UUID,
    kind: Kind,
    key: str,
    lines: Mapping[Account, int],
    now: datetime,
    *,
    job_id: UUID | None = None,
    user_id: UUID | None = None,
    memo: str = "",
) -> bool:
    """Writes a posting; False, and nothing is written, where one of this key is there. The head is locked.

    Raises `ValueError` where the lines do not come to zero (the database would refuse them too, later).
    """
    if sum(lines.values()) != 0:
        raise ValueError(f"{key} does not come to zero: {dict(lines)}")
    rows = await Posting.raw(
        _POST,
        uuid7(), organisation_id, key, kind, job_id, user_id, memo, now,
        list(lines), list(lines.values()),
    )  # fmt: skip
    return bool(rows)


async def close(organisation_id: UUID, now: datetime) -> int:
    """A closing of each account at the last entry; returns that one's number, 0 where there is none.

    The head is locked.
    """
    await Posting.raw(
        _CLOSE, organisation_id, organisation_id, organisation_id, now, list(ACCOUNTS), organisation_id
    )
    last = scoped(Closing, Inside(organisation_id)).select(Closing.number)
    row = await last.order_by(Closing.number, ascending=False).first()
    return int(row["number"]) if row else 0


async def balance(organisation_id: UUID, account: Account) -> int:
    """Micro-credits on an account."""
    [row] = await Posting.raw(BALANCES, organisation_id, [account])
    return int(row["amount"])
