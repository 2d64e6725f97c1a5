"""What must hold after the storm, asked of the database and of the API, and not of the code that was in it."""

import io
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from PIL import Image

from perf.chaos.people import Person, Refused

RULES = {
    "has not ended": """
        SELECT id::text AS what, state FROM jobs WHERE state NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')""",
    "failed without a reason": """
        SELECT id::text AS what FROM jobs WHERE state = 'FAILED' AND coalesce(error->>'detail', '') = ''""",
    "has gaps in its events": """
        SELECT job_id::text AS what, array_agg(sequence ORDER BY sequence)::text FROM job_events
        GROUP BY job_id HAVING max(sequence) <> count(*) OR min(sequence) <> 1""",
    "is in another state than its last event says": """
        SELECT j.id::text AS what, j.state, e.state FROM jobs j
        LEFT JOIN job_events e ON e.job_id = j.id AND e.sequence = j.sequence WHERE j.state IS DISTINCT FROM e.state""",
    "has two ends": """
        SELECT job_id::text AS what FROM job_events WHERE state IN ('COMPLETED', 'FAILED', 'CANCELLED')
        GROUP BY job_id HAVING count(*) <> 1""",
    "is completed without all its pictures": """
        SELECT j.id::text AS what, (j.request->>'batch'), count(o.id) FROM jobs j
        LEFT JOIN job_outputs o ON o.job_id = j.id WHERE j.state = 'COMPLETED'
        GROUP BY j.id HAVING count(o.id) <> (j.request->>'batch')::int""",
    "has pictures that are no outputs of it": """
        SELECT a.job_id::text AS what, a.id::text FROM assets a WHERE a.job_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM job_outputs o WHERE o.asset_id = a.id AND o.job_id = a.job_id)""",
    "has a hold that is still open": """
        SELECT job_id::text AS what FROM holds WHERE state = 'open'""",
    "was charged otherwise than its hold says": """
        SELECT j.id::text AS what, j.charged, h.charged, h.state FROM jobs j LEFT JOIN holds h ON h.id = j.hold_id
        WHERE coalesce(j.charged, 0) <> coalesce(h.charged, 0)""",
    "is completed and was not charged, or more than was set aside": """
        SELECT id::text AS what, charged, reserved FROM jobs
        WHERE state = 'COMPLETED' AND (coalesce(charged, 0) <= 0 OR charged > reserved)""",
    "delivered nothing and was charged": """
        SELECT j.id::text AS what, j.charged FROM jobs j WHERE j.charged > 0
        AND NOT EXISTS (SELECT FROM job_outputs o WHERE o.job_id = j.id)""",
    "was charged or given back more than once": """
        SELECT job_id::text AS what, count(*) FROM ledger_postings WHERE kind IN ('settle', 'release')
        GROUP BY job_id HAVING count(*) > 1""",
    "is a posting that does not come to zero": """
        SELECT posting_id::text AS what, sum(amount) FROM ledger_entries GROUP BY posting_id HAVING sum(amount) <> 0""",
    "is an account of what is held with something in it": """
        SELECT organisation_id::text AS what, sum(amount) FROM ledger_entries WHERE account = 'held'
        GROUP BY organisation_id HAVING sum(amount) <> 0""",
    "is an organisation that spent something else than its jobs cost": """
        SELECT o.id::text AS what, spent.amount, cost.amount FROM organisations o
        LEFT JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM ledger_entries e
            WHERE e.organisation_id = o.id AND e.account = 'spent') spent ON true
        LEFT JOIN LATERAL (SELECT coalesce(sum(charged), 0) AS amount FROM jobs j
            WHERE j.organisation_id = o.id) cost ON true WHERE spent.amount <> cost.amount""",
}
"""What is wrong → a query for those that it is wrong of."""
UNEXPECTED = (
    "unexpected_error",
    "worker_fault",
    "attempt_abandoned",
    "loading_failed",
    "event_not_understood",
)
"""What the API and workers call an error in their logs that none of their code awaited."""


async def jobs(connection: asyncpg.Connection, wall: float) -> list[dict[str, Any]]:
    """All jobs, the first first; `at`, `began`, `ended`: seconds after `wall` (seconds since 1970)."""
    rows = await connection.fetch(
        """SELECT id::text, organisation_id::text, user_id::text, kind, state, attempt, worker, server, error,
        extract(epoch FROM created_at)::float8 - $1 AS at, extract(epoch FROM started_at)::float8 - $1 AS began,
        extract(epoch FROM finished_at)::float8 - $1 AS ended, charged,
        (SELECT coalesce(array_agg(asset_id::text ORDER BY place), '{}') FROM job_outputs o WHERE o.job_id = jobs.id)
        AS assets FROM jobs ORDER BY created_at""",
        wall,
    )
    return [dict(row) | {"why": _detail(row["error"])} for row in rows]


def _detail(error: str | None) -> str:
    return str(msgspec.json.decode(error)["detail"]) if error else ""


async def violations(connection: asyncpg.Connection, accepted: list[str]) -> list[str]:
    """What of `RULES` is broken, and which of the jobs that were accepted are not there."""
    found = []
    for rule, query in RULES.items():
        rows = await connection.fetch(query)
        found += [f"{row['what']} {rule} {tuple(row.values())[1:] or ''}".rstrip() for row in rows]
    there = {row["id"] for row in await connection.fetch("SELECT id::text AS id FROM jobs")}
    found += [f"job {job} was accepted and is not there" for job in accepted if job not in there]
    if len(accepted) != len(set(accepted)):
        found.append("two submissions were given the same job")
    return found


async def unreadable(jobs: list[dict[str, Any]], people: list[Person]) -> list[str]:
    """Pictures that cannot be downloaded through the API, or opened."""
    found = []
    for job in jobs:
        # Who submitted it may see it.
        person = next(p for p in people if job["id"] in p.seen)
        for asset in job["assets"]:
            try:
                answer = await person.fetch("GET", f"/api/v1/assets/{asset}/content")
                with Image.open(io.BytesIO(answer.content)) as image:
                    image.load()
            except (Refused, OSError) as error:
                found.append(f"asset {asset} of job {job['id']} cannot be read: {error}")
    return found


async def balances(jobs: list[dict[str, Any]], people: list[Person]) -> list[str]:
    """Organisations whose credits, as the API tells, are not their grant less what their jobs cost."""
    found = []
    for organisation, person in {p.organisation_id: p for p in people}.items():
        credits = await person.ask("GET", "/credits")
        cost = sum(job["charged"] or 0 for job in jobs if job["organisation_id"] == organisation)
        left = credits["available_microcredits"]
        if left != credits["monthly_grant_microcredits"] - cost or credits["held_microcredits"]:
            found.append(f"organisation {organisation} has {left} left after jobs of {cost}: {credits}")
    return found


def bugs(home: Path) -> list[str]:
    """Errors in the logs of the API and of the workers that nobody had thought of."""
    found: Counter[str] = Counter()
    for log in (home / "log").glob("*.log"):
        for line in log.read_text(errors="replace").splitlines():
            if any(f'"event":"{event}"' in line for event in UNEXPECTED):
                told = msgspec.json.decode(line, type=dict[str, Any])
                why = str(told.get("exception", "")).strip().splitlines()[-1:] or [str(told)]
                found[f"{log.name}: {told['event']}: {why[0][:300]}"] += 1
    return [f"{sentence} ({times} times)" for sentence, times in found.items()]
