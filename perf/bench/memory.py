"""Memory of a server and its stubs: proportional set size, so that pages they share count once."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

HERTZ = 20


def tree_pss(pid: int) -> int:
    """Bytes of every process below `pid`, without itself."""
    return sum(pss_by_name(pid).values())


def pss_by_name(pid: int) -> dict[str, int]:
    """Bytes of every process below `pid`: a stub by the model it serves, others by their program."""
    found: dict[str, int] = {}
    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return found
    for process in below:
        # Processes come and go while a server starts.
        try:
            name, size = _name(process), process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        found[name] = found.get(name, 0) + size
    return found


def _name(process: psutil.Process) -> str:
    # A stub's command line holds the path of its model: …/NAME/1/model.py.
    models = [Path(word) for word in process.cmdline() if word.endswith("/model.py")]
    return models[0].parts[-3] if models and len(models[0].parts) > 2 else str(process.name())


class Watch:
    """What `watching` saw."""

    def __init__(self) -> None:
        self.samples: list[tuple[float, int]] = []
        """Seconds of the monotonic clock, bytes."""

    @property
    def peak(self) -> int:
        """Most bytes at one sample."""
        return max((size for _, size in self.samples), default=0)

    @property
    def hertz(self) -> float:
        """Samples a second that were reached."""
        times = [when for when, _ in self.samples]
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0


@contextmanager
def watching(pid: int) -> Iterator[Watch]:
    """Samples `tree_pss` `HERTZ` times a second while the block runs."""
    watch, stop = Watch(), threading.Event()

    def run() -> None:
        due = time.perf_counter()
        while not stop.is_set():
            watch.samples.append((time.perf_counter(), tree_pss(pid)))
            due = max(due + 1 / HERTZ, time.perf_counter())
            stop.wait(due - time.perf_counter())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()
