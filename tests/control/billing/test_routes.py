"""Credits over the API: what there is, what it costs, what became of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from control.billing.tiers import CREDIT
from tests.control.billing.conftest import ended
from tests.control.people import Person, made, member_of, problem, sql

SQUARE = {"kind": "txt2img", "prompt": "a large red circle", "width": 512, "height": 512}


def submit(person: Person, quote_id: str | None = None, team_id: str | None = None, **more: Any) -> Any:
    body = {"request": SQUARE | more, "quote_id": quote_id, "team_id": team_id}
    return person.post("/jobs", **{name: value for name, value in body.items() if value})


def test_a_new_organisation_has_its_tiers_credits(ada: Person, database_url: str) -> None:
    credits = made(ada.get("/credits"))
    renews = datetime.fromisoformat(credits.pop("renews_at"))
    now = datetime.now(UTC)
    assert (renews.day, renews.hour, renews.minute) == (1, 0, 0)
    assert now < renews <= now + timedelta(days=31)
    assert credits == {
        "available_microcredits": 100 * CREDIT,
        "held_microcredits": 0,
        "expiring_microcredits": 100 * CREDIT,
        "spent_this_month_microcredits": 0,
        "tier": "free",
        "monthly_grant_microcredits": 100 * CREDIT,
    }
    # Asked again, it is not given again.
    assert made(ada.get("/credits"))["available_microcredits"] == 100 * CREDIT
    sql(database_url, "UPDATE organisations SET tier = 'enterprise' WHERE id = $1", ada.organisation_id)
    assert made(ada.get("/credits"))["monthly_grant_microcredits"] is None


def test_a_job_holds_its_price_and_what_it_was_charged_is_in_the_history(
    ada: Person, database_url: str
) -> None:
    job = made(submit(ada, batch=4, width=1024))
    assert job["reserved_microcredits"] == 8 * CREDIT
    credits = made(ada.get("/credits"))
    assert (credits["available_microcredits"], credits["held_microcredits"]) == (92 * CREDIT, 8 * CREDIT)
    # Three of the four pictures came.
    ended(ada, job["id"], database_url, 6 * CREDIT)
    credits = made(ada.get("/credits"))
    assert (credits["available_microcredits"], credits["held_microcredits"]) == (94 * CREDIT, 0)
    assert credits["spent_this_month_microcredits"] == 6 * CREDIT
    settled, reserved, granted = made(ada.get("/credits/history"))["items"]
    assert [posting["kind"] for posting in (settled, reserved, granted)] == ["settle", "reserve", "grant"]
    assert settled["job_id"] == reserved["job_id"] == job["id"]
    assert settled["user_id"] == ada.id
    entries = {entry["account"]: entry["amount_microcredits"] for entry in settled["entries"]}
    assert entries == {"held": -8 * CREDIT, "available": 2 * CREDIT, "spent": 6 * CREDIT}
    first = made(ada.get("/credits/history", limit=2))
    last = made(ada.get("/credits/history", limit=2, cursor=first["next_cursor"]))
    assert first["items"] + last["items"] == [settled, reserved, granted]
    assert last["next_cursor"] is None


def test_what_cannot_be_paid_is_refused_and_leaves_nothing(ada: Person, database_url: str) -> None:
    made(submit(ada, batch=8, width=1024, height=1024))
    made(submit(ada, batch=8, width=1024, height=1024))
    made(submit(ada, batch=8, width=1024, height=1024))
    refused = problem(submit(ada, batch=2, width=1024, height=1024), 402, "costs 8 credits, .* has 4")
    assert (refused["needed"], refused["available"]) == (8 * CREDIT, 4 * CREDIT)
    made(submit(ada, width=1024, height=1024))
    problem(submit(ada), 402, "costs 1 credits, .* has 0")
    counts = (
        "SELECT (SELECT count(*) FROM jobs WHERE organisation_id = o.id), (SELECT count(*) FROM holds WHERE "
    )
    counts += "organisation_id = o.id) FROM organisations o WHERE id = $1"
    assert sql(database_url, counts, ada.organisation_id) == [(4, 4)]


def test_the_price_table(ada: Person) -> None:
    found = {item["item"]: item for item in made(ada.get("/prices"))["items"]}
    assert found["txt2img"]["amount_microcredits"] == CREDIT
    assert (found["sdxl"]["times"], found["sdxl"]["amount_microcredits"]) == (2, None)
    assert len(found) == 9


def test_a_quote_binds_once_for_just_this_request(ada: Person, database_url: str) -> None:
    quote = made(ada.post("/quotes", **SQUARE, batch=2))
    assert quote["amount_microcredits"] == 2 * CREDIT
    assert quote["lines"] == [
        {"item": "txt2img", "text": "txt2img of 512x512", "each_microcredits": CREDIT, "count": 2,
         "amount_microcredits": 2 * CREDIT},
    ]  # fmt: skip
    in_minutes = datetime.fromisoformat(quote["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=4) < in_minutes <= timedelta(minutes=5)
    # Should prices change meanwhile, it is the quote's that counts.
    sql(database_url, "UPDATE quotes SET amount = 7 WHERE id = $1", quote["id"])
    assert problem(submit(ada, quote["id"], batch=3), 409, "another request")["reason"] == "different"
    other = member_of(ada, database_url, "admin")
    problem(submit(other, quote["id"], batch=2), 404, "no such quote")
    assert made(submit(ada, quote["id"], batch=2, seed=5))["reserved_microcredits"] == 7
    assert problem(submit(ada, quote["id"], batch=2), 409, "was used")["reason"] == "used"
    late = made(ada.post("/quotes", **SQUARE))["id"]
    sql(database_url, "UPDATE quotes SET expires_at = now() WHERE id = $1", late)
    assert problem(submit(ada, late), 409, "expired at .* UTC")["reason"] == "expired"


def test_a_quote_that_a_refused_job_named_can_be_used_still(ada: Person, database_url: str) -> None:
    quote = made(ada.post("/quotes", **SQUARE))["id"]
    made(ada.request("PUT", "/spending-limits/organisation", {"amount_microcredits": 0}))
    problem(submit(ada, quote), 402)
    made(ada.delete("/spending-limits/organisation"))
    made(submit(ada, quote))


def test_quotes_are_refused_for_what_could_not_be_submitted(ada: Person) -> None:
    problem(
        ada.post("/quotes", **SQUARE | {"width": 2048, "height": 1024}), 403, "tier free goes up to 1,048,576"
    )
    problem(ada.post("/quotes", **SQUARE, model="nothing"), 404, "no checkpoint 'nothing'")
    problem(ada.post("/quotes", **SQUARE, sampler="none"), 400, "sampler")
    image = {"kind": "img2img", "prompt": "", "image": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"}
    problem(ada.post("/quotes", **image), 404, "no such file")


def test_tiers_say_what_may_be_submitted(ada: Person, database_url: str) -> None:
    refused = problem(submit(ada, width=2048, height=2048), 403, "2048x2048 is 4,194,304 pixels")
    assert refused["tier"] == "free"
    key = made(ada.post("/api-keys", name="ci", scopes=["job:create", "credit:read"]))["key"]
    by_key = {"headers": {"Authorization": f"Bearer {key}"}}
    answer = ada.api.post("/api/v1/jobs", json={"request": SQUARE}, **by_key)
    problem(answer, 403, "API keys may not submit")
    assert ada.api.get("/api/v1/credits", **by_key).json()["available_microcredits"] == 100 * CREDIT
    sql(database_url, "UPDATE organisations SET tier = 'pro' WHERE id = $1", ada.organisation_id)
    made(ada.api.post("/api/v1/jobs", json={"request": SQUARE | {"width": 2048, "height": 2048}}, **by_key))
    assert made(ada.get("/credits"))["available_microcredits"] == (5000 - 16) * CREDIT


def test_usage_by_day_member_team_model_and_kind(ada: Person, database_url: str) -> None:
    grace = member_of(ada, database_url)
    team = made(ada.post("/teams", name="Animation"))["id"]
    jobs = [submit(ada), submit(ada, team_id=team, width=1024), submit(grace, batch=3), submit(grace)]
    *charged, free = [made(job) for job in jobs]
    for job in charged:
        ended(ada, job["id"], database_url, job["reserved_microcredits"])
    ended(ada, free["id"], database_url, 0)
    # Two days ago, whatever the month.
    sql(
        database_url,
        "UPDATE holds SET created_at = created_at - interval '2 days' WHERE job_id = $1",
        charged[0]["id"],
    )
    since = (datetime.now(UTC) - timedelta(days=3)).isoformat()

    def usage(by: str) -> dict[tuple[str, str], tuple[int, int]]:
        found = made(ada.get("/usage", by=by, since=since))
        assert found["spent_microcredits"] == 6 * CREDIT
        return {
            (item["subject"], item["name"]): (item["jobs"], item["spent_microcredits"] // CREDIT)
            for item in found["items"]
        }

    assert usage("member") == {(ada.id, "Ada"): (2, 3), (grace.id, "Grace"): (1, 3)}
    assert usage("team") == {("", ""): (2, 4), (team, "Animation"): (1, 2)}
    assert usage("model") == {("pocket", "pocket"): (3, 6)}
    assert usage("kind") == {("txt2img", "txt2img"): (3, 6)}
    assert list(usage("day").values()) == [(1, 1), (2, 5)]
    first, last = (subject for subject, _ in usage("day"))
    daily = made(ada.get("/usage", by="member", since=since, daily=True))["items"]
    assert {item["name"]: item["days"] for item in daily} == {
        "Ada": {first: CREDIT, last: 2 * CREDIT},
        "Grace": {last: 3 * CREDIT},
    }
    problem(ada.get("/usage", since="2024-01-01T00:00:00Z"), 400, "366 days at most")
    problem(
        ada.get("/usage", until="2024-01-01T00:00:00Z", since="2024-02-01T00:00:00Z"), 400, "before until"
    )
    problem(ada.get("/usage", until="0001-01-01T00:00:00+14:00"), 400, "years 1 to 9999")
    problem(ada.get("/usage", by="colour"), 400, "by")
    assert made(ada.get("/usage", until="2024-02-05T00:00:00Z"))["since"] == "2024-02-01T00:00:00Z"


@pytest.mark.parametrize("path", ["/credits", "/credits/history", "/prices", "/usage", "/spending-limits"])
def test_viewers_see_no_money(path: str, ada: Person, database_url: str) -> None:
    problem(member_of(ada, database_url, "viewer").get(path), 403, "credit:read")
