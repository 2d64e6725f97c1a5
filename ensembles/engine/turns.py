"""Large networks load one after another, the largest first: what one needs for a while is not on top of others'."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGE = 64_000_000
"""Bytes of float32 from which on networks load one after another."""
LARGEST = 1_000_000_000
"""Bytes of float32 from which on a network loads before others."""
VARIABLE = "STUDIO_TURNS_UNTIL"
"""Of `time.monotonic`: until then, while a server starts, smaller ones leave the first turn to such a network."""


@contextmanager
def alone(file: Path, size: int) -> Iterator[None]:
    """Hold the turn to load a network of `size` bytes of float32 whose weights are in `file` (`models/NAME/weights/`).

    Networks below `LARGE` need none.
    """
    if size < LARGE:
        yield
        return
    # The folder two above `weights/FILE` is `models/`, or what stands for it: one for all processes of a server.
    place = os.open(file.absolute().parent.parent.parent, os.O_RDONLY)
    try:
        if size < LARGEST and _has_largest(file.parent):
            _let_pass(place)
        fcntl.flock(place, fcntl.LOCK_EX)  # the kernel lets go of it when the process dies
        yield
    finally:
        os.close(place)


def _has_largest(folder: Path) -> bool:
    """Whether a network that is to load first may be among the checkpoint's, by the size of its files."""
    return any(2 * file.stat().st_size >= LARGEST for file in folder.glob("*.safetensors"))


def _let_pass(place: int) -> None:
    """While the server starts: wait until another process holds the lock, or nobody came for it in time."""
    while time.monotonic() < float(os.environ.get(VARIABLE, "0")):
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        fcntl.flock(place, fcntl.LOCK_UN)
        time.sleep(0.1)
