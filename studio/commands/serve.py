"""`studio serve`: the Triton server of this machine, until it is told to stop."""

import signal
import time
from types import FrameType

import click
from rich.console import Console

from studio.embedded import publish_embedded
from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.repository import published
from studio.triton.server import TritonServer


@click.command()
def serve() -> None:
    """Start Triton with every published model; Ctrl-C or SIGTERM stops it cleanly."""
    settings = read_settings()
    console = Console(stderr=True)
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    publish_embedded(settings.home, console)
    server = TritonServer(settings)
    with console.status("starting Triton") as status:
        state = server.start(lambda ready, total: status.update(f"loading models: {ready} of {total}"))
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, stop)
    if server.failed:
        console.print(f"not served, because they did not load: {', '.join(server.failed)}", style="red")
        for reason in server.errors():
            console.print(f"  {reason}", style="red", soft_wrap=True)
    console.print(
        f"ready: gRPC {state.grpc_url}, HTTP http://{state.host}:{state.http_port}, "
        f"metrics http://{state.host}:{state.metrics_port}/metrics; "
        f"checkpoints: {', '.join(published(settings.home))}; log {server.log}",
        soft_wrap=True,
    )
    try:
        while not stopping:
            if (status_code := server.exited()) is not None:
                raise StudioError(
                    f"Triton ended by itself with status {status_code}: {' | '.join(server.errors())}"
                )
            time.sleep(0.2)
    finally:
        server.stop()
    console.print("stopped")
