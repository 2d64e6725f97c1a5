"""Worker processes of one machine."""

import sys
from functools import partial
from pathlib import Path

from studio.settings import Settings
from studio.stack import api
from studio.stack.keeper import Keeper, Report, Spawned
from studio.stack.process import Service

NEEDED = api.NEEDED | {
    "s3_url": "the address of the object storage",
    "triton_url": "the addresses of Triton servers, host:port with commas between",
}
STOP_SECONDS = 3.0
"""How long a worker may take to hand back its jobs."""


def worker_keepers(
    settings: Settings,
    env: dict[str, str],
    report: Report,
    spawned: Spawned = lambda _name, _pid: None,
) -> list[Keeper]:
    """As many workers as the settings say."""
    env = api.own_settings() | env
    keepers = []
    for number in range(1, settings.workers + 1):
        name = f"Worker {number}" if settings.workers > 1 else "Worker"
        service = Service(
            name=name,
            command=[sys.executable, "-m", "scheduler.serve"],
            env=env,
            log=log_path(settings.home, number),
            ready=lambda: True,
            stop_seconds=STOP_SECONDS,
        )
        keepers.append(Keeper(name, partial(api.itself, service), report, spawned))
    return keepers


def log_path(home: Path, number: int) -> Path:
    """What the worker of that number (from 1) says."""
    return home / "log" / f"worker-{number}.log"
