"""Housekeeping: arq as a clock that survives Redis, one worker at a task, and what is dropped when."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from control.assets import renditions
from control.assets.storage import Storage
from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool, transaction
from control.errors import Unavailable
from control.jobs.policy import CLOCK, tier_key
from control.jobs.tables import JobEvent, Served
from scheduler import housekeeping
from scheduler.housekeeping import FORGET, QUEUE, TASKS, House, Housekeeping, Task, each
from scheduler.settings import SchedulerSettings
from studio.stack import valkey
from studio.stack.process import free_port, kill, running, spawn, wait_ready


class _Undone(Exception):
    """Takes back what a test wrote."""


EVERY_SECOND = set(range(60))


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey of these tests' own."""
    home, port = tmp_path_factory.mktemp("valkey"), free_port()
    with running(valkey.valkey(home, port)):
        yield valkey.redis_url(home, port)


@asynccontextmanager
async def keeping(url: str, *tasks: dict[str, Task]) -> AsyncIterator[None]:
    """One worker's housekeeping for each table of tasks."""
    settings = SchedulerSettings(
        redis_url=url, s3_url="http://127.0.0.1:9", s3_access_key="a", s3_secret_key="b"
    )
    storage = Storage(settings)
    keepers = [Housekeeping(settings, storage, own) for own in tasks]
    for keeper in keepers:
        await keeper.start()
    try:
        yield
    finally:
        for keeper in keepers:
            await keeper.stop()
        storage.close()


async def eventually(true: Any, seconds: float = 20) -> bool:
    for _ in range(round(seconds / 0.05)):
        if true():
            return True
        await asyncio.sleep(0.05)
    return False


async def test_two_workers_never_do_a_task_at_the_same_time(own_redis: str) -> None:
    at_it, most, begun = 0, 0, 0

    async def work(_house: House) -> None:
        nonlocal at_it, most, begun
        begun += 1
        at_it += 1
        most = max(most, at_it)
        # Longer than until it is due again.
        await asyncio.sleep(1.5)
        at_it -= 1

    task = {"work": Task(work, 10, EVERY_SECOND)}
    async with keeping(own_redis, task, task):
        assert await eventually(lambda: begun >= 3)
    assert most == 1


async def test_a_task_that_fails_is_done_again_when_its_time_comes(own_redis: str) -> None:
    tried: list[float] = []

    async def work(_house: House) -> None:
        tried.append(time.monotonic())
        raise OSError("the disk is full")

    async with keeping(own_redis, {"fails": Task(work, 10, EVERY_SECOND)}):
        assert await eventually(lambda: len(tried) >= 3)
    async with Redis.from_url(own_redis) as client:
        left = [key async for key in client.scan_iter("arq:result:*")]
    assert left == []


async def test_it_goes_on_when_redis_is_back(tmp_path: Path) -> None:
    port, done = free_port(), []
    service = valkey.valkey(tmp_path, port)

    async def work(_house: House) -> None:
        done.append(time.monotonic())

    process = spawn(service)
    try:
        wait_ready(service, process)
        async with keeping(valkey.redis_url(tmp_path, port), {"work": Task(work, 10, EVERY_SECOND)}):
            assert await eventually(lambda: done)
            kill(process)
            await asyncio.sleep(2)
            before = len(done)
            process = spawn(service)
            await asyncio.to_thread(wait_ready, service, process)
            assert await eventually(lambda: len(done) > before)
    finally:
        kill(process)


async def test_all_that_is_due_is_done_some_at_a_time_and_failures_hinder_nobody() -> None:
    waiting, at_it, most, done = list(range(10)), 0, 0, []

    async def due() -> list[int]:
        return [one for one in waiting if one not in done]

    async def act(one: int) -> None:
        nonlocal at_it, most
        at_it += 1
        most = max(most, at_it)
        await asyncio.sleep(0.01)
        at_it -= 1
        if one == 3:
            # It is still due, and is not tried again in this round.
            raise OSError("no route to host")
        done.append(one)
        if one == 5:
            waiting.append(50)

    assert await each(due, act, 4, time.monotonic() + 10) == 11
    assert most == 4
    assert sorted(done) == [0, 1, 2, 4, 5, 6, 7, 8, 9, 50]
    assert await each(due, act, 4, time.monotonic() - 1) == 0, "nothing is begun after the time"


def test_every_task_stands_in_one_table() -> None:
    beside = {"webhooks", "renditions", "restore", "books", "tidy", "forget"}
    assert TASKS.keys() == beside | {"results", "lost results", "models"}
    assert QUEUE != "arq:queue"
    for task in TASKS.values():
        assert task.second
        assert task.timeout <= 900


async def test_what_swallows_its_cancellation_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    swallowed = 0

    async def stubborn(_keeper: Housekeeping) -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                # As a redis client does that takes it for a timeout of its own.
                if swallowed:
                    raise
                swallowed += 1

    monkeypatch.setattr(Housekeeping, "_work", stubborn)
    async with asyncio.timeout(5):
        async with keeping("redis://127.0.0.1:9", {}):
            await asyncio.sleep(0.05)
            began = time.monotonic()
        # A cancellation of ours may be taken for the task's: the time tells.
        assert time.monotonic() - began < 3
    assert swallowed == 1


async def test_one_picture_that_cannot_be_rendered_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, slow, fine = (UUID(int=number) for number in (1, 2, 3))
    waiting, tried, given_up, limits = [broken, slow, fine], [], [], []

    async def missing(limit: int) -> list[tuple[UUID, UUID]]:
        limits.append(limit)
        return [(UUID(int=9), blob_id) for blob_id in waiting[:limit]]

    async def make(_storage: Storage, _organisation_id: UUID, blob_id: UUID) -> None:
        tried.append(blob_id)
        if blob_id == broken:
            raise RuntimeError("Pillow says so")
        if blob_id == slow:
            await asyncio.sleep(3600)
        waiting.remove(blob_id)

    async def give_up(_organisation_id: UUID, blob_id: UUID) -> None:
        given_up.append(blob_id)
        waiting.remove(blob_id)

    async def sweep() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(housekeeping.make_renditions(house), 0.2)

    house: Any = House(SchedulerSettings(), None)  # type: ignore[arg-type]
    monkeypatch.setattr(housekeeping, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(housekeeping, "RENDERED", 2)
    monkeypatch.setattr(renditions, "missing", missing)
    monkeypatch.setattr(renditions, "make", make)
    monkeypatch.setattr(renditions, "give_up", give_up)
    for _ in range(housekeeping.MOST_TRIES + 1):
        await sweep()
    await sweep()
    assert waiting == []
    assert given_up == [broken, slow]
    assert tried.count(broken) == tried.count(slow) == housekeeping.MOST_TRIES
    # Those that wait for their next try take nobody's place.
    monkeypatch.setattr(housekeeping, "AGAIN_SECONDS", 60.0)
    waiting += [broken, fine]
    await sweep()
    await sweep()
    assert waiting == [broken]
    assert limits[-1] == 3
    # With the storage away it is nobody's fault, and is told.
    housekeeping._tries.clear()

    async def away(*_: object) -> None:
        raise Unavailable("The storage does not answer.")

    monkeypatch.setattr(renditions, "make", away)
    with pytest.raises(Unavailable):
        await housekeeping.make_renditions(house)
    assert not housekeeping._tries


async def test_events_go_with_the_years_and_none_too_early(database_url: str) -> None:
    piccolo_conf.DB.config["dsn"] = database_url
    await open_pool()
    who, old = uuid4(), datetime.now(UTC) - housekeeping.KEPT_EVENTS - timedelta(hours=1)
    now = datetime.now(UTC)
    try:
        # Nobody owns them, so far as foreign keys go: only this transaction sees them.
        async with transaction():
            await JobEvent.raw("SET LOCAL session_replication_role = replica")
            # Those of other tests are of today, and have smaller numbers than the old ones below.
            await JobEvent.raw("DELETE FROM job_events")
            jobs = {"ended": (old, old), "long": (old, None), "fresh": (now, now), "late": (old, now)}
            ids = {name: uuid4() for name in jobs}
            for name, (began, finished) in jobs.items():
                await JobEvent.raw(
                    "INSERT INTO jobs (id, organisation_id, user_id, kind, request, model, tier, state, position, work, "
                    "created_at, finished_at) VALUES ({}, {}, {}, 'txt2img', 'null', '', 'free', 'PENDING', 0, 0, {}, {})",
                    ids[name], who, who, began, finished,
                )  # fmt: skip
                for sequence in (1, 2):
                    at = began if sequence == 1 else finished or now
                    await JobEvent.insert(
                        JobEvent(
                            organisation_id=who, job_id=ids[name], user_id=who, sequence=sequence, state="PENDING",
                            attempt=0, detail="{}", created_at=at,
                        )
                    )  # fmt: skip
            # Many more that ended long ago, whose events are gone.
            await JobEvent.raw(
                "INSERT INTO jobs (id, organisation_id, user_id, kind, request, model, tier, state, position, work, created_at, "
                "finished_at) SELECT gen_random_uuid(), {}, {}, 'txt2img', 'null', '', 'free', 'COMPLETED', 0, 0, {}, {} "
                "FROM generate_series(1, 3000)",
                who, who, old, old,
            )  # fmt: skip
            await JobEvent.raw("ANALYZE jobs, job_events")
            [first] = await JobEvent.raw(housekeeping._FIRST_KEPT, old + timedelta(minutes=30))
            plan = await JobEvent.raw(
                f"EXPLAIN (ANALYZE) {housekeeping._DROP_EVENTS}", old - timedelta(days=1), first["number"]
            )
            assert "Seq Scan on jobs" not in str(plan), plan
            await JobEvent.raw("SET LOCAL session_replication_role = origin")
            assert await housekeeping.drop_events() >= 2
            left = await JobEvent.raw(
                "SELECT job_id, count(*) AS n FROM job_events WHERE organisation_id = {} GROUP BY 1", who
            )
            assert {row["job_id"]: row["n"] for row in left} == {
                ids[name]: 2 for name in ("long", "fresh", "late")
            }
            raise _Undone
    except _Undone:
        pass
    finally:
        await close_pool()


async def test_rows_that_nobody_needs_are_forgotten_and_clocks_stay(database_url: str) -> None:
    piccolo_conf.DB.config["dsn"] = database_url
    await open_pool()
    try:
        old = datetime.now(UTC) - housekeeping.KEPT_SERVED - timedelta(hours=1)
        who = f"user:free:{UUID(int=1).hex}:{UUID(int=2).hex}"
        fresh = f"user:free:{UUID(int=1).hex}:{UUID(int=3).hex}"
        for key, at in [(who, old), (CLOCK, old), (tier_key("free"), old), (fresh, datetime.now(UTC))]:
            await Served.delete().where(Served.key == key)
            await Served.insert(Served(key=key, served=1.0, updated_at=at))
        counts = {name: await drop() for name, drop in FORGET.items()}
        assert counts["served"] >= 1
        left = await Served.select(Served.key).where(Served.key.is_in([who, CLOCK, tier_key("free"), fresh]))
        assert {row["key"] for row in left} == {CLOCK, tier_key("free"), fresh}
        assert counts.keys() == {
            "idempotency keys",
            "webhook deliveries",
            "events",
            "quotes",
            "served",
            "speeds",
        }
    finally:
        await close_pool()
