"""A job has one set of outputs and one charge, however many workers believe that it is theirs."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

import httpx
import msgspec
import pytest
from PIL import Image

from control.assets.storage import Storage
from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool, transaction
from control.jobs.states import transition
from control.jobs.tables import Job
from control.models.catalogue import checkpoint
from scheduler import finishing, leases
from scheduler.claims import Claim, claim
from scheduler.faults import broken, timed_out
from scheduler.provenance import Finished, finished
from scheduler.settings import SchedulerSettings, read_settings
from tests.control.people import Person, register, sql
from tests.scheduler.conftest import submit
from tests.scheduler.test_worker import effects

T = TypeVar("T")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[None]:
    """This process is a worker of its own."""
    piccolo_conf.DB.config["dsn"] = database_url
    await open_pool()
    yield
    await close_pool()


@pytest.fixture
def person(api: httpx.Client) -> Person:
    """Somebody new, whose tier's limit of jobs under way is untouched."""
    return register(api)


@pytest.fixture
def settings(environment: dict[str, str]) -> SchedulerSettings:
    return read_settings(environment)


@pytest.fixture
def storage(settings: SchedulerSettings) -> Storage:
    return Storage(settings)


async def looked(query: Callable[..., T], *arguments: object) -> T:
    """In a thread: `sql` has an event loop of its own."""
    return await asyncio.to_thread(query, *arguments)


async def taken(settings: SchedulerSettings, job_id: str, worker: str) -> Claim:
    """The job, claimed and begun."""
    for _ in range(100):
        found, _ = await claim(settings, worker, 50)
        for one in found:
            if str(one.job_id) == job_id:
                async with transaction():
                    assert await transition(one.job_id, "PROCESSING", lease_id=one.lease_id)
                return one
        await asyncio.sleep(0.05)
    raise AssertionError("it is not in line")


def painted(settings: SchedulerSettings, one: Claim, colour: str) -> list[Finished]:
    """Pictures as Triton would send them."""
    out = io.BytesIO()
    Image.new("RGB", (128, 128), colour).save(out, "PNG")
    manifest = checkpoint(settings.home, "pocket")
    return [finished(out.getvalue(), place, one.work, manifest) for place in range(one.work.batch)]


async def complete(
    settings: SchedulerSettings, storage: Storage, one: Claim, colour: str
) -> list[leases.Made]:
    manifest = checkpoint(settings.home, "pocket")
    return await finishing.complete(storage, one, one.work, manifest, painted(settings, one, colour), 1.0)


async def test_of_two_executions_the_one_with_the_lease_counts(
    person: Person, settings: SchedulerSettings, storage: Storage, database_url: str, pool: None
) -> None:
    job_id = submit(person, batch=2)
    first = await taken(settings, job_id, "first")
    # The first one is not heard of for a while.
    await Job.raw("UPDATE jobs SET lease_until = now() - interval '1 second' WHERE id = {}", UUID(job_id))
    assert [event.state async for _, event in leases.reap(settings)] == ["PENDING"]
    await Job.raw("UPDATE jobs SET not_before = now() WHERE id = {}", UUID(job_id))
    assert [event.state async for _, event in leases.due()] == ["QUEUED"]
    second = await taken(settings, job_id, "second")
    assert (first.attempt, second.attempt) == (1, 2)
    made = await asyncio.gather(
        complete(settings, storage, first, "red"), complete(settings, storage, second, "blue")
    )
    assert [len(events) for events in made] == [0, 1]
    [(_, event)] = made[1]
    assert (event.state, event.attempt, len(event.outputs)) == ("COMPLETED", 2, 2)
    assert await looked(effects, database_url, job_id) == {
        "outputs": 2, "assets": 2, "ends": 1, "spent": event.charged_microcredits,
    }  # fmt: skip
    assert event.charged_microcredits == second.reserved


async def test_the_same_attempt_may_finish_twice_at_once(
    person: Person, settings: SchedulerSettings, storage: Storage, database_url: str, pool: None
) -> None:
    job_id = submit(person)
    one = await taken(settings, job_id, "first")
    made = await asyncio.gather(*(complete(settings, storage, one, "green") for _ in range(5)))
    assert sorted(len(events) for events in made) == [0, 0, 0, 0, 1]
    assert (await looked(effects, database_url, job_id)) | {"spent": 0} == {
        "outputs": 1, "assets": 1, "ends": 1, "spent": 0,
    }  # fmt: skip


async def test_who_has_no_lease_neither_fails_nor_cancels_nor_hands_back(
    person: Person, settings: SchedulerSettings, database_url: str, pool: None
) -> None:
    job_id = submit(person)
    one = await taken(settings, job_id, "first")
    thief = UUID(int=1)
    await Job.raw("UPDATE jobs SET lease_id = {} WHERE id = {}", thief, UUID(job_id))
    assert await leases.renew(settings, [one]) == {}
    assert await leases.hand_back(one) == []
    assert await leases.cancelled(one) == []
    assert await leases.failed(settings, one, timed_out(1), elsewhere=False) == []
    assert await looked(
        sql, database_url, "SELECT state, lease_id, attempt FROM jobs WHERE id = $1", job_id
    ) == [("PROCESSING", thief, 1)]
    assert (await looked(effects, database_url, job_id))["ends"] == 0
    # The thief gives it up, so that it is in nobody's way.
    assert await leases.cancelled(msgspec.structs.replace(one, lease_id=thief))


async def test_what_is_to_be_stopped_does_not_come_back_into_line(
    person: Person, settings: SchedulerSettings, pool: None
) -> None:
    for way in ("failed", "handed back", "worker dead"):
        one = await taken(settings, submit(person), "first")
        await Job.raw("UPDATE jobs SET cancel_requested_at = now() WHERE id = {}", one.job_id)
        if way == "failed":
            [(_, event)] = await leases.failed(settings, one, broken("lost"), elsewhere=True)
        elif way == "handed back":
            [(_, event)] = await leases.hand_back(one)
        else:
            await Job.raw(
                "UPDATE jobs SET lease_until = now() - interval '1 second' WHERE id = {}", one.job_id
            )
            [(_, event)] = [made async for made in leases.reap(settings)]
        assert (event.state, event.charged_microcredits) == ("CANCELLED", 0), way


async def test_a_lease_that_ended_three_times_is_enough(
    person: Person, settings: SchedulerSettings, database_url: str, pool: None
) -> None:
    job_id = submit(person)
    for attempt in (1, 2, 3):
        assert (await taken(settings, job_id, "dies")).attempt == attempt
        await Job.raw("UPDATE jobs SET lease_until = now() - interval '1 second' WHERE id = {}", UUID(job_id))
        [(_, event)] = [made async for made in leases.reap(settings)]
        await Job.raw("UPDATE jobs SET not_before = now() WHERE id = {} AND state = 'PENDING'", UUID(job_id))
        [made async for made in leases.due()]
    assert event.state == "FAILED"
    assert event.error is not None
    assert event.error.kind == "lost"
    assert await looked(effects, database_url, job_id) == {"outputs": 0, "assets": 0, "ends": 1, "spent": 0}


async def test_workers_side_by_side_take_each_job_once(
    person: Person, settings: SchedulerSettings, pool: None
) -> None:
    job_ids = {submit(person, seed=seed) for seed in range(2)}
    found = await asyncio.gather(*(claim(settings, f"worker {n}", 8) for n in range(8)))
    taken = [str(one.job_id) for claims, _ in found for one in claims]
    assert sorted(taken) == sorted(job_ids)
    for claims, _ in found:
        for one in claims:
            await leases.cancelled(one)


async def test_the_storage_is_away_for_a_while(
    person: Person,
    settings: SchedulerSettings,
    database_url: str,
    pool: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from control.errors import Unavailable

    class Away(Storage):
        """One that refuses the first three writes."""

        refused = 0

        async def put(self, *arguments: object, **options: object) -> None:
            if self.refused < 3:
                self.refused += 1
                raise Unavailable("away")
            await super().put(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(finishing, "PAUSE", 0.01)
    storage = Away(settings)
    job_id = submit(person)
    one = await taken(settings, job_id, "first")
    [(_, event)] = await complete(settings, storage, one, "black")
    assert (event.state, storage.refused) == ("COMPLETED", 3)
    assert (await looked(effects, database_url, job_id))["outputs"] == 1


async def test_a_transaction_whose_connection_is_lost_leaves_nothing_behind(pool: None) -> None:
    pool_size = 10
    for _ in range(pool_size + 2):
        with suppress(Exception):
            async with transaction():
                await Job.raw("SELECT pg_terminate_backend(pg_backend_pid())")
    async with transaction():
        assert await Job.raw("SELECT 1 AS one") == [{"one": 1}]
