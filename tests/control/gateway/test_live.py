"""The WebSocket, with events as workers publish them."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from control.realtime.events import JobNode, JobPreview, JobProgress
from tests.control.gateway.conftest import Artist, Worker, asked
from tests.control.gateway.test_history import picture, upload
from tests.control.gateway.test_prompts import jobs_of


class Client:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[Any] = []

    async def next(self) -> Any:
        async with asyncio.timeout(10):
            message = await self.socket.recv()
        self.heard.append(message if isinstance(message, bytes) else json.loads(message))
        return self.heard[-1]

    async def until(self, kind: str, **data: Any) -> Any:
        """The next message of a kind, with such data."""
        while True:
            message = await self.next()
            if (
                isinstance(message, dict)
                and message["type"] == kind
                and data.items() <= message["data"].items()
            ):
                return message["data"]

    async def nothing(self, seconds: float = 0.5) -> None:
        """But statuses."""
        try:
            async with asyncio.timeout(seconds):
                while json.loads(await self.socket.recv())["type"] == "status":
                    pass
            raise AssertionError("something came")
        except TimeoutError:
            return

    @property
    def kinds(self) -> list[str]:
        return [
            m["type"]
            for m in self.heard
            if isinstance(m, dict) and m["type"] not in {"status", "progress_state"}
        ]


@asynccontextmanager
async def live(
    artist: Artist, client_id: str = "c1", path: str = "/ws", **query: str
) -> AsyncIterator[Client]:
    base = str(artist.api.base_url).replace("http", "ws", 1)
    more = "".join(f"&{name}={value}" for name, value in query.items())
    headers = {} if "token" in query else {"Authorization": f"Bearer {artist.token}"}
    async with connect(
        f"{base}/comfy{path}?clientId={client_id}{more}",
        additional_headers=headers,
        proxy=None,
        max_size=None,
    ) as socket:
        client = Client(socket)
        status = await client.until("status")
        assert status["sid"] == client_id
        yield client


async def test_from_the_queue_to_the_end(
    ada: Artist, grace: Artist, worker: Worker, database_url: str
) -> None:
    asset_id = await upload(ada, picture())
    async with (
        live(ada) as client,
        live(ada, "other", "/api/ws", token=ada.token) as other,
        live(grace) as stranger,
    ):
        await client.socket.send(
            json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
        )
        assert (await client.until("feature_flags"))["supports_preview_metadata"] is True
        await asked(ada.queue, prompt_id="p", client_id="c1")
        status = await client.until("status")
        assert status == {"status": {"exec_info": {"queue_remaining": 1}}}
        [job_id] = await asked(jobs_of, ada, database_url)
        await worker.begin(job_id)
        await client.until("execution_start", prompt_id="p")
        node = {"job_id": job_id, "attempt": 1, "class_type": "X"}
        await worker.tell(
            ada,
            JobNode(node="1", state="cached", **node),
            JobNode(node="5", state="running", **node),
            JobProgress(job_id=job_id, attempt=1, node="5", step=1, steps=4),
            JobPreview(job_id=job_id, attempt=1, node="5", step=1, data=b"looks so"),
        )
        while not isinstance(await client.next(), bytes):
            pass
        frame = client.heard[-1]
        kind, length = struct.unpack(">II", frame[:8])
        assert (kind, frame[8 + length :]) == (4, b"looks so")
        assert json.loads(frame[8 : 8 + length])["prompt_id"] == "p"
        await worker.complete(ada, job_id, asset_id)
        executed = await client.until("executed", prompt_id="p", node="7")
        file = executed["output"]["images"][0]
        # By then it can be fetched.
        assert (await asked(ada.get, "/view", **file)).status_code == 200
        await client.until("execution_success", prompt_id="p")
        await client.until("executing", prompt_id="p", node=None)
        assert (await client.until("status"))["status"]["exec_info"]["queue_remaining"] == 0
        assert client.kinds == [
            "feature_flags", "execution_start", "execution_cached", "executing", "progress", "executed",
            "execution_success", "executing",
        ]  # fmt: skip
        await other.nothing()
        await stranger.nothing()


async def test_who_does_not_say_that_it_understands_more(
    ada: Artist, worker: Worker, database_url: str
) -> None:
    await asked(ada.queue, client_id="c1")
    [job_id] = await asked(jobs_of, ada, database_url)
    async with live(ada) as client:
        await worker.begin(job_id)
        await client.until("execution_start")
        await worker.tell(ada, JobPreview(job_id=job_id, attempt=1, node="5", step=1, data=b"looks so"))
        while not isinstance(await client.next(), bytes):
            pass
        assert client.heard[-1] == struct.pack(">II", 1, 1) + b"looks so"


async def test_who_connects_later_gets_the_end(ada: Artist, worker: Worker, database_url: str) -> None:
    asset_id = await upload(ada, picture())
    for name in ("running", "over"):
        await asked(ada.queue, prompt_id=name, client_id="late")
    running, over = await asked(jobs_of, ada, database_url)
    await worker.begin(running)
    await worker.begin(over)
    # That another connection of theirs hears of it is not enough.
    async with live(ada, "another"):
        await worker.complete(ada, over, asset_id)
        await asyncio.sleep(0.2)
    async with live(ada, "late") as client:
        # What ended before it came, once.
        await client.until("execution_success", prompt_id="over")
        await client.until("executing", prompt_id="over", node=None)
        await worker.complete(ada, running, asset_id)
        await client.until("executed", prompt_id="running")
        await client.until("executing", prompt_id="running", node=None)
    async with live(ada, "late") as client:
        await client.nothing()


async def test_taken_out_and_interrupted(ada: Artist, worker: Worker, database_url: str) -> None:
    async with live(ada) as client:
        for name in ("runs", "waits"):
            await asked(ada.queue, prompt_id=name, client_id="c1")
        running, _ = await asked(jobs_of, ada, database_url)
        await worker.begin(running)
        await client.until("execution_start", prompt_id="runs")
        await asked(ada.post, "/queue", clear=True)
        while (await client.until("status"))["status"]["exec_info"]["queue_remaining"] != 1:
            pass
        await asked(ada.post, "/interrupt")
        await worker.move(running, "CANCELLED")
        await client.until("execution_interrupted", prompt_id="runs")
        await client.until("executing", prompt_id="runs", node=None)
        assert not any("waits" in str(message) for message in client.heard)


async def test_what_is_not_understood_is_not_answered(ada: Artist) -> None:
    async with live(ada) as client:
        for nonsense in ("{", "[]", '{"type": "x"}', '{"type": "feature_flags", "data": 5}', "[" * 5000):
            await client.socket.send(nonsense)
        await client.socket.send(b"bytes")
        await client.nothing()


@pytest.mark.parametrize("named", ["", "&clientId=", "&clientId=%00", "&clientId=" + "x" * 300])
async def test_without_a_client_id_of_its_own_it_is_given_one(ada: Artist, named: str) -> None:
    base = str(ada.api.base_url).replace("http", "ws", 1)
    async with connect(f"{base}/comfy/ws?token={ada.token}{named}", proxy=None) as socket:
        assert len(json.loads(await socket.recv())["data"]["sid"]) == 32


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"X-API-Key": "sk_" + "x" * 43}, 401), ({"Origin": "https://evil.example"}, 403)],
)
async def test_handshakes_that_are_refused(ada: Artist, headers: dict[str, str], status: int) -> None:
    base = str(ada.api.base_url).replace("http", "ws", 1)
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"{base}/comfy/ws", additional_headers=headers, proxy=None):
            pass
    assert refused.value.response.status_code == status


async def test_who_may_no_more_is_closed(ada: Artist, grace: Artist, database_url: str) -> None:
    from tests.control.people import sql

    async with live(grace) as client:
        await asked(
            sql, database_url, "UPDATE sessions SET revoked_at = now() WHERE user_id = $1", UUID(grace.id)
        )
        async with asyncio.timeout(15):
            await client.socket.wait_closed()
        assert client.socket.close_code == 4401
