"""One API process: `python -m control.serve`, with a listening socket from the stack or one of its own."""

import asyncio
import gc
import os
import socket
from pathlib import Path
from types import FrameType

import uvicorn

from control.http import logs, metrics_folder, stopping
from control.http.sockets import MESSAGE_BYTES, PING_SECONDS, SocketProtocol
from control.settings import SOCKETS_VARIABLE, ControlSettings, read_settings


class Server(uvicorn.Server):
    """uvicorn, which first says that it is going to stop and goes on for `drain_seconds`."""

    drain_seconds = 0.0
    figures: Path
    """The folder of this process's figures."""
    _loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen."""
        # The application, 350,000 objects, stays until the end. Looked through with each full collection, it stopped
        # all requests for 0.1 s.
        gc.collect()
        gc.freeze()
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finishes what is under way."""
        for end in stopping.at_the_end:
            end()
        await super().shutdown(sockets)
        # Here, as uvicorn ends the process with the signal that it was told to stop by.
        metrics_folder.leave(self.figures)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT came; a second one does not wait."""
        first = not stopping.asked()
        stopping.ask()
        if first and self.drain_seconds and self._loop is not None:
            stop = super().handle_exit
            # A signal handler may run at any moment: this is the one way into the loop from there.
            self._loop.call_soon_threadsafe(self._loop.call_later, self.drain_seconds, stop, sig, frame)
        else:
            super().handle_exit(sig, frame)


def listening(settings: ControlSettings) -> list[socket.socket] | None:
    """The sockets that its starter gave to this process, or its own; None: uvicorn makes its one itself."""
    if inherited := os.environ.get(SOCKETS_VARIABLE):
        return [socket.socket(fileno=int(number)) for number in inherited.split(",")]
    if not isinstance(settings.comfy_port, int):
        return None
    places = (settings.host, settings.port), (settings.comfy_address, settings.comfy_port)
    return [socket.create_server(place, family=_family(*place), backlog=2048) for place in places]


def _family(host: str, port: int) -> socket.AddressFamily:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]


def main() -> None:
    """Serves until SIGTERM, then finishes what is under way."""
    settings = read_settings()
    logs.set_up(settings.log_level)
    figures = settings.home / "metrics"
    metrics_folder.prepare(figures)
    config = uvicorn.Config(
        "control.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws=SocketProtocol,
        ws_max_size=MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        # Each connection would compress for itself what is encoded once for all, and previews are JPEG.
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        # uvicorn counts in whole seconds.
        timeout_graceful_shutdown=max(1, int(settings.stop_seconds)),
    )
    server = Server(config)
    server.drain_seconds = settings.drain_seconds
    server.figures = figures
    server.run(sockets=listening(settings))


if __name__ == "__main__":
    main()
