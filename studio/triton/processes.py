"""What the machine knows of a running server: its stubs, their shared memory, their state."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import psutil

SHM = Path("/dev/shm")
DEAD = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
STOPPED = (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)


class Stub(msgspec.Struct, frozen=True):
    """The process of one instance of a Python model."""

    pid: int
    model: str
    region: str
    """Its file in /dev/shm, through which it talks with the server."""


def states(server: int) -> dict[int, str]:
    """Process id → state (psutil's words) of every child of the process `server`."""
    found = {}
    try:
        children = psutil.Process(server).children()
    except psutil.NoSuchProcess:
        return {}
    for child in children:
        try:
            found[child.pid] = child.status()
        except psutil.NoSuchProcess:
            continue
    return found


def stubs(server: int) -> dict[int, Stub]:
    """The living stubs of the process `server` by process id."""
    found = {}
    for pid in states(server):
        try:
            words = psutil.Process(pid).cmdline()
        except psutil.NoSuchProcess:
            continue
        # …/triton_python_backend_stub REPOSITORY/MODEL/VERSION/model.py REGION …; a dead process has no words.
        if len(words) > 2 and words[0].endswith("stub") and words[1].endswith(".py"):
            found[pid] = Stub(pid, Path(words[1]).parents[1].name, words[2].lstrip("/"))
    return found


def regions(prefix: str) -> dict[str, int]:
    """File name → allocated bytes of the shared memory whose name begins with `prefix`."""
    found = {}
    for path in SHM.glob(f"{prefix}*"):
        try:
            found[path.name] = path.stat().st_blocks * 512
        except FileNotFoundError:
            continue
    return found


def discard(files: Iterable[str]) -> None:
    """Removes shared memory by file name; processes that have it mapped keep their pages until they end."""
    for name in files:
        (SHM / name).unlink(missing_ok=True)


def memory(server: int) -> int:
    """Bytes of memory that the server and its stubs take, each shared page counted once (PSS)."""
    total = 0
    for pid in (server, *states(server)):
        try:
            total += psutil.Process(pid).memory_full_info().pss
        except psutil.Error:
            continue
    return total
