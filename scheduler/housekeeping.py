"""What the house does beside painting: messages to webhooks, renditions, tidying, forgetting. In every worker process.

The rows are the truth, and arq is the clock: it says when, and lets one worker of all do a task at a time (the id of
a task's job is its name, and arq takes no second job of an id). A task does what is due, however late it comes, and
does nothing twice that two of them began: rows are locked or taken by an UPDATE. With Redis away nothing of this
happens, and all of it when Redis is back.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Hashable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

import msgspec
import structlog
from arq.connections import RedisSettings
from arq.cron import cron
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func

from control.assets import lifecycle, renditions
from control.assets.storage import Storage
from control.billing import service as billing
from control.billing.tables import Quote
from control.database.owned import unscoped
from control.errors import Unavailable
from control.http.problems import DOWN
from control.jobs import idempotency, webhooks
from control.jobs.tables import JobEvent, Served, Speed
from control.models import sweeping
from scheduler.settings import SchedulerSettings
from scheduler.tasks import end
from scheduler.workflows import upkeep

QUEUE = "housekeeping"
AT_ONCE = 32
"""Messages that are sent at a time, some of each organisation's: each may wait ten seconds for its endpoint."""
LOOK_SECONDS = 0.5
"""How long something that has become due waits at most until it is seen, where there is room."""
SENDING_SECONDS = 20.0
"""How long one round takes up new messages."""
RENDERED = 20
"""Pictures whose renditions are made in one round."""
MOST_TRIES = 4
"""How often a process tries to make a picture's renditions before it gives them up."""
AGAIN_SECONDS = 5.0
"""Until the second try; four times as long until each next one."""
# Along the numbers from the smallest: what is left there of old events is of jobs that have not ended.
_FIRST_KEPT = "SELECT number FROM job_events WHERE created_at >= {} ORDER BY number LIMIT 1"
_DROP_EVENTS = """
DELETE FROM job_events USING jobs
WHERE jobs.id = job_events.job_id AND jobs.finished_at < {} AND job_events.number < {}::bigint RETURNING job_events.id
"""
_tries: dict[UUID, tuple[int, float]] = {}
"""Blob → how often its renditions were tried and not made, and when they are again (`time.monotonic`)."""
KEPT_EVENTS = timedelta(days=90)
"""How long the events of a job that has ended are kept."""
KEPT_QUOTES = timedelta(days=1)
KEPT_SERVED = timedelta(days=7)
"""Whoever asked for nothing for so long begins at the line's clock anyway."""
KEPT_SPEEDS = timedelta(days=90)
PAUSES = (0.5, 1.0, 2.0, 5.0)
"""Seconds before arq is started again, where it has ended once, twice…"""
WELL_SECONDS = 60.0
AWAY: tuple[type[Exception], ...] = (Unavailable, *DOWN)
"""Raised where the storage or the database is away."""
WHY = "housekeeping: forgets what nobody needs any more, of everybody"
log = structlog.get_logger("scheduler.housekeeping")
T = TypeVar("T", bound=Hashable)


class House(NamedTuple):
    """What tasks have to work with."""

    settings: SchedulerSettings
    storage: Storage


class Task(NamedTuple):
    """Something that is done again and again."""

    run: Callable[[House], Awaitable[Any]]
    timeout: float
    """Seconds, after which it is broken off; the next one goes on. So long a task of a dead worker stands still."""
    second: set[int]
    minute: set[int] | None = None
    hour: set[int] | None = None
    """When, in UTC; None: always."""


async def each(
    due: Callable[[], Awaitable[list[T]]],
    act: Callable[[T], Coroutine[Any, Any, Any]],
    at_once: int,
    until: float,
    may: Callable[[T, Collection[T]], bool] = lambda _one, _under_way: True,
) -> int:
    """Acts on all that is due, `at_once` at a time, also on what becomes due meanwhile; how many.

    `may` says what may be begun beside what is under way; the others wait. Nothing new is begun after `until`
    (`time.monotonic`). One that fails is logged, and hinders no other.
    """
    under_way: dict[asyncio.Task[Any], T] = {}
    seen: set[T] = set()
    done = 0
    try:
        while True:
            fresh = [one for one in await due() if one not in seen] if time.monotonic() < until else []
            for one in fresh:
                if len(under_way) < at_once and may(one, under_way.values()):
                    seen.add(one)
                    under_way[asyncio.create_task(act(one))] = one
            if not under_way:
                return done
            ended, _ = await asyncio.wait(
                under_way, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            for task in ended:
                one = under_way.pop(task)
                done += 1
                if (error := task.exception()) is not None:
                    log.warning("task_failed", of=str(one), error=f"{type(error).__name__}: {error}"[:300])
    finally:
        for task in under_way:
            task.cancel()


async def send_webhooks(house: House) -> int:
    """Messages to webhooks that are due."""
    return await each(
        webhooks.due,
        lambda one: webhooks.deliver(one.id, house.settings),
        AT_ONCE,
        time.monotonic() + SENDING_SECONDS,
        webhooks.may,
    )


async def make_renditions(house: House) -> int:
    """Thumbnails and the like of new pictures; one at a time, as it takes a core.

    One that fails hinders no other: it is tried again later and later, and given up after some tries.
    """
    now = time.monotonic()
    later = {blob_id for blob_id, (_, again) in _tries.items() if again > now}
    done = 0
    # As many more, so that those that wait leave room for others.
    for organisation_id, blob_id in await renditions.missing(RENDERED + len(later)):
        if blob_id in later:
            continue
        tries = _tries[blob_id][0] + 1 if blob_id in _tries else 1
        # Before it is tried: it may take so long that the round ends with it.
        _tries[blob_id] = (tries, now + AGAIN_SECONDS * 4 ** (tries - 1))
        try:
            if tries <= MOST_TRIES:
                await renditions.make(house.storage, organisation_id, blob_id)
            else:
                await renditions.give_up(organisation_id, blob_id)
        except AWAY:
            # That is not the picture's fault.
            del _tries[blob_id]
            raise
        except Exception:
            log.exception("not_rendered", blob_id=str(blob_id), tries=tries)
            continue
        del _tries[blob_id]
        done += 1
    return done


async def tidy_assets(house: House) -> dict[str, int]:
    """Files whose time has come."""
    return await lifecycle.tidy(house.storage, house.settings)


async def bring_back(house: House) -> int:
    """Files that were asked back from the archive."""
    return await lifecycle.bring_back(house.storage, house.settings)


async def bound_results(house: House) -> int:
    """Kept results of workflows' nodes: each organisation has so much room."""
    return await upkeep.bound(house.storage, house.settings)


async def sweep_results(house: House) -> int:
    """Results that no row knows of: their organisation is gone."""
    return await upkeep.sweep(house.storage)


async def sweep_models(house: House) -> int:
    """Files of the registry that nothing names any more."""
    return await sweeping.sweep(house.settings.home)


async def close_books(_house: House) -> int:
    """Balances of organisations whose ledgers have grown."""
    closed = 0
    while some := await billing.close_books(100):
        closed += some
        if some < 100:
            break
    return closed


async def forget(_house: House) -> dict[str, int]:
    """Rows that nobody needs any more."""
    return {name: await drop() for name, drop in FORGET.items()}


async def drop_events() -> int:
    """Events of jobs that ended long ago."""
    old = datetime.now(UTC) - KEPT_EVENTS
    if not (first := await JobEvent.raw(_FIRST_KEPT, old)):
        return 0
    return len(await JobEvent.raw(_DROP_EVENTS, old, first[0]["number"]))


async def drop_quotes() -> int:
    """Quotes that bind no more."""
    old = datetime.now(UTC) - KEPT_QUOTES
    return len(await unscoped(Quote, WHY).delete().where(Quote.expires_at < old).returning(Quote.id))


async def drop_served() -> int:
    """Users who have not been in line for a while. The clocks stay."""
    old = datetime.now(UTC) - KEPT_SERVED
    users = Served.key.like("user:%")
    return len(await Served.delete().where(users, Served.updated_at < old).returning(Served.key))


async def drop_speeds() -> int:
    """Speeds of models and sizes that nobody has asked for."""
    old = datetime.now(UTC) - KEPT_SPEEDS
    return len(await Speed.delete().where(Speed.updated_at < old).returning(Speed.key))


FORGET: dict[str, Callable[[], Awaitable[int]]] = {
    "idempotency keys": idempotency.forget_old,
    "webhook deliveries": webhooks.forget_old,
    "events": drop_events,
    "quotes": drop_quotes,
    "served": drop_served,
    "speeds": drop_speeds,
}
TASKS: dict[str, Task] = {
    "webhooks": Task(send_webhooks, 40, second=set(range(60))),
    "renditions": Task(make_renditions, 60, second=set(range(0, 60, 2))),
    "restore": Task(bring_back, 300, second={20}),
    "books": Task(close_books, 300, second={40}, minute=set(range(3, 60, 10))),
    "tidy": Task(tidy_assets, 900, second={10}, minute=set(range(7, 60, 20))),
    "results": Task(bound_results, 300, second={50}, minute=set(range(5, 60, 10))),
    "lost results": Task(sweep_results, 900, second={15}, minute={37}, hour={3}),
    "models": Task(sweep_models, 300, second={25}, minute={47}),
    "forget": Task(forget, 300, second={30}, minute={17}),
}


class Housekeeping:
    """arq in this process, started again when it has ended, as it does with Redis."""

    def __init__(
        self, settings: SchedulerSettings, storage: Storage, tasks: dict[str, Task] | None = None
    ) -> None:
        self._house = House(settings, storage)
        self._tasks = TASKS if tasks is None else tasks
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns at once."""
        # It says each job twice.
        logging.getLogger("arq").setLevel(logging.ERROR)
        self._running = asyncio.create_task(self._supervise())

    async def stop(self) -> None:
        """Breaks off what is under way: the next worker goes on."""
        await end(self._running)

    async def _supervise(self) -> None:
        ended = 0
        while True:
            began = time.monotonic()
            try:
                await self._work()
            except Exception as error:
                ended = 0 if time.monotonic() - began > WELL_SECONDS else ended
                if not ended:
                    log.warning("housekeeping_stands_still", error=type(error).__name__)
            pause = PAUSES[min(ended, len(PAUSES) - 1)]
            ended += 1
            await asyncio.sleep(pause)

    async def _work(self) -> None:
        redis = RedisSettings.from_dsn(self._house.settings.redis_url)
        redis.conn_retries = 0
        jobs = [
            func(
                cast(WorkerCoroutine, self._coroutine(name, task.run)),
                name=name,
                keep_result=0,
                timeout=task.timeout,
                max_tries=1,
            )
            for name, task in self._tasks.items()
        ]
        clock = [
            cron(
                cast(WorkerCoroutine, _put_in_line(name)),
                name=f"clock:{name}",
                hour=task.hour,
                minute=task.minute,
                second=task.second,
            )
            for name, task in self._tasks.items()
        ]
        worker = Worker(
            jobs,
            queue_name=QUEUE,
            cron_jobs=clock,
            redis_settings=redis,
            handle_signals=False,
            keep_result=0,
            max_tries=1,
            timezone=UTC,
            job_serializer=msgspec.msgpack.encode,
            job_deserializer=msgspec.msgpack.decode,
            log_results=False,
        )
        try:
            await worker.async_run()
        finally:
            with suppress(Exception):
                await worker.close()

    def _coroutine(
        self, name: str, run: Callable[[House], Awaitable[Any]]
    ) -> Callable[[dict[Any, Any]], Coroutine[Any, Any, None]]:
        async def once(_context: dict[Any, Any]) -> None:
            began = time.monotonic()
            try:
                done = await run(self._house)
            except Exception as error:
                # It is tried again when its time comes; arq would tell of it in its own way.
                log.warning("not_done", task=name, error=f"{type(error).__name__}: {error}"[:300])
                return
            if done and (not isinstance(done, dict) or any(done.values())):
                log.info("done", task=name, what=done, seconds=round(time.monotonic() - began, 1))

        return once


def _put_in_line(name: str) -> Callable[[dict[Any, Any]], Coroutine[Any, Any, None]]:
    # Not the task itself: arq keeps the id of what its clock has begun for a minute.
    async def once(context: dict[Any, Any]) -> None:
        await context["redis"].enqueue_job(name, _job_id=f"{QUEUE}:{name}", _queue_name=QUEUE)

    return once
