"""Submitting jobs, and what their owners do to them. Each is called in a transaction of its caller's.

What a function returns beside the job are events, to be published after the transaction.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from redis.asyncio import Redis

from control.access.principal import Principal
from control.assets.room import check_not_full
from control.audit.service import record
from control.billing import service as billing
from control.billing.tiers import entitlements
from control.database.owned import InOrganisation, scoped
from control.errors import Conflict, Forbidden, NotFound, TooManyRequests
from control.ids import uuid7
from control.jobs import schemas
from control.jobs.preparing import ready
from control.jobs.reading import RUNNING, WAITING, own, visible, work_of
from control.jobs.requests import AnyWork
from control.jobs.states import Detail, state_event, transition
from control.jobs.tables import Job
from control.realtime import bus
from control.realtime.events import ENDED, JobState
from control.settings import ControlSettings
from control.tenancy.teams import teams_of
from control.workflows.compiling import Compiled
from control.workflows.graph import Workflow
from control.workflows.plan import Plan
from control.workflows.problems import Problems
from control.workflows.submission import ready as compiled_ready

RETRY_SECONDS = 10
"""When who has too many jobs in line may look again."""

# The job and its first two events in one round trip. Whose jobs in line are counted holds the lock of their
# organisation's ledger by now (billing reserves first): two at a time cannot both be the last one allowed.
_INSERT = """
WITH job AS (
    INSERT INTO jobs (id, organisation_id, user_id, team_id, kind, request, plan, model, tier, state, sequence, paused,
                      position, work, attempt, worker, server, hold_id, reserved, traceparent, retried_from,
                      created_at, queued_at)
    SELECT {}::uuid, {}::uuid, {}::uuid, {}::uuid, {}::text, {}::jsonb, {}::jsonb, {}::text, {}::text, 'QUEUED', 2, false,
           {}::double precision, {}::double precision, 0, '', '', {}::uuid, {}::bigint, {}::text, {}::uuid,
           {}::timestamptz, {}::timestamptz
    WHERE {}::bigint IS NULL OR (
        SELECT count(*) FROM jobs WHERE organisation_id = {} AND user_id = {} AND state IN ('PENDING', 'QUEUED')
    ) < {}::bigint
    RETURNING id, organisation_id, user_id, team_id, created_at
)
INSERT INTO job_events (id, organisation_id, job_id, user_id, team_id, sequence, state, attempt, detail, created_at)
SELECT event.id, job.organisation_id, job.id, job.user_id, job.team_id, event.sequence, event.state, 0, {}::jsonb, job.created_at
FROM job, (VALUES ({}::uuid, 1, 'PENDING'), ({}::uuid, 2, 'QUEUED')) AS event (id, sequence, state)
ORDER BY event.sequence
RETURNING number, sequence, state
"""


async def submit(
    who: Principal,
    work: AnyWork,
    settings: ControlSettings,
    *,
    quote_id: UUID | None = None,
    team_id: UUID | None = None,
    retried_from: UUID | None = None,
    traceparent: str = "",
) -> tuple[schemas.Job, list[JobState]]:
    """A new job in line, its credits reserved.

    Raises `BadRequest` or `NotFound` for what cannot be painted, `Forbidden` and `PaymentRequired` where the tier or the
    credits do not suffice, `StorageFull` where there is no room for pictures, `TooManyRequests` for too many jobs in line.
    """
    if isinstance(work, Workflow):
        made = await submit_workflow(
            who, work, settings, quote_id=quote_id, team_id=team_id, retried_from=retried_from, traceparent=traceparent
        )  # fmt: skip
        return made.job, made.events
    made_ready = await ready(who, work, settings)
    work = made_ready.work
    wanted = _Wanted(
        work, msgspec.json.encode(work).decode(), made_ready.plan, made_ready.model, made_ready.price.amount,
        made_ready.effort,
    )  # fmt: skip
    return await _put_in_line(who, wanted, settings, quote_id, team_id, retried_from, traceparent)


class Submitted(NamedTuple):
    """A workflow in line."""

    job: schemas.Job
    events: list[JobState]
    problems: Problems
    """What is wrong with nodes whose outputs do not run."""
    plan: Plan


async def submit_workflow(
    who: Principal,
    work: Workflow,
    settings: ControlSettings,
    *,
    compiled: Compiled | None = None,
    quote_id: UUID | None = None,
    team_id: UUID | None = None,
    retried_from: UUID | None = None,
    traceparent: str = "",
) -> Submitted:
    """As `submit`, with what is wrong with parts of it; `compiled` where that was done before.

    Raises `WrongWorkflow` (whose `problems` say all) for one of which nothing can run.
    """
    plan, cost, problems, request = await compiled_ready(who, work, settings, compiled)
    wanted = _Wanted(work, request, plan, next(iter(plan.checkpoints), ""), cost.amount, plan.effort)
    job, events = await _put_in_line(who, wanted, settings, quote_id, team_id, retried_from, traceparent)
    job = msgspec.structs.replace(job, node_errors=problems.node_errors)
    return Submitted(job, events, problems, plan)


class _Wanted(NamedTuple):
    """What is to be put in line."""

    work: AnyWork
    request: str
    """`work` as JSON."""
    plan: Plan | None
    model: str
    """The checkpoint; a workflow's first, or none."""
    price: int
    """Micro-credits."""
    effort: float


async def _put_in_line(
    who: Principal,
    wanted: _Wanted,
    settings: ControlSettings,
    quote_id: UUID | None,
    team_id: UUID | None,
    retried_from: UUID | None,
    traceparent: str,
) -> tuple[schemas.Job, list[JobState]]:
    work = wanted.work
    await check_not_full(who, settings)
    if team_id is not None and team_id not in await teams_of(who):
        raise NotFound("There is no such team that you are in.", team_id=team_id)
    job_id, now = uuid7(), datetime.now(UTC)
    reserved = await billing.reserve(
        who, job_id, team_id, work, wanted.model, wanted.price, settings, quote_id
    )
    most = entitlements(who.tier, settings).queued_jobs
    plan = None if wanted.plan is None else msgspec.json.encode(wanted.plan).decode()
    row: dict[str, Any] = {
        "id": job_id, "organisation_id": who.organisation_id, "user_id": who.user_id, "team_id": team_id,
        "kind": work.__struct_config__.tag, "request": wanted.request, "plan": plan, "model": wanted.model,
        "tier": who.tier, "position": now.timestamp(), "work": wanted.effort, "hold_id": reserved.hold_id,
        "reserved": reserved.amount, "traceparent": traceparent, "retried_from": retried_from,
        "created_at": now, "queued_at": now,
    }  # fmt: skip
    made = await Job.raw(
        _INSERT, *row.values(), most, who.organisation_id, who.user_id, most, "{}", uuid7(), uuid7()
    )
    if not made:
        raise TooManyRequests(
            f"You have {most} jobs in line, which is the most at a time. Wait for one of them, or cancel one.",
            RETRY_SECONDS,
            limit=most,
        )
    events = [
        state_event(
            number=event["number"], job_id=job_id, sequence=event["sequence"], state=event["state"],
            attempt=0, at=now, detail=Detail(),
        )
        for event in sorted(made, key=lambda event: int(event["sequence"]))
    ]  # fmt: skip
    job = schemas.Job(
        id=job_id, kind=row["kind"], state="QUEUED", paused=False, request=work, user_id=who.user_id,
        owner=who.name, team_id=team_id, attempt=0, not_before=None, cancel_requested=False, error=None, outputs=[],
        reserved_microcredits=reserved.amount, charged_microcredits=None, retried_from=retried_from,
        created_at=now, queued_at=now, started_at=None, finished_at=None,
    )  # fmt: skip
    return job, events


async def retry(
    who: Principal, job_id: UUID, settings: ControlSettings, *, traceparent: str = ""
) -> tuple[schemas.Job, list[JobState]]:
    """A new job of the same request, seed and all, as one of one's own that has ended; raises as `submit` does."""
    row = await own(who, job_id)
    if row["state"] not in ENDED:
        raise Conflict("This job has not ended. Wait for it, or cancel it first.", state=row["state"])
    # Who has left the team since goes on alone.
    team_id = row["team_id"] if row["team_id"] in await teams_of(who) else None
    return await submit(
        who, work_of(row), settings, team_id=team_id, retried_from=job_id, traceparent=traceparent
    )


class Cancelled(msgspec.Struct, frozen=True):
    """What came of asking a job to end."""

    told: tuple[bus.Owner, JobState] | None = None
    """It has ended, now."""
    running: bool = False
    """Its worker must be asked (`bus.ask_to_stop`)."""


async def request_cancel(who: Principal, job_id: UUID) -> Cancelled:
    """Ends a job that waits, its credits given back; notes the wish where it runs. Nothing for one that was cancelled.

    Raises `NotFound`, `Forbidden` for another's without `job:manage`, `Conflict` for one that is over.
    """
    # Locked: from here on no worker takes it or ends it, until this transaction has ended.
    row = await visible(who, job_id, lock=True)
    others = row["user_id"] != who.user_id
    if others and not who.may("job:manage"):
        raise Forbidden(
            "This is somebody else's job. Ask them, or an admin, to cancel it.", permission="job:manage"
        )
    if row["state"] == "CANCELLED":
        return Cancelled()
    if row["state"] in ENDED:
        raise Conflict(f"This job is over: it has {_OVER[row['state']]}.", state=row["state"])
    came = await _end(who, row)
    if others:
        # Last: the chains of ledger and log are locked in this order everywhere.
        await record(
            who, "job.cancel", ("job", job_id), before={"state": row["state"], "user_id": row["user_id"]}
        )
    return came


async def cancel_all_of(who: InOrganisation, user_id: UUID) -> dict[UUID, Cancelled]:
    """Ends all of a person's jobs in an organisation, as `request_cancel` does one: job → what came of it.

    For who may submit no more. Call it before audit's `record`, and tell of it after the transaction (`tell_of`).
    """
    rows = await (
        scoped(Job, who)
        .select(Job.id, Job.state, Job.hold_id, Job.cancel_requested_at, Job.reserved, Job.owed)
        .where(Job.user_id == user_id, Job.state.is_in([*WAITING, *RUNNING]))
        # All of them before the ledger, in the order in which everybody locks several.
        .order_by(Job.id)
        .lock_rows("UPDATE")
    )
    return {row["id"]: await _end(who, row) for row in rows}


async def tell_of(redis: Redis, cancelled: Mapping[UUID, Cancelled]) -> None:
    """Publishes what came of cancelling these jobs; after the transaction."""
    for job_id, came in cancelled.items():
        if came.told is not None:
            await bus.publish(redis, *came.told)
        if came.running:
            await bus.ask_to_stop(redis, job_id)


async def _end(who: InOrganisation, row: dict[str, Any]) -> Cancelled:
    """Ends a job that has not ended, whose row is locked, or notes the wish where it runs."""
    if row["state"] in RUNNING:
        if row["cancel_requested_at"] is None:
            now = datetime.now(UTC)
            await scoped(Job, who).update({Job.cancel_requested_at: now}).where(Job.id == row["id"])
        return Cancelled(running=True)
    # What earlier attempts at a workflow have computed is kept, and paid for.
    charge = min(row["reserved"], row["owed"]) if row["hold_id"] is not None else 0
    told = await transition(
        row["id"],
        "CANCELLED",
        only_from=WAITING,
        detail=Detail(charged=charge),
        changes={Job.charged: charge},
    )
    if row["hold_id"] is not None:
        await billing.settle(who.organisation_id, row["hold_id"], charge)
    return Cancelled(told=told)


_OVER = {"COMPLETED": "been completed", "FAILED": "failed"}
