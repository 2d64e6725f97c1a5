"""Leases: a worker has a job for as long as it says that it lives; what nobody has goes back in line."""

import random
from collections.abc import AsyncIterator, Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from control.billing import service as billing
from control.database.engine import transaction
from control.jobs.states import Detail, transition
from control.jobs.tables import Job
from control.realtime.bus import Owner
from control.realtime.events import JobError, JobState, State
from scheduler.claims import Claim
from scheduler.faults import Fault, worker_lost
from scheduler.settings import SchedulerSettings

Made = tuple[Owner, JobState]
"""An event, to be published after the transaction."""

BACKOFF = 4.0
"""How many times longer each pause is than the one before; the first is a second."""
# A row that somebody has in hand is left alone, so that one transaction that stands still costs no other job its
# lease: it is ours as far as anybody can know, is being finished perhaps, and nobody can take it from us meanwhile.
_RENEW = """
WITH held AS (SELECT * FROM unnest({}::uuid[], {}::uuid[]) AS held (job_id, lease)),
     free AS (SELECT jobs.id FROM jobs JOIN held ON jobs.id = held.job_id AND jobs.lease_id = held.lease
              FOR NO KEY UPDATE OF jobs SKIP LOCKED),
     renewed AS (UPDATE jobs SET lease_until = now() + {}::float8 * interval '1 second' FROM free WHERE jobs.id = free.id)
SELECT jobs.id, jobs.cancel_requested_at IS NOT NULL AS cancelled
FROM jobs JOIN held ON jobs.id = held.job_id AND jobs.lease_id = held.lease
"""
# Not the row that another one has in hand just now: its worker may be finishing it.
_ENDED = """
SELECT id, organisation_id, attempt, hold_id, reserved, owed, cancel_requested_at FROM jobs
WHERE lease_until < now() AND id <> ALL({}::uuid[]) ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_MINE = """
SELECT cancel_requested_at IS NOT NULL AS cancelled, owed_nodes FROM jobs WHERE id = {} AND lease_id = {} FOR UPDATE
"""
_DUE = """
SELECT id FROM jobs WHERE state = 'PENDING' AND NOT paused AND coalesce(not_before, created_at) <= now()
ORDER BY position LIMIT 100
"""
_STILL_DUE = """
SELECT id FROM jobs
WHERE id = {} AND state = 'PENDING' AND NOT paused AND coalesce(not_before, created_at) <= now() FOR UPDATE SKIP LOCKED
"""
_BEGUN = "SELECT id FROM jobs WHERE id = {} AND lease_id = {} AND state = 'PROCESSING'"


async def begun(claim: Claim) -> bool:
    """Does the database say that this very attempt is under way?"""
    return bool(await Job.raw(_BEGUN, claim.job_id, claim.lease_id))


async def renew(settings: SchedulerSettings, claims: Iterable[Claim]) -> dict[UUID, bool]:
    """Says that this worker lives. Job → has its owner asked to stop it; a job that is missing is no longer ours."""
    held = list(claims)
    if not held:
        return {}
    rows = await Job.raw(
        _RENEW, [claim.job_id for claim in held], [claim.lease_id for claim in held], settings.lease_seconds
    )
    return {row["id"]: row["cancelled"] for row in rows}


async def reap(settings: SchedulerSettings) -> AsyncIterator[Made]:
    """Takes jobs from workers that are not heard of any more."""
    seen: list[UUID] = []
    while True:
        # A transaction each: two ledgers are never locked in one.
        async with transaction():
            rows = await Job.raw(_ENDED, seen)
            if not rows:
                return
            [row] = rows
            made = await _taken(settings, row)
        seen.append(row["id"])
        for event in made:
            yield event


async def _taken(settings: SchedulerSettings, row: dict[str, Any]) -> list[Made]:
    error = worker_lost()
    owed = min(row["reserved"], row["owed"])
    if row["cancel_requested_at"] is not None:
        return await _end(row["id"], "CANCELLED", row["organisation_id"], row["hold_id"], charge=owed)
    if row["attempt"] >= settings.job_attempts:
        return await _end(
            row["id"], "FAILED", row["organisation_id"], row["hold_id"], error=error, charge=owed
        )
    return await _later(row["id"], row["attempt"], error)


async def due() -> AsyncIterator[Made]:
    """Puts jobs in line whose pause is over."""
    for row in await Job.raw(_DUE):
        async with transaction():
            # Another worker may have done it, and its owner may have paused it since.
            if not await Job.raw(_STILL_DUE, row["id"]):
                continue
            made = await transition(
                row["id"], "QUEUED", only_from=["PENDING"], changes={Job.not_before: None}
            )
        if made is not None:
            yield made


class Owed(NamedTuple):
    """What is charged for however a job ends."""

    nodes: list[str]
    """Keys of those of a workflow that some attempt has computed."""
    amount: int
    """Micro-credits."""

    @property
    def changes(self) -> dict[Any, Any]:
        """Of the job's row."""
        return {Job.owed: self.amount, Job.owed_nodes: self.nodes}


def owed_for(claim: Claim, before: Iterable[str], ran: Iterable[str]) -> Owed:
    """For nodes of earlier attempts (`before`, their keys) and of this one (`ran`, their ids).

    Each once: a result may have been lost between them.
    """
    known = {} if claim.plan is None else claim.plan.nodes
    amounts = {node.key: node.amount for node in known.values()}
    keys = {*before, *(known[node].key for node in ran)}
    return Owed(sorted(keys), sum(amounts.get(key, 0) for key in keys))


async def hand_back(claim: Claim, ran: Collection[str] = ()) -> list[Made]:
    """A job of a worker that stops: in line again, where it was, and this was no attempt.

    `ran`, here and below: nodes of a workflow that this attempt computed. Their results are kept, so they are charged
    for however the job ends.
    """
    async with transaction():
        cancelled, owed = await _mine(claim, ran)
        if cancelled:
            return await _cancel(claim, owed.amount)
        changes: dict[Any, Any] = {Job.attempt: Job.attempt - 1, **owed.changes}
        return _list(await transition(claim.job_id, "QUEUED", lease_id=claim.lease_id, changes=changes))


async def cancelled(claim: Claim, ran: Collection[str] = ()) -> list[Made]:
    """Its owner does not want it any more."""
    async with transaction():
        _, owed = await _mine(claim, ran)
        return await _cancel(claim, owed.amount)


async def failed(
    settings: SchedulerSettings, claim: Claim, fault: Fault, *, elsewhere: bool, ran: Collection[str] = ()
) -> list[Made]:
    """An attempt has failed: the job is tried again, or has failed too.

    `elsewhere`: there is another server, so that it need not wait.
    """
    async with transaction():
        cancelled, owed = await _mine(claim, ran)
        if cancelled:
            return await _cancel(claim, owed.amount)
        if not fault.error.retryable or claim.attempt >= settings.job_attempts:
            return await _end(
                claim.job_id, "FAILED", claim.owner.organisation_id, claim.hold_id,
                lease_id=claim.lease_id, error=fault.error, charge=min(claim.reserved, owed.amount),
            )  # fmt: skip
        changes = owed.changes
        if fault.lost and elsewhere:
            detail = Detail(error=fault.error)
            return _list(
                await transition(
                    claim.job_id, "QUEUED", lease_id=claim.lease_id, detail=detail, changes=changes
                )
            )
        return await _later(claim.job_id, claim.attempt, fault.error, claim.lease_id, changes)


async def _mine(claim: Claim, ran: Collection[str]) -> tuple[bool, Owed]:
    """Has its owner asked to stop it, which nobody would hear of once it is in line again? And what is owed."""
    rows = await Job.raw(_MINE, claim.job_id, claim.lease_id)
    return (
        (rows[0]["cancelled"], owed_for(claim, rows[0]["owed_nodes"], ran)) if rows else (False, Owed([], 0))
    )


async def _cancel(claim: Claim, owed: int) -> list[Made]:
    return await _end(
        claim.job_id, "CANCELLED", claim.owner.organisation_id, claim.hold_id, lease_id=claim.lease_id,
        charge=min(claim.reserved, owed),
    )  # fmt: skip


def pause(attempt: int) -> float:
    """Seconds to wait after an attempt that failed: 1, 4, … give or take a fifth, so that not all come at once."""
    return float(BACKOFF ** (attempt - 1)) * random.uniform(0.8, 1.2)


async def _later(
    job_id: UUID,
    attempt: int,
    error: JobError,
    lease_id: UUID | None = None,
    changes: dict[Any, Any] | None = None,
) -> list[Made]:
    again = datetime.now(UTC) + timedelta(seconds=pause(attempt))
    return _list(
        await transition(
            job_id, "PENDING", lease_id=lease_id, only_from=["ASSIGNED", "PROCESSING"],
            detail=Detail(error=error), changes={Job.not_before: again, **(changes or {})},
        )
    )  # fmt: skip


async def _end(
    job_id: UUID,
    state: State,
    organisation_id: UUID,
    hold_id: UUID | None,
    *,
    lease_id: UUID | None = None,
    error: JobError | None = None,
    charge: int = 0,
) -> list[Made]:
    charge = charge if hold_id is not None else 0
    changes: dict[Any, Any] = {Job.charged: charge}
    if error is not None:
        changes[Job.error] = encode(error)
    made = await transition(
        job_id, state, lease_id=lease_id, detail=Detail(error=error, charged=charge), changes=changes
    )
    if made is not None and hold_id is not None:
        await billing.settle(organisation_id, hold_id, charge)
    return _list(made)


def encode(error: JobError) -> str:
    """As `jobs.error` keeps it."""
    return msgspec.json.encode(error).decode()


def _list(made: Made | None) -> list[Made]:
    return [] if made is None else [made]
