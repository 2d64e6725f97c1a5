"""Is an organisation's ledger as it must be? For the operator's command, and for tests."""

from uuid import UUID

from control.billing.tables import Posting

MOST = 20
"""Findings of one kind that are listed."""

# What would be wrong → (what it is of, how it stands): none, where all is well. {} is the organisation.
_CHECKS: dict[str, str] = {
    "posting {what} does not come to zero: {how}": """
        SELECT p.key AS what, coalesce(sum(e.amount), 0)::text AS how FROM ledger_postings p
        LEFT JOIN ledger_entries e ON e.posting_id = p.id WHERE p.organisation_id = {}
        GROUP BY p.id HAVING coalesce(sum(e.amount), 0) <> 0 OR count(e.id) < 2
    """,
    "the entries of all accounts come to {how} and not to zero": """
        SELECT '' AS what, sum(amount)::text AS how FROM ledger_entries WHERE organisation_id = {} HAVING sum(amount) <> 0
    """,
    "the account {what} was negative: {how}": """
        SELECT account AS what, min(balance)::text AS how FROM (
            SELECT account, sum(amount) OVER (PARTITION BY account ORDER BY number) AS balance
            FROM ledger_entries WHERE organisation_id = {} AND account IN ('available', 'held')
        ) run GROUP BY account HAVING min(balance) < 0
    """,
    "the account held has {what}, and the holds have {how}": """
        SELECT held.amount::text AS what, open.amount::text AS how
        FROM (SELECT coalesce(sum(amount), 0) AS amount FROM ledger_entries
              WHERE organisation_id = {} AND account = 'held') held,
             (SELECT coalesce(sum(amount), 0) AS amount FROM holds
              WHERE organisation_id = {} AND state = 'open') open
        WHERE held.amount <> open.amount
    """,
    "hold {what} was set aside with {how} entries": """
        SELECT h.id::text AS what, count(e.id)::text AS how FROM holds h
        LEFT JOIN ledger_postings p ON p.organisation_id = h.organisation_id AND p.key = 'hold:' || h.id
        LEFT JOIN ledger_entries e ON e.posting_id = p.id AND (
            (e.account = 'held' AND e.amount = h.amount) OR (e.account = 'available' AND e.amount = -h.amount))
        WHERE h.organisation_id = {} GROUP BY h.id HAVING count(e.id) <> 2
    """,
    "hold {what} is {how}, and its postings say otherwise": """
        SELECT h.id::text AS what, h.state AS how FROM holds h
        LEFT JOIN ledger_postings p ON p.organisation_id = h.organisation_id AND p.key = 'settle:' || h.id
        LEFT JOIN ledger_entries e ON e.posting_id = p.id
        WHERE h.organisation_id = {}
        GROUP BY h.id HAVING (h.state = 'open') <> (count(DISTINCT p.id) = 0)
        OR (h.state <> 'open' AND (
            coalesce(sum(e.amount) FILTER (WHERE e.account = 'held'), 0) <> -h.amount
            OR coalesce(sum(e.amount) FILTER (WHERE e.account = 'spent'), 0) <> h.charged
            OR (h.state = 'released') <> (h.charged = 0)))
    """,
    "posting {what} ends no hold of this organisation{how}": """
        SELECT p.key AS what, '' AS how FROM ledger_postings p
        WHERE p.organisation_id = {} AND p.kind IN ('settle', 'release') AND NOT EXISTS (
            SELECT FROM holds h WHERE h.organisation_id = p.organisation_id AND p.key = 'settle:' || h.id)
    """,
    "hold {what} is open, and its job is {how}": """
        SELECT h.id::text AS what, j.state AS how FROM holds h JOIN jobs j ON j.id = h.job_id
        WHERE h.organisation_id = {} AND h.state = 'open' AND j.state IN ('COMPLETED', 'FAILED', 'CANCELLED')
    """,
    "hold {what} has ended, and its job is {how}": """
        SELECT h.id::text AS what, j.state AS how FROM holds h JOIN jobs j ON j.id = h.job_id
        WHERE h.organisation_id = {} AND h.state <> 'open' AND j.state NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')
    """,
    "hold {what} was charged otherwise than its job says: {how}": """
        SELECT h.id::text AS what, h.charged || ' and ' || coalesce(j.charged::text, 'nothing') AS how
        FROM holds h JOIN jobs j ON j.id = h.job_id
        WHERE h.organisation_id = {} AND h.state <> 'open' AND h.charged IS DISTINCT FROM j.charged
    """,
    "the closing of {what} is wrong": """
        SELECT c.account || ' at ' || c.number AS what, '' AS how FROM ledger_closings c
        WHERE c.organisation_id = {} AND c.balance <> (
            SELECT coalesce(sum(e.amount), 0) FROM ledger_entries e
            WHERE e.organisation_id = c.organisation_id AND e.account = c.account AND e.number <= c.number)
    """,
}


async def verify(organisation_id: UUID) -> list[str]:
    """What is wrong, one sentence each; empty where nothing is. Reads the whole ledger of the organisation."""
    found: list[str] = []
    for says, query in _CHECKS.items():
        rows = await Posting.raw(query, *[organisation_id] * query.count("{}"))
        found += [says.format(**row) for row in rows[:MOST]]
        if len(rows) > MOST:
            found.append(f"and {len(rows) - MOST} more")
    return found
