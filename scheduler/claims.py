"""Taking jobs off the line: one worker after the other, in a short transaction each.

Who claims holds a lock of the database's own until it has written whose jobs they are, so that the policy is asked
about the line as it is, and the limits of jobs under way hold.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import structlog

from control.billing import service as billing
from control.database.engine import transaction
from control.database.owned import unscoped
from control.jobs.requests import AnyWork, Img2Img, Txt2Img
from control.jobs.states import Detail, transition
from control.jobs.tables import Job, Served
from control.realtime.bus import Owner
from control.realtime.events import JobError, JobState
from control.workflows.plan import Plan
from scheduler.policy import Head, caps, choose, keys, updates
from scheduler.settings import SchedulerSettings

log = structlog.get_logger("scheduler")

LOCK = 0x636C61696D
"""Key of the advisory lock ("claim")."""
WHY = "the line is everybody's: the policy chooses among all that wait"

# A worker that freezes while it holds the lock loses it after five seconds.
_TURN = """
SELECT now() AS now, set_config('idle_in_transaction_session_timeout', '5000', true), pg_advisory_xact_lock({})
"""
_HEADS = """
SELECT id, organisation_id, user_id, tier, model, work, position, queued_at FROM (
    SELECT id, organisation_id, user_id, tier, model, work, position, queued_at,
           row_number() OVER (PARTITION BY tier, organisation_id, user_id ORDER BY position, id) AS place
    FROM jobs WHERE state = 'QUEUED'
) line WHERE place <= {}
"""
_RUNNING = "SELECT organisation_id, count(*) AS jobs FROM jobs WHERE lease_until IS NOT NULL GROUP BY 1"
_SERVED = "SELECT key, served FROM queue_served WHERE key = ANY({})"
_SERVE = """
INSERT INTO queue_served (key, served, updated_at) SELECT key, served, {}::timestamptz FROM unnest({}::text[], {}::float8[])
AS new (key, served) ON CONFLICT (key) DO UPDATE SET served = excluded.served, updated_at = excluded.updated_at
"""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A job that this worker has, for as long as its lease lasts."""

    job_id: UUID
    lease_id: UUID
    owner: Owner
    work: AnyWork
    plan: Plan | None = None
    """Of what runs as a workflow; None: it is painted in one stream."""
    model: str
    tier: str
    effort: float
    """control.jobs.requests.effort"""
    attempt: int
    """1 is the first."""
    hold_id: UUID | None
    reserved: int
    """Micro-credits."""
    traceparent: str
    queued_at: datetime
    claimed_at: datetime
    """When its worker began to choose."""
    assigned_at: datetime


async def claim(
    settings: SchedulerSettings, worker: str, room: int, loaded: frozenset[str] = frozenset()
) -> tuple[list[Claim], list[tuple[Owner, JobState]]]:
    """Up to `room` jobs of the line, leased to `worker`; and the events to publish.

    `loaded` are models that no server need load first.
    """
    # Most looks find nothing, and need no turn.
    if not await Job.raw("SELECT 1 FROM jobs WHERE state = 'QUEUED' LIMIT 1"):
        return [], []
    claims, events, strange = [], [], []
    began = datetime.now(UTC)
    async with transaction():
        [turn] = await Job.raw(_TURN, LOCK)
        chosen = await _choose(settings, room, loaded)
        if not chosen:
            return [], []
        rows = {row["id"]: row for row in await _rows(chosen)}
        until = turn["now"] + timedelta(seconds=settings.lease_seconds)
        for job_id in chosen:
            try:
                work, plan = _asked(rows[job_id])
            except (msgspec.DecodeError, ValueError):
                strange.append(rows[job_id])
                continue
            lease_id = uuid4()
            made = await transition(
                job_id,
                "ASSIGNED",
                only_from=["QUEUED"],
                changes={
                    Job.lease_id: lease_id,
                    Job.lease_until: until,
                    Job.worker: worker,
                    Job.server: "",
                    Job.attempt: Job.attempt + 1,
                    Job.not_before: None,
                },
            )
            # Cancelled or paused meanwhile.
            if made is None:
                continue
            owner, event = made
            claims.append(_claim(rows[job_id], work, plan, lease_id, owner, event, began))
            events.append((owner, event))
    # Of another version of the studio. One that nobody can read must not stand in the way of all that can be.
    for row in strange:
        events += await _refuse(row)
    return claims, events


def _asked(row: dict[str, Any]) -> tuple[AnyWork, Plan | None]:
    """Raises `ValueError` for what cannot be read."""
    work: AnyWork = msgspec.json.decode(row["request"], type=AnyWork)
    if row["plan"] is None:
        if not isinstance(work, Txt2Img | Img2Img):
            raise ValueError("a workflow without a plan")
        return work, None
    return work, msgspec.json.decode(row["plan"], type=Plan)


async def _refuse(row: dict[str, Any]) -> list[tuple[Owner, JobState]]:
    error = JobError(kind="invalid", detail="This request is not understood any more. Submit it again.")
    log.error("request_not_understood", job_id=str(row["id"]))
    async with transaction():
        made = await transition(
            row["id"], "FAILED", only_from=["QUEUED"], detail=Detail(error=error, charged=0),
            changes={Job.charged: 0, Job.error: msgspec.json.encode(error).decode()},
        )  # fmt: skip
        if made is not None and row["hold_id"] is not None:
            await billing.release(made[0].organisation_id, row["hold_id"])
    return [] if made is None else [made]


async def _choose(settings: SchedulerSettings, room: int, loaded: frozenset[str]) -> list[UUID]:
    heads = [
        Head(
            job_id=row["id"], organisation_id=row["organisation_id"], user_id=row["user_id"], tier=row["tier"],
            model=row["model"], work=row["work"], position=row["position"], queued_at=row["queued_at"].timestamp(),
        )
        for row in await Job.raw(_HEADS, room)
    ]  # fmt: skip
    if not heads:
        return []
    running = {row["organisation_id"]: row["jobs"] for row in await Job.raw(_RUNNING)}
    served = {row["key"]: row["served"] for row in await Served.raw(_SERVED, list(keys(heads)))}
    now = datetime.now(UTC)
    choices = choose(heads, served, running, caps(settings), now.timestamp(), room, loaded)
    if changed := updates(choices):
        await Served.raw(_SERVE, now, list(changed), list(changed.values()))
    return [choice.job_id for choice in choices]


async def _rows(job_ids: list[UUID]) -> list[dict[str, Any]]:
    columns = (
        Job.id,
        Job.request,
        Job.plan,
        Job.model,
        Job.tier,
        Job.work,
        Job.hold_id,
        Job.reserved,
        Job.traceparent,
        Job.queued_at,
    )
    return await unscoped(Job, WHY).select(*columns).where(Job.id.is_in(job_ids))


def _claim(
    row: dict[str, Any],
    work: AnyWork,
    plan: Plan | None,
    lease_id: UUID,
    owner: Owner,
    event: JobState,
    began: datetime,
) -> Claim:
    return Claim(
        job_id=row["id"],
        lease_id=lease_id,
        owner=owner,
        work=work,
        plan=plan,
        model=row["model"],
        tier=row["tier"],
        effort=row["work"],
        attempt=event.attempt,
        hold_id=row["hold_id"],
        reserved=row["reserved"],
        traceparent=row["traceparent"],
        queued_at=row["queued_at"],
        claimed_at=began,
        assigned_at=event.at,
    )
