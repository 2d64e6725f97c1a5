"""Two API processes over one database and a Valkey of their own, and jobs that the tests themselves move along."""

import asyncio
import json
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection, connect

from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool, transaction
from control.jobs.states import Detail, transition
from control.jobs.tables import Job
from control.realtime import bus
from control.realtime.events import Event, JobPreview, JobProgress, JobState, State
from studio.stack import valkey
from studio.stack.process import Service, free_port, spawn, stop, wait_ready
from tests.control.conftest import api_service
from tests.control.people import Person, member_of

ORIGIN = "https://app.example"
METRICS_TOKEN = "for Prometheus alone"
WAY: list[State] = ["PENDING", "QUEUED", "ASSIGNED", "PROCESSING", "COMPLETED"]


class Killable:
    """A service that a test may kill and start again."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.start()

    def start(self) -> None:
        self._process: subprocess.Popen[bytes] = spawn(self._service)
        wait_ready(self._service, self._process)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        stop(self._service, self._process)


@pytest.fixture(scope="session")
def own_redis(control_home: Path) -> Iterator[tuple[Killable, str]]:
    home, port = control_home / "realtime", free_port()
    service = Killable(valkey.valkey(home, port))
    yield service, valkey.redis_url(home, port)
    service.stop()


@pytest.fixture(scope="session")
def live(
    api_environment: dict[str, str], control_home: Path, own_redis: tuple[Killable, str]
) -> Iterator[tuple[str, str]]:
    """Addresses of two API processes."""
    made = [
        api_service(
            api_environment,
            control_home / "log" / f"live{place}.log",
            STUDIO_HOME=str(control_home / "live"),
            STUDIO_REDIS_URL=own_redis[1],
            STUDIO_CORS_ORIGINS=f'["{ORIGIN}"]',
            # Tokens say who issued them, and both processes shall take them.
            STUDIO_PUBLIC_URL="https://studio.example",
            STUDIO_METRICS_TOKEN=METRICS_TOKEN,
        )
        for place in range(2)
    ]
    processes = [(service, spawn(service)) for service, _ in made]
    try:
        for service, process in processes:
            wait_ready(service, process)
        yield made[0][1], made[1][1]
    finally:
        for service, process in processes:
            stop(service, process)


@pytest.fixture(scope="session")
def live_api(live: tuple[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=live[0], timeout=30) as client:
        yield client


@pytest.fixture
async def redis_client(own_redis: tuple[Killable, str]) -> AsyncIterator[Redis]:
    client = Redis.from_url(own_redis[1], socket_connect_timeout=1)
    yield client
    await client.aclose()


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[None]:
    """Piccolo's connections to the tests' database, for this test's event loop."""
    piccolo_conf.DB.config["dsn"] = database_url
    await open_pool()
    yield
    await close_pool()


class Mover:
    """Moves jobs as routes and workers do: a transition in a transaction, then the event on the bus."""

    def __init__(self, redis_client: Redis) -> None:
        self._redis = redis_client

    async def job(self, person: Person, team_id: str | None = None) -> UUID:
        """A job of theirs, with no event yet."""
        job = Job(
            organisation_id=UUID(person.organisation_id),
            user_id=UUID(person.id),
            team_id=team_id and UUID(team_id),
            kind="txt2img",
            request="{}",
            model="pocket",
            tier="free",
            state="PENDING",
            position=0.0,
            work=1.0,
            created_at=datetime.now(UTC),
        )
        await Job.insert(job)
        found: UUID = job.id
        return found

    async def move(self, job_id: UUID, *states: State, tell: bool = True, **detail: Any) -> list[JobState]:
        """Through these states; `tell`: on the bus too."""
        made = []
        for state in states:
            async with transaction():
                moved = await transition(
                    job_id,
                    state,
                    only_from=["PENDING"] if state == "PENDING" else None,
                    detail=Detail(**detail),
                )
            assert moved is not None, state
            owner, event = moved
            made.append(event)
            if tell:
                await bus.publish(self._redis, owner, event)
        return made

    async def tell(self, person: Person, *events: Event, team_id: str | None = None) -> None:
        """Publishes events of a job of theirs."""
        owner = bus.Owner(UUID(person.organisation_id), UUID(person.id), UUID(team_id) if team_id else None)
        await bus.publish(self._redis, owner, *events)


@pytest.fixture
def mover(pool: None, redis_client: Redis) -> Mover:
    return Mover(redis_client)


async def colleague(of: Person, database_url: str, role: str = "user", team_id: str | None = None) -> Person:
    """Somebody new in the organisation."""
    # It brings an event loop of its own.
    return await asyncio.to_thread(member_of, of, database_url, role, team_id)


def progress(job_id: UUID, step: int, steps: int = 20) -> JobProgress:
    return JobProgress(job_id=job_id, attempt=1, step=step, steps=steps, eta_seconds=1.5)


def preview(job_id: UUID, step: int, size: int = 1000) -> JobPreview:
    return JobPreview(job_id=job_id, attempt=1, step=step, data=bytes(size))


class Client:
    """A WebSocket, and all that came over it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []

    async def hear(self, enough: Any, seconds: float = 10.0) -> list[dict[str, Any]]:
        """Reads until `enough(events)`."""
        async with asyncio.timeout(seconds):
            while not enough(self.events):
                self.events.append(json.loads(await self.socket.recv()))
        return self.events

    async def hear_all(self, count: int, seconds: float = 10.0) -> list[dict[str, Any]]:
        """Reads so many events."""
        return await self.hear(lambda events: len(events) >= count, seconds)

    async def silence(self, seconds: float = 0.4) -> None:
        """Nothing comes for so long."""
        try:
            async with asyncio.timeout(seconds):
                raise AssertionError(f"{await self.socket.recv()!r} came")
        except TimeoutError:
            return

    async def ended(self, seconds: float = 10.0) -> tuple[int | None, str | None]:
        """Close code and reason, once the server closes."""
        async with asyncio.timeout(seconds):
            await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason

    @property
    def states(self) -> list[tuple[int, str]]:
        """(sequence, state) of the states that came."""
        return [(e["sequence"], e["state"]) for e in self.events if e["type"] == "state"]


@asynccontextmanager
async def watching(
    base: str, path: str, token: str | None, headers: dict[str, str] | None = None, **options: Any
) -> AsyncIterator[Client]:
    """An open WebSocket."""
    sent = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
    address = base.replace("http", "ws", 1) + path
    options = {"additional_headers": sent, "proxy": None, "max_size": 2**24} | options
    async with connect(address, **options) as socket:
        yield Client(socket)


def until(done: Any, seconds: float = 10.0) -> None:
    """Waits for a condition."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)
