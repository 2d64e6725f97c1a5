"""Somebody who may submit jobs as often as they like, at an API process of their own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest

from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool, transaction
from control.jobs.states import Detail, transition
from control.realtime.events import State
from control.settings import ControlSettings, read_settings
from studio.stack.process import running
from tests.control.conftest import api_service
from tests.control.people import Person, made, register

T = TypeVar("T")
REQUEST = {"kind": "txt2img", "prompt": "a large red circle on a blue background"}

LIMITS = '{"free": {"requests_per_minute": null, "generations_per_hour": null, "uploads_per_hour": null}}'
TIERS = (
    '{"free": {"monthly_credits": 100, "max_pixels": 1048576, "seats": 100, "storage_gib": 1, "concurrent_jobs": 2, '
    '"queued_jobs": 8, "own_models": 0, "api_keys_generate": true}}'
)
QUEUED = 8


@pytest.fixture(scope="session")
def jobs_environment(api_environment: dict[str, str]) -> dict[str, str]:
    """Generations are not counted; a member may have 8 jobs in line; webhooks may go to this machine."""
    return {
        **api_environment,
        "STUDIO_LIMITS": LIMITS,
        "STUDIO_TIERS": TIERS,
        "STUDIO_WEBHOOK_PRIVATE": "1",
    }


@pytest.fixture(scope="session")
def jobs_api(jobs_environment: dict[str, str], control_home: Path) -> Iterator[httpx.Client]:
    """A client of such an API process."""
    service, base = api_service(jobs_environment, control_home / "log" / "jobs-api.log")
    with running(service), httpx.Client(base_url=base, timeout=30) as client:
        yield client


@pytest.fixture
def ada(jobs_api: httpx.Client) -> Person:
    """Somebody with an account, and with an organisation."""
    return register(jobs_api)


@pytest.fixture
def settings(jobs_environment: dict[str, str]) -> ControlSettings:
    """Those of the API process."""
    return read_settings(jobs_environment)


def within(database_url: str, work: Callable[[], Awaitable[T]]) -> T:
    """What `work` returns, done in this process as a worker does it: with connections to the tests' database."""

    async def run() -> T:
        piccolo_conf.DB.config["dsn"] = database_url
        await open_pool()
        try:
            return await work()
        finally:
            await close_pool()

    return asyncio.run(run())


def advance(database_url: str, job_id: str, *states: State, detail: Detail | None = None) -> None:
    """Brings a job through these states, the last one with `detail`."""

    async def work() -> None:
        for number, state in enumerate(states, 1):
            async with transaction():
                last = number == len(states)
                moved = await transition(UUID(job_id), state, detail=detail if last else None)
            assert moved is not None, state

    within(database_url, work)


def submitted(person: Person, **request: Any) -> dict[str, Any]:
    """A new job of `person`, in line."""
    job: dict[str, Any] = made(person.post("/jobs", request={**REQUEST, **request}))
    return job
