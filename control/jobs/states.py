"""The states of a job, and the one way from each to the next: with an event, in the same transaction.

PENDING    accepted, and not in line: paused, or waiting until a failed attempt may be tried again
QUEUED     in line
ASSIGNED   a worker has it (its lease)
PROCESSING Triton works on it
COMPLETED, FAILED, CANCELLED: the end
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import Column

from control.database.owned import unscoped
from control.jobs.tables import Job, JobEvent
from control.jobs.webhooks import announce
from control.realtime.bus import Owner
from control.realtime.events import ENDED, JobError, JobState, OutputLink, State

NEXT: dict[State, frozenset[State]] = {
    "PENDING": frozenset({"QUEUED", "CANCELLED", "FAILED"}),
    "QUEUED": frozenset({"PENDING", "ASSIGNED", "CANCELLED", "FAILED"}),
    "ASSIGNED": frozenset({"PROCESSING", "PENDING", "QUEUED", "CANCELLED", "FAILED"}),
    "PROCESSING": frozenset({"COMPLETED", "PENDING", "QUEUED", "CANCELLED", "FAILED"}),
    "COMPLETED": frozenset(),
    "FAILED": frozenset(),
    "CANCELLED": frozenset(),
}
_TIMES: dict[State, Column] = {
    "QUEUED": Job.queued_at,
    "ASSIGNED": Job.assigned_at,
    "PROCESSING": Job.started_at,
    **dict.fromkeys(ENDED, Job.finished_at),
}
WHY = "a transition is made by whoever has the job: its owner's request checked that, or a worker's lease"


class Detail(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a row of `job_events` says beside its state; the event is made of both."""

    error: JobError | None = None
    outputs: list[OutputLink] = []
    charged: int | None = None
    paused: bool = False
    node_errors: list[JobError] = []
    texts: dict[str, list[str]] = {}
    nodes_run: int | None = None
    nodes_cached: int | None = None
    cached: list[str] = []
    """The ids of these; not on the wire."""
    engine_ms: float | None = None
    """Milliseconds that Triton's stream took, of a completed job; not on the wire."""


def before(state: State) -> list[State]:
    """From where one may come to `state`."""
    return [earlier for earlier, later in NEXT.items() if state in later]


async def transition(
    job_id: UUID,
    to: State,
    *,
    lease_id: UUID | None = None,
    only_from: list[State] | None = None,
    detail: Detail | None = None,
    changes: dict[Column | str, Any] | None = None,
) -> tuple[Owner, JobState] | None:
    """Brings a job to a state, with other changes of its row; None where it is not so that it may come there.

    With `lease_id` only for who holds that lease. Call it in a transaction, and publish what it returns after it.
    """
    now, detail = datetime.now(UTC), detail or Detail()
    values: dict[Column | str, Any] = {Job.state: to, Job.sequence: Job.sequence + 1, **(changes or {})}
    if to in _TIMES:
        values[_TIMES[to]] = now
    if to not in {"ASSIGNED", "PROCESSING"}:
        values |= {Job.lease_id: None, Job.lease_until: None}
    query = (
        unscoped(Job, WHY)
        .update(values)
        .where(Job.id == job_id, Job.state.is_in(list(only_from or before(to))))
    )
    if lease_id is not None:
        query = query.where(Job.lease_id == lease_id)
    rows = await query.returning(
        Job.organisation_id, Job.user_id, Job.team_id, Job.sequence, Job.attempt, Job.paused
    )
    if not rows:
        return None
    [row] = rows
    event = JobEvent(
        organisation_id=row["organisation_id"],
        job_id=job_id,
        user_id=row["user_id"],
        team_id=row["team_id"],
        sequence=row["sequence"],
        state=to,
        attempt=row["attempt"],
        detail=msgspec.json.encode(msgspec.structs.replace(detail, paused=row["paused"])).decode(),
        created_at=now,
    )
    [made] = await JobEvent.insert(event).returning(JobEvent.number)
    owner = Owner(row["organisation_id"], row["user_id"], row["team_id"])
    told = state_event(
        number=made["number"], job_id=job_id, sequence=row["sequence"], state=to, attempt=row["attempt"], at=now,
        detail=msgspec.structs.replace(detail, paused=row["paused"]),
    )  # fmt: skip
    await announce(owner, told)
    return owner, told


def state_event(
    *, number: int, job_id: UUID, sequence: int, state: State, attempt: int, at: datetime, detail: Detail
) -> JobState:
    """The event of a row of `job_events`."""
    return JobState(
        id=number,
        job_id=job_id,
        sequence=sequence,
        state=state,
        attempt=attempt,
        paused=detail.paused,
        at=at,
        error=detail.error,
        outputs=detail.outputs,
        charged_microcredits=detail.charged,
        node_errors=detail.node_errors,
        texts=detail.texts,
        nodes_run=detail.nodes_run,
        nodes_cached=detail.nodes_cached,
    )


def event_of(row: dict[str, Any]) -> JobState:
    """The event of a row that was read from `job_events` (all columns)."""
    return state_event(
        number=row["number"], job_id=row["job_id"], sequence=row["sequence"], state=row["state"],
        attempt=row["attempt"], at=row["created_at"],
        detail=msgspec.json.decode(row["detail"] or "{}", type=Detail),
    )  # fmt: skip
