"""API processes of one machine: they share a listening socket, and each has one of its own to be asked by."""

import http.client
import os
import socket
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from control.settings import SOCKETS_VARIABLE
from studio.errors import StudioError
from studio.settings import Settings
from studio.stack.keeper import Keeper, Report, Spawned
from studio.stack.ports import LOOPBACK, listen
from studio.stack.process import Service

NEEDED = {
    "database_url": "the address of PostgreSQL",
    "redis_url": "the address of Redis or Valkey",
    "secret_key": "32 random bytes or more, the same on every machine",
}


def check_settings(settings: Settings, needed: dict[str, str] = NEEDED) -> None:
    """Raises `StudioError` where processes that run alone would miss something."""
    for field, meaning in needed.items():
        if not getattr(settings, field):
            raise StudioError(
                f"Set STUDIO_{field.upper()} ({meaning}); `studio up` brings all services of its own."
            )


def own_settings() -> dict[str, str]:
    """The settings that this process was given."""
    return {name: value for name, value in os.environ.items() if name.startswith("STUDIO_")}


def api_keepers(
    settings: Settings,
    shared: socket.socket,
    env: dict[str, str],
    report: Report,
    spawned: Spawned = lambda _name, _pid: None,
    comfy: socket.socket | None = None,
) -> list[Keeper]:
    """As many API processes on the socket `shared` as the settings say; on `comfy` they speak ComfyUI's API alone."""
    port = str(shared.getsockname()[1])
    both = (shared.fileno(),) if comfy is None else (shared.fileno(), comfy.fileno())
    comfy_port = {"STUDIO_COMFY_PORT": "off" if comfy is None else str(comfy.getsockname()[1])}
    env = own_settings() | env | comfy_port
    keepers = []
    for number in range(1, settings.api_processes + 1):
        name = f"API {number}" if settings.api_processes > 1 else "API"
        # Requests to the shared socket reach any of the processes; these reach this one.
        own = listen(LOOPBACK, 0)
        service = Service(
            name=name,
            command=[sys.executable, "-m", "control.serve"],
            env={**env, "STUDIO_PORT": port, SOCKETS_VARIABLE: ",".join(map(str, (*both, own.fileno())))},
            inherit=(*both, own.fileno()),
            log=log_path(settings.home, number),
            ready=partial(_answers, own, "/readyz"),
            # One that cannot reach the database is not made better by being killed.
            alive=partial(_answers, own, "/healthz"),
            # A little more than it gives its requests.
            stop_seconds=settings.drain_seconds + settings.stop_seconds + 0.5,
        )
        keepers.append(Keeper(name, partial(itself, service), report, spawned))
    return keepers


def log_path(home: Path, number: int) -> Path:
    """What the API process of that number (from 1) says."""
    return home / "log" / f"api-{number}.log"


def itself(service: Service) -> Service:
    """What a keeper keeps, where there is nothing to prepare."""
    return service


def _answers(own: socket.socket, path: str) -> bool:
    host, port = own.getsockname()[:2]
    return answers(f"http://{host}:{port}", path)


def answers(url: str, path: str = "/readyz") -> bool:
    """Does an API process say that it is well?"""
    address = urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    # Not urllib, which would ask a proxy for this machine's own addresses.
    connection = kind(address.hostname or "", address.port, timeout=3)
    try:
        connection.request("GET", f"{address.path}{path}", headers={"Connection": "close"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
