"""Who submits: several people of several organisations, each a client that does not give up."""

import asyncio
import re
import secrets
import time
import uuid
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

PATIENCE = 90.0
"""Seconds for which a request that broke off is sent again."""
AGAIN = frozenset({502, 503, 504})
"""Answers after which the same request is sent again."""
SILENT_SECONDS = 30.0


class Refused(Exception):
    """An answer other than success that a client need not repeat."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text[:300]}")
        self.status = status


class Tally:
    """What clients met on their way, of all people together."""

    def __init__(self) -> None:
        self.broken = 0
        """Requests that broke off without an answer."""
        self.again = 0
        """Answers that asked to be asked again."""
        self.reconnects = 0
        """WebSockets that broke and were opened anew."""
        self.wrong: list[str] = []
        """Answers that no client should get."""


class Person:
    """Signed in; their WebSocket listens to all their jobs."""

    def __init__(self, url: str, tally: Tally, email: str) -> None:
        self.url, self.tally, self.email = url, tally, email
        self.http = httpx.AsyncClient(base_url=url, timeout=20, trust_env=False)
        self.organisation_id = ""
        self.seen: dict[str, dict[int, str]] = {}
        """Job → sequence → state, as the WebSocket told."""
        self.pictures: list[str] = []
        """Assets of theirs."""
        self._listening: asyncio.Task[None] | None = None

    async def sign_up(self, token: str = "") -> "Person":
        """Makes an account: with an organisation of its own, or by an invitation's token in another one."""
        account: dict[str, Any] = {"password": secrets.token_urlsafe(20), "name": "Somebody"}
        path, account = (
            ("/auth/register", account | {"email": self.email})
            if not token
            else ("/invitations/register", account | {"token": token})
        )
        tokens = await self.ask("POST", path, json=account)
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.organisation_id = (await self.ask("GET", "/me"))["organisation_id"]
        self._listening = asyncio.create_task(self._listen())
        return self

    async def invite(self, email: str, home: Path) -> str:
        """The token of an invitation into this person's organisation, out of the mail."""
        await self.ask("POST", "/invitations", json={"email": email, "role": "user"})
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for path in (home / "mail").glob("*.eml"):
                mail = message_from_bytes(path.read_bytes(), policy=default)
                found = re.search(r"token=(inv_[\w-]+)", mail.get_content())
                if mail["To"] == email and found:
                    return found[1]
            await asyncio.sleep(0.1)
        raise Refused(0, f"no invitation came to {email}")

    async def submit(self, kind: str, request: dict[str, Any]) -> str:
        """The id of a job that was accepted, once, however often it had to be sent."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return str((await self.ask("POST", f"/generate/{kind}", json=request, headers=key))["id"])

    async def ask(self, method: str, path: str, **given: Any) -> Any:
        """The answer's JSON; sent again until there is one."""
        return msgspec.json.decode((await self.fetch(method, f"/api/v1{path}", **given)).content)

    async def fetch(self, method: str, path: str, **given: Any) -> httpx.Response:
        """The answer; sent again until there is one. Raises `Refused` for one that stays."""
        deadline, pause, last = time.monotonic() + PATIENCE, 0.1, ""
        while time.monotonic() < deadline:
            try:
                answer = await self.http.request(method, path, **given)
            except httpx.TransportError as error:
                self.tally.broken += 1
                last = type(error).__name__
            else:
                if answer.is_success:
                    return answer
                last = f"{answer.status_code} {answer.text[:300]}"
                # Its first sending may still be under way.
                pending = answer.status_code == httpx.codes.CONFLICT and "headers" in given
                if answer.status_code not in AGAIN and not pending:
                    if answer.status_code >= 500:
                        self.tally.wrong.append(f"{method} {path}: {last}")
                    else:
                        raise Refused(answer.status_code, answer.text)
                self.tally.again += 1
            await asyncio.sleep(pause)
            pause = min(2.0, pause * 2)
        raise Refused(0, f"{method} {path} had no answer for {PATIENCE:.0f} s ({last})")

    async def _listen(self) -> None:
        """Opens the WebSocket again whenever it breaks, and catches up from the last event that was seen."""
        after, first = 0, True
        while True:
            try:
                async with connect(
                    f"{self.url.replace('http', 'ws', 1)}/ws?after={after}",
                    additional_headers={"Authorization": self.http.headers["Authorization"]},
                    proxy=None,
                    open_timeout=5,
                ) as socket:
                    if not first:
                        self.tally.reconnects += 1
                    first = False
                    async for text in socket:
                        event = msgspec.json.decode(text, type=dict[str, Any])
                        if event.get("type") == "state":
                            after = max(after, event["id"])
                            self.seen.setdefault(event["job_id"], {})[event["sequence"]] = event["state"]
            except (OSError, WebSocketException, TimeoutError):
                pass
            await asyncio.sleep(0.2)

    async def close(self) -> None:
        """Signs off."""
        if self._listening is not None:
            self._listening.cancel()
        await self.http.aclose()


async def gather_people(url: str, home: Path, tally: Tally, organisations: int, each: int) -> list[Person]:
    """People of so many organisations, so many each; the first of an organisation invites the others."""
    people: list[Person] = []
    for place in range(organisations):
        founder = await Person(url, tally, f"founder{place}@example.org").sign_up()
        people.append(founder)
        for number in range(1, each):
            email = f"member{place}-{number}@example.org"
            token = await founder.invite(email, home)
            people.append(await Person(url, tally, email).sign_up(token))
    return people
