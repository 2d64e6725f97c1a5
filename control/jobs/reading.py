"""Who sees which jobs: one's own, those of one's teams, and with `job:manage` everybody's."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
from piccolo.querystring import QueryString
from redis.asyncio import Redis

from control.access.principal import Principal
from control.assets.showing import content_path
from control.database.owned import scoped
from control.errors import Forbidden, NotFound
from control.identity.tables import User
from control.jobs import schemas
from control.jobs.line import Place
from control.jobs.progress import Progress, places_of, progress_of
from control.jobs.requests import AnyWork
from control.jobs.states import event_of
from control.jobs.tables import Job, JobEvent, JobOutput
from control.pages import Page, page_of
from control.realtime.events import JobError, OutputLink, State
from control.tenancy.tables import TeamMember

WAITING: list[State] = ["PENDING", "QUEUED"]
RUNNING: list[State] = ["ASSIGNED", "PROCESSING"]


# A workflow's plan is for workers, and large.
_SHOWN = [column for column in Job.all_columns() if column is not Job.plan]
# What its editor keeps of it may be as large as a picture: whoever wants it asks for that job.
_LISTED = [
    *(column for column in _SHOWN if column is not Job.request),
    QueryString("jobs.request - 'document'", alias="request"),
]


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs; None: all."""

    states: list[State] | None = None
    kind: str | None = None
    team_id: UUID | None = None
    mine: bool = False


def seen_by(who: Principal, *columns: Any) -> Any:
    """A select of the jobs that the caller sees."""
    query = scoped(Job, who).select(*columns)
    if who.may("job:manage"):
        return query
    teams = scoped(TeamMember, who).select(TeamMember.team_id).where(TeamMember.user_id == who.user_id)
    return query.where((Job.user_id == who.user_id) | Job.team_id.is_in(teams))


async def visible(who: Principal, job_id: UUID, *, lock: bool = False) -> dict[str, Any]:
    """The row of a job that the caller sees, locked until the transaction ends where asked for; raises `NotFound`."""
    query = seen_by(who, *_SHOWN).where(Job.id == job_id)
    row: dict[str, Any] | None = await (query.lock_rows("UPDATE") if lock else query).first()
    if row is None:
        raise NotFound("There is no such job that you may see.")
    return row


async def own(who: Principal, job_id: UUID, *, lock: bool = False) -> dict[str, Any]:
    """The row of a job of the caller's own; raises `NotFound`, or `Forbidden` for another's that they see."""
    row = await visible(who, job_id, lock=lock)
    if row["user_id"] != who.user_id:
        raise Forbidden("This is somebody else's job. Only who submitted it may do this.")
    return row


async def listed(
    who: Principal, filters: Filters, cursor: str | None, limit: int, redis: Redis
) -> Page[schemas.Job]:
    """A page of the jobs that the caller sees, the latest first."""
    query = seen_by(who, *_LISTED)
    if filters.states:
        query = query.where(Job.state.is_in(list(filters.states)))
    if filters.kind is not None:
        query = query.where(Job.kind == filters.kind)
    if filters.team_id is not None:
        query = query.where(Job.team_id == filters.team_id)
    if filters.mine:
        query = query.where(Job.user_id == who.user_id)
    page: Page[dict[str, Any]] = await page_of(
        query, Job.id, cursor, limit, lambda row: row, newest_first=True
    )
    return Page(items=await shown(who, page.items, redis), next_cursor=page.next_cursor)


async def shown(who: Principal, rows: list[dict[str, Any]], redis: Redis) -> list[schemas.Job]:
    """Rows as they go over the wire, with their owners, pictures, places in line and steps."""
    outputs = await outputs_of(who, [row["id"] for row in rows if row["state"] == "COMPLETED"])
    places = await places_of(redis, [row["id"] for row in rows if row["state"] == "QUEUED"])
    running = [row["id"] for row in rows if row["state"] in RUNNING]
    steps = dict(
        zip(running, await asyncio.gather(*(progress_of(redis, one) for one in running)), strict=True)
    )
    owners = await _names({row["user_id"] for row in rows})
    return [
        _with_way(job_of(row, outputs.get(row["id"], []), owners.get(row["user_id"], "")), places.get(row["id"]),
                  steps.get(row["id"]))
        for row in rows
    ]  # fmt: skip


async def _names(user_ids: set[UUID]) -> dict[UUID, str]:
    """Of people whose jobs the caller sees, who may have left since."""
    if not user_ids:
        return {}
    rows = await User.select(User.id, User.name).where(User.id.is_in(list(user_ids)))
    return {row["id"]: row["name"] for row in rows}


def _with_way(job: schemas.Job, place: Place | None, progress: Progress | None) -> schemas.Job:
    if place is not None:
        return msgspec.structs.replace(job, position=place.position, eta_seconds=place.eta_seconds)
    if progress is not None:
        return msgspec.structs.replace(
            job, eta_seconds=progress.eta, node=progress.node, step=progress.step, steps=progress.steps
        )
    return job


async def outputs_of(who: Principal, job_ids: list[UUID]) -> dict[UUID, list[OutputLink]]:
    """Job → its pictures."""
    found: dict[UUID, list[OutputLink]] = {}
    if not job_ids:
        return found
    rows = await (
        scoped(JobOutput, who)
        .select(*JobOutput.all_columns())
        .where(JobOutput.job_id.is_in(list(job_ids)))
        .order_by(JobOutput.place)
    )
    for row in rows:
        found.setdefault(row["job_id"], []).append(
            link(
                row["asset_id"], row["place"], node=row["node"], folder=row["folder"],
                subfolder=row["subfolder"], filename=row["filename"],
            )
        )  # fmt: skip
    return found


def link(asset_id: UUID, place: int, **named: Any) -> OutputLink:
    """Where the picture is; of a workflow also the node that handed it out, and its file's name."""
    return OutputLink(asset_id=asset_id, place=place, url=content_path(asset_id), **named)


async def status(who: Principal, job_id: UUID, redis: Redis) -> schemas.Status:
    """How far a job is; raises `NotFound`."""
    columns = (Job.id, Job.state, Job.paused, Job.attempt, Job.cancel_requested_at)
    row = await seen_by(who, *columns).where(Job.id == job_id).first()
    if row is None:
        raise NotFound("There is no such job that you may see.")
    place = (await places_of(redis, [job_id])).get(job_id) if row["state"] == "QUEUED" else None
    progress = await progress_of(redis, job_id) if row["state"] in RUNNING else None
    return schemas.Status(
        id=job_id,
        state=row["state"],
        paused=row["paused"],
        attempt=row["attempt"],
        cancel_requested=row["cancel_requested_at"] is not None,
        position=place.position if place else None,
        node=progress.node if progress else None,
        step=progress.step if progress else None,
        steps=progress.steps if progress else None,
        eta_seconds=progress.eta if progress else place.eta_seconds if place else None,
    )


async def history(who: Principal, job_id: UUID) -> schemas.History:
    """What happened to a job; raises `NotFound`."""
    await visible(who, job_id)
    rows = await scoped(JobEvent, who).select().where(JobEvent.job_id == job_id).order_by(JobEvent.sequence)
    return schemas.History(items=[event_of(row) for row in rows])


def job_of(
    row: dict[str, Any],
    outputs: list[OutputLink] | None = None,
    owner: str = "",
) -> schemas.Job:
    """A row of `jobs` (all columns) as it goes over the wire."""
    return schemas.Job(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        paused=row["paused"],
        request=work_of(row),
        user_id=row["user_id"],
        owner=owner,
        team_id=row["team_id"],
        attempt=row["attempt"],
        not_before=row["not_before"],
        cancel_requested=row["cancel_requested_at"] is not None,
        error=None if row["error"] is None else msgspec.json.decode(row["error"], type=JobError),
        outputs=outputs or [],
        reserved_microcredits=row["reserved"],
        charged_microcredits=row["charged"],
        retried_from=row["retried_from"],
        created_at=row["created_at"],
        queued_at=row["queued_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )


def work_of(row: dict[str, Any]) -> AnyWork:
    """What was asked for."""
    return _WORK.decode(row["request"])


_WORK: msgspec.json.Decoder[AnyWork] = msgspec.json.Decoder(AnyWork)
