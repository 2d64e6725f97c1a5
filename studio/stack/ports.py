"""Addresses: ports of the local stack's own services: free ones, and the same at the next start where they are still free."""

import os
import socket
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from studio.errors import StudioError
from studio.stack.process import bind_free

LOOPBACK = "127.0.0.1"


def own_ports(home: Path, names: Iterable[str]) -> dict[str, int]:
    """A port for each name, none twice; kept in `home`/run/ports.json for the next start."""
    path = home / "run" / "ports.json"
    kept: dict[str, int] = {}
    with suppress(FileNotFoundError, msgspec.MsgspecError):
        kept = msgspec.json.decode(path.read_bytes(), type=dict[str, int])
    found: dict[str, int] = {}
    with ExitStack() as held:
        for name in names:
            probe = held.enter_context(socket.socket())
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, found.setdefault(name, kept[name])))
            except (KeyError, OSError, OverflowError):
                found[name] = bind_free(probe, LOOPBACK)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(kept | found))
    return found


def listen(host: str, port: int, setting: str = "STUDIO_PORT") -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises `StudioError` for a port that is taken."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        # create_server adds to strerror what stands in the sentence already.
        why = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else error.strerror
        raise StudioError(
            f"Port {port} on {host} cannot be used ({why}). "
            f"Set {setting} to another port, or to 0 for a free one."
        ) from None


def listen_if_free(host: str, port: int) -> socket.socket | None:
    """A listening socket; None where the port is taken."""
    try:
        return listen(host, port)
    except StudioError:
        return None


def where(url: str) -> str:
    """The address without its password."""
    return urlsplit(url).netloc.rpartition("@")[2] or "no address at all"
