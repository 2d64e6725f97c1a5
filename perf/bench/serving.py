"""`studio serve` as a user starts it, and pictures asked of it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.errors import StudioError
from studio.triton.client import Pictures, stream
from studio.triton.server import Running, running

START_SECONDS = 600.0
POLL_SECONDS = 0.02


@dataclass
class Serving:
    """A `studio serve` process."""

    process: subprocess.Popen[bytes]
    started: float
    """`time.perf_counter` when it was started."""
    home: Path
    log: Path

    def ready(self) -> Running:
        """Waits until it says that it is; raises `StudioError` with its output where it ends instead."""
        while (state := running(self.home)) is None:
            if self.process.poll() is not None or time.perf_counter() - self.started > START_SECONDS:
                raise StudioError(f"studio serve did not come up: {self.log.read_text()[-800:]}")
            time.sleep(POLL_SECONDS)
        return state


@contextmanager
def studio_serve(home: Path, threads: int) -> Iterator[Serving]:
    """Starts it on free ports; it is told to stop at the end."""
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        environment = os.environ | {
            "STUDIO_HOME": str(home),
            "STUDIO_ENGINE_THREADS": str(threads),
            "STUDIO_START_TIMEOUT": str(START_SECONDS),
            **{f"STUDIO_{port}_PORT": "0" for port in ("HTTP", "GRPC", "METRICS")},
        }
        studio = Path(sys.executable).with_name("studio")
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(studio), "serve"], env=environment, stdout=log.file, stderr=subprocess.STDOUT
        )
        try:
            yield Serving(process, started, home, Path(log.name))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def paint(url: str, checkpoint: str, **parameters: Any) -> Pictures:
    """One request to the end."""
    *_, last = stream(url, checkpoint, parameters)
    if not isinstance(last, Pictures):
        raise StudioError(f"{checkpoint} ended its stream without a picture.")
    return last


def paint_at_once(url: str, checkpoint: str, requests: list[dict[str, Any]]) -> list[Pictures]:
    """All requests at the same time, each over a connection of its own."""
    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(lambda given: paint(url, checkpoint, **given), requests))
