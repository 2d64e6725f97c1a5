"""Two who lock the same jobs: in one order, and where they block each other all the same, 503 and no 500."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.control.jobs.conftest import submitted
from tests.control.people import Person, made, problem

_LOCK = "SELECT FROM jobs WHERE id = $1 FOR UPDATE NOWAIT"
_WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else, whom PostgreSQL does not choose to give way."""
    connection = await asyncpg.connect(database_url, server_settings={"deadlock_timeout": "60s"})
    yield connection
    await connection.close()


async def waiting(other: asyncpg.Connection) -> None:
    """Until a request waits for a lock."""
    async with asyncio.timeout(10):
        while not await other.fetchval(_WAITS):
            await other.execute("SELECT pg_sleep(0.02)")


async def test_two_jobs_are_locked_in_the_order_of_their_ids(ada: Person, other: asyncpg.Connection) -> None:
    first, second = sorted(submitted(ada)["id"] for _ in range(2))
    async with other.transaction():
        await other.execute(_LOCK, first)
        move = asyncio.create_task(asyncio.to_thread(ada.post, f"/jobs/{second}/move", before_job_id=first))
        await waiting(other)
        # It has not locked this one, which it is about.
        await other.execute(_LOCK, second)
    made(await move)


async def test_who_loses_a_deadlock_may_come_again(ada: Person, other: asyncpg.Connection) -> None:
    first, second = sorted(submitted(ada)["id"] for _ in range(2))
    async with other.transaction():
        await other.execute(_LOCK, second)
        move = asyncio.create_task(asyncio.to_thread(ada.post, f"/jobs/{second}/move", before_job_id=first))
        await waiting(other)
        await other.execute(_LOCK.removesuffix(" NOWAIT"), first)
        answer = await move
        assert problem(answer, 503, "Send the request again")["type"] == "/problems/unavailable"
        assert int(answer.headers["retry-after"]) >= 1
    made(ada.post(f"/jobs/{second}/move", before_job_id=first))
