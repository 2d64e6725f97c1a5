"""Limits of spending, and who is told of them."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from control.billing import spending
from control.billing.budgets import keep
from control.billing.schemas import NewSpendingLimit
from control.billing.tiers import CREDIT
from control.database.engine import transaction
from control.errors import PaymentRequired
from control.settings import ControlSettings
from tests.control.billing.conftest import customer, ended
from tests.control.billing.test_routes import submit
from tests.control.people import Person, made, mails_to, member_of, problem, sql


def limit(person: Person, whose: str, credits: float, **more: Any) -> dict[str, Any]:
    body = {"amount_microcredits": int(credits * CREDIT), **more}
    found: dict[str, Any] = made(person.request("PUT", f"/spending-limits/{whose}", body))
    return found


def test_limits_are_set_changed_listed_and_removed(ada: Person, database_url: str) -> None:
    grace = member_of(ada, database_url)
    team = made(ada.post("/teams", name="Animation"))["id"]
    limit(ada, "organisation", 50)
    limit(ada, f"teams/{team}", 20, alerts=[90, 50, 50])
    limit(ada, f"members/{grace.id}", 10)
    limit(ada, f"members/{grace.id}", 11, alerts=[])
    found = {item["scope"]: item for item in made(grace.get("/spending-limits"))["items"]}
    assert [
        (item["name"], item["amount_microcredits"] // CREDIT, item["alerts"]) for item in found.values()
    ] == [
        (made(ada.get(f"/organisations/{ada.organisation_id}"))["name"], 50, [80, 100]),
        ("Animation", 20, [50, 90]),
        ("Grace", 11, []),
    ]
    assert found["organisation"]["subject_id"] == ada.organisation_id
    problem(
        grace.request("PUT", "/spending-limits/organisation", {"amount_microcredits": 1}),
        403,
        "credit:manage",
    )
    for wrong in (
        {"amount_microcredits": -1},
        {"amount_microcredits": 1, "alerts": [101]},
        {"amount_microcredits": 1.5},
    ):
        problem(ada.request("PUT", "/spending-limits/organisation", wrong), 400)
    made(ada.delete(f"/spending-limits/members/{grace.id}"))
    problem(ada.delete(f"/spending-limits/members/{grace.id}"), 404, "no such limit")
    # Of a team that is gone nobody hears again.
    made(ada.delete(f"/teams/{team}"))
    assert [item["scope"] for item in made(ada.get("/spending-limits"))["items"]] == ["organisation"]
    acts = [event["act"] for event in made(ada.get("/audit/events", act="spending_limit."))["items"]]
    assert sorted(acts) == ["spending_limit.remove", *["spending_limit.set"] * 4]


@pytest.mark.parametrize("scope", ["organisation", "team", "member"])
def test_who_would_pass_a_limit_is_told_whose_it_is(scope: str, ada: Person, database_url: str) -> None:
    grace = member_of(ada, database_url)
    team = made(ada.post("/teams", name="Animation"))["id"]
    made(ada.put(f"/teams/{team}/members/{grace.id}"))
    whose = {"organisation": "organisation", "team": f"teams/{team}", "member": f"members/{grace.id}"}[scope]
    limit(ada, whose, 4, alerts=[])
    first = made(submit(grace, team_id=team, batch=3))
    text = {"organisation": "The organisation has", "team": "The team Animation has", "member": "You have"}[
        scope
    ]
    refused = problem(submit(grace, team_id=team, batch=2), 402, f"{text} spent 3 of 4 credits .* costs 2")
    assert (refused["limit_of"], refused["needed"], refused["available"]) == (scope, 2 * CREDIT, CREDIT)
    # What a job gives back can be spent; what others spend elsewhere counts for the organisation alone.
    ended(grace, first["id"], database_url, CREDIT)
    if scope == "organisation":
        problem(submit(ada, batch=4), 402, "The organisation has spent 1 of 4")
    else:
        made(submit(ada, batch=4))
    made(submit(grace, team_id=team, batch=3))
    problem(submit(grace, team_id=team), 402, text)
    # Another month, another budget.
    sql(
        database_url,
        "UPDATE holds SET created_at = $2 WHERE organisation_id = $1",
        ada.organisation_id, datetime.now(UTC).replace(day=1) - timedelta(days=2),
    )  # fmt: skip
    made(submit(grace, team_id=team, batch=4))


def test_many_at_a_time_pass_no_limit(ada: Person) -> None:
    limit(ada, "organisation", 5)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: submit(ada).status_code, range(16)))
    assert sorted(answers) == [202] * 5 + [402] * 11
    [item] = made(ada.get("/spending-limits"))["items"]
    assert item["spent_microcredits"] == 5 * CREDIT


def test_admins_are_told_once_a_month_what_is_spent(
    ada: Person, database_url: str, control_home: Path
) -> None:
    second = member_of(ada, database_url, "admin")
    grace = member_of(ada, database_url)
    limit(ada, "organisation", 10, alerts=[50, 80, 100])
    for _ in range(4):
        made(submit(grace))

    def alerts() -> list[tuple[int, int]]:
        events = made(ada.get("/audit/events", act="budget.alert"))["items"]
        return [
            (event["after"]["percent"], event["after"]["spent_microcredits"] // CREDIT)
            for event in events[::-1]
        ]

    assert alerts() == []
    # 40 % → 90 %: one mail, of the higher one.
    made(submit(grace, batch=5))
    assert alerts() == [(80, 9)]
    # Refused, and none the less it is told that the limit is reached; that once.
    for _ in range(3):
        problem(submit(grace, batch=2), 402, "The organisation has spent 9 of 10")
    for admin in (ada, second):
        for percent in ("80 %", "100 %"):
            assert len(mails_to(control_home, admin.email, 1, f"{percent} of a budget is spent")) == 1
    text = mails_to(control_home, second.email, 1, "80")[0].get_content()  # type: ignore[attr-defined]
    assert re.search(r"the organisation .* has spent 9 of its 10 credits of this month", text)
    assert alerts() == [(80, 9), (100, 9)]
    # Another amount is another limit: what is near is told anew.
    limit(ada, "organisation", 20, alerts=[50])
    made(submit(grace))
    assert alerts()[2:] == [(50, 10)]
    made(submit(grace))
    assert len(alerts()) == 3


async def test_a_limit_of_nothing_lets_pass_what_costs_nothing(pool: None, settings: ControlSettings) -> None:
    who, now = await customer(), datetime.now(UTC)
    async with transaction():
        await spending.put(
            who, "organisation", who.organisation_id, NewSpendingLimit(amount_microcredits=0, alerts=[50])
        )
        await keep(who, None, 0, settings, now)
        with pytest.raises(PaymentRequired):
            await keep(who, None, 1, settings, now)
