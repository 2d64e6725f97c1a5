"""WebSockets of two real API processes: what comes, in which order, and what is never lost."""

import asyncio
import json

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.control.people import Person, problem, register
from tests.control.realtime.conftest import ORIGIN, WAY, Mover, colleague, preview, progress, watching


@pytest.fixture
def ada(live_api: httpx.Client) -> Person:
    return register(live_api)


async def test_all_of_mine_in_order_from_any_process(
    live: tuple[str, str], ada: Person, mover: Mover
) -> None:
    async with watching(live[0], "/ws", ada.token) as one, watching(live[1], "/ws", ada.token) as two:
        jobs = [await mover.job(ada) for _ in range(3)]
        await asyncio.gather(*(mover.move(job, *WAY[:3]) for job in jobs))
        for job in jobs:
            await mover.tell(ada, progress(job, 1), preview(job, 1))
        await asyncio.gather(*(mover.move(job, *WAY[3:]) for job in jobs))
        for client in (one, two):
            events = await client.hear_all(3 * 7)
            for job in jobs:
                states = [
                    (e["sequence"], e["state"])
                    for e in events
                    if e["job_id"] == str(job) and e["type"] == "state"
                ]
                assert states == list(enumerate(WAY, 1))
            assert len({e["id"] for e in events if e["type"] == "state"}) == 15
            assert {e["type"] for e in events} == {"state", "progress", "preview"}
            [step] = [e for e in events if e["type"] == "progress" and e["job_id"] == str(jobs[0])]
            assert (step["step"], step["steps"], step["eta_seconds"], step["node"]) == (1, 20, 1.5, "sampler")
            await client.silence()


async def test_one_job_its_state_first_and_closed_at_its_end(
    live: tuple[str, str], ada: Person, mover: Mover
) -> None:
    job, other = await mover.job(ada), await mover.job(ada)
    await mover.move(job, *WAY[:3])
    async with watching(live[0], f"/ws/jobs/{job}", ada.token) as client:
        [now] = await client.hear_all(1)
        assert (now["sequence"], now["state"]) == (3, "ASSIGNED")
        await mover.move(other, *WAY)
        await mover.tell(ada, progress(other, 1), progress(job, 1))
        await mover.move(job, *WAY[3:], charged=1_000_000)
        assert await client.ended() == (1000, "The job has ended.")
        async for text in client.socket:
            client.events.append(json.loads(text))
    assert {e["job_id"] for e in client.events} == {str(job)}
    assert client.states == [(3, "ASSIGNED"), (4, "PROCESSING"), (5, "COMPLETED")]
    assert client.events[-1]["charged_microcredits"] == 1_000_000
    async with watching(live[1], f"/ws/jobs/{job}", ada.token) as late:
        assert (await late.hear_all(1))[0]["state"] == "COMPLETED"
        assert (await late.ended())[0] == 1000


async def test_catching_up_after_a_cut_connection(live: tuple[str, str], ada: Person, mover: Mover) -> None:
    job = await mover.job(ada)
    async with watching(live[0], "/ws", ada.token) as client:
        await mover.move(job, *WAY[:2])
        last = (await client.hear_all(2))[-1]["id"]
        # No closing handshake: the line is cut.
        client.socket.transport.abort()
    await mover.move(job, *WAY[2:])
    async with watching(live[1], f"/ws?after={last}", ada.token) as again:
        await again.hear(lambda events: events and events[-1]["sequence"] == 5)
        # What is young comes again, for a transaction that was slower might have added to it.
        assert again.states == list(enumerate(WAY, 1))
    async with watching(live[1], f"/ws/jobs/{job}?after={last}", ada.token) as again:
        await again.ended()
        async for text in again.socket:
            again.events.append(json.loads(text))
        # Of one job nothing comes late.
        assert again.states == list(enumerate(WAY, 1))[2:]


async def test_a_number_that_comes_late_is_replayed(
    live: tuple[str, str], ada: Person, mover: Mover, database_url: str
) -> None:
    """Numbers are drawn before a transaction is done: a smaller one may appear after a larger one was seen."""
    import asyncpg

    slow, quick = await mover.job(ada), await mover.job(ada)
    connection = await asyncpg.connect(database_url)
    try:
        begun = connection.transaction()
        await begun.start()
        await connection.execute(
            "INSERT INTO job_events (id, organisation_id, job_id, user_id, sequence, state, attempt, created_at) "
            "VALUES (gen_random_uuid(), $1, $2, $3, 1, 'PENDING', 0, now())",
            ada.organisation_id, slow, ada.id,
        )  # fmt: skip
        async with watching(live[0], "/ws", ada.token) as client:
            [seen] = await mover.move(quick, "PENDING")
            await client.hear_all(1)
        await begun.commit()
    finally:
        await connection.close()
    async with watching(live[0], f"/ws?after={seen.id}", ada.token) as again:
        events = await again.hear(lambda events: str(slow) in {e["job_id"] for e in events})
        late = next(e for e in events if e["job_id"] == str(slow))
        assert late["id"] < seen.id


async def test_what_was_published_in_the_wrong_order_or_not_at_all_comes_in_order(
    live: tuple[str, str], ada: Person, mover: Mover
) -> None:
    job, lost = await mover.job(ada), await mover.job(ada)
    async with watching(live[0], "/ws", ada.token) as client:
        events = await mover.move(job, *WAY[:3], tell=False)
        await mover.tell(ada, events[2], events[1], events[0])
        await client.hear_all(3, seconds=1.5)
        assert client.states == list(enumerate(WAY[:3], 1))
        # The publisher died between its transaction and its message.
        await mover.move(lost, *WAY[:2], tell=False)
        await client.hear_all(5, seconds=6)
        assert client.states[3:] == list(enumerate(WAY[:2], 1))
        await client.silence(2.5)


async def test_who_watches(live: tuple[str, str], ada: Person, mover: Mover, database_url: str) -> None:
    """My own and my teams' jobs; everybody's for who may and asks; none of another organisation."""
    team = ada.post("/teams", name="Painters").json()["id"]
    grace = await colleague(ada, database_url)
    alan = await colleague(ada, database_url, team_id=team)
    stranger = register(ada.api)
    own, teams, others = await mover.job(grace), await mover.job(grace, team), await mover.job(stranger)
    async with (
        watching(live[0], "/ws", grace.token) as of_grace,
        watching(live[1], "/ws", alan.token) as of_alan,
        watching(live[0], "/ws", ada.token) as of_ada,
        watching(live[1], "/ws?all=1", ada.token) as of_all,
        watching(live[0], "/ws", stranger.token) as of_stranger,
        watching(live[0], f"/ws/jobs/{teams}", alan.token) as of_job,
        watching(live[1], f"/ws/jobs/{own}", ada.token) as of_manager,
    ):
        for job in (own, teams, others):
            await mover.move(job, "PENDING")
        expected = {
            of_grace: {own, teams}, of_alan: {teams}, of_ada: {teams}, of_all: {own, teams},
            of_stranger: {others}, of_job: {teams}, of_manager: {own},
        }  # fmt: skip
        for client, jobs in expected.items():
            events = await client.hear_all(len(jobs))
            assert {e["job_id"] for e in events} == {str(job) for job in jobs}
            await client.silence(0.1)
    # What came before is told to the same people.
    for person, path, jobs in (
        (grace, "/ws?after=0", {own, teams}),
        (alan, "/ws?after=0", {teams}),
        (ada, "/ws?after=0&all=1", {own, teams}),
        (stranger, "/ws?after=0&all=1", {others}),
    ):
        async with watching(live[0], path, person.token) as client:
            assert {e["job_id"] for e in await client.hear_all(len(jobs))} == {str(job) for job in jobs}
            await client.silence(0.1)


async def refused(
    live: tuple[str, str], path: str, token: str | None, status: int, **options: object
) -> dict[str, object]:
    with pytest.raises(InvalidStatus) as refusal:
        async with watching(live[0], path, token, **options):
            pass
    response = refusal.value.response
    assert response.status_code == status, response.body
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"]
    body: dict[str, object] = json.loads(response.body)
    return body


async def test_refused_before_the_handshake(
    live: tuple[str, str], ada: Person, mover: Mover, database_url: str
) -> None:
    job = await mover.job(ada)
    stranger, grace = register(ada.api), await colleague(ada, database_url)
    await refused(live, f"/ws/jobs/{job}", stranger.token, 404)
    await refused(live, f"/ws/jobs/{job}", grace.token, 404)
    await refused(live, "/ws/jobs/nothing", ada.token, 404)
    await refused(live, "/ws/nowhere", ada.token, 404)
    await refused(live, "/ws", None, 401)
    plain = ada.api.get("/ws")
    assert problem(plain, 426)["type"] == "/problems/upgrade-required"
    assert plain.headers["upgrade"] == "websocket"
    assert (await refused(live, "/ws", "garbage", 401))["type"] == "/problems/unauthenticated"
    assert (await refused(live, "/ws?all=1", grace.token, 403))["permission"] == "job:manage"
    assert (await refused(live, f"/ws?token={ada.token}", None, 400))["errors"]
    assert (await refused(live, "/ws?before=1", ada.token, 400))["errors"]
    assert (await refused(live, "/ws?after=-1", ada.token, 400))["errors"]
    await refused(live, "/ws", ada.token, 403, headers={"Origin": "https://evil.example"})


async def test_browsers(live: tuple[str, str], ada: Person, mover: Mover) -> None:
    """They send no header of their own, and say whose page it is."""
    job = await mover.job(ada)
    for origin in (ORIGIN, "https://studio.example", live[0]):
        async with watching(
            live[0], "/ws", None, subprotocols=["studio", f"bearer.{ada.token}"], origin=origin
        ) as client:
            assert client.socket.subprotocol == "studio"
            assert ada.token not in str(client.socket.response.headers)
    async with watching(live[0], "/ws", None, subprotocols=["studio", f"bearer.{ada.token}"]) as client:
        await mover.move(job, "PENDING")
        await client.hear_all(1)
    await refused(live, "/ws", None, 401, subprotocols=["studio", "bearer.garbage"])


async def test_api_keys(live: tuple[str, str], ada: Person, mover: Mover) -> None:
    key = ada.post("/api-keys", name="watcher", scopes=["job:read"]).json()
    blind = ada.post("/api-keys", name="blind", scopes=["team:read"]).json()
    await refused(live, "/ws", blind["key"], 403)
    job = await mover.job(ada)
    async with watching(live[0], "/ws", key["key"]) as client:
        await mover.move(job, "PENDING")
        await client.hear_all(1)
        assert ada.delete(f"/api-keys/{key['id']}").is_success
        assert (await client.ended())[0] == 4401


async def test_who_may_no_more_is_told_no_more(
    live: tuple[str, str], ada: Person, mover: Mover, database_url: str
) -> None:
    team = ada.post("/teams", name="Painters").json()["id"]
    grace = await colleague(ada, database_url, "admin")
    alan = await colleague(ada, database_url, team_id=team)
    job = await mover.job(ada, team)
    gone = register(ada.api)
    async with (
        watching(live[0], "/ws?all=1", grace.token) as demoted,
        watching(live[1], f"/ws/jobs/{job}", alan.token) as no_member,
        watching(live[1], "/ws", alan.token) as of_no_team,
        watching(live[1], "/ws", gone.token) as signed_out,
    ):
        assert ada.patch(f"/members/{grace.id}", role="user").is_success
        assert ada.delete(f"/teams/{team}/members/{alan.id}").is_success
        assert gone.post("/auth/logout", refresh_token=gone.refresh_token).is_success
        ends = await asyncio.gather(demoted.ended(), no_member.ended(), signed_out.ended())
        assert [code for code, _ in ends] == [4403, 4403, 4401]
        assert "Sign in again" in str(ends[2][1])
        await mover.move(job, "PENDING")
        await of_no_team.silence()


async def test_a_newer_token_keeps_the_connection(live: tuple[str, str], ada: Person) -> None:
    stranger = register(ada.api)
    async with watching(live[0], "/ws", ada.token) as client:
        ada.refresh()
        await client.socket.send(json.dumps({"type": "token", "token": ada.token}))
        await client.silence()
        await client.socket.send(json.dumps({"type": "token", "token": stranger.token}))
        assert (await client.ended())[0] == 4401
    for said in ("hello", '{"type": "token"}', '{"type": "other"}', b"\x00\x01"):
        async with watching(live[0], "/ws", ada.token) as client:
            await client.socket.send(said)
            assert (await client.ended())[0] == 4400
    async with watching(live[0], "/ws", ada.token) as client:
        await client.socket.send("x" * 100_000)
        assert (await client.ended())[0] == 1009
