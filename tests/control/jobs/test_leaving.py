"""Who may submit no more has no jobs: removed, gone, or their account disabled."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from redis import Redis

from control.realtime import bus
from tests.control.identity.test_operators import accounts
from tests.control.jobs.conftest import advance, submitted
from tests.control.jobs.test_changes import hold_of, states
from tests.control.people import Person, made, member_of, new_invitation, register, sql


def held(database_url: str, organisation_id: str) -> int:
    """Micro-credits that the ledger has set aside."""
    [(amount,)] = sql(
        database_url,
        "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entries WHERE organisation_id = $1 AND account = 'held'",
        organisation_id,
    )
    return int(amount)


def wishes(database_url: str, *jobs: str) -> list[bool]:
    rows = [
        sql(database_url, "SELECT cancel_requested_at IS NOT NULL FROM jobs WHERE id = $1", job)
        for job in jobs
    ]
    return [wish for [(wish,)] in rows]


def of_all_states(person: Person, database_url: str) -> tuple[list[str], str]:
    """Three jobs that wait, one of them paused, and one that runs."""
    jobs = [submitted(person)["id"] for _ in range(4)]
    made(person.post(f"/jobs/{jobs[1]}/pause"))
    advance(database_url, jobs[3], "ASSIGNED", "PROCESSING")
    return jobs[:3], jobs[3]


@pytest.mark.parametrize("leaves", [False, True])
def test_a_member_s_jobs_end_with_the_membership(
    ada: Person, database_url: str, redis_url: str, leaves: bool
) -> None:
    grace = member_of(ada, database_url)
    own = submitted(ada)["id"]
    waiting, running = of_all_states(grace, database_url)
    with Redis.from_url(redis_url) as client, client.pubsub(ignore_subscribe_messages=True) as heard:
        organisation = bus.channel(msgspec.convert(ada.organisation_id, type=UUID))
        heard.subscribe(bus.CANCEL, organisation)
        if leaves:
            made(grace.post(f"/organisations/{ada.organisation_id}/leave"))
        else:
            made(ada.delete(f"/members/{grace.id}"))
        # None for each that says that one is subscribed, too.
        told: list[Any] = [message for _ in range(10) if (message := heard.get_message(timeout=0.3))]
    for job in waiting:
        assert states(database_url, job)[-1] == "CANCELLED"
        assert hold_of(database_url, job) == ("released", 0)
    # It is the worker who ends this one.
    assert (wishes(database_url, running), states(database_url, running)[-1]) == ([True], "PROCESSING")
    assert (wishes(database_url, own), states(database_url, own)[-1]) == ([False], "QUEUED")
    asked = [m["data"].decode() for m in told if m["channel"].decode() == bus.CANCEL]
    assert asked == [running.replace("-", "")]
    events = [
        msgspec.msgpack.decode(m["data"], type=bus.Envelope)
        for m in told
        if m["channel"].decode() == organisation
    ]
    assert sorted(str(event.job_id) for event in events if event.ended) == sorted(waiting)
    act = "member.leave" if leaves else "member.remove"
    [event] = made(ada.get("/audit/events", act=act))["items"]
    assert event["after"]["jobs_cancelled"] == 4


def test_who_is_removed_in_the_midst_of_it_all_holds_nothing(ada: Person, database_url: str) -> None:
    """Beside cancels and moves of the same jobs, in any order: no deadlock, and each hold ends once."""
    for _ in range(3):
        grace = member_of(ada, database_url)
        jobs = [submitted(grace)["id"] for _ in range(6)]
        requests = [(ada, "DELETE", f"/members/{grace.id}", None)]
        requests += [(ada, "DELETE", f"/jobs/{job}", None) for job in reversed(jobs)]
        requests += [(grace, "POST", f"/jobs/{job}/move", {"before_job_id": jobs[0]}) for job in jobs[1:]]
        with ThreadPoolExecutor(len(requests)) as pool:
            answers = list(pool.map(lambda request: request[0].request(*request[1:]), requests))
        assert {answer.status_code for answer in answers} <= {200, 204, 401, 404, 409}
        assert [states(database_url, job).count("CANCELLED") for job in jobs] == [1] * 6
        assert held(database_url, ada.organisation_id) == 0


def test_a_disabled_account_has_no_jobs_in_any_organisation(
    jobs_api: httpx.Client, ada: Person, jobs_environment: dict[str, str], database_url: str
) -> None:
    grace = register(jobs_api, "Grace")
    home = grace.organisation_id
    waiting, running = of_all_states(grace, database_url)
    made(
        grace.post(
            "/invitations/accept", token=new_invitation(database_url, ada.organisation_id, grace.email)
        )
    )
    grace.take(made(grace.post("/auth/switch", organisation_id=ada.organisation_id)))
    here, own = submitted(grace)["id"], submitted(ada)["id"]
    assert accounts(jobs_environment, "disable", grace.email).returncode == 0
    for job in [*waiting, here]:
        assert states(database_url, job)[-1] == "CANCELLED"
        assert hold_of(database_url, job) == ("released", 0)
    assert wishes(database_url, running, own) == [True, False]
    assert states(database_url, own)[-1] == "QUEUED"
    # In each organisation's own log.
    rows = sql(
        database_url,
        "SELECT organisation_id, after FROM audit_events WHERE act = 'account.jobs_cancelled' AND subject_id = $1",
        grace.id,
    )
    found = {str(organisation): msgspec.json.decode(after)["jobs_cancelled"] for organisation, after in rows}
    assert found == {home: 4, ada.organisation_id: 1}
