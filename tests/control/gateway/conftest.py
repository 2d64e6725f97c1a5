"""An API process with a port for ComfyUI's API, and people who ask as its clients do."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from redis.asyncio import Redis

from control.assets.tables import FileName
from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool, transaction
from control.ids import uuid7
from control.jobs.states import Detail, transition
from control.jobs.tables import JobOutput
from control.realtime import bus
from control.realtime.events import Event, JobState, OutputLink, State
from studio.stack.process import free_port, running
from tests.control.conftest import api_service
from tests.control.jobs.conftest import LIMITS, TIERS
from tests.control.people import Person, made, member_of, register

BOUND = "bound-artist@example.com"
GRAPH: dict[str, Any] = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket.safetensors"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red circle", "clip": ["1", 1]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
    "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 128, "batch_size": 1}},
    "5": {
        "class_type": "KSampler",
        "inputs": {
            "model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0], "latent_image": ["4", 0],
            "seed": 7, "steps": 4, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
        },
    },
    "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
    "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "ComfyUI"}},
}  # fmt: skip


@pytest.fixture(scope="session")
def comfy_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def comfy_environment(api_environment: dict[str, str], comfy_port: int) -> dict[str, str]:
    tiers = json.loads(TIERS)
    tiers["free"]["queued_jobs"] = 200
    return {
        **api_environment,
        "STUDIO_LIMITS": LIMITS,
        "STUDIO_TIERS": json.dumps(tiers),
        "STUDIO_COMFY_PORT": str(comfy_port),
        "STUDIO_COMFY_ACCOUNT": BOUND,
        "STUDIO_CORS_ORIGINS": '["https://app.example"]',
    }


@pytest.fixture(scope="session")
def comfy_api(comfy_environment: dict[str, str], control_home: Path) -> Iterator[httpx.Client]:
    service, base = api_service(comfy_environment, control_home / "log" / "comfy-api.log")
    with running(service), httpx.Client(base_url=base, timeout=30) as client:
        yield client


class Artist:
    """Somebody at ComfyUI's API. `ada.get("/queue")` asks as a client of theirs would."""

    def __init__(self, person: Person) -> None:
        self.person, self.api = person, person.api
        self.id, self.organisation_id, self.token = person.id, person.organisation_id, person.token

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        options.setdefault("headers", {}).setdefault("Authorization", f"Bearer {self.token}")
        return self.api.request(method, f"/comfy{path}", **options)

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        return self.request("GET", path, params=parameters)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.request("POST", path, json=body)

    def queue(self, graph: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """What a new prompt is answered."""
        answer: dict[str, Any] = made(self.post("/prompt", prompt=graph or GRAPH, **more))
        return answer

    def upload(self, data: bytes, name: str = "a.png", **fields: str) -> httpx.Response:
        return self.request("POST", "/upload/image", files={"image": (name, data)}, data=fields)


def changed(node: str, graph: dict[str, Any] = GRAPH, **inputs: Any) -> dict[str, Any]:
    """The graph with other inputs of a node."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(graph))
    found[node]["inputs"] |= inputs
    return found


@pytest.fixture
def ada(comfy_api: httpx.Client) -> Artist:
    """Somebody with an account, and with an organisation."""
    return Artist(register(comfy_api))


@pytest.fixture
def grace(ada: Artist, comfy_environment: dict[str, str]) -> Artist:
    """Somebody else of ada's organisation."""
    return Artist(member_of(ada.person, comfy_environment["STUDIO_DATABASE_URL"]))


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[None]:
    """Piccolo's connections to the tests' database, for this test's event loop."""
    piccolo_conf.DB.config["dsn"] = database_url
    await open_pool()
    yield
    await close_pool()


class Worker:
    """Does to jobs what a worker does, as far as others see it."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def move(self, job_id: UUID, *states: State, changes: Any = None, **detail: Any) -> JobState:
        """Through these states; told of each."""
        for state in states:
            async with transaction():
                moved = await transition(job_id, state, detail=Detail(**detail), changes=changes)
            assert moved is not None, state
            await bus.publish(self._redis, *moved)
        return moved[1]

    async def begin(self, job_id: UUID) -> None:
        """It is being worked on, for the first time."""
        await self.move(job_id, "ASSIGNED", changes={"attempt": 1})
        await self.move(job_id, "PROCESSING")

    async def complete(self, artist: Artist, job_id: UUID, asset_id: UUID, **detail: Any) -> JobState:
        """With one picture of node 7, which is there already."""
        link = OutputLink(
            asset_id=asset_id, place=0, url="/", node="7", folder="output", subfolder="day", filename="ComfyUI_00001_.png"
        )  # fmt: skip
        own = {"organisation_id": UUID(artist.organisation_id), "asset_id": asset_id}
        file = {"folder": link.folder, "subfolder": link.subfolder, "filename": link.filename}
        await JobOutput.insert(JobOutput(id=uuid7(), job_id=job_id, place=0, node="7", **own, **file))
        name = FileName(id=uuid7(), user_id=UUID(artist.id), created_at=datetime.now(UTC), **own, **file)
        await FileName.insert(name).on_conflict(
            target=(FileName.organisation_id, FileName.user_id, FileName.folder, FileName.subfolder, FileName.filename),
            action="DO UPDATE", values=[FileName.asset_id],
        )  # fmt: skip
        return await self.move(job_id, "COMPLETED", outputs=[link], **detail)

    async def tell(self, artist: Artist, *events: Event) -> None:
        """Publishes events of a job of theirs."""
        await bus.publish(self._redis, bus.Owner(UUID(artist.organisation_id), UUID(artist.id)), *events)


@pytest.fixture
async def worker(pool: None, redis_url: str) -> AsyncIterator[Worker]:
    client = Redis.from_url(redis_url)
    yield Worker(client)
    await client.aclose()


async def asked(function: Any, *given: Any, **more: Any) -> Any:
    """Calls what blocks, beside what this test does meanwhile."""
    return await asyncio.to_thread(function, *given, **more)
