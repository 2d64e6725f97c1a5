"""Finding events: who, what, on what, when; page by page."""

from datetime import datetime, timedelta, timezone

import httpx
import pytest

from tests.control.people import Person, made, member_of, problem, register


@pytest.fixture(scope="module")
def ada(api: httpx.Client) -> Person:
    return register(api)


@pytest.fixture(scope="module")
def grace(ada: Person, database_url: str) -> Person:
    """Did what the tests look for."""
    person = member_of(ada, database_url, "admin")
    for name in ("Animation", "Stills"):
        made(person.post("/teams", name=name))
    made(ada.patch(f"/organisations/{ada.organisation_id}", name="Analytical Engines"))
    return person


def acts(person: Person, **filters: object) -> list[str]:
    return [event["act"] for event in made(person.get("/audit/events", **filters))["items"]]


def test_an_event_says_who_what_on_what_and_from_where(ada: Person, grace: Person) -> None:
    answer = grace.request("POST", "/teams", {"name": "Sound"})
    team = made(answer)["id"]
    event = made(ada.get("/audit/events", limit=1))["items"][0]
    assert event["actor_id"] == grace.id
    assert event["actor"] == grace.email
    assert (event["act"], event["subject_type"], event["subject_id"]) == ("team.create", "team", team)
    assert (event["before"], event["after"]) == (None, {"name": "Sound"})
    [session] = [s["id"] for s in made(grace.get("/me/sessions"))["items"] if s["current"]]
    assert event["via"] == f"session:{session}"
    assert event["address"] == "127.0.0.1"
    assert event["request_id"] == answer.headers["x-request-id"]
    assert len(event["hash"]) == len(event["previous_hash"]) == 64


def test_an_event_says_which_api_key_did_it(ada: Person) -> None:
    key = made(ada.post("/api-keys", name="script", scopes=["team:create"]))
    headers = {"Authorization": f"Bearer {key['key']}"}
    made(ada.api.post("/api/v1/teams", json={"name": "By a script"}, headers=headers))
    event = made(ada.get("/audit/events", act="team.create", limit=1))["items"][0]
    assert (event["actor"], event["via"]) == (ada.email, f"api_key:{key['id']}")


def test_filters(ada: Person, grace: Person) -> None:
    assert set(acts(ada, act="team.")) == {"team.create"}
    assert set(acts(ada, act="team.create")) == {"team.create"}
    assert acts(ada, act="team") == []
    assert acts(ada, act="tea.") == []
    assert acts(ada, actor=ada.email.upper(), act="organisation.") == [
        "organisation.update",
        "organisation.create",
    ]
    assert "organisation.update" not in acts(ada, actor_id=grace.id)
    assert acts(ada, subject_type="organisation") == ["organisation.update", "organisation.create"]
    assert acts(
        ada, subject_type="organisation", subject_id=ada.organisation_id, act="organisation.update"
    ) == ["organisation.update"]
    assert acts(ada, actor="nobody@example.com") == []


def test_time(ada: Person, grace: Person) -> None:
    events = made(ada.get("/audit/events"))["items"]
    middle = events[2]["at"]
    later = made(ada.get("/audit/events", since=middle))["items"]
    earlier = made(ada.get("/audit/events", until=middle))["items"]
    assert [e["sequence"] for e in later] == [e["sequence"] for e in events[:3]]
    assert [e["sequence"] for e in earlier] == [e["sequence"] for e in events[3:]]
    # Another zone, and none, which is UTC.
    moment = datetime.fromisoformat(middle)
    zone = timezone(timedelta(hours=5, minutes=30))
    for said in (moment.astimezone(zone).isoformat(), moment.replace(tzinfo=None).isoformat()):
        assert made(ada.get("/audit/events", since=said))["items"] == later


def test_pages(ada: Person, grace: Person) -> None:
    whole = made(ada.get("/audit/events", limit=100))["items"]
    found, cursor = [], None
    while True:
        page = made(ada.get("/audit/events", limit=2, **({"cursor": cursor} if cursor else {})))
        assert len(page["items"]) <= 2
        found += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == whole
    assert [e["sequence"] for e in whole] == list(range(len(whole), 0, -1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"cursor": "x"},
        {"cursor": "-1"},
        {"cursor": "9" * 30},
        {"cursor": "٣"},
        {"limit": 0},
        {"limit": 101},
        {"since": "yesterday"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59-14:00"},
        {"actor_id": "me"},
        {"actor": "a\0b"},
        {"act": "x" * 401},
        {"who": "me"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(ada: Person, wrong: dict[str, str]) -> None:
    problem(ada.get("/audit/events", **wrong), 400)
