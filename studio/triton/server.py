"""Starting, watching and stopping the local tritonserver process."""

import ctypes
import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import msgspec
import tritonclient.grpc as grpcclient
from tritonclient.utils import InferenceServerException

from ensembles.engine.turns import VARIABLE as TURNS_VARIABLE
from ensembles.serving.progress import VARIABLE as PROGRESS_VARIABLE
from studio.errors import StudioError
from studio.settings import Settings
from studio.triton.binary import build_backend_directory, find_distribution, server_environment
from studio.triton.processes import discard, regions
from studio.triton.repository import SHARED, begun_with, link_repository

NEEDED_BYTES = 300_000_000
"""Free space below which the server is not started."""
EXIT_SECONDS = 6
"""How long Triton may take to finish what is running once it is told to stop."""
TURN_SECONDS = 5.0
"""How long after the server's start a large network's process may take to ask for its turn to load."""
LOAD_THREADS = 16
"""Models that Triton loads at a time; they mostly wait for each other (ensembles/engine/turns.py)."""
OWN_CHANNEL = [
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 200),
]
"""Shared subchannels would remember that the server was down. A channel of one's own tries again after 1, 1.6,
2.6, … s unless told otherwise: after half a minute of loading that found the server ready up to 16 s late."""
RESTRICTED = "model-repository,shared-memory,trace,logging"
"""Triton's management interfaces."""
_PR_SET_PDEATHSIG = 1


class Running(msgspec.Struct, frozen=True):
    """What `home/run/triton.json` says of the running server."""

    pid: int
    host: str
    http_port: int
    grpc_port: int
    metrics_port: int

    @property
    def grpc_url(self) -> str:
        """host:port for gRPC clients."""
        return f"{self.host}:{self.grpc_port}"


def folder(home: Path, number: int = 1) -> Path:
    """Where this home's server of that number (from 1) keeps its lock, its log and what it says of itself."""
    return home / "run" / (f"triton-{number}" if number > 1 else "")


def running(home: Path, number: int = 1) -> Running | None:
    """This home's server of that number (from 1), if it was started and still lives."""
    try:
        found = msgspec.json.decode((folder(home, number) / "triton.json").read_bytes(), type=Running)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return found if _is_triton(found.pid) else None


def all_running(home: Path) -> dict[int, Running]:
    """Number → server, of all servers that were started with this home and still live."""
    more = (int(path.name.partition("-")[2]) for path in (home / "run").glob("triton-[0-9]*"))
    found = {number: running(home, number) for number in sorted({1, *more})}
    return {number: server for number, server in found.items() if server is not None}


def _is_triton(pid: int) -> bool:
    # A pid alone may belong to another program by now.
    try:
        return b"tritonserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def take_ports(host: str, wanted: dict[str, int]) -> list[int]:
    """Setting → port, 0 for any: the ports, each free and none twice; raises `StudioError` for one that is taken."""
    with ExitStack() as held:
        ports = []
        for setting, port in wanted.items():
            probe = held.enter_context(socket.socket())
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise StudioError(
                    f"Port {port} on {host} cannot be used ({error.strerror}). "
                    f"Set {setting} to another port, or to 0 for a free one."
                ) from None
            ports.append(int(probe.getsockname()[1]))
        return ports


def wanted_ports(settings: Settings) -> dict[str, int]:
    """Setting → the port it asks for."""
    return {f"STUDIO_{f.upper()}": getattr(settings, f) for f in ("http_port", "grpc_port", "metrics_port")}


def trace_flags(otlp_url: str) -> list[str]:
    """Flags with which Triton sends a span of each request, below its client's (`traceparent` in gRPC's metadata)."""
    if not otlp_url:
        return []
    config = (
        "mode=opentelemetry",
        f"opentelemetry,url={otlp_url.rstrip('/')}/v1/traces",
        "opentelemetry,resource=service.name=studio-triton",
        "opentelemetry,bsp_schedule_delay=1000",
        "level=TIMESTAMPS",
        "rate=1",
        "count=-1",
    )
    return [f"--trace-config={setting}" for setting in config]


class TritonServer:
    """One tritonserver process over the shared models and every published checkpoint.

    A `temporary` one takes free ports, keeps its files in a folder of its own, and is found by nobody else. Servers
    of different numbers run side by side in one home, each on ports of its own.
    """

    def __init__(
        self, settings: Settings, *, temporary: bool = False, number: int = 1, key: str = "", nice: int = 0
    ) -> None:
        self.settings = settings
        self.home = settings.home
        self.temporary = temporary
        self.number = number
        self.nice = nice
        """How far it stands back for other processes of this machine, 0 to 19."""
        temporary_folder = self.home / "run" / f"temporary-{secrets.token_hex(4)}"
        self.run = temporary_folder if temporary else folder(self.home, number)
        self.log = self.run / "triton.log"
        self.progress = self.run / "progress"
        """Where each model's process says what it is at (ensembles/serving/progress.py)."""
        self.shared_memory = f"studio-{secrets.token_hex(4)}-"
        """How its regions in /dev/shm begin: what a killed server leaves there can be told from others'."""
        self.process: subprocess.Popen[bytes] | None = None
        self.state: Running | None = None
        self.models: list[str] = []
        self.failed: list[str] = []
        self._lock: IO[bytes] | None = None
        self.shared = bool(key)
        """Do others have the key, so that they can load what is missing?"""
        self.key = key or secrets.token_hex(16)
        """Opens Triton's management interfaces. Triton takes it as a flag, so this machine's users can read it."""

    def start(self, on_model: Callable[[int, int], None] | None = None) -> Running:
        """Starts the server and waits until every model answers ready.

        `on_model(ready, all)` is told how far loading is; what it raises stops the start. Raises `StudioError`
        when something stands in the way, with the reason from the server's log; nothing is left running then.
        """
        self._check_space()
        self.run.mkdir(parents=True, exist_ok=True)
        try:
            self._take_home()
            wanted = wanted_ports(self.settings)
            any_port = dict.fromkeys(wanted, 0)
            self._begin(
                take_ports(self.settings.triton_host, any_port if self.temporary else wanted), on_model
            )
        except BaseException:
            self.stop()
            raise
        assert self.state is not None
        return self.state

    def restart(self) -> None:
        """Kills the server with its stubs, whatever they are at, and starts it again on the same ports.

        Every request under way ends with a broken connection (UNAVAILABLE in gRPC). Raises `StudioError` as
        `start` does; the server is down then, and `restart` may be tried again.
        """
        assert self.state is not None, "start it first"
        self._kill()
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".previous.log"))
        ports = [self.state.http_port, self.state.grpc_port, self.state.metrics_port]
        try:
            self._begin(ports, None)
        except BaseException:
            self._kill()
            raise

    def stop(self) -> None:
        """Ends the server and its stubs within 10 s; nothing happens when it is not running."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(EXIT_SECONDS + 2)
            self._kill()
            if not self.temporary:
                (self.run / "triton.json").unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self.temporary:
            shutil.rmtree(self.run, ignore_errors=True)

    def _kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
        discard(regions(self.shared_memory))

    def _begin(self, ports: list[int], on_model: Callable[[int, int], None] | None) -> None:
        self.state = self._spawn(*ports)
        self._wait_ready(on_model)
        if not self.temporary:
            (self.run / "triton.json").write_bytes(msgspec.json.encode(self.state))

    def _take_home(self) -> None:
        # The kernel lets go of the lock when this process dies, however it dies.
        if self.temporary:
            return
        self._lock = (self.run / "lock").open("wb")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = running(self.home, self.number)
            where = f" (process {other.pid}, gRPC {other.grpc_url})" if other else ""
            raise StudioError(
                f"A Triton server of {self.home} is already running{where}. "
                "Stop it first, or set STUDIO_HOME to another folder."
            ) from None

    def exited(self) -> int | None:
        """The exit status when the server ended by itself, else None."""
        return None if self.process is None else self.process.poll()

    def errors(self) -> list[str]:
        """The last errors of the log: first lines only, without Triton's prefixes and its notes on a GPU."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        found = [re.sub(r"^E\d+ \S+ \d+ \S+\] ", "", line) for line in lines if re.match(r"E\d", line)]
        return [line.split("\\n")[0].strip('"') for line in found if "CUDA" not in line.upper()][:4]

    def _check_space(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.home).free
        if free < NEEDED_BYTES:
            raise StudioError(
                f"Only {free // 1_000_000} MB are free at {self.home}. "
                "Make room, or set STUDIO_HOME to a folder on another disk."
            )

    def _spawn(self, http: int, grpc: int, metrics: int) -> Running:
        found = find_distribution()
        settings = self.settings
        host = settings.triton_host
        shutil.rmtree(self.progress, ignore_errors=True)
        self.progress.mkdir()
        repository = link_repository(self.home)
        self.models = begun_with(self.home, repository, settings.triton_memory_mb, asked=self.shared)
        command = [
            str(found.server),
            f"--model-repository={SHARED}",
            f"--model-repository={repository}",
            f"--backend-directory={build_backend_directory(found, self.run / 'backends')}",
            f"--cache-directory={found.caches}",
            f"--cache-config=local,size={settings.response_cache_mb * 1024 * 1024}",
            # Explicit control is the only mode in which a model whose stub died can be loaded again.
            "--model-control-mode=explicit",
            *(f"--load-model={name}" for name in self.models),
            # Loading models from a request, logging to files, mapping memory: not for those who come over the network.
            f"--http-restricted-api={RESTRICTED}:studio-key={self.key}",
            f"--grpc-restricted-protocol={RESTRICTED}:studio-key={self.key}",
            f"--backend-config=python,shm-region-prefix-name={self.shared_memory}",
            *trace_flags(settings.otlp_url),
            "--exit-on-error=false",
            # A large network holds its thread for as long as it loads: others need not wait for one of the usual four.
            f"--model-load-thread-count={LOAD_THREADS}",
            # Completing a configuration starts every process twice and waits a second; ours are complete.
            "--disable-auto-complete-config",
            f"--exit-timeout-secs={EXIT_SECONDS}",
            f"--http-address={host}",
            f"--http-port={http}",
            f"--grpc-address={host}",
            f"--grpc-port={grpc}",
            f"--metrics-address={host}",
            f"--metrics-port={metrics}",
        ]
        env = server_environment(found)
        env[PROGRESS_VARIABLE] = str(self.progress)
        env[TURNS_VARIABLE] = str(time.monotonic() + TURN_SECONDS)
        env["STUDIO_MODELS"] = str(self.home / "models")
        env["STUDIO_PROVIDERS"] = settings.providers
        env["STUDIO_MAX_BATCH"] = msgspec.json.encode(settings.max_batch).decode()
        env["STUDIO_VARIANTS_MB"] = str(settings.variants_mb)
        env["STUDIO_ADAPTED_MB"] = str(settings.adapted_mb)
        env["STUDIO_ENGINE_THREADS"] = str(settings.engine_threads or os.cpu_count() or 1)
        libc, nice = ctypes.CDLL(None), self.nice

        def before() -> None:
            # If `studio` is killed, the kernel tells Triton to end as well.
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            os.nice(nice)

        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Its own group: Ctrl-C reaches `studio`, which stops it in order.
                start_new_session=True,
                preexec_fn=before,  # noqa: PLW1509
            )
        return Running(self.process.pid, host, http, grpc, metrics)

    def _wait_ready(self, on_model: Callable[[int, int], None] | None) -> None:
        assert self.process is not None
        assert self.state is not None
        deadline = time.monotonic() + self.settings.start_timeout
        client = grpcclient.InferenceServerClient(self.state.grpc_url, channel_args=OWN_CHANNEL)
        try:
            while time.monotonic() < deadline:
                if self.process.poll() is not None:
                    raise StudioError(f"Triton ended while starting: {self._reason()}")
                if on_model is not None:
                    on_model(self._loaded(), len(self.models))
                if self._is_live(client):
                    self.failed = [name for name in self.models if not client.is_model_ready(name)]
                    # A broken checkpoint keeps no other one from being served; a broken shared model does.
                    if set(self.failed) & {model.name for model in SHARED.iterdir()}:
                        raise StudioError(f"Triton could not load {', '.join(self.failed)}: {self._reason()}")
                    return
                time.sleep(0.1)
        finally:
            client.close()
        raise StudioError(
            f"Triton's models were not ready after {self.settings.start_timeout:.0f} s: {self._reason()} "
            "Set STUDIO_START_TIMEOUT higher if the machine is only slow."
        )

    @staticmethod
    def _is_live(client: grpcclient.InferenceServerClient) -> bool:
        # Triton opens its ports only when every model has loaded or failed.
        try:
            return bool(client.is_server_live())
        except InferenceServerException:
            return False

    def _loaded(self) -> int:
        return len(re.findall(r"successfully loaded '", self.log.read_text(errors="replace")))

    def _reason(self) -> str:
        lines = self.errors()
        return f"{' | '.join(lines)} (log: {self.log})" if lines else f"see {self.log}."
