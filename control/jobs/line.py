"""Places in line, and when a job is expected to be done: the line as it stands is run through by the policy itself.

A run is shared by all processes through Redis for about a second (longer where the line is long); with Redis away
each process keeps its own.
"""

import asyncio
import heapq
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from redis.asyncio import Redis

from control.database.owned import unscoped
from control.jobs.policy import Head, Line, caps, keys
from control.jobs.tables import Job, Served, Speed
from control.jobs.workers import AWAY, live
from control.settings import ControlSettings, Tier, read_settings

MOST = 10_000
"""Jobs in line that are looked at, those that wait longest; who comes behind has no place yet."""
ASSUMED_JOBS = 8
"""How many jobs run at a time, where workers cannot be asked."""
OVERDUE = 0.1
"""Part of its time that a job is expected to take still, when it should have ended already."""
SHORTEST, LONGEST, SHARE = 0.5, 10.0, 20.0
"""A run is used for so many seconds at least and at most; between them, so many times as long as it took."""
KEPT_SECONDS = 30
"""Older runs are worth nothing."""
SMALL_SECONDS = 0.02
"""A run that takes no longer is made again for a job that came after it."""
THREAD = 300
"""From so many jobs on the run is not made on the event loop."""
PLACES, FRESH, TURN = "line:places", "line:fresh", "line:turn"
WHY = "one's place depends on everybody's jobs; only numbers leave here"


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a job stands."""

    position: int
    """1 is next."""
    eta_seconds: float | None
    """Until it is expected to be done; null where nothing was measured yet, or nobody works."""


class Waiting(msgspec.Struct, frozen=True):
    """A job in line, and its size."""

    head: Head
    size: str


class Running(msgspec.Struct, frozen=True):
    """A job that a worker has."""

    organisation_id: UUID
    model: str
    size: str
    work: float
    since: float | None
    """Seconds since 1970; null where it is about to begin."""


class Speeds:
    """Measured seconds per unit of work, and what comes nearest where a model or a size is new."""

    def __init__(self, measured: Iterable[tuple[str, float, int]]) -> None:
        """`measured`: key, seconds per work, samples of each."""
        self._by_key: dict[str, float] = {}
        sums: dict[str, list[float]] = {}
        for key, speed, samples in measured:
            self._by_key[key] = speed
            for wider in (key.rpartition(":")[0], ""):
                total = sums.setdefault(wider, [0.0, 0.0])
                total[0] += speed * samples
                total[1] += samples
        self._by_model = {name: total / samples for name, (total, samples) in sums.items() if samples}

    def seconds(self, model: str, size: str, work: float) -> float | None:
        """How long such a job takes; None where nothing at all was measured."""
        speed = self._by_key.get(speed_key(model, size))
        if speed is None:
            speed = self._by_model.get(model, self._by_model.get(""))
        return None if speed is None else speed * work


class Moment(msgspec.Struct, frozen=True):
    """All that places depend on."""

    waiting: Sequence[Waiting]
    running: Sequence[Running]
    served: Mapping[str, float]
    caps: Mapping[Tier, int | None]
    speeds: Speeds
    slots: int
    """Jobs that all live workers run at a time; 0: nobody works."""
    now: float


def speed_key(model: str, size: str) -> str:
    """Of a row of `speeds`; `size` is WIDTHxHEIGHT."""
    return f"{model}:{size}"


def run(moment: Moment) -> dict[UUID, Place]:
    """Places of all that wait: jobs end after their measured time, and the policy says who is next in their stead."""
    line = Line(
        [job.head for job in moment.waiting],
        moment.served,
        _count(job.organisation_id for job in moment.running),
        moment.caps,
        moment.now,
    )
    sizes = {job.head.job_id: job.size for job in moment.waiting}
    known = moment.slots > 0
    ends: list[tuple[float, int, UUID]] = []
    for place, job in enumerate(moment.running):
        seconds = moment.speeds.seconds(job.model, job.size, job.work)
        known = known and seconds is not None
        whole = job.work if seconds is None else seconds
        left = whole - (0.0 if job.since is None else moment.now - job.since)
        heapq.heappush(ends, (moment.now + max(left, OVERDUE * whole), -place, job.organisation_id))
    found: dict[UUID, Place] = {}
    free, at = max(1, moment.slots) - len(moment.running), moment.now
    while True:
        while free > 0 and (choice := line.take()) is not None:
            head = choice.head
            seconds = moment.speeds.seconds(head.model, sizes[head.job_id], head.work)
            known = known and seconds is not None
            end = at + (head.work if seconds is None else seconds)
            found[head.job_id] = Place(len(found) + 1, round(end - moment.now, 1) if known else None)
            heapq.heappush(ends, (end, len(found), head.organisation_id))
            free -= 1
        if not ends:
            return found
        at, _, organisation = heapq.heappop(ends)
        line.ended(organisation)
        free += 1


async def places(redis: Redis, job_ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Places of those that are in line; who is not, or came a moment ago, may be missing."""
    wanted = list(dict.fromkeys(job_ids))
    if not wanted:
        return {}
    try:
        return await _shared(redis, wanted)
    except AWAY:
        kept = await _own()
        return {job_id: kept[job_id] for job_id in wanted if job_id in kept}


async def _shared(redis: Redis, wanted: list[UUID]) -> dict[UUID, Place]:
    fields = [job_id.bytes for job_id in wanted]
    pipe = redis.pipeline(transaction=False)
    pipe.get(FRESH)
    pipe.hmget(PLACES, fields)
    took, found = await pipe.execute()
    stale = took is None or (float(took) < SMALL_SECONDS and None in found)
    # One process at a time makes a run; the others go by the last one.
    if stale and await redis.set(TURN, b"", nx=True, px=3000):
        made, took = await _make(redis)
        pipe = redis.pipeline(transaction=True)
        pipe.delete(PLACES)
        if made:
            pipe.hset(PLACES, mapping={k.bytes: msgspec.msgpack.encode(p) for k, p in made.items()})
            pipe.expire(PLACES, KEPT_SECONDS)
        pipe.set(FRESH, str(took), px=round(1000 * _lasts(took)))
        pipe.set(TURN, b"", px=200)
        await pipe.execute()
        return {job_id: made[job_id] for job_id in wanted if job_id in made}
    return {
        job_id: msgspec.msgpack.decode(data, type=Place)
        for job_id, data in zip(wanted, found, strict=True)
        if data is not None
    }


class _Kept:
    """The last run of this process, for as long as Redis is away."""

    places: ClassVar[dict[UUID, Place]] = {}
    until = 0.0


async def _own() -> dict[UUID, Place]:
    if time.monotonic() >= _Kept.until:
        # Who asks meanwhile gets the run before.
        _Kept.until = time.monotonic() + LONGEST
        _Kept.places, took = await _make(None)
        _Kept.until = time.monotonic() + _lasts(took)
    return _Kept.places


def _lasts(took: float) -> float:
    return min(LONGEST, max(SHORTEST, SHARE * took))


async def _make(redis: Redis | None) -> tuple[dict[UUID, Place], float]:
    """A run, and how many seconds it took."""
    moment = await _moment(redis)
    began = time.perf_counter()
    made = run(moment) if len(moment.waiting) < THREAD else await asyncio.to_thread(run, moment)
    return made, time.perf_counter() - began


async def _moment(redis: Redis | None) -> Moment:
    """The line now, from the database; how many work, from Redis."""
    size = Job.request.arrow("width"), Job.request.arrow("height")
    columns = (Job.id, Job.organisation_id, Job.user_id, Job.tier, Job.model, Job.work, Job.position)
    rows = await (
        unscoped(Job, WHY)
        .select(*columns, Job.queued_at, size[0].as_alias("width"), size[1].as_alias("height"))
        .where(Job.state == "QUEUED")
        .order_by(Job.queued_at)
        .limit(MOST)
    )
    waiting = [Waiting(_head(row), _size(row)) for row in rows]
    busy = await (
        unscoped(Job, WHY)
        .select(
            Job.organisation_id, Job.model, Job.work, Job.worker, Job.assigned_at,
            size[0].as_alias("width"), size[1].as_alias("height"),
        )
        .where(Job.lease_until.is_not_null())
    )  # fmt: skip
    running = [
        Running(row["organisation_id"], row["model"], _size(row), row["work"], _seconds(row["assigned_at"]))
        for row in busy
    ]
    wanted = sorted(keys(job.head for job in waiting))
    served = await Served.raw("SELECT key, served FROM queue_served WHERE key = ANY({})", wanted)
    speeds = await Speed.select(Speed.key, Speed.seconds_per_work, Speed.samples)
    return Moment(
        waiting=waiting,
        running=running,
        served={row["key"]: row["served"] for row in served},
        caps=caps(_settings()),
        speeds=Speeds((row["key"], row["seconds_per_work"], row["samples"]) for row in speeds),
        slots=await _slots(redis, len(running)),
        now=time.time(),
    )


async def _slots(redis: Redis | None, running: int) -> int:
    if redis is not None:
        try:
            return sum(worker.jobs for worker in (await live(redis)).values())
        except AWAY:
            pass
    return max(running, ASSUMED_JOBS)


@cache
def _settings() -> ControlSettings:
    return read_settings()


def _head(row: dict[str, Any]) -> Head:
    return Head(
        job_id=row["id"], organisation_id=row["organisation_id"], user_id=row["user_id"], tier=row["tier"],
        model=row["model"], work=row["work"], position=row["position"], queued_at=_seconds(row["queued_at"]) or 0.0,
    )  # fmt: skip


def _size(row: dict[str, Any]) -> str:
    return f"{row['width']}x{row['height']}"


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _count(organisations: Iterable[UUID]) -> dict[UUID, int]:
    counts: dict[UUID, int] = {}
    for organisation in organisations:
        counts[organisation] = counts.get(organisation, 0) + 1
    return counts
