"""What a model's process is at, told to the watchdog outside through a small file of its own.

Triton counts what has finished; it does not say that an execution has begun and is still under way. Each
process therefore keeps two pairs of numbers in `$STUDIO_PROGRESS/PID`, mapped into memory: how many
executions it computes, how many requests wait for another model, and when each of them last moved. Without
the variable (a server started by somebody else) nothing is written.
"""

import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path

import msgspec

LAYOUT = struct.Struct("=qd")
"""A count, and when it last moved: seconds of the machine's monotonic clock."""
KINDS = ("working", "waiting")
VARIABLE = "STUDIO_PROGRESS"


class Count(msgspec.Struct, frozen=True):
    """How many are under way, and when one last ended (or the first began)."""

    under_way: int = 0
    moved: float = 0.0


class Progress(msgspec.Struct, frozen=True):
    """One process at one moment."""

    working: Count = Count()
    """Executions that it computes by itself."""
    waiting: Count = Count()
    """Requests of it that wait for another model, and streams that it serves."""

    @property
    def under_way(self) -> int:
        """All of them."""
        return self.working.under_way + self.waiting.under_way


class _Board:
    def __init__(self, path: Path) -> None:
        with path.open("w+b") as file:
            file.truncate(LAYOUT.size * len(KINDS))
            self.memory = mmap.mmap(file.fileno(), LAYOUT.size * len(KINDS))
        self.lock = threading.Lock()

    @contextmanager
    def count(self, kind: str) -> Iterator[None]:
        self._add(kind, 1)
        try:
            yield
        finally:
            self._add(kind, -1)

    def _add(self, kind: str, change: int) -> None:
        place = LAYOUT.size * KINDS.index(kind)
        with self.lock:
            under_way, moved = LAYOUT.unpack_from(self.memory, place)
            # One that joins others under way is no progress of theirs.
            if change < 0 or not under_way:
                moved = time.monotonic()
            LAYOUT.pack_into(self.memory, place, under_way + change, moved)


@lru_cache(maxsize=1)
def _board() -> _Board | None:
    folder = os.environ.get(VARIABLE)
    return _Board(Path(folder) / str(os.getpid())) if folder and Path(folder).is_dir() else None


def _counted(kind: str) -> AbstractContextManager[None]:
    board = _board()
    return nullcontext() if board is None else board.count(kind)


def working() -> AbstractContextManager[None]:
    """The time in which this process computes an execution of its model."""
    return _counted("working")


def waiting() -> AbstractContextManager[None]:
    """The time in which a request of this process waits for another model."""
    return _counted("waiting")


def read_progress(folder: Path) -> dict[int, Progress]:
    """Process id → what it is at, of every process that has begun anything."""
    found = {}
    for path in folder.glob("[0-9]*"):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        if len(data) == LAYOUT.size * len(KINDS):
            found[int(path.name)] = Progress(*(Count(*pair) for pair in LAYOUT.iter_unpack(data)))
    return found
