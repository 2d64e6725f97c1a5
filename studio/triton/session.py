"""A Triton server for the length of a call: one that runs already, or one started just for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from studio.embedded import publish_embedded
from studio.settings import Settings
from studio.triton.care import watched
from studio.triton.server import Running, TritonServer, all_running


@contextmanager
def temporary_server(settings: Settings, console: Console) -> Iterator[Running]:
    """A server of its own on free ports, stopped at the end."""
    publish_embedded(settings.home, console)
    server = TritonServer(settings, temporary=True)
    try:
        with console.status("starting Triton") as status:
            state = server.start(
                lambda ready, all_: status.update(f"starting Triton: {ready} of {all_} models")
            )
        with watched(server, lambda event: console.print(f"watchdog: {event}", soft_wrap=True)):
            yield state
    finally:
        server.stop()


@contextmanager
def reachable_server(settings: Settings, console: Console) -> Iterator[str]:
    """gRPC address of a server: the first one set, the first one running with this home, or a temporary one."""
    if settings.triton_urls:
        yield settings.triton_urls[0]
    elif found := all_running(settings.home):
        yield next(iter(found.values())).grpc_url
    else:
        console.print("no server is running (`studio serve`); starting one for this call", style="dim")
        with temporary_server(settings, console) as state:
            yield state.grpc_url
