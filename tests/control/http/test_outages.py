"""PostgreSQL or Redis away: 503 that says when to come back, never a traceback, and all is well when they are."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from studio.stack.process import running
from tests.control.conftest import api_service
from tests.control.people import PASSWORD, Person, problem, register


def _end(connection: socket.socket) -> None:
    # Not `close`: another thread reads from it, and the other side would never know.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class Line:
    """A TCP connection to a service that can be cut."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._there = (parts.hostname, parts.port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = url.replace(f":{parts.port}/", f":{self._server.getsockname()[1]}/")
        self._open: list[socket.socket] = []
        self.cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                here = self._server.accept()[0]
            except OSError:
                return
            if self.cut:
                here.close()
                continue
            there = socket.create_connection(self._there)
            self._open += [here, there]
            for pair in ((here, there), (there, here)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            _end(end)

    def set(self, *, cut: bool) -> None:
        self.cut = cut
        if cut:
            for end in self._open:
                _end(end)
            self._open.clear()

    def close(self) -> None:
        self.set(cut=True)
        self._server.close()


@pytest.fixture(scope="module")
def lines(database_url: str, redis_url: str) -> Iterator[tuple[Line, Line]]:
    made = Line(database_url), Line(redis_url)
    yield made
    for line in made:
        line.close()


@pytest.fixture(scope="module")
def client(
    api_environment: dict[str, str], control_home: Path, lines: tuple[Line, Line]
) -> Iterator[httpx.Client]:
    database, redis = lines
    service, base = api_service(
        api_environment,
        control_home / "log" / "outages.log",
        STUDIO_DATABASE_URL=database.url,
        STUDIO_REDIS_URL=redis.url,
        STUDIO_HOME=str(control_home / "outages"),
        STUDIO_LIMITS="{}",
    )
    with running(service), httpx.Client(base_url=base, timeout=30) as made:
        yield made


@pytest.fixture(scope="module")
def ada(client: httpx.Client) -> Person:
    return register(client)


def eventually(client: httpx.Client, status: int) -> httpx.Response:
    deadline = time.monotonic() + 10
    while (answer := client.get("/readyz")).status_code != status:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)
    return answer


def test_without_postgresql(client: httpx.Client, ada: Person, lines: tuple[Line, Line]) -> None:
    lines[0].set(cut=True)
    try:
        for _ in range(20):
            answer = ada.get("/me")
            body = problem(answer, 503, "Send the request again")
            assert body["type"] == "/problems/unavailable"
            assert int(answer.headers["retry-after"]) >= 1
            assert "Traceback" not in answer.text
        # What is public is there, though nobody knows who asks.
        assert ada.get("/styles").status_code == 200
        ready = eventually(client, 503).json()
        assert ready["database"].startswith("down: ")
        assert ready["redis"] == "ok"
        assert client.get("/healthz").status_code == 200
    finally:
        lines[0].set(cut=False)
    eventually(client, 200)
    assert ada.get("/me").status_code == 200


def test_without_redis(
    client: httpx.Client, ada: Person, lines: tuple[Line, Line], control_home: Path
) -> None:
    lines[1].set(cut=True)
    try:
        for _ in range(5):
            answer = ada.get("/me")
            assert answer.status_code == 200
            # Nobody can say what is left.
            assert "ratelimit" not in answer.headers
        assert eventually(client, 503).json()["redis"].startswith("down: ")
    finally:
        lines[1].set(cut=False)
    eventually(client, 200)
    # It is left alone for a second.
    time.sleep(1.1)
    assert "ratelimit" in ada.get("/me").headers
    log = (control_home / "log" / "outages.log").read_text()
    assert '"event":"rate_limits_unchecked"' in log
    assert "unexpected_error" not in log


def test_without_redis_nobody_guesses_passwords(
    client: httpx.Client, ada: Person, lines: tuple[Line, Line]
) -> None:
    """The throttle fails closed; sessions go on, and who joins is not held up by it."""
    body = {"email": ada.email, "password": PASSWORD}
    lines[1].set(cut=True)
    try:
        answer = client.post("/api/v1/auth/login", json=body)
        problem(answer, 503, "Redis does not answer")
        assert answer.headers["retry-after"] == "5"
        ada.refresh()
        register(client)
    finally:
        lines[1].set(cut=False)
    eventually(client, 200)
    assert client.post("/api/v1/auth/login", json=body).status_code == 200
