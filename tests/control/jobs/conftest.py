"""Somebody who may submit jobs as often as they like, at an API process of their own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.stack.process import running
from tests.control.conftest import api_service
from tests.control.people import Person, made, register, sql

LIMITS = '{"free": {"requests_per_minute": null, "generations_per_hour": null, "uploads_per_hour": null}}'
REQUEST = {"kind": "txt2img", "prompt": "a large red circle on a blue background"}


@pytest.fixture(scope="session")
def jobs_api(api_environment: dict[str, str], control_home: Path) -> Iterator[httpx.Client]:
    """A client of an API process that counts no generations."""
    service, base = api_service(
        api_environment,
        control_home / "log" / "jobs-api.log",
        STUDIO_LIMITS=LIMITS,
        STUDIO_WEBHOOK_PRIVATE="1",
    )
    with running(service), httpx.Client(base_url=base, timeout=30) as client:
        yield client


@pytest.fixture
def ada(jobs_api: httpx.Client) -> Person:
    """Somebody with an account, and with an organisation."""
    return register(jobs_api)


def submitted(person: Person, **body: Any) -> dict[str, Any]:
    """A new job of `person`, in line."""
    request = REQUEST | body.pop("request", {})
    job: dict[str, Any] = made(person.post("/jobs", request=request, **body))
    return job


def states(database_url: str, job_id: str) -> list[str]:
    """Of its events, in order."""
    rows = sql(database_url, "SELECT state FROM job_events WHERE job_id = $1 ORDER BY sequence", job_id)
    return [state for (state,) in rows]
