"""How a worker is: a small file that it writes anew every second, for whoever started it and for `studio doctor`.

A worker is ready once it has reached the database; it lives as long as its file is fresh. It stays alive while
services are away: nothing gets better by ending it.
"""

import os
import time
from pathlib import Path

import msgspec

FRESH_SECONDS = 10.0
"""A worker whose file is older than this hangs, or is gone."""


class Status(msgspec.Struct, frozen=True):
    """What `home`/run/NAME.json says."""

    name: str
    pid: int
    at: float
    """Seconds since 1970: when it was written."""
    ready: bool
    """Has it reached the database since it started?"""
    jobs: int
    """Under way."""


def path_of(home: Path, name: str) -> Path:
    """Where the worker of that name (STUDIO_WORKER_NAME) says how it is."""
    return home / "run" / f"{name}.json"


def write(home: Path, name: str, *, ready: bool, jobs: int) -> None:
    """Says how this process is."""
    path = path_of(home, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_bytes(msgspec.json.encode(Status(name, os.getpid(), time.time(), ready, jobs)))
    beside.replace(path)


def read(home: Path, name: str) -> Status | None:
    """How the worker is; None where it is not there, or hangs."""
    try:
        found = msgspec.json.decode(path_of(home, name).read_bytes(), type=Status)
    except (OSError, msgspec.MsgspecError):
        return None
    lives = time.time() - found.at < FRESH_SECONDS and Path(f"/proc/{found.pid}").exists()
    return found if lives else None


def remove(home: Path, name: str) -> None:
    """This process ends."""
    if (found := read(home, name)) is not None and found.pid == os.getpid():
        path_of(home, name).unlink(missing_ok=True)
