"""A running server under the eyes of the watchdog."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

import tritonclient.grpc as grpcclient
from tritonclient.utils import InferenceServerException

from ensembles.serving.progress import read_progress
from studio.errors import StudioError
from studio.settings import Settings
from studio.triton.processes import SHM, discard, regions, states, stubs
from studio.triton.server import OWN_CHANNEL, TritonServer
from studio.triton.watchdog import Census, Limits, View, Watchdog

ANSWER_SECONDS = 2
"""How long a healthy server may take to say how it is."""
SHM_FOR_A_MODEL = 4 * 1024 * 1024
"""Free shared memory that a model wants: 1 MB to begin with, the rest for pictures on their way."""


class Care:
    """What the watchdog sees of a `TritonServer`, and what it can do to it."""

    def __init__(self, server: TritonServer) -> None:
        self.server = server
        self.headers = {"triton-grpc-protocol-studio-key": server.key}

    def look(self) -> View:
        """The server now."""
        process = self.server.process
        living = {} if process is None else stubs(process.pid)
        # Before the models: a process that ends as its model is unloaded does so after it is no more called ready.
        known = {} if process is None else states(process.pid)
        models = self._models()
        put_away = self._put_away(models)
        progress = read_progress(self.server.progress)
        busy = {stub.model for pid, stub in living.items() if pid in progress and progress[pid].under_way}
        return View(
            at=time.monotonic(),
            # No process: an earlier restart failed.
            exited=-1 if process is None else process.poll(),
            ready=_ready(models),
            put_away=put_away,
            held_up=frozenset(
                name for name in put_away - busy if models is not None and models[name][0] == "UNLOADING"
            ),
            states=known,
            progress=progress,
            regions=regions(self.server.shared_memory),
            used={stub.region for stub in living.values()},
        )

    def census(self) -> Census:
        """Who is there, of a server that is well; raises `StudioError` when it does not say."""
        process, ready = self.server.process, _ready(self._models())
        if process is None or ready is None:
            raise StudioError("the server does not answer")
        with self._client() as client:
            configs = [client.get_model_config(name, client_timeout=ANSWER_SECONDS).config for name in ready]
        streaming = {config.name for config in configs if config.model_transaction_policy.decoupled}
        # Not those of models that are being loaded, or unloaded.
        found = {pid: stub for pid, stub in stubs(process.pid).items() if stub.model in ready}
        return Census(models=ready, stubs=found, streaming=streaming)

    def reload(self, model: str) -> None:
        """Loads one model anew, with new processes; raises `StudioError` when it is not ready after that.

        A configuration that differs makes Triton load the model beside its old self, which then goes. Unloading
        it first is no way: while clients ask, the requests that a dead process was asked hold it up for ever.
        """
        with self._client() as client:
            config = None
            if client.is_model_ready(model, client_timeout=ANSWER_SECONDS):
                found = client.get_model_config(model, as_json=True, client_timeout=ANSWER_SECONDS)["config"]
                mark = {"loaded_again": {"string_value": f"{time.time():.3f}"}}
                config = json.dumps(found | {"parameters": found.get("parameters", {}) | mark})
            wait = self.server.settings.start_timeout
            client.load_model(model, headers=self.headers, config=config, client_timeout=wait)
            if not client.is_model_ready(model, client_timeout=ANSWER_SECONDS):
                raise StudioError(f"{model} is not ready after it was loaded")

    def restart(self) -> None:
        """Starts the whole server anew on its ports; raises `StudioError`."""
        self.server.restart()

    def discard(self, files: Iterable[str]) -> None:
        """Removes shared memory."""
        discard(files)

    def _models(self) -> dict[str, tuple[str, str]] | None:
        """Model → its state and the reason, as Triton says; None when it does not."""
        try:
            with self._client() as client:
                index = client.get_model_repository_index(headers=self.headers, client_timeout=ANSWER_SECONDS)
        except StudioError:
            return None
        return {model.name: (model.state, model.reason) for model in index.models}

    def _put_away(self, models: dict[str, tuple[str, str]] | None) -> frozenset[str]:
        """Only under a budget of memory does anybody unload models on purpose."""
        if models is None or not self.server.settings.triton_memory_mb:
            return frozenset()
        return frozenset(
            name
            for name, (state, reason) in models.items()
            if state == "UNLOADING" or (state == "UNAVAILABLE" and reason == "unloaded")
        )

    def _ended(self) -> str:
        if (process := self.server.process) is not None:
            with suppress(subprocess.TimeoutExpired):
                return f"Triton ended with status {process.wait(0.5)} on the way"
        return ""

    @contextmanager
    def _client(self) -> Iterator[grpcclient.InferenceServerClient]:
        assert self.server.state is not None, "start it first"
        client = grpcclient.InferenceServerClient(self.server.state.grpc_url, channel_args=OWN_CHANNEL)
        try:
            yield client
        except InferenceServerException as error:
            raise StudioError(self._ended() or f"Triton says: {error.message()}") from None
        finally:
            client.close()


def _ready(models: dict[str, tuple[str, str]] | None) -> set[str] | None:
    return None if models is None else {name for name, (state, _) in models.items() if state == "READY"}


def limits(settings: Settings) -> Limits:
    """The settings' limits."""
    shm = settings.shm_limit_mb * 1_000_000 or shutil.disk_usage(SHM).total // 2
    return Limits(step_seconds=settings.step_timeout, shm_bytes=shm)


def little_shared_memory(server: TritonServer) -> str:
    """A warning when /dev/shm has less room than the server's models will want, else nothing."""
    free, wanted = shutil.disk_usage(SHM).free, len(server.models) * SHM_FOR_A_MODEL
    if free >= wanted:
        return ""
    return (
        f"/dev/shm has {free // 1_000_000} MB free, {wanted // 1_000_000} MB are wanted for "
        f"{len(server.models)} models: pictures may fail. Give it more (docker run --shm-size=1g)."
    )


def watchdog(server: TritonServer, report: Callable[[str], None]) -> Watchdog:
    """The watchdog of a server that was started."""
    return Watchdog(Care(server), limits(server.settings), report)


@contextmanager
def watched(server: TritonServer, report: Callable[[str], None]) -> Iterator[Watchdog]:
    """Watches a started server from a thread of its own, for as long as the context lasts."""
    dog, stop = watchdog(server, report), threading.Event()

    def run() -> None:
        try:
            dog.run(stop)
        except StudioError as error:
            report(str(error))

    # Not a daemon: the kernel ends a restarted server with the thread that started it.
    thread = threading.Thread(target=run, name="watchdog")
    thread.start()
    try:
        yield dog
    finally:
        stop.set()
        thread.join()
