"""A port of its own for clients that know a host and a port and no path: there, ComfyUI's API stands at the root."""

from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from control.gateway.comfy.credentials import OWN_PORT
from control.settings import ControlSettings

PREFIX = "/comfy"


def on_its_port(app: ASGIApp, settings: ControlSettings) -> ASGIApp:
    """Whatever comes over STUDIO_COMFY_PORT is meant for PREFIX; nothing else can be reached there."""
    port = settings.comfy_port
    if not isinstance(port, int):
        return app

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"} and _port_of(scope) == port:
            scope = {**scope, **_moved(scope)}  # type: ignore[assignment]
        await app(scope, receive, send)

    return call


def _port_of(scope: Scope) -> int | None:
    """The port that the request came in by, whatever its Host says."""
    server = scope.get("server")
    return server[1] if server else None


def _moved(scope: Scope) -> dict[str, Any]:
    path, raw = scope["path"], scope.get("raw_path") or scope["path"].encode()
    return {
        "path": PREFIX + path if path != "/" else PREFIX,
        "raw_path": PREFIX.encode() + raw if raw != b"/" else PREFIX.encode(),
        OWN_PORT: True,
    }
