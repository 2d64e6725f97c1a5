"""Every secret that the tests send or are given, so that one can look for them in the logs when all is over."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

NAMES = re.compile(r"(?:password|token|secret|^key|^code|^state|code_verifier)$")
PUBLIC = {"Bearer", "null"}
SHORTEST = 8
"""Shorter ones may stand in a log by chance."""


class Secrets:
    """What was seen."""

    def __init__(self) -> None:
        self.values: set[str] = set()

    def add(self, value: object) -> None:
        if isinstance(value, str) and len(value) >= SHORTEST and value not in PUBLIC:
            self.values.add(value)

    def look(self, found: Any) -> None:
        """Into a JSON value."""
        for name, value in found.items() if isinstance(found, dict) else ():
            if NAMES.search(name):
                self.add(value)
            self.look(value)
        for value in found if isinstance(found, list) else ():
            self.look(value)

    def cookie(self, pair: str) -> None:
        name, _, value = pair.partition("=")
        if "studio_" in name:
            self.add(value.strip('"'))

    def request(self, request: httpx.Request) -> None:
        self.add(request.headers.get("authorization", "").partition(" ")[2])
        for cookie in request.headers.get("cookie", "").split("; "):
            self.cookie(cookie)
        for name, value in request.url.params.multi_items():
            if NAMES.search(name):
                self.add(value)
        try:
            self.look(json.loads(request.content))
        except (ValueError, RecursionError, httpx.RequestNotRead):
            return

    def response(self, response: httpx.Response) -> None:
        for cookie in response.headers.get_list("set-cookie"):
            self.cookie(cookie.partition(";")[0])
        if "application/json" in response.headers.get("content-type", "") and response.is_closed:
            with suppress(ValueError):
                self.look(response.json())

    def mails(self, home: Path) -> None:
        for mail in home.rglob("mail/*.eml"):
            # Lines of a mail may be broken, with = at the end.
            text = mail.read_text().replace("=\n", "").replace("=3D", "=")
            self.values.update(re.findall(r"[?&#]token=([\w-]{8,})", text))

    def kept(self, home: Path) -> None:
        """The stack's own: the database's password, Redis's, the key."""
        for file in home.rglob("secrets/*"):
            self.add(file.read_text().strip())


@contextmanager
def watching() -> Iterator[Secrets]:
    """Everything that any httpx client of this process sends meanwhile."""
    seen, patch = Secrets(), pytest.MonkeyPatch()
    send, send_async = httpx.Client.send, httpx.AsyncClient.send

    def watched(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        seen.request(request)
        response = send(client, request, **options)
        seen.response(response)
        return response

    async def watched_async(
        client: httpx.AsyncClient, request: httpx.Request, **options: Any
    ) -> httpx.Response:
        seen.request(request)
        response = await send_async(client, request, **options)
        seen.response(response)
        return response

    patch.setattr(httpx.Client, "send", watched)
    patch.setattr(httpx.AsyncClient, "send", watched_async)
    try:
        yield seen
    finally:
        patch.undo()


def leaks(home: Path, seen: Secrets) -> list[str]:
    """Lines of all logs below `home` that hold a secret, with the secret's first characters."""
    found = []
    for file in home.rglob("*.log"):
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            found += [
                f"{file.name}:{number}: {value[:6]}… in {line[:200]}"
                for value in seen.values
                if value in line
            ]
    return found


def undocumented(home: Path) -> list[str]:
    """Lines in which an API process says that it answered what its document does not know."""
    return [
        line
        for file in home.rglob("*.log")
        for line in file.read_text(errors="replace").splitlines()
        if '"event":"undocumented_answer"' in line
    ]
