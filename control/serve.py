"""One API process: `python -m control.serve`, with a listening socket from the stack or one of its own."""

import os
import socket

import uvicorn

from control.settings import read_settings

SOCKET_VARIABLE = "STUDIO_API_SOCKET"
"""Number of the listening socket that API processes on one machine inherit and share."""


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
        timeout_graceful_shutdown=8,
    )
    shared = os.environ.get(SOCKET_VARIABLE)
    sockets = [socket.socket(fileno=int(shared))] if shared else None
    uvicorn.Server(config).run(sockets=sockets)


if __name__ == "__main__":
    main()
