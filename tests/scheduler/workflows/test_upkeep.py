"""Kept results in a real database and a real object storage: how they are found, bounded, and removed."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import pytest

from control.assets.storage import Storage
from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool
from control.jobs.tables import Job
from control.workflows.tables import NodeResult
from scheduler import leases
from scheduler.faults import broken
from scheduler.settings import SchedulerSettings, read_settings
from scheduler.workflows import upkeep
from scheduler.workflows.cache import PREFIX, Cache, Computed, Slot, place
from tests.control.people import Person, register
from tests.scheduler.test_once import taken
from tests.scheduler.workflows.graphs import graph, submit

MEGABYTE = 2**20


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[None]:
    """This process is a worker of its own."""
    piccolo_conf.DB.config["dsn"] = database_url
    await open_pool()
    yield
    await close_pool()


@pytest.fixture
def person(api: Any) -> Person:
    return register(api)


@pytest.fixture
def settings(environment: dict[str, str]) -> SchedulerSettings:
    return read_settings(environment)


@pytest.fixture
def storage(settings: SchedulerSettings) -> Storage:
    return Storage(settings)


@pytest.fixture
async def cache(settings: SchedulerSettings, storage: Storage, pool: None) -> AsyncIterator[Cache]:
    made = Cache(settings, storage)
    await made.start()
    yield made
    await made.stop()


def key(number: int) -> str:
    return f"{number:064x}"


def value(number: int, megabytes: float = 0.5) -> tuple[Any]:
    return (np.full(int(megabytes * MEGABYTE / 4), number + 1, np.float32),)


async def kept(settings: SchedulerSettings, storage: Storage, organisation: UUID, number: int) -> Any:
    """A result, as another worker finds it."""
    found = Cache(settings, storage).of(organisation)
    await found.look([key(number)])
    return await found.get(key(number))


async def objects(storage: Storage, organisation: UUID) -> set[str]:
    return {one async for one in storage.keys(f"{PREFIX}{organisation.hex}/")}


async def test_a_result_is_found_by_another_worker_of_the_organisation(
    cache: Cache, settings: SchedulerSettings, storage: Storage, person: Person
) -> None:
    mine = UUID(person.organisation_id)
    other = UUID(register(person.api).organisation_id)
    cache.put(Slot(mine, key(1)), Computed(value(1), keep=True))
    cache.put(Slot(mine, key(2)), Computed(("small",), keep=False))
    cache.put(Slot(mine, key(3)), Computed(value(3), keep=False))
    await cache.written()
    assert np.array_equal((await kept(settings, storage, mine, 1))[0], value(1)[0])
    assert await kept(settings, storage, mine, 2) == ("small",)
    assert await kept(settings, storage, mine, 3) is None
    assert await objects(storage, mine) == {place(mine, key(1))}
    assert [await kept(settings, storage, other, number) for number in (1, 2)] == [None, None]
    # Bytes that were damaged are no result.
    data = await storage.get(place(mine, key(1)))
    await storage.put(place(mine, key(1)), data[:-1] + bytes([data[-1] ^ 1]), "")
    assert await kept(settings, storage, mine, 1) is None


async def test_nobody_waits_for_an_organisation_that_is_gone(cache: Cache, person: Person) -> None:
    gone, mine = UUID(int=5), UUID(person.organisation_id)
    cache.put(Slot(gone, key(1)), Computed(("x",), keep=True))
    cache.put(Slot(mine, key(1)), Computed(("x",), keep=True))
    await cache.written()
    rows = await NodeResult.raw("SELECT organisation_id FROM node_results WHERE key = {}", key(1))
    assert mine in {row["organisation_id"] for row in rows}
    assert gone not in {row["organisation_id"] for row in rows}


async def test_what_was_not_used_for_longest_goes_first(
    cache: Cache, settings: SchedulerSettings, storage: Storage, person: Person
) -> None:
    mine = UUID(person.organisation_id)
    for number in range(6):
        cache.put(Slot(mine, key(number)), Computed(value(number), keep=True))
    await cache.written()
    for number in range(6):
        await NodeResult.raw(
            "UPDATE node_results SET used_at = now() - {}::int * interval '1 hour' WHERE organisation_id = {} AND key = {}",
            10 - number, mine, key(number),
        )  # fmt: skip
    # The oldest is used, by a worker that has not said so of late.
    fresh = Cache(settings, storage)
    await fresh.start()
    found = fresh.of(mine)
    await found.look([key(0)])
    assert await found.get(key(0)) is not None
    await fresh.written()
    await fresh.stop()
    few = msgspec.structs.replace(settings, cache_mb_per_organisation=2)
    assert await upkeep.bound(storage, few) >= 3
    left = [number for number in range(6) if await kept(settings, storage, mine, number) is not None]
    assert left == [0, 4, 5]
    assert await objects(storage, mine) == {place(mine, key(number)) for number in left}
    rows = await NodeResult.raw(
        "SELECT sum(size)::bigint AS bytes FROM node_results WHERE organisation_id = {}", mine
    )
    assert rows[0]["bytes"] <= 2 * MEGABYTE
    # And what nobody uses for long goes, however little it is.
    await NodeResult.raw("UPDATE node_results SET used_at = now() - interval '31 days' WHERE organisation_id = {} AND key = {}", mine, key(4))  # fmt: skip
    await upkeep.bound(storage, settings)
    assert await kept(settings, storage, mine, 4) is None


async def test_objects_of_a_removed_organisation_go(
    cache: Cache, settings: SchedulerSettings, storage: Storage, person: Person
) -> None:
    mine = UUID(person.organisation_id)
    for number in range(3):
        cache.put(Slot(mine, key(number)), Computed(value(number), keep=True))
    await cache.written()
    await NodeResult.raw("DELETE FROM node_results WHERE organisation_id = {} AND key <> {}", mine, key(0))
    await upkeep.sweep(storage)
    assert await objects(storage, mine) == {place(mine, key(0))}


async def test_a_database_or_storage_that_is_away_is_a_miss(
    settings: SchedulerSettings, storage: Storage, person: Person, pool: None, cache: Cache
) -> None:
    mine = UUID(person.organisation_id)
    cache.put(Slot(mine, key(1)), Computed(value(1), keep=True))
    await cache.written()
    away = Storage(msgspec.structs.replace(settings, s3_url="http://127.0.0.1:1"))
    found = Cache(settings, away).of(mine)
    await found.look([key(1)])
    assert await found.get(key(1)) is None
    lonely = Cache(settings, away)
    await lonely.start()
    began = time.monotonic()
    lonely.put(Slot(mine, key(2)), Computed(value(2), keep=True))
    assert await lonely.of(mine).get(key(2)) is not None
    assert time.monotonic() - began < 0.5
    await asyncio.wait_for(lonely.stop(), 10)
    away.close()


async def test_a_node_that_several_attempts_computed_is_charged_for_once(
    person: Person, settings: SchedulerSettings, pool: None
) -> None:
    """Its result may not have been written when the first of them ended."""
    given = graph(n3_seed=1, more={"9b": {"class_type": "PreviewImage", "inputs": {"images": ["8b", 0]}}})
    given["3b"] = {"class_type": "KSampler", "inputs": {**given["3"]["inputs"], "seed": 2}}
    given["8b"] = {"class_type": "VAEDecode", "inputs": {"samples": ["3b", 0], "vae": ["4", 2]}}
    job_id = await asyncio.to_thread(submit, person, given)

    async def owed() -> int:
        [row] = await Job.raw("SELECT owed FROM jobs WHERE id = {}", UUID(job_id))
        return int(row["owed"])

    one = await taken(settings, job_id, "first")
    assert one.plan is not None
    price = one.plan.nodes["3"].amount
    assert 0 < price <= one.reserved / 2
    await leases.hand_back(one, {"3", "6"})
    assert await owed() == price
    one = await taken(settings, job_id, "second")
    await leases.failed(settings, one, broken("lost"), elsewhere=True, ran={"3", "7"})
    assert await owed() == price
    one = await taken(settings, job_id, "third")
    [(_, event)] = await leases.cancelled(one, {"3"})
    assert event.charged_microcredits == price
