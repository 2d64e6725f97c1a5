"""The port where ComfyUI's API stands at the root, and the account that it is bound to."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from studio.stack.process import free_port, running
from tests.control.conftest import api_service
from tests.control.gateway.conftest import BOUND, GRAPH, Artist, asked
from tests.control.people import Person, made, register, sql


@pytest.fixture(scope="module")
def bound(comfy_api: httpx.Client) -> Person:
    """Whom the port is bound to."""
    return register(comfy_api, "Bound", BOUND)


@pytest.fixture
def port(comfy_port: int, bound: Person) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{comfy_port}", timeout=30) as client:
        yield client


def test_whoever_sends_no_token_is_its_account(port: httpx.Client, bound: Person) -> None:
    assert port.get("/").json()["api"] == "ComfyUI"
    answer = made(port.post("/prompt", json={"prompt": GRAPH}))
    mine = made(bound.get("/jobs"))["items"]
    assert len(mine) == 1
    assert [item[1] for item in made(port.get("/api/queue"))["queue_pending"]] == [answer["prompt_id"]]
    made(port.post("/api/queue", json={"clear": True}))
    [event] = made(bound.get("/audit/events"))["items"][:1]
    assert event["actor"] == BOUND


def test_who_sends_one_is_who_they_are(port: httpx.Client, ada: Artist, bound: Person) -> None:
    made(port.post("/prompt", json={"prompt": GRAPH}, headers={"X-API-Key": ada.token}))
    assert made(ada.get("/prompt"))["exec_info"]["queue_remaining"] == 1
    refused = port.get("/queue", headers={"X-API-Key": "sk_" + "x" * 43})
    assert refused.status_code == 401


def test_nothing_else_is_there(port: httpx.Client) -> None:
    for path in ("/api/v1/me", "/healthz", "/schema", "/comfy/queue", "/../api/v1/me", "/%2e%2e/api/v1/me"):
        assert port.get(path).status_code == 404, path


def test_pages_of_others_and_borrowed_names_are_refused(port: httpx.Client) -> None:
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ):
        refused = port.post("/prompt", content=json.dumps({"prompt": GRAPH}), headers=headers)
        assert refused.status_code == 403, headers
    own = str(port.base_url).rstrip("/")
    for headers in ({"Origin": own}, {"Origin": "https://app.example"}, {"Host": "localhost:1"}):
        assert port.get("/queue", headers=headers).status_code == 200, headers


async def test_its_websocket(comfy_port: int, bound: Person, database_url: str) -> None:
    url = f"ws://127.0.0.1:{comfy_port}/ws?clientId=x"
    async with connect(url, proxy=None) as socket:
        assert json.loads(await socket.recv())["data"]["sid"] == "x"
        # It outlives the look at who may still watch, every 5 s, until its account may no more.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(6):
                await socket.recv()
        disable = "UPDATE users SET disabled_at = {} WHERE id = $1"
        await asked(sql, database_url, disable.format("now()"), UUID(bound.id))
        try:
            with pytest.raises(ConnectionClosed):
                async with asyncio.timeout(10):
                    await socket.recv()
            assert socket.close_code == 4401
            answer = await asked(httpx.get, f"http://127.0.0.1:{comfy_port}/queue")
            assert answer.status_code == 500
            assert "log" in answer.json()["detail"]
        finally:
            await asked(sql, database_url, disable.format("NULL"), UUID(bound.id))
    with pytest.raises(InvalidStatus):
        async with connect(url, proxy=None, additional_headers={"Origin": "https://evil.example"}):
            pass


def test_without_an_account_it_says_what_to_do(comfy_environment: dict[str, str], control_home: Path) -> None:
    port = free_port()
    service, base = api_service(
        comfy_environment | {"STUDIO_COMFY_ACCOUNT": ""}, control_home / "log" / "unbound-api.log",
        STUDIO_COMFY_PORT=str(port),
    )  # fmt: skip
    with running(service), httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        refused = client.get("/queue")
        assert refused.status_code == 401
        assert "STUDIO_COMFY_ACCOUNT" in refused.json()["error"]["message"]
        artist = register(httpx.Client(base_url=base, timeout=30))
        assert client.get("/queue", params={"token": artist.token}).status_code == 200
