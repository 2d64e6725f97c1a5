"""Organisations: one's own, another one, and none of others'."""

import httpx

from control.tenancy.organisations import MOST
from tests.control.people import Person, made, problem, register, sql


def test_ones_own_and_its_limits(api: httpx.Client, database_url: str) -> None:
    ada = register(api)
    path = f"/organisations/{ada.organisation_id}"
    shown = made(ada.get(path))
    assert shown["name"] == "Ada's organisation"
    assert shown["slug"].startswith("ada-s-organisation-")
    assert shown["tier"] == "free"
    assert shown["limits"] == {
        "requests_per_minute": None,
        "generations_per_hour": 10,
        "uploads_per_hour": 20,
    }
    sql(database_url, "UPDATE organisations SET tier = 'enterprise' WHERE id = $1", ada.organisation_id)
    assert made(ada.get(path))["limits"] == {
        "requests_per_minute": 2000,
        "generations_per_hour": 1000,
        "uploads_per_hour": None,
    }


def test_renaming(api: httpx.Client) -> None:
    ada = register(api)
    path = f"/organisations/{ada.organisation_id}"
    assert made(ada.patch(path, name="Analytical Engines"))["name"] == "Analytical Engines"
    made(ada.patch(path))
    made(ada.patch(path, name="Analytical Engines"))
    events = made(ada.get("/audit/events", act="organisation.update"))["items"]
    assert [(e["before"], e["after"]) for e in events] == [
        ({"name": "Ada's organisation"}, {"name": "Analytical Engines"})
    ]
    for name in ("", " ", "a\nb", "a\0b", " a", "x" * 201, 5, None):
        problem(ada.patch(path, name=name), 400)
    problem(ada.patch(path, tier="enterprise"), 400, "tier")


def test_another_one(api: httpx.Client) -> None:
    ada = register(api)
    other = made(ada.post("/organisations", name="Elsewhere"))
    assert (other["role"], other["current"]) == ("admin", False)
    mine = made(ada.get("/organisations"))
    assert [(o["name"], o["current"]) for o in mine["items"]] == [
        ("Ada's organisation", True),
        ("Elsewhere", False),
    ]
    # The token is for the first one still.
    problem(ada.get(f"/organisations/{other['id']}"), 404)
    there = Person(api, ada.email, made(ada.post("/auth/switch", organisation_id=other["id"])))
    assert made(there.get(f"/organisations/{other['id']}"))["name"] == "Elsewhere"
    events = made(there.get("/audit/events", act="organisation.create"))["items"]
    assert [(e["sequence"], e["actor"], e["actor_id"]) for e in events] == [(1, ada.email, ada.id)]


def test_as_many_as_that_and_no_more(api: httpx.Client) -> None:
    ada = register(api)
    for number in range(MOST - 1):
        made(ada.post("/organisations", name=f"Number {number}"))
    problem(ada.post("/organisations", name="One more"), 409, "Leave one")


def test_the_longest_name_makes_an_organisation_too(api: httpx.Client) -> None:
    ada = register(api, "A" * 200, "long-name@example.com")
    assert made(ada.get(f"/organisations/{ada.organisation_id}"))["name"] == "A" * 200
