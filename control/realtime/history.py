"""What `job_events` holds for those who watch: the truth, where Redis has only the news."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from control.database.owned import InOrganisation, Inside, scoped
from control.jobs.states import event_of
from control.jobs.tables import JobEvent
from control.realtime.bus import Envelope, Owner, envelope
from control.realtime.watcher import Watcher

PAGE = 500
LATE = timedelta(seconds=30)
"""A number may appear in the table so long after the next one: its transaction was longer."""

# Backwards through the index (organisation_id, number) to the first that is older, and from there on.
_RECENT = """
SELECT o.id AS organisation_id, e.job_id, e.sequence
FROM unnest({}::uuid[]) AS o (id) CROSS JOIN LATERAL (
    SELECT job_id, max(sequence) AS sequence FROM job_events
    WHERE organisation_id = o.id AND number > coalesce((
        SELECT f.number FROM job_events f
        WHERE f.organisation_id = o.id AND f.created_at < now() - make_interval(secs => {})
        ORDER BY f.number DESC LIMIT 1), 0)
    GROUP BY job_id
) e
"""
_OF_JOBS = "SELECT * FROM job_events WHERE job_id = ANY({}) ORDER BY number"


def envelope_of(row: dict[str, Any]) -> Envelope:
    """A row of `job_events` as it would have come over the bus."""
    return envelope(Owner(row["organisation_id"], row["user_id"], row["team_id"]), event_of(row))


async def latest_number(who: InOrganisation) -> int:
    """The number of the organisation's latest event; 0 where there is none."""
    row = (
        await scoped(JobEvent, who).select(JobEvent.number).order_by(JobEvent.number, ascending=False).first()
    )
    return int(row["number"]) if row is not None else 0


async def snapshot(watcher: Watcher, job_id: UUID) -> Envelope | None:
    """The job's state now."""
    query = scoped(JobEvent, watcher).select().where(JobEvent.job_id == job_id)
    row = await query.order_by(JobEvent.sequence, ascending=False).first()
    return None if row is None else envelope_of(row)


async def since(watcher: Watcher, after: int) -> AsyncIterator[Envelope]:
    """States that the watcher may see and that came after number `after`, and those that may have come too late."""
    # One job's events come one after the other: its row is locked for each.
    number = after if watcher.job_id is not None else await _overlap(watcher, after)
    query = scoped(JobEvent, watcher)
    while True:
        page = query.select().where(JobEvent.number > number)
        if watcher.job_id is not None:
            page = page.where(JobEvent.job_id == watcher.job_id)
        elif not watcher.all_jobs:
            own: Any = JobEvent.user_id == watcher.who.user_id
            if watcher.teams:
                own = own | JobEvent.team_id.is_in(list(watcher.teams))
            page = page.where(own)
        rows = await page.order_by(JobEvent.number).limit(PAGE)
        for row in rows:
            yield envelope_of(row)
        if len(rows) < PAGE:
            return
        number = rows[-1]["number"]


async def _overlap(who: InOrganisation, after: int) -> int:
    """The number from which on may not have been there yet when `after` was."""

    def up_to(*more: Any) -> Any:
        return (
            scoped(JobEvent, who)
            .select(JobEvent.number, JobEvent.created_at)
            .where(JobEvent.number <= after, *more)
            .order_by(JobEvent.number, ascending=False)
            .first()
        )

    if (last := await up_to()) is None:
        return after
    found = await up_to(JobEvent.created_at < last["created_at"] - LATE)
    return 0 if found is None else int(found["number"])


async def of_job(organisation_id: UUID, job_id: UUID, after: int, before: int) -> list[Envelope]:
    """A job's states whose sequence lies between the two."""
    rows = await (
        scoped(JobEvent, Inside(organisation_id))
        .select()
        .where(JobEvent.job_id == job_id, JobEvent.sequence > after, JobEvent.sequence < before)
        .order_by(JobEvent.sequence)
    )
    return [envelope_of(row) for row in rows]


async def recent(organisation_ids: Sequence[UUID], seconds: float) -> list[tuple[UUID, int]]:
    """(job, its highest sequence) of jobs of these organisations that something happened to in the last seconds."""
    rows = await JobEvent.raw(_RECENT, list(organisation_ids), seconds)
    return [(row["job_id"], row["sequence"]) for row in rows]


async def of_jobs(job_ids: Sequence[UUID]) -> list[tuple[UUID, Envelope]]:
    """(organisation, state): all states of these jobs."""
    rows = await JobEvent.raw(_OF_JOBS, list(job_ids))
    return [(row["organisation_id"], envelope_of(row)) for row in rows]
