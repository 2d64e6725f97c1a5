"""PostgreSQL, Valkey and API processes of their own, for the length of a measurement, with people to ask as."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from control.billing.tiers import USUAL
from control.database.migrate import migrate
from control.settings import SOCKETS_VARIABLE
from ensembles.manifest import Manifest
from perf.home import fresh_home
from studio.stack import postgres, valkey
from studio.stack.process import Service, free_port, running, spawn, stop, wait_ready
from studio.stack.secret import secret

ENDLESS = msgspec.structs.replace(USUAL["free"], monthly_credits=100_000, queued_jobs=100_000)
"""What people who submit all the time need: prices and the line are reckoned with, and nobody comes to an end."""
PASSWORD = "correct horse battery staple"
PEOPLE = 20
HOST = "127.0.0.1"


@dataclass
class Target:
    """What is measured."""

    port: int
    pids: list[int]
    tokens: list[str]
    emails: list[str]
    database_url: str
    redis_url: str


@contextmanager
def target(processes: int) -> Iterator[Target]:
    """A stack with this many API processes on one port."""
    with ExitStack() as stack:
        home = stack.enter_context(fresh_home())
        ports = free_port(), free_port()
        stack.enter_context(running(postgres.postgres(home, ports[0]), valkey.valkey(home, ports[1])))
        url = postgres.database_url(home, ports[0])
        migrate(url)
        _publish(home)
        listening = stack.enter_context(socket.create_server((HOST, 0), backlog=1024))
        port = listening.getsockname()[1]
        environment = {
            "STUDIO_HOME": str(home),
            "STUDIO_DATABASE_URL": url,
            "STUDIO_REDIS_URL": valkey.redis_url(home, ports[1]),
            "STUDIO_SECRET_KEY": secret(home, "key"),
            "STUDIO_PORT": str(port),
            # Counted like everybody's, and never at the limit.
            "STUDIO_LIMITS": json.dumps(
                {
                    "free": dict.fromkeys(
                        ("requests_per_minute", "generations_per_hour", "uploads_per_hour"), 2000
                    )
                }
            ),
            "STUDIO_TIERS": json.dumps({"free": msgspec.to_builtins(ENDLESS)}),
            "STUDIO_ANONYMOUS_REQUESTS_PER_MINUTE": "100000",
            SOCKETS_VARIABLE: str(listening.fileno()),
        }
        pids = [_start(stack, environment, listening, home, number) for number in range(processes)]
        with httpx.Client(base_url=f"http://{HOST}:{port}", timeout=60) as client:
            emails = [f"load{number}@example.com" for number in range(PEOPLE)]
            tokens = [sign_up(client, email) for email in emails]
        yield Target(port, pids, tokens, emails, url, environment["STUDIO_REDIS_URL"])


def _publish(home: Path) -> None:
    """A checkpoint, as far as the API looks at it."""
    manifest = Manifest(name="pocket", architecture="sd15", context_dim=128, default_size=128)
    path = home / "models" / "pocket" / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(msgspec.json.encode(manifest))


def _start(
    stack: ExitStack, environment: dict[str, str], listening: socket.socket, home: Path, number: int
) -> int:
    port = listening.getsockname()[1]

    def ready() -> bool:
        try:
            return httpx.get(f"http://{HOST}:{port}/readyz", timeout=2).is_success
        except httpx.HTTPError:
            return False

    service = Service(
        name=f"API process {number}",
        command=[sys.executable, "-m", "control.serve"],
        env=environment,
        log=home / "log" / f"api{number}.log",
        ready=ready,
        inherit=(listening.fileno(),),
        stop_seconds=10,
    )
    process = spawn(service)
    stack.callback(stop, service, process)
    wait_ready(service, process)
    return process.pid


def sign_up(client: httpx.Client, email: str) -> str:
    """The access token of a new account."""
    body = {"email": email, "password": PASSWORD, "name": "Load"}
    answer = client.post("/api/v1/auth/register", json=body).raise_for_status()
    return str(answer.json()["access_token"])


def cpu_seconds(pids: list[int]) -> float:
    """What these processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
