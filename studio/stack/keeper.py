"""Keeps one service running: a thread starts it, watches it, starts it again, and stops it at the end."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Protocol

from studio.errors import StudioError
from studio.stack.process import Service, describe, kill, spawn, stop, wait_ready

LOOK_SECONDS = 0.1
"""How often a process is looked at; asking it whether it answers costs more and is done seldom."""
ASK_SECONDS = 5.0
SILENT_SECONDS = 60.0
"""How long a living process may give no answer before it is killed and started again."""
HEALTHY_SECONDS = 20.0
"""Who ran for so long did not die of its start: the next one is tried at once."""
LONGEST_PAUSE = 30.0
LOG_BYTES = 50_000_000

Report = Callable[[str, str], None]
"""Is told the name of a part and what became of it."""
Spawned = Callable[[str, int], None]
"""Is told the name of a part and the id of its new process."""


class Part(Protocol):
    """A part of the stack that runs beside the others."""

    name: str
    started: threading.Event
    """Set when it answers for the first time, or when its first start failed."""
    failure: BaseException | None
    """Why the first start failed."""

    def begin(self) -> None:
        """Starts it, in a thread of its own; returns at once."""

    def end(self, seconds: float) -> None:
        """Stops it in order; after that many seconds by force."""


class Keeper:
    """The `Part` that a `Service` is."""

    def __init__(
        self,
        name: str,
        make: Callable[[], Service],
        report: Report,
        spawned: Spawned = lambda _name, _pid: None,
    ) -> None:
        self.name = name
        self.started = threading.Event()
        self.failure: BaseException | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._make = make
        self._report = report
        self._spawned = spawned
        self._stopping = threading.Event()
        self._began = 0.0
        self._deaths = 0
        """How often in a row it ended soon after its start."""
        # Not a daemon: the kernel ends the process with the thread that started it.
        self._thread = threading.Thread(target=self._run, name=name)

    def begin(self) -> None:
        """Starts it; returns at once."""
        self._thread.start()

    def end(self, seconds: float) -> None:
        """Stops it in order; after that many seconds by force."""
        self._stopping.set()
        if self._thread.ident is None:
            return
        self._thread.join(seconds)
        if self._thread.is_alive() and self.process is not None:
            kill(self.process)
        self._thread.join()

    def _run(self) -> None:
        try:
            service = self._make()
            self._start(service)
        except BaseException as error:  # the main thread raises it
            self.failure = error
            return
        finally:
            self.started.set()
        try:
            while not self._stopping.is_set():
                self._keep(service, self._watch(service))
        finally:
            self._end(service)

    def _start(self, service: Service) -> None:
        self.process = spawn(service)
        self._spawned(self.name, self.process.pid)
        try:
            wait_ready(service, self.process, self._stopping.is_set)
        except BaseException:
            kill(self.process)
            raise

    def _watch(self, service: Service) -> str:
        """Returns what happened to the process, or nothing when it is to be stopped."""
        assert self.process is not None
        self._began = answered = asked = time.monotonic()
        silent = False
        while not self._stopping.wait(LOOK_SECONDS):
            if (status := self.process.poll()) is not None:
                return f"ended ({describe(status)})"
            now = time.monotonic()
            if now - asked < ASK_SECONDS:
                continue
            asked = now
            cut(service)
            if (service.alive or service.ready)():
                if silent:
                    self._report(self.name, f"answers again after {now - answered:.0f} s")
                answered, silent = now, False
            elif now - answered > SILENT_SECONDS:
                return f"gave no answer for {now - answered:.0f} s"
            elif not silent and now - answered > 2 * ASK_SECONDS:
                silent = True
                self._report(self.name, "does not answer; waiting for it")
        return ""

    def _keep(self, service: Service, happened: str) -> None:
        """Starts it again, as often as it takes, with longer and longer pauses."""
        if not happened:
            return
        assert self.process is not None
        noticed, why = time.monotonic(), ""
        if noticed - self._began > HEALTHY_SECONDS:
            self._deaths = 0
        while not self._stopping.is_set():
            kill(self.process)
            pause = min(LONGEST_PAUSE, 0.25 * 2**self._deaths) if self._deaths else 0.0
            self._deaths += 1
            # One that comes back at the second or third try was only in its predecessor's way.
            if self._deaths > 3:
                self._report(
                    self.name, f"{happened}; it keeps doing so: next try in {pause:g} s. {why}".strip()
                )
            if self._stopping.wait(pause):
                return
            try:
                self._start(service)
            except (StudioError, OSError) as error:
                why = str(error)
                continue
            if not self._stopping.is_set():
                self._report(self.name, f"{happened}; running again after {time.monotonic() - noticed:.1f} s")
            return

    def _end(self, service: Service) -> None:
        if self.process is not None and not stop(service, self.process):
            self._report(self.name, f"did not end within {service.stop_seconds:g} s and was killed")


def cut(service: Service) -> None:
    """Moves a log that grew too long aside, and goes on at the beginning of the same file."""
    if service.log.exists() and service.log.stat().st_size > LOG_BYTES:
        shutil.copyfile(service.log, service.log.with_suffix(".previous.log"))
        with service.log.open("r+b") as log:
            log.truncate()
