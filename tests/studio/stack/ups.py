"""A `studio up` for tests, and what it said."""

import functools
import json
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

from studio.stack.process import free_port
from studio.stack.state import State, read

STUDIO = Path(sys.executable).parent / "studio"
ACCOUNT = {"email": "ada@example.org", "password": "correct horse battery staple", "name": "Ada"}
ANY_PORT = {f"STUDIO_{name}_PORT": "0" for name in ("HTTP", "GRPC", "METRICS")}
NO_LIMITS = {"free": {"requests_per_minute": None, "generations_per_hour": None, "uploads_per_hour": None}}


@functools.cache
def port() -> str:
    """One for all starts of this file: tokens name their issuer by its address."""
    return str(free_port())


class Up:
    """A `studio up` process."""

    def __init__(self, home: Path, *arguments: str, command: str = "up", **settings: str) -> None:
        self.home = home
        environment = {k: v for k, v in os.environ.items() if not k.startswith("STUDIO_")}
        environment |= {
            "STUDIO_HOME": str(home),
            "STUDIO_PORT": port(),
            "STUDIO_LIMITS": json.dumps(NO_LIMITS),
            **ANY_PORT,
            **settings,
        }
        self.process = subprocess.Popen(
            [STUDIO, command, *arguments],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.said: list[str] = []
        listening = threading.Thread(target=lambda: self.said.extend(self.process.stderr), daemon=True)
        listening.start()
        # Ends with nothing when the process does.
        self.line = self.process.stdout.readline()
        self.url = self.line.split()[-1] if self.line else ""
        if not self.line:
            listening.join(5)

    def state(self) -> State:
        state = read(self.home)
        assert state is not None
        return state

    def services(self) -> list[psutil.Process]:
        """Its living services, without what they started themselves."""
        return [p for p in psutil.Process(self.process.pid).children() if p.status() != psutil.STATUS_ZOMBIE]

    def named(self, word: str) -> list[psutil.Process]:
        return [p for p in self.services() if any(word in part for part in p.cmdline())]

    def wait_said(self, pattern: str, seconds: float = 15) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := [line for line in self.said if re.search(pattern, line)]:
                return found[-1]
            time.sleep(0.05)
        raise AssertionError(f"{pattern} was not said: {self.said}")


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that run; one whose parent is gone may wait a moment for init to bury it."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def demo(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`studio demo` in a home, when it has ended."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("STUDIO_")}
    return subprocess.run(
        [STUDIO, "demo", *arguments],
        env=environment | {"STUDIO_HOME": str(home), **settings},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
