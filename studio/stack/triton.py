"""Triton servers and their watchdogs as parts of the stack."""

import fcntl
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil

from studio.embedded import is_published, not_served
from studio.errors import StudioError
from studio.settings import Settings
from studio.stack.keeper import LONGEST_PAUSE, Report, Spawned
from studio.stack.ports import own_ports
from studio.stack.process import Service, kill, last_line, spawn
from studio.stack.state import ORPHAN_SECONDS
from studio.triton.care import little_shared_memory, watchdog
from studio.triton.server import Running, TritonServer, folder, running

NICE = 5
"""How far Triton stands back for the API, the workers and the database, as it takes all the cores that there are: on
two cores, eight jobs painting, the 99th percentile of /healthz is 11 ms with it and 18 to 23 ms without. With 10 it is
7 to 13 ms, and whatever else runs on the machine starves Triton."""
PORTS = ("http", "grpc", "metrics")


def names(count: int) -> list[str]:
    """What so many servers are called: Triton, or Triton 1, Triton 2…"""
    return [f"Triton {number}" for number in range(1, count + 1)] if count > 1 else ["Triton"]


def settings_of(settings: Settings) -> list[Settings]:
    """Each server's own settings: the first has the ports that are set, the others free ones; cores are shared out."""
    wanted = {port: getattr(settings, f"{port}_port") for port in PORTS}
    missing = [
        f"triton-{number}.{port}"
        for number in range(1, settings.tritons + 1)
        for port in PORTS
        if number > 1 or not wanted[port]
    ]
    found = own_ports(settings.home, missing)
    threads = settings.engine_threads or max(1, (os.cpu_count() or 1) // settings.tritons)
    return [
        msgspec.structs.replace(
            settings,
            engine_threads=threads,
            **{f"{port}_port": found.get(f"triton-{number}.{port}", wanted[port]) for port in PORTS},
        )
        for number in range(1, settings.tritons + 1)
    ]


def addresses(servers: list[Settings], key: str) -> dict[str, str]:
    """Setting → what workers need to know of these servers."""
    return {
        "STUDIO_TRITON_URL": ",".join(f"{one.triton_host}:{one.grpc_port}" for one in servers),
        "STUDIO_TRITON_KEY": key,
    }


def metrics_urls(servers: list[Settings]) -> str:
    """Where these servers tell their figures, with commas between."""
    return ",".join(f"http://{one.triton_host}:{one.metrics_port}/metrics" for one in servers)


class Triton:
    """A `Part`: a Triton server with every published checkpoint; `number` counts from 1."""

    def __init__(
        self, settings: Settings, name: str, number: int, key: str, report: Report, spawned: Spawned
    ) -> None:
        self.name = name
        self.started = threading.Event()
        self.failure: BaseException | None = None
        self.loaded = ""
        """How far its first start is."""
        self.server = TritonServer(settings, number=number, key=key, nice=NICE)
        self._report = report
        self._spawned = spawned
        self._known = 0
        """The process that was told of."""
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
                end_orphan(self.server.home, self.server.number)
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
        if self.server.number == 1:
            for note in not_served(home):
                self._report(self.name, note)
        if is_published(home):
            return
        self.loaded = "publishing the embedded checkpoint"
        publishing = Service(
            name=self.loaded,
            command=[sys.executable, "-m", "studio.embedded", str(home)],
            log=home / "log" / f"publish-{self.server.number}.log",
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
        self._tell()
        for name in self.server.failed:
            self._report(self.name, f"{name} is not served, because it did not load: see {self.server.log}")
        return state

    def _tell(self) -> None:
        """The watchdog may have started another process."""
        if (process := self.server.process) is not None and process.pid != self._known:
            self._known = process.pid
            self._spawned(self.name, process.pid)

    def _healed(self, event: str) -> None:
        self._tell()
        self._report(self.name, event)

    def _on_model(self, ready: int, all_: int) -> None:
        self.loaded = f"{ready} of {all_} models"
        if self._stopping.is_set():
            raise _Stopped

    def _watch(self) -> None:
        try:
            if self.server.process is None:
                self._start()
                self._report(self.name, "running again")
            watchdog(self.server, self._healed).run(self._stopping)
        except _Stopped:
            return
        except StudioError as error:
            self.server.stop()
            self._report(self.name, f"{error} Next try in {LONGEST_PAUSE:g} s.")
            self._stopping.wait(LONGEST_PAUSE)


def end_orphan(home: Path, number: int) -> None:
    """Waits for the server of a killed stack, which the kernel told to end, and helps when that takes too long."""
    run = folder(home, number)
    run.mkdir(parents=True, exist_ok=True)
    with (run / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody's `studio serve`: the start says so
    if (orphan := running(home, number)) is not None:
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
