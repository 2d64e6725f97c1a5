"""Transactions that stand still, rows that are locked, acknowledgements that are lost: no healthy job pays for them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from control.database.engine import transaction
from control.jobs.tables import Job
from scheduler import execute, leases
from scheduler.execute import Attempt, Means
from scheduler.faults import internal
from scheduler.finishing import AGAIN
from scheduler.leases import Made
from scheduler.settings import SchedulerSettings
from tests.control.people import Person, register, sql
from tests.scheduler.conftest import Workers, ended, job_of, submit, wait_for
from tests.scheduler.fake_triton import FakeTriton
from tests.scheduler.test_faults import fake
from tests.scheduler.test_once import looked, person, pool, settings, taken

__all__ = ["fake", "person", "pool", "settings"]


@asynccontextmanager
async def frozen(database_url: str, lock: str, *values: object) -> AsyncIterator[None]:
    """Somebody's transaction that has locked rows and does not go on."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            assert await connection.fetch(lock, *values)
            yield
    finally:
        await connection.close()


async def test_a_locked_row_costs_no_other_job_its_lease(
    person: Person, settings: SchedulerSettings, database_url: str, pool: None
) -> None:
    locked, free = [await taken(settings, submit(person), "one") for _ in range(2)]
    ours = [locked.job_id, free.job_id]
    await Job.raw(
        "UPDATE jobs SET lease_until = now() + interval '1 second' WHERE id = ANY({})",
        ours,
    )
    async with frozen(database_url, "SELECT id FROM jobs WHERE id = $1 FOR UPDATE", locked.job_id):
        async with asyncio.timeout(2):
            known = await leases.renew(settings, [locked, free])
        assert known == {locked.job_id: False, free.job_id: False}
        rows = await Job.raw(
            "SELECT id, lease_until > now() + interval '2 seconds' AS kept FROM jobs WHERE id = ANY({})",
            ours,
        )
        assert {row["id"]: row["kept"] for row in rows} == {locked.job_id: False, free.job_id: True}
        await asyncio.sleep(1)
        # Its lease has ended, and yet nobody takes what somebody has in hand.
        assert [made async for made in leases.reap(settings)] == []
    await leases.renew(settings, [locked, free])
    assert [made async for made in leases.reap(settings)] == []
    stranger = msgspec.structs.replace(locked, lease_id=UUID(int=1))
    assert await leases.renew(settings, [stranger, free]) == {free.job_id: False}
    for one in (locked, free):
        await leases.hand_back(one)
        await looked(person.delete, f"/jobs/{one.job_id}")


def test_a_frozen_ledger_costs_other_jobs_nothing(
    api: Any, person: Person, workers: Workers, fake: FakeTriton, database_url: str
) -> None:
    other = register(api)
    fake.behaviour, fake.seconds = "paints", 0.5
    workers.start("one", STUDIO_TRITON_URL=fake.url, STUDIO_LEASE_SECONDS="2")
    held = submit(person)
    wait_for(lambda: job_of(person, held)["state"] == "PROCESSING")
    loop = asyncio.new_event_loop()
    ledger = frozen(
        database_url,
        "SELECT id FROM ledger_heads WHERE organisation_id = $1 FOR UPDATE",
        UUID(person.organisation_id),
    )
    loop.run_until_complete(ledger.__aenter__())
    try:
        # Longer than a lease, while the first one's end waits for the ledger.
        fake.seconds = 3.0
        job = ended(other, submit(other), 10)
        assert (job["state"], job["attempt"]) == ("COMPLETED", 1)
        assert job_of(person, held)["state"] == "PROCESSING"
    finally:
        loop.run_until_complete(ledger.__aexit__(None, None, None))
        loop.close()
    assert ended(person, held, 10)["state"] == "COMPLETED"


async def test_the_pool_waits_for_no_lock_and_no_frozen_transaction_for_ever(
    api: Any, settings: SchedulerSettings, database_url: str, pool: None
) -> None:
    [row] = await Job.raw(
        "SELECT current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle"
    )
    assert row == {"lock": "5s", "idle": "10s"}
    someone = await looked(register, api)
    job_id = UUID(await looked(submit, someone))

    async def wait_for_it() -> None:
        async with transaction():
            await Job.raw("SET LOCAL lock_timeout = '200ms'")
            await Job.raw("SELECT id FROM jobs WHERE id = {} FOR UPDATE", job_id)

    async def stand_still() -> None:
        async with transaction():
            await Job.raw("SET LOCAL idle_in_transaction_session_timeout = '100ms'")
            await asyncio.sleep(0.5)
            await Job.raw("SELECT 1")

    async with frozen(database_url, "SELECT id FROM jobs WHERE id = $1 FOR UPDATE", job_id):
        began = time.monotonic()
        with pytest.raises(AGAIN):
            await wait_for_it()
        assert time.monotonic() - began < 3
    with pytest.raises(AGAIN):
        await stand_still()
    assert await Job.raw("SELECT 1 AS one") == [{"one": 1}]
    await looked(someone.delete, f"/jobs/{job_id}")


async def test_a_job_that_is_paused_at_the_last_moment_is_not_put_in_line(
    person: Person, settings: SchedulerSettings, database_url: str, pool: None
) -> None:
    claims = [await taken(settings, submit(person), "one") for _ in range(2)]
    for one in claims:
        await leases.failed(settings, one, internal(ValueError()), elsewhere=False)
    ours = [one.job_id for one in claims]
    await Job.raw("UPDATE jobs SET not_before = now() WHERE id = ANY({})", ours)
    queued: list[UUID] = []
    async for _, event in leases.due():
        if not queued:
            # After all that is due was read.
            [later] = [job_id for job_id in ours if job_id != event.job_id]
            await Job.raw("UPDATE jobs SET paused = true WHERE id = {}", later)
        queued.append(event.job_id)
    assert later not in queued
    assert len(queued) == 1
    [row] = await Job.raw("SELECT state FROM jobs WHERE id = {}", later)
    assert row["state"] == "PENDING"
    for job_id in ours:
        await looked(person.delete, f"/jobs/{job_id}")


async def test_a_lost_acknowledgement_of_the_beginning_costs_no_attempt(
    person: Person, settings: SchedulerSettings, pool: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit(person)
    one = await taken(settings, job_id, "one")
    # Not begun yet.
    await Job.raw("UPDATE jobs SET state = 'ASSIGNED' WHERE id = {}", one.job_id)
    lost = 0

    @asynccontextmanager
    async def losing() -> AsyncIterator[None]:
        nonlocal lost
        async with transaction():
            yield
        if not lost:
            lost += 1
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    told: list[Made] = []

    async def publish(some: list[Made]) -> None:
        told.extend(some)

    monkeypatch.setattr(execute, "transaction", losing)
    nothing: Any = None
    means = Means(settings, nothing, nothing, nothing, nothing, publish, nothing)
    attempt = Attempt(means, one)
    await attempt.begin("server:1")
    assert lost == 1
    assert not attempt._asked.done(), "it goes on"
    assert [event.state for _, event in told] == ["PROCESSING"]
    # Whoever has another lease is told so.
    stranger = Attempt(means, msgspec.structs.replace(one, lease_id=UUID(int=1)))
    await stranger.begin("server:1")
    assert stranger._asked.result() == "lease"
    await leases.hand_back(one)
    await looked(person.delete, f"/jobs/{job_id}")


def test_a_server_that_refuses_for_ever_is_not_asked_for_ever(
    person: Person, workers: Workers, fake: FakeTriton, settings: SchedulerSettings, database_url: str
) -> None:
    fake.behaviour = "Request for unknown model: 'pocket-txt2img-stream' is not found"
    workers.start("refused", STUDIO_TRITON_URL=fake.url, STUDIO_JOB_TIMEOUT="1", STUDIO_JOB_ATTEMPTS="1")
    job = ended(person, submit(person), 10)
    assert (job["state"], job["error"]["kind"], job["error"]["retryable"]) == ("FAILED", "lost", True)
    assert fake.requests > 1, "it was asked again"
    # The server itself was never put aside.
    [events] = sql(
        database_url, "SELECT count(*) FROM job_events WHERE job_id = $1 AND state = 'QUEUED'", job["id"]
    )
    assert events == (1,)
    log = (settings.home / "log" / "refused.log").read_text()
    assert "server_refused" in log
    assert "server_lost" not in log
