"""The same events as server-sent events."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.control.people import Person, problem, register
from tests.control.realtime.conftest import WAY, Mover, preview, progress


@pytest.fixture
def ada(live_api: httpx.Client) -> Person:
    return register(live_api)


class Events:
    """An open stream."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, Any]:
        """The next event: its fields, `data` decoded; raises `StopAsyncIteration` at the end."""
        found: dict[str, Any] = {}
        async for line in self._lines:
            if line.startswith(":"):
                found.setdefault("comments", []).append(line)
            elif line:
                name, _, value = line.partition(": ")
                found[name] = json.loads(value) if name == "data" else value
            elif "data" in found or "comments" in found:
                return found
        raise StopAsyncIteration

    async def rest(self) -> list[dict[str, Any]]:
        """All until the stream ends."""
        found = []
        while True:
            try:
                found.append(await self.next())
            except StopAsyncIteration:
                return found


@asynccontextmanager
async def streaming(base: str, path: str, token: str, **headers: str) -> AsyncIterator[Events]:
    async with (
        httpx.AsyncClient(base_url=base, timeout=20) as client,
        client.stream("GET", path, headers={"Authorization": f"Bearer {token}"} | headers) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].partition(";")[0] == "text/event-stream"
        assert "no-store" in response.headers["cache-control"]
        yield Events(response)


async def test_all_of_mine(live: tuple[str, str], ada: Person, mover: Mover) -> None:
    job = await mover.job(ada)
    async with streaming(live[0], "/api/v1/events", ada.token) as events:
        assert (await events.next())["comments"] == [": listening"]
        made = await mover.move(job, *WAY[:4])
        await mover.tell(ada, progress(job, 1), preview(job, 1))
        await mover.move(job, "COMPLETED")
        came = [await events.next() for _ in range(7)]
    assert [event["event"] for event in came] == ["state"] * 4 + ["progress", "preview", "state"]
    assert [int(event["id"]) for event in came[:4]] == [event.id for event in made]
    assert [event["data"]["state"] for event in came if event["event"] == "state"] == WAY
    assert "id" not in came[4]
    # As a browser comes again: what is young is sent once more.
    last = {"Last-Event-ID": came[3]["id"]}
    async with streaming(live[1], "/api/v1/events", ada.token, **last) as events:
        await events.next()
        again = [await events.next() for _ in range(5)]
    assert [event["data"]["sequence"] for event in again] == [1, 2, 3, 4, 5]


async def test_one_job_and_its_end(live: tuple[str, str], ada: Person, mover: Mover) -> None:
    job = await mover.job(ada)
    await mover.move(job, *WAY[:2])
    path = f"/api/v1/jobs/{job}/events"
    async with streaming(live[0], path, ada.token) as events:
        await events.next()
        assert (await events.next())["data"]["state"] == "QUEUED"
        await mover.move(job, *WAY[2:])
        came = await events.rest()
    assert [event["data"]["state"] for event in came] == WAY[2:]
    async with streaming(live[1], path, ada.token, **{"Last-Event-ID": came[0]["id"]}) as events:
        assert [e["data"]["sequence"] for e in (await events.rest())[1:]] == [4, 5]
    # A browser that is told 204 comes no more.
    done = ada.request("GET", f"/jobs/{job}/events?after={came[-1]['id']}")
    assert done.status_code == 204


async def test_for_so_long(live: tuple[str, str], ada: Person, mover: Mover) -> None:
    """Who cannot wait for an answer without end asks for the time that they have."""
    job = await mover.job(ada)
    await mover.move(job, *WAY[:2])
    assert ada.get("/events", seconds=0).text == ": listening\n\n"
    text = ada.get("/events", seconds=0, after=0).text
    assert text.count("event: state") == 2
    async with streaming(live[0], "/api/v1/events?seconds=2", ada.token) as events:
        await events.next()
        await mover.move(job, "ASSIGNED")
        assert [e["data"]["state"] for e in await events.rest()] == ["ASSIGNED"]


async def test_refused(live: tuple[str, str], ada: Person, mover: Mover) -> None:
    stranger = register(ada.api)
    job = await mover.job(ada)
    problem(stranger.get(f"/jobs/{job}/events", seconds=0), 404)
    problem(ada.get("/events", seconds=-1), 400)
    problem(ada.get("/events", token="x"), 400)
    problem(ada.api.get("/api/v1/events"), 401)


async def test_who_signs_out_is_told_why(live: tuple[str, str], ada: Person) -> None:
    async with streaming(live[0], "/api/v1/events", ada.token) as events:
        await events.next()
        assert ada.post("/auth/logout", refresh_token=ada.refresh_token).is_success
        [end] = await events.rest()
    assert (end["event"], end["data"]["code"]) == ("end", 4401)
