"""What a running stack leaves in `home`/run for others to find it: its lock, its addresses, its processes."""

import fcntl
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec
import psutil

from studio.errors import StudioError
from studio.stack.secret import write_private

ORPHAN_SECONDS = 6
"""How long processes of a killed stack may take to end by themselves: the kernel has told them to."""


class Process(msgspec.Struct, frozen=True):
    """A process that the stack started."""

    name: str
    """Of its part, as PostgreSQL or Worker 2."""
    made: float
    """Seconds since 1970."""


class State(msgspec.Struct):
    """`home`/run/stack.json; it holds passwords."""

    pid: int
    url: str = ""
    """Address of the API once it is there."""
    services: dict[str, str] = {}
    """Setting → address of each service that the stack runs itself, as STUDIO_DATABASE_URL."""
    processes: dict[int, Process] = {}
    """Process id → what it is, of each service."""

    def living(self) -> dict[str, int]:
        """Name of each part → its process id, of those that run."""
        return {
            known.name: pid
            for pid, known in self.processes.items()
            if (process := _same(pid, known.made)) and _lives(process)
        }


class Stack:
    """This home's one running stack. Raises `StudioError` where another process is it already."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.state = State(os.getpid())
        self._writing = threading.Lock()
        (home / "run").mkdir(parents=True, exist_ok=True)
        # The kernel lets go of the lock when this process dies, however it dies.
        self._lock: IO[bytes] = (home / "run" / "stack.lock").open("wb")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = read(home)
            where = f" (process {other.pid}{', ' + other.url if other.url else ''})" if other else ""
            raise StudioError(
                f"The studio of {home} is already running{where}. Stop it first, or set STUDIO_HOME to another folder "
                "and STUDIO_PORT to another port."
            ) from None

    def change(
        self, *, url: str = "", services: dict[str, str] | None = None, process: tuple[str, int] | None = None
    ) -> None:
        """Writes down what came to be; `process`: name and id. May be called from any thread."""
        with self._writing:
            self.state.url = url or self.state.url
            self.state.services |= services or {}
            if process:
                (name, new), known = process, self.state.processes
                # Its predecessor has ended; one that has none yet is still to be seen.
                self.state.processes = {pid: one for pid, one in known.items() if one.name != name}
                with suppress(psutil.NoSuchProcess):
                    self.state.processes[new] = Process(name, psutil.Process(new).create_time())
            write_private(self.home / "run" / "stack.json", msgspec.json.encode(self.state).decode())

    def close(self) -> None:
        """Forgets the state, when all services have ended."""
        (self.home / "run" / "stack.json").unlink(missing_ok=True)
        self._lock.close()


def read(home: Path) -> State | None:
    """What the last stack of this home wrote, which need not run any more."""
    try:
        return msgspec.json.decode((home / "run" / "stack.json").read_bytes(), type=State)
    except (OSError, msgspec.DecodeError):
        return None


def running(home: Path) -> State | None:
    """The stack that runs with this home now, if any."""
    try:
        with (home / "run" / "stack.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return read(home)
    return None


def end_orphans(home: Path) -> int:
    """Waits for what a killed stack left running, ends what does not end by itself; how many there were.

    The caller holds this home's lock.
    """
    left = read(home)
    orphans = [
        process
        for pid, known in (left.processes if left else {}).items()
        if (process := _same(pid, known.made))
    ]
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (living := [p for p in orphans if _lives(p)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in living:
        with suppress(psutil.NoSuchProcess):
            # To PostgreSQL SIGQUIT is an immediate stop of all its processes, which SIGKILL is not.
            process.send_signal(signal.SIGQUIT if "postgres" in process.name() else signal.SIGKILL)
            process.wait(ORPHAN_SECONDS)
    return len(orphans)


def _same(pid: int, made: float) -> psutil.Process | None:
    """The process, unless its id belongs to another one by now."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        if abs(process.create_time() - made) < 0.01:
            return process
    return None


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
