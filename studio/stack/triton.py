"""The Triton server and its watchdog as a part of the stack."""

import fcntl
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from studio.embedded import is_published, not_served
from studio.errors import StudioError
from studio.settings import Settings
from studio.stack.keeper import LONGEST_PAUSE, Report
from studio.stack.process import Service, kill, last_line, spawn
from studio.stack.state import ORPHAN_SECONDS
from studio.triton.care import little_shared_memory, watchdog
from studio.triton.server import Running, TritonServer, running


class Triton:
    """A `Part`: Triton with every published checkpoint."""

    def __init__(self, settings: Settings, report: Report, spawned: Callable[[int], None]) -> None:
        self.name = "Triton"
        self.started = threading.Event()
        self.failure: BaseException | None = None
        self.loaded = ""
        """How far its first start is."""
        self.server = TritonServer(settings)
        self._report = report
        self._spawned = spawned
        self._stopping = threading.Event()
        # One thread for all: the kernel ends the server with the thread that started it.
        self._thread = threading.Thread(target=self._run, name=self.name)

    def begin(self) -> None:
        """Starts it; returns at once."""
        self._thread.start()

    def end(self, seconds: float) -> None:
        """Stops it in order; after that many seconds by force."""
        self._stopping.set()
        if self._thread.ident is None:
            return
        self._thread.join(seconds)
        if self._thread.is_alive() and (process := self.server.process) is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        self._thread.join()

    def _run(self) -> None:
        try:
            try:
                end_orphan(self.server.settings.home)
                self._publish()
                self._start()
                if warning := little_shared_memory(self.server):
                    self._report(self.name, warning)
            except BaseException as error:  # the main thread raises it
                self.failure = error
                return
            finally:
                self.started.set()
            while not self._stopping.is_set():
                self._watch()
        finally:
            self.server.stop()

    def _publish(self) -> None:
        """Publishes the embedded checkpoint in a process of its own, which can be broken off."""
        home = self.server.settings.home
        for note in not_served(home):
            self._report(self.name, note)
        if is_published(home):
            return
        self.loaded = "publishing the embedded checkpoint"
        publishing = Service(
            name=self.loaded,
            command=[sys.executable, "-m", "studio.embedded", str(home)],
            log=home / "log" / "publish.log",
            ready=lambda: True,
        )
        process = spawn(publishing)
        try:
            while (status := process.poll()) is None:
                if self._stopping.wait(0.05):
                    raise _Stopped
        finally:
            kill(process)
        if status != 0:
            raise StudioError(f"The embedded checkpoint could not be published: {last_line(publishing)}")

    def _start(self) -> Running:
        state = self.server.start(self._on_model)
        self._spawned(state.pid)
        for name in self.server.failed:
            self._report(self.name, f"{name} is not served, because it did not load: see {self.server.log}")
        return state

    def _on_model(self, ready: int, all_: int) -> None:
        self.loaded = f"{ready} of {all_} models"
        if self._stopping.is_set():
            raise _Stopped

    def _watch(self) -> None:
        try:
            if self.server.process is None:
                self._start()
                self._report(self.name, "running again")
            watchdog(self.server, lambda event: self._report(self.name, event)).run(self._stopping)
        except _Stopped:
            return
        except StudioError as error:
            self.server.stop()
            self._report(self.name, f"{error} Next try in {LONGEST_PAUSE:g} s.")
            self._stopping.wait(LONGEST_PAUSE)


def end_orphan(home: Path) -> None:
    """Waits for the server of a killed stack, which the kernel told to end, and helps when that takes too long."""
    with (home / "run" / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody's `studio serve`: the start says so
    if (orphan := running(home)) is not None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(orphan.pid)
            try:
                process.wait(ORPHAN_SECONDS)
            except psutil.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(orphan.pid, signal.SIGKILL)
                process.wait()


class _Stopped(StudioError):
    """Told to stop while it started."""
