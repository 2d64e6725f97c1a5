"""Cancelling, trying again, moving and pausing."""

import threading
from typing import Any

import pytest
from redis import Redis

from control.realtime import bus
from tests.control.jobs.conftest import REQUEST, advance, submitted
from tests.control.people import Person, made, member_of, problem, sql


def states(database_url: str, job_id: str) -> list[str]:
    rows = sql(database_url, "SELECT state FROM job_events WHERE job_id = $1 ORDER BY sequence", job_id)
    return [state for (state,) in rows]


def hold_of(database_url: str, job_id: str) -> tuple[Any, ...]:
    [row] = sql(database_url, "SELECT state, charged FROM holds WHERE job_id = $1", job_id)
    return tuple(row)


def in_line(database_url: str, person: Person) -> list[str]:
    rows = sql(
        database_url,
        "SELECT id FROM jobs WHERE user_id = $1 AND state IN ('PENDING', 'QUEUED') ORDER BY position, id",
        person.id,
    )
    return [str(job_id) for (job_id,) in rows]


def test_a_job_that_waits_is_cancelled_at_once(ada: Person, database_url: str) -> None:
    job = submitted(ada)["id"]
    cancelled = made(ada.delete(f"/jobs/{job}"))
    assert (cancelled["state"], cancelled["charged_microcredits"]) == ("CANCELLED", 0)
    assert cancelled["finished_at"] is not None
    assert hold_of(database_url, job) == ("released", 0)
    assert states(database_url, job) == ["PENDING", "QUEUED", "CANCELLED"]
    # Once more changes nothing.
    assert made(ada.delete(f"/jobs/{job}")) == cancelled
    assert states(database_url, job) == ["PENDING", "QUEUED", "CANCELLED"]


def test_a_running_job_s_worker_is_asked(ada: Person, database_url: str, redis_url: str) -> None:
    job = submitted(ada)["id"]
    advance(database_url, job, "ASSIGNED", "PROCESSING")
    with Redis.from_url(redis_url) as client, client.pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(bus.CANCEL)
        while heard.get_message(timeout=0.1):
            pass
        asked = made(ada.delete(f"/jobs/{job}"))
        messages = [heard.get_message(timeout=1) for _ in range(2)]
    assert (asked["state"], asked["cancel_requested"]) == ("PROCESSING", True)
    assert [m["data"].decode() for m in messages if m] == [job.replace("-", "")]
    # It is the worker who ends it, and settles.
    assert hold_of(database_url, job) == ("open", None)
    advance(database_url, job, "CANCELLED")
    assert made(ada.get(f"/jobs/{job}"))["state"] == "CANCELLED"


@pytest.mark.parametrize(("state", "says"), [("COMPLETED", "completed"), ("FAILED", "failed")])
def test_what_is_over_is_not_cancelled(ada: Person, database_url: str, state: Any, says: str) -> None:
    job = submitted(ada)["id"]
    advance(database_url, job, "ASSIGNED", "PROCESSING", state)
    assert problem(ada.delete(f"/jobs/{job}"), 409, says)["state"] == state
    for act in ("pause", "resume"):
        problem(ada.post(f"/jobs/{job}/{act}"), 409)
    problem(ada.post(f"/jobs/{job}/move", to="first"), 409)


def test_others_jobs_are_cancelled_with_job_manage_and_that_is_recorded(
    ada: Person, database_url: str
) -> None:
    user = member_of(ada, database_url)
    job, own = submitted(user)["id"], submitted(ada)["id"]
    made(ada.delete(f"/jobs/{own}"))
    made(ada.delete(f"/jobs/{job}"))
    rows = sql(
        database_url,
        "SELECT subject_id, actor_id, before FROM audit_events WHERE organisation_id = $1 AND act = 'job.cancel'",
        ada.organisation_id,
    )
    assert [(subject, str(actor)) for subject, actor, _ in rows] == [(job, ada.id)]
    assert user.id in rows[0][2]
    problem(user.delete(f"/jobs/{submitted(ada)['id']}"), 404)


def test_cancelling_from_many_sides_releases_once(ada: Person, database_url: str) -> None:
    jobs = [submitted(ada)["id"] for _ in range(4)]
    threads = [
        threading.Thread(target=lambda job=job: ada.delete(f"/jobs/{job}")) for job in jobs for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for job in jobs:
        assert states(database_url, job) == ["PENDING", "QUEUED", "CANCELLED"]
        assert hold_of(database_url, job) == ("released", 0)
    balance = sql(
        database_url,
        "SELECT sum(amount)::bigint FROM ledger_entries WHERE organisation_id = $1 AND account = 'held'",
        ada.organisation_id,
    )
    assert balance == [(0,)]


def test_a_retry_is_the_same_request_and_a_job_of_its_own(ada: Person, database_url: str) -> None:
    job = submitted(ada, seed=5, steps=3)
    problem(ada.post(f"/jobs/{job['id']}/retry"), 409, "has not ended")
    advance(database_url, job["id"], "ASSIGNED", "PROCESSING", "FAILED")
    again = made(ada.post(f"/jobs/{job['id']}/retry"))
    assert again["id"] != job["id"]
    assert (again["request"], again["retried_from"], again["state"]) == (job["request"], job["id"], "QUEUED")
    assert hold_of(database_url, again["id"]) == ("open", None)


def test_a_retry_is_for_the_team_as_long_as_one_is_in_it(ada: Person) -> None:
    team = made(ada.post("/teams", name="Animation"))["id"]
    job = made(ada.post("/jobs", request=REQUEST, team_id=team))["id"]
    made(ada.delete(f"/jobs/{job}"))
    assert made(ada.post(f"/jobs/{job}/retry"))["team_id"] == team
    made(ada.delete(f"/teams/{team}/members/{ada.id}"))
    assert made(ada.post(f"/jobs/{job}/retry"))["team_id"] is None


def test_one_s_own_jobs_are_put_in_another_order(ada: Person, database_url: str) -> None:
    a, b, c, d = (submitted(ada)["id"] for _ in range(4))
    other = submitted(member_of(ada, database_url))["id"]

    def move(job: str, **where: str) -> list[str]:
        made(ada.post(f"/jobs/{job}/move", **where))
        return in_line(database_url, ada)

    assert move(d, to="first") == [d, a, b, c]
    assert move(d, to="last") == [a, b, c, d]
    assert move(d, before_job_id=b) == [a, d, b, c]
    assert move(c, before_job_id=a) == [c, a, d, b]
    assert move(c, before_job_id=c) == [c, a, d, b]
    # Who submits next comes behind all of them, wherever they went.
    assert move(a, to="last") == [c, d, b, a]
    e = submitted(ada)["id"]
    assert in_line(database_url, ada) == [c, d, b, a, e]
    problem(ada.post(f"/jobs/{a}/move"), 400, "either")
    problem(ada.post(f"/jobs/{a}/move", to="first", before_job_id=b), 400, "either")
    problem(ada.post(f"/jobs/{a}/move", before_job_id=other), 403, "somebody else's")
    problem(ada.post(f"/jobs/{other}/move", to="first"), 403)
    advance(database_url, b, "ASSIGNED")
    problem(ada.post(f"/jobs/{a}/move", before_job_id=b), 409, "does not wait")


def test_there_is_always_room_between_two(ada: Person, database_url: str) -> None:
    """Halving the gap comes to the end of a double's digits after two dozen moves."""
    first, a, b = (submitted(ada)["id"] for _ in range(3))
    for number in range(40):
        job = (a, b)[number % 2]
        before = (b, a)[number % 2]
        made(ada.post(f"/jobs/{job}/move", before_job_id=before))
        assert in_line(database_url, ada) == [first, job, before]
    positions = sql(database_url, "SELECT position FROM jobs WHERE user_id = $1", ada.id)
    assert len(set(positions)) == 3


def test_a_paused_job_keeps_its_place(ada: Person, database_url: str) -> None:
    a, b = (submitted(ada)["id"] for _ in range(2))
    paused = made(ada.post(f"/jobs/{a}/pause"))
    assert (paused["state"], paused["paused"], paused["position"]) == ("PENDING", True, None)
    assert made(ada.post(f"/jobs/{a}/pause"))["paused"] is True
    assert in_line(database_url, ada) == [a, b]
    assert hold_of(database_url, a) == ("open", None)
    resumed = made(ada.post(f"/jobs/{a}/resume"))
    assert (resumed["state"], resumed["paused"]) == ("QUEUED", False)
    made(ada.post(f"/jobs/{a}/resume"))
    history = made(ada.get(f"/jobs/{a}/history"))["items"]
    assert [(e["state"], e["paused"]) for e in history] == [
        ("PENDING", False), ("QUEUED", False), ("PENDING", True), ("QUEUED", False),
    ]  # fmt: skip


def test_a_job_between_two_attempts_waits_on_when_it_is_resumed(ada: Person, database_url: str) -> None:
    job = submitted(ada)["id"]
    advance(database_url, job, "ASSIGNED", "PROCESSING", "PENDING")
    sql(database_url, "UPDATE jobs SET not_before = now() + interval '1 minute' WHERE id = $1", job)
    assert made(ada.post(f"/jobs/{job}/pause"))["paused"] is True
    resumed = made(ada.post(f"/jobs/{job}/resume"))
    assert (resumed["state"], resumed["paused"]) == ("PENDING", False)
    sql(database_url, "UPDATE jobs SET not_before = now() WHERE id = $1", job)
    made(ada.post(f"/jobs/{job}/pause"))
    assert made(ada.post(f"/jobs/{job}/resume"))["state"] == "QUEUED"
