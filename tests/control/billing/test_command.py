"""`studio credits` and `studio organisations`."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from control.billing.tiers import CREDIT
from control.database import piccolo_conf
from studio.cli import main
from tests.control.billing.test_routes import submit
from tests.control.people import Person, made, problem, sql

Studio = Callable[..., Result]


@pytest.fixture
def studio(api_environment: dict[str, str]) -> Studio:
    """`studio("credits", "show", …)`, in this process: a new one takes seconds."""
    piccolo_conf.DB.config["dsn"] = api_environment["STUDIO_DATABASE_URL"]
    return lambda *words: CliRunner(env=api_environment).invoke(main, words, prog_name="studio")


def test_a_tier_is_changed_and_audited(ada: Person, studio: Studio) -> None:
    slug = made(ada.get(f"/organisations/{ada.organisation_id}"))["slug"]
    assert f"{ada.organisation_id}  {slug}  free" in studio("organisations", "list").stdout.splitlines()
    assert studio("organisations", "tier", slug, "pro").stdout == f"{slug} is pro.\n"
    assert made(ada.get("/me"))["tier"] == "pro"
    assert made(ada.get("/credits"))["available_microcredits"] == 5000 * CREDIT
    studio("organisations", "tier", ada.organisation_id, "pro")
    [event] = made(ada.get("/audit/events", act="organisation.tier"))["items"]
    assert (event["actor"], event["before"], event["after"]) == (
        "studio organisations", {"tier": "free"}, {"tier": "pro"},
    )  # fmt: skip
    unknown = studio("organisations", "tier", "nobody", "pro")
    assert (unknown.exit_code, unknown.stderr) == (
        2, "studio: There is no organisation nobody. `studio organisations list` names them all.\n",
    )  # fmt: skip
    assert studio("organisations", "tier", slug, "platinum").exit_code == 2


def test_credits_are_given_once_and_shown(ada: Person, studio: Studio) -> None:
    job = made(submit(ada, batch=2))
    give = ("credits", "grant", ada.organisation_id)
    assert "12.5 credits" in studio(*give, "12.5", "--memo", "sorry", "--key", "ticket-7").stdout
    assert studio(*give, "12.5", "--key", "ticket-7").stdout == "ticket-7 was given before.\n"
    assert studio(*give, "--lasting", "5").exit_code == 0
    assert studio(*give, "--lasting", "--", "-1").exit_code == 0
    for words, says in {
        ("--", "-5"): "only lasting credits can be taken back",
        ("--lasting", "--", "-500"): "no more can be taken",
        ("0.0000001",): "more than 6 decimals",
        ("much",): "no number",
        ("inf",): "more than 6 decimals",
    }.items():
        wrong = studio(*give, *words)
        assert wrong.exit_code == 2
        assert says in wrong.stderr
    shown = studio("credits", "show", ada.organisation_id).stdout
    figures = dict(line.split() for line in shown.splitlines()[1:8])
    assert figures == {
        "available": "114.500000", "held": "2.000000", "granted": "112.500000", "purchased": "0.000000",
        "spent": "0.000000", "expired": "0.000000", "adjusted": "4.000000",
    }  # fmt: skip
    assert "112.500000 expire at the month's end" in shown
    assert made(ada.get("/credits"))["expiring_microcredits"] == 112_500_000
    posting = made(ada.get("/credits/history"))["items"][-1]
    assert posting["kind"] == "grant"
    memos = [posting["memo"] for posting in made(ada.get("/credits/history"))["items"]]
    assert "sorry" in memos
    events = made(ada.get("/audit/events", act="credits.give"))["items"]
    assert [event["after"]["amount_microcredits"] for event in events] == [-CREDIT, 5 * CREDIT, 12_500_000]
    assert job["reserved_microcredits"] == 2 * CREDIT


def test_a_ledger_that_was_tampered_with_is_found_out(ada: Person, studio: Studio, database_url: str) -> None:
    job = made(submit(ada, batch=2))
    fine = studio("credits", "verify", ada.organisation_id)
    assert (fine.exit_code, fine.stdout.split()[-1]) == (0, "balanced")
    hold = "FROM holds WHERE organisation_id = $1"
    # The hold is lifted by somebody who rules the database; then half of a posting is taken away.
    sql(database_url, "UPDATE holds SET state = 'settled', charged = 0 WHERE job_id = $1", job["id"])
    found = studio("credits", "verify", ada.organisation_id)
    assert found.exit_code == 1
    [(hold_id,)] = sql(database_url, f"SELECT id::text {hold}", ada.organisation_id)
    assert "the account held has 2000000, and the holds have 0" in found.stdout
    assert f"hold {hold_id} is settled, and its postings say otherwise" in found.stdout
    assert f"hold {hold_id} has ended, and its job is QUEUED" in found.stdout
    sql(
        database_url,
        "DELETE FROM ledger_entries WHERE account = 'held' AND organisation_id = $1",
        ada.organisation_id,
    )
    found = studio("credits", "verify", ada.organisation_id)
    assert f"posting hold:{hold_id} does not come to zero: -2000000" in found.stdout
    assert "the entries of all accounts come to -2000000" in found.stdout
    # Others' are fine; all together are not.
    assert studio("credits", "verify").exit_code == 1
    problem(ada.get("/credits/history", cursor="!"), 400, "cursor")
    sql(database_url, "DELETE FROM jobs WHERE id = $1", job["id"])
    sql(database_url, "DELETE FROM organisations WHERE id = $1", ada.organisation_id)
    assert sql(database_url, f"SELECT count(*) {hold}", ada.organisation_id) == [(0,)]
