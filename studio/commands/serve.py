"""`studio serve`: the Triton server of this machine, until it is told to stop."""

import signal
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from studio.embedded import publish_embedded
from studio.settings import read_settings
from studio.triton.care import little_shared_memory, watchdog
from studio.triton.repository import published
from studio.triton.server import Running, TritonServer


@click.command()
def serve() -> None:
    """Start Triton with every published model; Ctrl-C or SIGTERM stops it cleanly."""
    settings = read_settings()
    console = Console(stderr=True)
    server = TritonServer(settings, key=settings.triton_key)
    # Both signals end the command the same way, while it publishes, loads or serves.
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, _stop)
    try:
        publish_embedded(settings.home, console)
        with console.status("starting Triton") as status:
            state = server.start(lambda ready, all_: status.update(f"loading models: {ready} of {all_}"))
        _watch(server, state, settings.home, console)
    except _Stopped:
        # A second signal does not cut the stopping short.
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, signal.SIG_IGN)
    finally:
        server.stop()
    console.print("stopped")


class _Stopped(BaseException):
    """Told to stop."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stopped


def _watch(server: TritonServer, state: Running, home: Path, console: Console) -> None:
    if server.failed:
        console.print(f"not served, because they did not load: {', '.join(server.failed)}", style="red")
        for reason in server.errors():
            console.print(f"  {reason}", style="red", soft_wrap=True)
    console.print(
        f"ready: gRPC {state.grpc_url}, HTTP http://{state.host}:{state.http_port}, "
        f"metrics http://{state.host}:{state.metrics_port}/metrics; "
        f"checkpoints: {', '.join(published(home))}; log {server.log}",
        soft_wrap=True,
    )
    if warning := little_shared_memory(server):
        console.print(warning, style="yellow", soft_wrap=True)

    def report(event: str) -> None:
        console.print(f"{datetime.now():%H:%M:%S} watchdog: {event}", soft_wrap=True, highlight=False)

    # In this thread: the kernel ends a restarted server with the thread that started it.
    watchdog(server, report).run(threading.Event())
