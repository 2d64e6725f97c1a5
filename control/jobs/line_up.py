"""One's own jobs in line: which comes first, and which waits outside. Each is called in a transaction of its caller's."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from piccolo.query.functions.aggregate import Max, Min

from control.access.principal import Principal
from control.database.owned import scoped
from control.errors import BadRequest, Conflict
from control.jobs import schemas
from control.jobs.reading import WAITING, own
from control.jobs.states import transition
from control.jobs.tables import Job
from control.realtime.bus import Owner
from control.realtime.events import JobState

Told = tuple[Owner, JobState]

_MAKE_ROOM = """
UPDATE jobs SET position = position - 1
WHERE organisation_id = {} AND user_id = {} AND state IN ('PENDING', 'QUEUED') AND position < {}
"""


async def move(who: Principal, job_id: UUID, where: schemas.Move) -> None:
    """Puts a job of one's own elsewhere among those that wait; raises `NotFound`, `Forbidden`, `Conflict`."""
    if (where.to is None) == (where.before_job_id is None):
        raise BadRequest("Say where to: either `to` or `before_job_id`.")
    wanted = {job_id} if where.before_job_id is None else {job_id, where.before_job_id}
    # In the order in which everybody locks several: two who move each before the other wait, and do not block.
    rows = {each: await _waiting(who, each) for each in sorted(wanted)}
    if where.before_job_id is not None:
        if where.before_job_id == job_id:
            return
        position = await _before(who, job_id, rows[where.before_job_id])
    elif where.to == "first":
        ends = await scoped(Job, who).select(Min(Job.position)).where(*_others(who, job_id)).first()
        position = ((ends or {}).get("min") or _now()) - 1.0
    else:
        ends = await scoped(Job, who).select(Max(Job.position)).where(*_others(who, job_id)).first()
        # Who submits next comes behind it.
        position = max((ends or {}).get("max") or 0.0, _now())
    await scoped(Job, who).update({Job.position: position}).where(Job.id == job_id)


async def _before(who: Principal, job_id: UUID, next_row: dict[str, Any]) -> float:
    """A position right before another job's."""
    behind: float = next_row["position"]
    earlier = [*_others(who, job_id), Job.position < behind]
    found = await scoped(Job, who).select(Max(Job.position)).where(*earlier).first()
    ahead = (found or {}).get("max")
    if ahead is None:
        return behind - 1.0
    between: float = (ahead + behind) / 2
    if ahead < between < behind:
        return between
    # After many moves no number is left between the two: all before them make room.
    await Job.raw(_MAKE_ROOM, who.organisation_id, who.user_id, behind)
    return behind - 0.5


async def pause(who: Principal, job_id: UUID) -> Told | None:
    """Takes a job of one's own out of line; None where it is paused. Raises `NotFound`, `Forbidden`, `Conflict`."""
    if (await _waiting(who, job_id))["paused"]:
        return None
    # Between two attempts a job is PENDING already; it will not come back by itself then.
    return await transition(job_id, "PENDING", only_from=WAITING, changes={Job.paused: True})


async def resume(who: Principal, job_id: UUID) -> Told | None:
    """Puts it back to its place; None where it is not paused."""
    row = await _waiting(who, job_id)
    if not row["paused"]:
        return None
    later = row["not_before"] is not None and row["not_before"] > datetime.now(UTC)
    return await transition(
        job_id, "PENDING" if later else "QUEUED", only_from=["PENDING"], changes={Job.paused: False}
    )


async def _waiting(who: Principal, job_id: UUID) -> dict[str, Any]:
    row = await own(who, job_id, lock=True)
    if row["state"] not in WAITING:
        raise Conflict("This job does not wait (any more).", state=row["state"])
    return row


def _others(who: Principal, job_id: UUID) -> list[Any]:
    return [Job.user_id == who.user_id, Job.state.is_in(list(WAITING)), Job.id != job_id]


def _now() -> float:
    return datetime.now(UTC).timestamp()
