"""Redis killed, clients that do not read, processes that stop, connections without number."""

import asyncio
import json
import re
import signal
import socket
import time
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from control.ids import uuid7
from control.realtime.events import JobState
from control.realtime.hub import MOST_CONNECTIONS
from control.realtime.outbox import MOST_PREVIEWS, MOST_STATES, Full, Outbox
from studio.stack.process import spawn, stop, wait_ready
from tests.control.conftest import api_service
from tests.control.people import Person, problem, register
from tests.control.realtime.conftest import METRICS_TOKEN, WAY, Killable, Mover, preview, progress, watching


@pytest.fixture
def ada(live_api: httpx.Client) -> Person:
    return register(live_api)


async def test_redis_killed(
    live: tuple[str, str], ada: Person, mover: Mover, own_redis: tuple[Killable, str]
) -> None:
    """States that are published while nobody can hear arrive, within seconds and in order; then all is as before."""
    redis = own_redis[0]
    before, meanwhile, after = [await mover.job(ada) for _ in range(3)]
    async with (
        watching(live[0], "/ws", ada.token) as one,
        watching(live[1], "/ws", ada.token) as two,
        watching(live[1], f"/ws/jobs/{meanwhile}", ada.token) as of_job,
    ):
        await mover.move(before, *WAY[:3])
        await one.hear_all(3)
        redis.kill()
        try:
            await mover.move(before, *WAY[3:])
            await mover.move(meanwhile, *WAY[:2])
            for client, count in ((one, 7), (two, 7), (of_job, 2)):
                await client.hear_all(count, seconds=6)
            async with watching(live[0], f"/ws/jobs/{meanwhile}", ada.token) as late:
                # Whoever comes now is told too.
                await late.hear_all(1)
                await mover.move(meanwhile, "ASSIGNED")
                await late.hear_all(2, seconds=6)
                assert late.states == [(2, "QUEUED"), (3, "ASSIGNED")]
        finally:
            # Not from another thread: it would end with that.
            redis.start()
        await mover.move(after, *WAY)
        await mover.move(meanwhile, *WAY[3:])
        for client in (one, two):
            events = await client.hear_all(15, seconds=6)
            assert len(events) == 15
            for job in (before, meanwhile, after):
                assert [e["sequence"] for e in events if e["job_id"] == str(job)] == [1, 2, 3, 4, 5]
        assert (await of_job.ended())[0] == 1000
        # Progress is heard again as well.
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            await mover.tell(ada, progress(after, 1))
            try:
                await one.hear_all(16, seconds=0.3)
                break
            except TimeoutError:
                continue
        assert one.events[-1]["type"] == "progress"
        await one.silence(2.5)


def narrow(base: str) -> socket.socket:
    """A connection on which little is under way: the kernel would take megabytes for who reads nothing."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100_000)
    made.connect(("127.0.0.1", int(base.rpartition(":")[2])))
    return made


async def test_a_slow_client_loses_previews_and_no_state(
    live: tuple[str, str], ada: Person, mover: Mover
) -> None:
    """Not even in memory: what waits for it is bounded."""
    job, size, count = await mover.job(ada), 150_000, 100
    small = narrow(live[0])
    async with (
        watching(live[0], "/ws", ada.token, sock=small, max_queue=1) as slow,
        watching(live[0], "/ws", ada.token) as quick,
    ):
        await mover.move(job, *WAY[:4])
        for step in range(1, count + 1):
            await mover.tell(ada, preview(job, step, size), progress(job, step, count))
            # Who reads gets everything, whatever others do.
            await quick.hear_all(4 + 2 * step)
        await mover.move(job, "COMPLETED")
        await quick.hear_all(5 + 2 * count)
        events = await slow.hear(lambda events: events and events[-1].get("state") == "COMPLETED", 60)
    assert slow.states == list(enumerate(WAY, 1))
    seen = [e["step"] for e in events if e["type"] == "preview"]
    assert len(seen) < count / 2
    steps = [e["step"] for e in events if e["type"] == "progress"]
    assert steps == sorted(steps)
    assert steps[-1] == count, "the latest progress is told"


def test_what_waits_for_a_client() -> None:
    from uuid import UUID

    from control.realtime import bus

    job, owner = UUID(int=1), bus.Owner(UUID(int=2), UUID(int=3))

    async def fill() -> list[str]:
        outbox = Outbox()
        for step in range(1000):
            outbox.put(bus.envelope(owner, preview(job, step, 10_000)))
            outbox.put(bus.envelope(owner, progress(job, step)))
        assert len(outbox) <= MOST_PREVIEWS // 13_000 + 1
        state = bus.Envelope(UUID(int=3), None, job, "state", 1, "{}", 1)
        for _ in range(MOST_STATES):
            outbox.put(state)
        with pytest.raises(Full):
            outbox.put(state)
        assert outbox.dropped > 1900
        return [(await outbox.take()).kind for _ in range(len(outbox))]

    kinds = asyncio.run(fill())
    assert kinds.count("state") == MOST_STATES
    assert kinds.count("progress") == 1


async def test_a_client_that_reads_nothing_is_closed_and_catches_up(
    live: tuple[str, str], ada: Person, mover: Mover
) -> None:
    """1,000 states behind, and again from there."""
    small = narrow(live[0])
    job = await mover.job(ada)
    async with watching(live[0], "/ws", ada.token, sock=small, max_queue=1) as slow:
        [first] = await mover.move(job, "PENDING")
        await slow.hear_all(1)
        for step in range(60):
            await mover.tell(ada, preview(job, step, 150_000))
        # States of jobs that are no rows: nothing can be missing before them.
        await mover.tell(
            ada,
            *(
                JobState(id=first.id, job_id=uuid7(), sequence=1, state="QUEUED", at=first.at)
                for _ in range(MOST_STATES + 500)
            ),
        )
        await asyncio.sleep(0.5)
        with pytest.raises(ConnectionClosed):
            await slow.hear_all(MOST_STATES, seconds=20)
        assert (await slow.ended())[0] == 4408
    await mover.move(job, "QUEUED")
    async with watching(live[0], f"/ws?after={first.id}", ada.token) as again:
        await again.hear(lambda events: events and events[-1].get("sequence") == 2)


async def test_stopping(
    api_environment: dict[str, str], control_home: Path, own_redis: tuple[Killable, str], pool: None
) -> None:
    """1012 to everybody, streams end with a word, and neither they nor who reads nothing hold the process up."""
    service, base = api_service(
        api_environment,
        control_home / "log" / "live-stopping.log",
        STUDIO_HOME=str(control_home / "live-stopping"),
        STUDIO_REDIS_URL=own_redis[1],
    )
    process = spawn(service)
    try:
        await asyncio.to_thread(wait_ready, service, process)
        with httpx.Client(base_url=base, timeout=30) as client:
            ada = register(client)
        headers = {"Authorization": f"Bearer {ada.token}"}
        async with (
            watching(base, "/ws", ada.token) as one,
            watching(base, "/ws", ada.token) as two,
            httpx.AsyncClient(base_url=base, timeout=10) as http,
            http.stream("GET", "/api/v1/events", headers=headers) as stream,
        ):
            lines = stream.aiter_lines()
            assert await anext(lines) == ": listening"
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert [await one.ended(), await two.ended()] == [(1012, "")] * 2 or [
                (await client.ended())[0] for client in (one, two)
            ] == [1012, 1012]
            rest = [line async for line in lines]
            assert "event: end" in rest
            assert '"code":1012' in "".join(rest)
        assert await asyncio.to_thread(process.wait, 5) in {0, -signal.SIGTERM}
        assert time.monotonic() - began < 3
    finally:
        stop(service, process)


async def test_connections_without_number(live: tuple[str, str], ada: Person) -> None:
    opened = [watching(live[0], "/ws", ada.token) for _ in range(MOST_CONNECTIONS + 1)]
    clients = []
    try:
        for context in opened[:-1]:
            clients.append(await context.__aenter__())  # noqa: PERF401
        with pytest.raises(InvalidStatus) as refused:
            await opened[-1].__aenter__()
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["retry-after"]
        problem(ada.get("/events", seconds=0), 429)
    finally:
        for client in clients:
            await client.socket.close()
    # They count no longer.
    for _ in range(50):
        try:
            async with watching(live[0], "/ws", ada.token):
                return
        except InvalidStatus:
            await asyncio.sleep(0.1)
    raise AssertionError("closed connections still count")


async def test_the_log_and_the_figures(
    live: tuple[str, str], ada: Person, mover: Mover, control_home: Path
) -> None:
    def figure(name: str) -> float:
        headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
        text = httpx.get(f"{live[1]}/metrics", headers=headers).raise_for_status().text
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M))

    job = await mover.job(ada)
    sent, request_id = figure("studio_realtime_events_total"), "a-request-of-the-tests"
    async with watching(live[1], "/ws", ada.token, headers={"X-Request-Id": request_id}) as client:
        assert client.socket.response.headers["x-request-id"] == request_id
        assert figure("studio_realtime_connections") >= 1
        await mover.move(job, *WAY)
        await client.hear_all(5)
    log = control_home / "log" / "live1.log"
    for _ in range(50):
        lines = [json.loads(line) for line in log.read_text().splitlines() if request_id in line]
        if lines:
            break
        await asyncio.sleep(0.1)
    [line] = lines
    assert {k: line[k] for k in ("event", "path", "status", "close", "frames", "user_id")} == {
        "event": "socket", "path": "/ws", "status": 101, "close": 1000, "frames": 5, "user_id": ada.id,
    }  # fmt: skip
    deadline = time.monotonic() + 5
    while figure("studio_realtime_events_total") < sent + 5:
        # Written down every second.
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)
    assert "unexpected_error" not in log.read_text()
    assert "token=" not in log.read_text()
