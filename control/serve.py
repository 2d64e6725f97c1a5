"""One API process: `python -m control.serve`, with a listening socket from the stack or one of its own."""

import os
import socket

import uvicorn

from control.settings import read_settings

SOCKETS_VARIABLE = "STUDIO_API_SOCKETS"
"""Numbers of the listening sockets that this process inherits, as `7,9`: the one that all API processes of one
machine share, and one of its own, by which its starter asks how it is."""


def main() -> None:
    """Serves until SIGTERM, then finishes what is under way."""
    settings = read_settings()
    config = uvicorn.Config(
        "control.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        # uvicorn counts in whole seconds.
        timeout_graceful_shutdown=max(1, int(settings.stop_seconds)),
    )
    inherited = os.environ.get(SOCKETS_VARIABLE)
    sockets = [socket.socket(fileno=int(number)) for number in inherited.split(",")] if inherited else None
    uvicorn.Server(config).run(sockets=sockets)


if __name__ == "__main__":
    main()
