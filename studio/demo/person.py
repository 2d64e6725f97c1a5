"""A person with an account, over the public API."""

import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any

import httpx
import msgspec
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from studio.errors import StudioError

TRIES = 5
"""How often a request that broke off is sent; with the same Idempotency-Key it has its effect once."""
SILENT_SECONDS = 60.0
"""How long a job's watcher hears nothing before it gives up."""
ENDED = frozenset({"COMPLETED", "FAILED", "CANCELLED"})


class Person:
    """Signed up, and signed in until closed; use it as a context manager.

    Methods raise `StudioError` with the API's own sentence where it refuses.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.email = f"demo-{secrets.token_hex(4)}@example.org"
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def __enter__(self) -> "Person":
        account = {"email": self.email, "password": secrets.token_urlsafe(24), "name": "Demo"}
        tokens = self.ask("POST", "/api/v1/auth/register", json=account)
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def submit(self, request: dict[str, Any]) -> dict[str, Any]:
        """Submits a job of words once, however often the request has to be sent; the job."""
        return self.ask(
            "POST", "/api/v1/generate/txt2img", json=request, headers={"Idempotency-Key": str(uuid.uuid4())}
        )

    def watch(self, job_id: str) -> Iterator[dict[str, Any]]:
        """The job's events, the last of them its end; connections that break are made again."""
        address = f"{self.url.replace('http', 'ws', 1)}/ws/jobs/{job_id}"
        seen, tries = 0, 0
        while tries < TRIES:
            with suppress(OSError, WebSocketException, TimeoutError):
                headers = {"Authorization": self.http.headers["Authorization"]}
                try:
                    opened = connect(f"{address}?after={seen}", additional_headers=headers, proxy=None)
                except InvalidStatus as error:
                    raise StudioError(_sentence(error.response.body, error.response.status_code)) from None
                with opened:
                    while True:
                        event = msgspec.json.decode(opened.recv(timeout=SILENT_SECONDS), type=dict[str, Any])
                        tries = 0
                        yield event
                        seen = max(seen, event.get("id", 0))
                        if event.get("type") == "state" and event["state"] in ENDED:
                            return
            tries += 1
            time.sleep(0.5 * tries)
        raise StudioError(f"Nothing more was heard of job {job_id}; see the logs in STUDIO_HOME/log.")

    def download(self, path: str) -> bytes:
        """The bytes at a path of the API."""
        return self._send("GET", path).content

    def ask(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """The JSON that the API answers."""
        return msgspec.json.decode(self._send(method, path, **given).content, type=dict[str, Any])

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        why = ""
        for pause in range(TRIES):
            time.sleep(0.5 * pause)
            try:
                answer = self.http.request(method, path, **given)
            except httpx.TransportError as error:
                why = f"The API at {self.url} does not answer ({error or type(error).__name__})."
                continue
            if answer.is_success:
                return answer
            why = _sentence(answer.content, answer.status_code)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
        raise StudioError(why)


def _sentence(body: bytes | bytearray | None, status: int) -> str:
    """What a problem document says."""
    with suppress(msgspec.MsgspecError, TypeError):
        return f"The API says: {msgspec.json.decode(body or b'', type=dict[str, Any])['detail']}"
    return f"The API answered {status}; see home/log/api-1.log."
