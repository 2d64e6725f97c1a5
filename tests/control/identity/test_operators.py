"""`studio accounts`: who is disabled is out at once."""

import os
import subprocess
import sys

import httpx
import pytest

from tests.control.people import PASSWORD, made, problem, register


def accounts(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from studio.cli import main; main()", "accounts", *words],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_disabled_account_is_out_at_once_and_comes_back_without_its_sessions(
    api: httpx.Client, api_environment: dict[str, str]
) -> None:
    person = register(api)
    key = made(person.post("/api-keys", name="here", scopes=["team:read"]))["key"]
    by_key = {"Authorization": f"Bearer {key}"}
    assert api.get("/api/v1/teams", headers=by_key).status_code == 200

    assert accounts(api_environment, "disable", person.email.upper()).returncode == 0
    problem(person.get("/me"), 401)
    problem(api.get("/api/v1/teams", headers=by_key), 401)
    login = {"email": person.email, "password": PASSWORD}
    problem(api.post("/api/v1/auth/login", json=login), 401)

    assert accounts(api_environment, "enable", person.email).returncode == 0
    problem(person.get("/me"), 401)
    assert api.get("/api/v1/teams", headers=by_key).status_code == 200
    person.take(made(api.post("/api/v1/auth/login", json=login)))
    acts = [event["act"] for event in made(person.get("/audit/events", limit=100))["items"]]
    assert {"account.disable", "account.enable"} <= set(acts)


@pytest.mark.parametrize("word", ["disable", "enable"])
def test_an_unknown_account_is_named(api_environment: dict[str, str], word: str) -> None:
    done = accounts(api_environment, word, "nobody@example.com")
    assert done.returncode == 2
    assert "There is no account nobody@example.com." in done.stderr
