"""Logs are JSON, and what must stay secret stays so wherever it turns up."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from control.http.logs import HIDDEN, redact, redacting
from tests.control.people import register
from tests.control.secrets_seen import leaks, undocumented, watching

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"Authorization: Bearer {JWT}", JWT),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        (f"claims of {JWT} are wrong", JWT),
        ("key sk_0123456789abcdefghijKLMN is revoked", "sk_0123456789abcdefghijKLMN"),
        ("rt_0123456789abcdefghijKLMN used twice", "rt_0123456789abcdefghijKLMN"),
        ("https://studio.example/reset?token=abcdef123456&x=1", "abcdef123456"),
        ("GET /callback?code=4/0AX4XfWh&state=xyz1234567", "4/0AX4XfWh"),
        ("GET /callback?code=4/0AX4XfWh&state=xyz1234567", "xyz1234567"),
        ("postgresql://studio:hunter2hunter2@db:5432/studio refused", "hunter2hunter2"),
        ("redis://:hunter2hunter2@127.0.0.1:6379/0", "hunter2hunter2"),
        ("hash $argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA is old", "c2FsdA$aGFzaA"),
        ("""body {"email": "a@b.c", "password": "correct horse"}""", "correct horse"),
        ("""{'refresh_token': 'zzzzzzzzzz'}""", "zzzzzzzzzz"),
    ],
)
def test_secrets_are_known_by_their_looks(text: str, secret: str) -> None:
    assert secret not in redact(text)
    assert HIDDEN in redact(text)


@pytest.mark.parametrize(
    "text", ["GET /api/v1/teams?limit=5", "code 1006", "statement: SELECT token_hash FROM t", "key id 7, eyJ"]
)
def test_what_is_none_stays(text: str) -> None:
    assert redact(text) == text


def test_secrets_are_known_by_their_names() -> None:
    event: dict[str, Any] = {
        "event": "x", "password": "p", "new_password": "p", "api_key": "k", "Authorization": "a",
        "nested": {"refresh_token": "t", "ok": [{"client_secret": "s"}]}, "next_cursor": "c", "ms": 1.5,
    }  # fmt: skip
    found = redacting(None, "", event)
    assert found["password"] == found["new_password"] == found["api_key"] == found["Authorization"] == HIDDEN
    assert found["nested"] == {"refresh_token": HIDDEN, "ok": [{"client_secret": HIDDEN}]}
    assert (found["next_cursor"], found["ms"]) == ("c", 1.5)


SAYS = """
import logging, structlog
from control.http.logs import set_up
set_up("info")
JWT = {jwt!r}
logging.getLogger("uvicorn.error").info("told %s", "Bearer abcdefghijkl", extra={{"color_message": "x"}})
logging.getLogger("asyncpg").warning("cannot reach postgresql://u:hunter2hunter2@db/x")
logging.getLogger("piccolo.engine").debug("not at this level")
structlog.get_logger("ours").info("done", token=JWT, count=3)
try:
    raise ValueError(f"token {{JWT}}")
except ValueError:
    logging.getLogger("lib").exception("failed")
"""


def test_every_librarys_lines_are_json() -> None:
    said = subprocess.run(
        [sys.executable, "-c", SAYS.format(jwt=JWT)], capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert [line["event"] for line in lines[:3]] == [
        f"told Bearer {HIDDEN}",
        f"cannot reach postgresql://u:{HIDDEN}@db/x",
        "done",
    ]
    assert list(lines[2])[:3] == ["time", "level", "event"]
    assert (lines[2]["token"], lines[2]["count"], lines[2]["logger"]) == (HIDDEN, 3, "ours")
    assert "Traceback" in lines[3]["exception"]
    assert JWT not in lines[3]["exception"]
    assert len(lines) == 4


def line_of(log: Path, request_id: str) -> dict[str, Any]:
    """The line of a request, which is written when its answer has been sent."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        for text in log.read_text().splitlines():
            if request_id in text and (line := json.loads(text))["event"] == "request":
                return line
        time.sleep(0.05)
    raise AssertionError(f"no line of {request_id}")


def test_a_requests_line(api: httpx.Client, api_log: Path) -> None:
    ada = register(api)
    headers = {"Authorization": f"Bearer {ada.token}", "X-Request-Id": "a-line-of-ada"}
    team = api.post("/api/v1/teams", json={"name": "Logs"}, headers=headers).json()["id"]
    api.get(f"/api/v1/teams/{team}", headers={**headers, "X-Request-Id": "a-second-line"})
    line = line_of(api_log, "a-second-line")
    assert line["event"] == "request"
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    # The template: ids would make every line another one.
    assert line["path"] == "/api/v1/teams/{team_id}"
    assert line["user_id"] == ada.id
    assert line["organisation_id"] == ada.organisation_id
    assert 0 < line["ms"] < 30_000


def test_the_search_after_the_suite_finds_what_it_looks_for(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"items": [{"access_token": "token-given-0123456"}]})

    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_text("https://studio/reset#token=3Dof-a-ma=\nil-0123456\n")
    with watching() as seen, httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.post(
            "http://x/login?code=code-in-query-1",
            json={"password": "password-sent-1", "name": "no secret at all"},
            headers={"Authorization": "Bearer token-sent-0123456"},
        )
    seen.mails(tmp_path)
    expected = {
        "token-given-0123456", "of-a-mail-0123456", "code-in-query-1", "password-sent-1", "token-sent-0123456",
    }  # fmt: skip
    assert seen.values == expected
    log = tmp_path / "log" / "api.log"
    log.parent.mkdir()
    log.write_text('{"event":"fine, no secret at all"}\n')
    assert leaks(tmp_path, seen) == []
    log.write_text("\n".join(f"said {value}" for value in expected))
    assert len(leaks(tmp_path, seen)) == len(expected)
    log.write_text('{"event":"undocumented_answer","status":418}\n')
    assert len(undocumented(tmp_path)) == 1
