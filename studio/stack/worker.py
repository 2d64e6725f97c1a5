"""Worker processes of one machine."""

import sys
from functools import partial
from pathlib import Path

from scheduler import status
from studio.settings import Settings
from studio.stack import api
from studio.stack.keeper import Keeper, Report, Spawned
from studio.stack.process import Service

NEEDED = api.NEEDED | {
    "s3_url": "the address of the object storage",
    "triton_url": "the addresses of Triton servers, host:port with commas between",
}
NAME_VARIABLE = "STUDIO_WORKER_NAME"
STOP_SECONDS = 2.0
"""How long workers of a whole stack may take to finish or hand back their jobs: others are to stop after them."""


def worker_keepers(
    settings: Settings,
    env: dict[str, str],
    report: Report,
    spawned: Spawned = lambda _name, _pid: None,
    *,
    seconds: float,
) -> list[Keeper]:
    """As many workers as the settings say, which finish or hand back their jobs in so many seconds."""
    env = api.own_settings() | env
    keepers = []
    for number in range(1, settings.workers + 1):
        name = f"Worker {number}" if settings.workers > 1 else "Worker"
        service = Service(
            name=name,
            command=[sys.executable, "-m", "scheduler.serve"],
            env=env | {NAME_VARIABLE: own_name(number), "STUDIO_STOP_SECONDS": str(seconds)},
            log=log_path(settings.home, number),
            ready=partial(_is_ready, settings.home, own_name(number)),
            # One that cannot reach the database is not made better by being killed.
            alive=partial(_lives, settings.home, own_name(number)),
            # A little more than it gives its jobs.
            stop_seconds=seconds + 1.0,
        )
        keepers.append(Keeper(name, partial(api.itself, service), report, spawned))
    return keepers


def own_name(number: int) -> str:
    """What the worker of that number (from 1) is to the database and to `scheduler.status`."""
    return f"worker-{number}"


def log_path(home: Path, number: int) -> Path:
    """What the worker of that number (from 1) says."""
    return home / "log" / f"{own_name(number)}.log"


def _is_ready(home: Path, name: str) -> bool:
    found = status.read(home, name)
    return found is not None and found.ready


def _lives(home: Path, name: str) -> bool:
    return status.read(home, name) is not None
