"""People of the tests: an account, its tokens, and requests in its name."""

import asyncio
import hashlib
import itertools
import re
import secrets
import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from control.ids import uuid7

PASSWORD = "correct horse battery staple"
_NUMBERS = itertools.count(1)


class Person:
    """Somebody with an account. `ada.post("/teams", name="Animation")` asks in their name."""

    def __init__(self, api: httpx.Client, email: str, tokens: dict[str, Any], name: str = "Ada") -> None:
        self.api, self.email, self.name = api, email, name
        self.take(tokens)

    def take(self, tokens: dict[str, Any]) -> None:
        """Goes on with these tokens."""
        self.token, self.refresh_token = tokens["access_token"], tokens["refresh_token"]
        me = self.get("/me").json()
        self.id, self.organisation_id = me["id"], me["organisation_id"]
        self.role, self.permissions = me["role"], set(me["permissions"])

    def request(self, method: str, path: str, json: object = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        if json is not None:
            options["json"] = json
        return self.api.request(method, f"/api/v1{path}", headers=headers, **options)

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        return self.request("GET", path, params=parameters)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.request("POST", path, body)

    def patch(self, path: str, **body: Any) -> httpx.Response:
        return self.request("PATCH", path, body)

    def put(self, path: str) -> httpx.Response:
        return self.request("PUT", path)

    def delete(self, path: str) -> httpx.Response:
        return self.request("DELETE", path)

    def login(self) -> None:
        """Signs in anew."""
        self.take(made(self.api.post("/api/v1/auth/login", json={"email": self.email, "password": PASSWORD})))

    def refresh(self) -> None:
        """Tokens with what they may do now."""
        self.take(made(self.api.post("/api/v1/auth/refresh", json={"refresh_token": self.refresh_token})))


def made(answer: httpx.Response) -> Any:
    """The body of an answer that must be a success."""
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def problem(answer: httpx.Response, status: int, says: str = "") -> dict[str, Any]:
    """The body of an answer that must be a refusal."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert re.search(says, body["detail"]), body["detail"]
    return body


def address(name: str = "ada") -> str:
    """A mail address that nobody had before."""
    return f"{name.lower()}{next(_NUMBERS)}-{time.monotonic_ns() % 10**9}@example.com"


def register(api: httpx.Client, name: str = "Ada", email: str | None = None) -> Person:
    """A new account with an organisation of its own."""
    email = email or address(name)
    answer = api.post("/api/v1/auth/register", json={"email": email, "password": PASSWORD, "name": name})
    return Person(api, email, made(answer), name)


def mails_to(home: Path, email: str, count: int = 1, subject: str = "") -> list[Message]:
    """Mails to an address, and of a subject that begins so, once `count` have come.

    Sent by whichever process, each of which may have a home below.
    """
    deadline = time.monotonic() + 10
    while True:
        paths = sorted(home.rglob("mail/*.eml"), key=lambda path: path.name)
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
        found = [mail for mail in mails if mail["To"] == email and mail["Subject"].startswith(subject)]
        if len(found) >= count:
            return found
        assert time.monotonic() < deadline, f"no mail came for {email}"
        time.sleep(0.05)


def token_in(mail: Message) -> str:
    """The token that the link of a mail ends with."""
    found = re.search(r"token=([\w-]+)", mail.get_content())  # type: ignore[attr-defined]
    assert found, mail
    return found[1]


def member_of(who: Person, database_url: str, role: str = "user", team_id: str | None = None) -> Person:
    """Somebody new in the organisation of `who`, signed in, with the same password."""
    user_id = new_member(who, database_url, role, team_id)
    return Person(who.api, *sign_in(who.api, database_url, user_id, who.organisation_id), "Grace")


def new_member(
    who: Person, database_url: str, role: str, team_id: str | None = None, name: str = "Grace"
) -> str:
    """Somebody new in the organisation of `who`. Past the API, which takes its time over each password."""
    user_id, now = str(uuid7()), datetime.now(UTC)
    sql(
        database_url,
        "INSERT INTO users (id, email, name, password_hash, created_at) "
        "SELECT $1, $2, $3, password_hash, $4 FROM users WHERE id = $5",
        user_id, address(name), name, now, who.id,
    )  # fmt: skip
    sql(
        database_url,
        "INSERT INTO memberships (id, organisation_id, user_id, role, team_id, version, created_at) "
        "VALUES ($1, $2, $3, $4, $5, 1, $6)",
        uuid7(), who.organisation_id, user_id, role, team_id, now,
    )  # fmt: skip
    if team_id is not None:
        sql(
            database_url,
            "INSERT INTO team_members (id, organisation_id, team_id, user_id, created_at) VALUES ($1, $2, $3, $4, $5)",
            uuid7(), who.organisation_id, team_id, user_id, now,
        )  # fmt: skip
    return user_id


def new_session(database_url: str, user_id: str, organisation_id: str) -> str:
    """A new session, without a password."""
    session_id = str(uuid7())
    sql(
        database_url,
        "INSERT INTO sessions (id, user_id, organisation_id, device, address, means, created_at, last_used_at, "
        "expires_at) VALUES ($1, $2, $3, '', '', 'password', now(), now(), now() + interval '1 day')",
        session_id, user_id, organisation_id,
    )  # fmt: skip
    return session_id


def sign_in(
    api: httpx.Client, database_url: str, user_id: str, organisation_id: str
) -> tuple[str, dict[str, Any]]:
    """Mail address and tokens of a new session."""
    session_id, token = new_session(database_url, user_id, organisation_id), f"rt_{secrets.token_urlsafe(32)}"
    sql(
        database_url,
        "INSERT INTO refresh_tokens (id, session_id, token_hash, created_at, expires_at) "
        "VALUES ($1, $2, $3, now(), now() + interval '1 day')",
        uuid7(), session_id, hashlib.sha256(token.encode()).digest(),
    )  # fmt: skip
    [(email,)] = sql(database_url, "SELECT email FROM users WHERE id = $1", user_id)
    return email, made(api.post("/api/v1/auth/refresh", json={"refresh_token": token}))


def new_invitation(database_url: str, organisation_id: str, email: str) -> str:
    """The token of an invitation, without the mail, which takes a second."""
    token = f"inv_{secrets.token_urlsafe(32)}"
    sql(
        database_url,
        "INSERT INTO invitations (id, organisation_id, email, role, token_hash, created_at, expires_at) "
        "VALUES ($1, $2, $3, 'user', $4, now(), now() + interval '1 day')",
        uuid7(), organisation_id, email, hashlib.sha256(token.encode()).digest(),
    )  # fmt: skip
    return token


def sql(database_url: str, query: str, *values: object) -> list[Any]:
    """Rows of a query, sent past the API."""
    loop, connection = _connection(database_url)
    return [tuple(row) for row in loop.run_until_complete(connection.fetch(query, *values))]


@cache
def _connection(database_url: str) -> tuple[asyncio.AbstractEventLoop, Any]:
    # One for all tests: PostgreSQL takes its time over each password.
    loop = asyncio.new_event_loop()
    return loop, loop.run_until_complete(asyncpg.connect(database_url))
