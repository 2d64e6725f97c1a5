"""A service as one child process: how it is started, asked whether it is ready, and stopped."""

import ctypes
import errno
import os
import random
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from studio.errors import StudioError

NOBODY = 65534
"""User and group that services run as which refuse to run as root."""
_PR_SET_PDEATHSIG = 1
# Looked up here: between fork and exec another thread's locks may be held for ever.
_prctl = ctypes.CDLL(None).prctl


class Service(msgspec.Struct, kw_only=True):
    """What it takes to run one service."""

    name: str
    """What people call it."""
    command: list[str]
    log: Path
    """Its stdout and stderr, appended."""
    ready: Callable[[], bool]
    """Does it answer now? Takes a few seconds at most and raises nothing."""
    alive: Callable[[], bool] | None = None
    """Is it well, where that is less than ready? The same rules."""
    cwd: Path | None = None
    env: dict[str, str] = {}
    """Beside this process's own environment, of whose settings (STUDIO_*) it gets none: secrets are among them."""
    user: int | None = None
    """User and group to run as, where not this one's."""
    inherit: tuple[int, ...] = ()
    """File descriptors that it gets."""
    stop_signal: int = signal.SIGTERM
    """Asks it to finish what is under way and end."""
    stop_seconds: float = 5.0
    """How long that may take before it is killed."""
    start_seconds: float = 30.0
    """How long it may take to answer."""
    before: Callable[[], None] | None = None
    """Clears what a killed predecessor left; runs before each start."""


def spawn(service: Service) -> subprocess.Popen[bytes]:
    """Starts the process.

    The kernel ends it when the calling *thread* ends, however that happens, so that nothing outlives a killed
    stack: call this from a thread that lives as long as the service shall.
    """
    if service.before is not None:
        service.before()
    service.log.parent.mkdir(parents=True, exist_ok=True)
    owner = service.user
    parent = os.getpid()

    def die_with_parent() -> None:
        # After setuid, which would clear it.
        _prctl(_PR_SET_PDEATHSIG, service.stop_signal)
        if os.getppid() != parent:
            os._exit(1)

    with service.log.open("ab") as log:
        return subprocess.Popen(
            service.command,
            cwd=service.cwd,
            env={k: v for k, v in os.environ.items() if not k.startswith("STUDIO_")} | service.env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=owner,
            group=owner,
            extra_groups=None if owner is None else [],
            pass_fds=service.inherit,
            # Its own group: Ctrl-C reaches the stack alone, which stops its services in order.
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )


def wait_ready(
    service: Service, process: subprocess.Popen[bytes], stopping: Callable[[], bool] = lambda: False
) -> None:
    """Returns once the service answers, or `stopping` says so; raises `StudioError` when it ends or takes too long."""
    deadline = time.monotonic() + service.start_seconds
    while not stopping():
        if (status := process.poll()) is not None:
            raise StudioError(
                f"{service.name} ended while starting ({describe(status)}): {last_line(service)}"
            )
        if service.ready():
            return
        if time.monotonic() > deadline:
            raise StudioError(
                f"{service.name} did not answer within {service.start_seconds:.0f} s: {last_line(service)}"
            )
        time.sleep(0.05)


def stop(service: Service, process: subprocess.Popen[bytes]) -> bool:
    """Ends the process and all it started, in order if it will, by force after its time; was it in order?"""
    with suppress(ProcessLookupError):
        process.send_signal(service.stop_signal)
    with suppress(subprocess.TimeoutExpired):
        process.wait(service.stop_seconds)
    in_time = process.poll() is not None
    kill(process)
    return in_time


def kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and its group at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running(*services: Service) -> Iterator[None]:
    """Runs services, one after the other, for as long as the context lasts; nobody restarts them."""
    with ExitStack() as started:
        for service in services:
            process = spawn(service)
            started.callback(stop, service, process)
            wait_ready(service, process)
        yield


def describe(status: int) -> str:
    """An exit status in words."""
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"


def last_line(service: Service) -> str:
    """Why it ended, as far as its log tells, and where the rest stands."""
    with suppress(OSError):
        with service.log.open("rb") as log:
            log.seek(max(0, service.log.stat().st_size - 50_000))
            told = [line.strip(" |\t") for line in _told(log.read().decode(errors="replace")) if line.strip()]
        # A traceback's last line, or PostgreSQL's word for the end; below it may stand less.
        causes = [line for line in told if re.match(r"[\w.]+(Error|Exception)\b", line) or "FATAL" in line]
        if found := (causes or told)[-1:]:
            return f"{found[0]} (log: {service.log})"
    return f"its log {service.log} is empty"


def _told(text: str) -> Iterator[str]:
    """Lines of a log; of one in JSON, the event and the lines of its traceback."""
    for line in text.splitlines():
        try:
            entry = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.MsgspecError:
            yield line
        else:
            yield str(entry.get("event", ""))
            yield from str(entry.get("exception", "")).splitlines()


def bind_free(probe: socket.socket, host: str = "127.0.0.1") -> int:
    """Binds to a port that nobody has.

    Below those that the kernel gives to outgoing connections: one of them could take the port of a service that is
    just being started again, even one that was to reach that very service.
    """
    while True:
        port = random.randint(20_000, 32_000)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return port


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        return bind_free(probe, host)
