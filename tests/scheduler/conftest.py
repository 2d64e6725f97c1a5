"""Real PostgreSQL, Valkey, SeaweedFS and Triton, an API process, and workers that tests start and kill."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from scheduler import status
from studio.stack.process import Service, kill, running, spawn, stop, wait_ready
from tests.conftest import Served
from tests.control.conftest import api_environment, api_service, database_url, redis_url, s3_environment
from tests.control.people import Person, made, register

__all__ = ["api_environment", "database_url", "redis_url", "s3_environment"]


@pytest.fixture(scope="session")
def control_home(triton: Served) -> Path:
    """STUDIO_HOME of all: the one whose checkpoint Triton serves. Its database is not the one of tests/control."""
    return triton.home


@pytest.fixture(scope="session")
def environment(api_environment: dict[str, str], triton: Served) -> dict[str, str]:
    """Settings of an API process and of workers."""
    return api_environment | {
        "STUDIO_TRITON_URL": triton.grpc,
        "STUDIO_LIMITS": '{"free": {"requests_per_minute": null, "generations_per_hour": null, "uploads_per_hour": null}}',
    }


@pytest.fixture(scope="session")
def api(environment: dict[str, str], control_home: Path) -> Iterator[httpx.Client]:
    service, base = api_service(environment, control_home / "log" / "api.log")
    with running(service), httpx.Client(base_url=base, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def person(api: httpx.Client) -> Person:
    return register(api)


def worker_service(environment: dict[str, str], name: str, **settings: str) -> Service:
    """A worker as the stack starts it."""
    home = Path(environment["STUDIO_HOME"])

    def ready() -> bool:
        found = status.read(home, name)
        return found is not None and found.ready

    return Service(
        name=name,
        command=[sys.executable, "-m", "scheduler.serve"],
        env={**environment, "STUDIO_WORKER_NAME": name, **settings},
        log=home / "log" / f"{name}.log",
        ready=ready,
        stop_seconds=8,
    )


class Workers:
    """Worker processes of one test."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._running: dict[str, tuple[Service, subprocess.Popen[bytes]]] = {}

    def start(self, name: str, **settings: str) -> subprocess.Popen[bytes]:
        service = worker_service(self._environment, name, **{"STUDIO_STOP_SECONDS": "1"} | settings)
        process = spawn(service)
        self._running[name] = service, process
        wait_ready(service, process)
        return process

    def kill(self, name: str) -> None:
        kill(self._running.pop(name)[1])

    def stop(self, name: str) -> bool:
        return stop(*self._running.pop(name))

    def end(self) -> None:
        for name in list(self._running):
            self.stop(name)


@pytest.fixture
def workers(environment: dict[str, str]) -> Iterator[Workers]:
    made = Workers(environment)
    yield made
    made.end()


@pytest.fixture(scope="module")
def worker(environment: dict[str, str]) -> Iterator[Workers]:
    """One that is there for a whole file, where nothing happens to it."""
    made = Workers(environment)
    made.start("shared")
    yield made
    made.end()


def submit(person: Person, **request: Any) -> str:
    """The id of a new job."""
    given = {
        "kind": "txt2img",
        "prompt": "a large red circle on a blue background",
        "steps": 4,
        "seed": 9,
    } | request
    job: dict[str, Any] = made(person.post("/jobs", request=given))
    return str(job["id"])


def job_of(person: Person, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = made(person.get(f"/jobs/{job_id}"))
    return job


def wait_for(what: Callable[[], Any], seconds: float = 20, every: float = 0.05) -> Any:
    """The first true answer."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(every)
    return found


def ended(person: Person, job_id: str, seconds: float = 20) -> dict[str, Any]:
    """The job, once it has ended."""

    def look() -> dict[str, Any] | None:
        job = job_of(person, job_id)
        return job if job["state"] in {"COMPLETED", "FAILED", "CANCELLED"} else None

    found: dict[str, Any] = wait_for(look, seconds)
    return found
