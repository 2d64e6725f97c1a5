"""Idempotency-Key: one effect and one charge, however often the request is sent, and from how many sides at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from control.jobs import idempotency
from tests.control.jobs.conftest import REQUEST, submitted, within
from tests.control.people import Person, made, member_of, problem, sql


def send(person: Person, key: str, path: str = "/jobs", **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": key}
    return person.api.post(f"/api/v1{path}", json=body, headers=headers)


def jobs_of(database_url: str, person: Person) -> int:
    count: int = sql(
        database_url, "SELECT count(*) FROM jobs WHERE organisation_id = $1", person.organisation_id
    )[0][0]
    return count


def holds_of(database_url: str, person: Person) -> int:
    count: int = sql(
        database_url, "SELECT count(*) FROM holds WHERE organisation_id = $1", person.organisation_id
    )[0][0]
    return count


def test_the_same_request_gets_the_same_answer(ada: Person, database_url: str) -> None:
    first = send(ada, "order-1", request=REQUEST)
    assert first.status_code == 202
    assert "idempotent-replayed" not in first.headers
    again = send(ada, "order-1", request=REQUEST)
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]
    assert jobs_of(database_url, ada) == holds_of(database_url, ada) == 1
    other = send(ada, "order-2", request=REQUEST)
    assert other.json()["id"] != first.json()["id"]


def test_another_request_under_the_same_key_is_refused(ada: Person, database_url: str) -> None:
    made(send(ada, "k", request=REQUEST))
    problem(send(ada, "k", request={**REQUEST, "steps": 3}), 422, "another request")
    problem(send(ada, "k", "/generate/txt2img", prompt="a"), 422, "another request")
    assert jobs_of(database_url, ada) == 1


def test_keys_are_one_s_own(ada: Person, database_url: str) -> None:
    job = made(send(ada, "k", request=REQUEST))
    other = made(send(member_of(ada, database_url), "k", request=REQUEST))
    assert other["id"] != job["id"]


def test_what_was_refused_may_be_mended(ada: Person, database_url: str) -> None:
    problem(send(ada, "k", request={**REQUEST, "model": "none"}), 404)
    problem(send(ada, "k", request={**REQUEST, "width": 2048, "height": 1024}), 403)
    made(send(ada, "k", request=REQUEST))
    assert jobs_of(database_url, ada) == 1


def test_at_once_there_is_one_effect(ada: Person, database_url: str) -> None:
    """Twelve with the same key: one submits, the others get its answer, or are told to come again."""
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: send(ada, "k", request=REQUEST), range(12)))
    assert jobs_of(database_url, ada) == holds_of(database_url, ada) == 1
    taken = [answer for answer in answers if answer.status_code == 202]
    assert len({answer.json()["id"] for answer in taken}) == 1
    assert len([answer for answer in taken if "idempotent-replayed" not in answer.headers]) == 1
    for answer in answers:
        if answer.status_code != 202:
            problem(answer, 409, "still under way")
            assert answer.headers["retry-after"] == "1"


def test_who_comes_while_the_first_is_at_it_waits_for_nobody(ada: Person, database_url: str) -> None:
    """The first one's transaction, held open."""
    lock = f"{ada.organisation_id}:{ada.id}:k"
    key = "hashtextextended($1, 0)"
    sql(database_url, f"SELECT pg_advisory_lock({key})", lock)
    try:
        answer = send(ada, "k", request=REQUEST)
        problem(answer, 409, "still under way")
        assert answer.elapsed.total_seconds() < 2
    finally:
        sql(database_url, f"SELECT pg_advisory_unlock({key})", lock)
    made(send(ada, "k", request=REQUEST))


def test_a_retry_has_one_effect_too(ada: Person, database_url: str) -> None:
    job = submitted(ada)["id"]
    made(ada.delete(f"/jobs/{job}"))
    first, again = (send(ada, "again", f"/jobs/{job}/retry") for _ in range(2))
    assert made(first) == made(again)
    assert jobs_of(database_url, ada) == 2


def test_a_day_later_the_key_is_new(ada: Person, database_url: str) -> None:
    first = made(send(ada, "k", request=REQUEST))
    sql(database_url, "UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'")
    second = made(send(ada, "k", request=REQUEST))
    assert second["id"] != first["id"]
    assert made(send(ada, "k", request=REQUEST))["id"] == second["id"]
    sql(database_url, "UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'")
    assert within(database_url, idempotency.forget_old) >= 1
    assert sql(database_url, "SELECT id FROM idempotency_keys WHERE user_id = $1", ada.id) == []


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "ü"])
def test_a_key_is_plain_text(ada: Person, key: str) -> None:
    headers = {"Authorization": f"Bearer {ada.token}", "Idempotency-Key": key.encode("latin1")}
    answer = ada.api.post("/api/v1/jobs", json={"request": REQUEST}, headers=headers)  # type: ignore[arg-type]
    assert problem(answer, 400)["errors"][0]["in"] == "header"
