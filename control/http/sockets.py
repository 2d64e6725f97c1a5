"""WebSockets beneath the routes: how uvicorn holds them, whose pages may open them, and refusals in HTTP's words."""

import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import Scope, Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

from control.errors import Unauthenticated
from control.settings import ControlSettings

SUBPROTOCOL = "studio"
BEARER = "bearer."
"""Browsers' scripts can send no header with a WebSocket: their token is a subprotocol's name, after this."""
MESSAGE_BYTES = 16 * 1024
"""The largest message that a client may send: a token is one."""
PING_SECONDS = 20.0
"""How often a client is asked whether it lives, and how long it may take to say so."""
LINGER_SECONDS = 5.0
"""How long a connection that is closed may take to read what is under way to it."""
REASON_BYTES = 123
"""What a close frame has room for."""
END = "studio.end"
"""ASGI extension: closes at once, past what waits to be sent."""
WRITE = "studio.write"
"""ASGI extension: writes a whole frame where the client keeps up, and says whether it did."""
FRAMES = "frames"
"""In a scope's state: how many frames were written so."""
RAISED = "raised"
# It would tell of each address with its query at `info`, and of every header and frame at `debug`.
_QUIET = logging.getLogger("control.websockets")
_QUIET.setLevel(logging.WARNING)


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's, which a client that reads nothing can neither keep open nor keep from being closed.

    uvicorn waits for the client before it sends anything, a close frame too, and then for all to be read.
    """

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.logger = self.conn.logger = _QUIET
        self.conn.debug = False

    def handle_connect(self, event: Request) -> None:
        """A handshake has come; the app begins at the next turn of the loop."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: Any = self.scope["extensions"]
            extensions |= {END: self.end, WRITE: self.write}

    def write(self, frame: bytes) -> bool:
        """Sends a frame that is encoded already; False, and nothing sent, where the client is behind or gone."""
        if self.close_sent or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def end(self, code: int, reason: str) -> None:
        """Sends a close frame behind what has been written, and waits a little for the client to read it."""
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def shutdown(self) -> None:
        """The process stops (1012)."""
        super().shutdown()
        self.loop.call_later(0.5, self.transport.abort)

    def keepalive_timeout(self) -> None:
        """The client did not answer."""
        super().keepalive_timeout()
        self.transport.abort()

    def handle_close(self, event: Any) -> None:
        """The client closes."""
        super().handle_close(event)
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)


def end(scope: Scope, code: int, reason: str) -> bool:
    """Closes an accepted WebSocket without waiting for its client; False where the server cannot."""
    closing = (scope.get("extensions") or {}).get(END)
    if closing is None:
        return False
    closing(code, short(reason))  # type: ignore[operator]
    return True


def frame_of(text: str) -> bytes:
    """A text frame as servers send it: the same bytes for every client."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def writer_of(scope: Scope) -> Callable[[bytes], bool] | None:
    """What sends a frame past the app's layers; None where the server has no such thing."""
    return (scope.get("extensions") or {}).get(WRITE)  # type: ignore[return-value]


def short(reason: str) -> str:
    """As much of it as a close frame holds."""
    return reason.encode()[:REASON_BYTES].decode(errors="ignore")


def subprotocols_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Sequence[str]:
    """What a WebSocket's client offered; nothing for others."""
    offered: Sequence[str] = connection.scope.get("subprotocols") or ()  # type: ignore[assignment]
    return offered


def credential_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The access token or API key that came along, None where none did; raises `Unauthenticated` for another scheme."""
    if header := connection.headers.get("authorization", ""):
        scheme, _, credential = header.partition(" ")
        if scheme.lower() != "bearer" or not credential.strip():
            raise Unauthenticated("Send the token as: Authorization: Bearer …")
        return credential.strip()
    if connection.scope["type"] == ScopeType.WEBSOCKET:
        for offered in subprotocols_of(connection):
            if offered.startswith(BEARER):
                return offered.removeprefix(BEARER)
    return None


def may_come_from(scope: Scope, settings: ControlSettings) -> bool:
    """Is the page that opens this WebSocket ours, or one of STUDIO_CORS_ORIGINS? Programs name none, and may.

    CORS does not hold for WebSockets: any page's script may open one, and browsers leave it to us to look.
    """
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin1")
    if not origin or "*" in settings.cors_origins or origin in settings.cors_origins:
        return True
    page, own = urlsplit(origin), urlsplit(settings.url)
    return (page.scheme, page.netloc) == (own.scheme, own.netloc) or (
        page.scheme in {"http", "https"} and page.netloc == headers.get(b"host", b"").decode("latin1")
    )


async def remember(error: Exception, scope: Scope) -> None:
    """Litestar's `after_exception`: its own answer to a WebSocket is a number alone."""
    if scope["type"] == ScopeType.WEBSOCKET:
        scope["state"][RAISED] = error


def raised(scope: Scope) -> Exception | None:
    """What a WebSocket's route or its guards raised, if anything."""
    found = (scope.get("state") or {}).get(RAISED)
    return found if isinstance(found, Exception) else None


async def refuse(send: Send, answer: Response[bytes], headers: list[tuple[bytes, bytes]]) -> None:
    """Answers the handshake as HTTP does (ASGI's extension websocket.http.response)."""
    start: Any = {"type": "websocket.http.response.start", "status": answer.status_code, "headers": headers}
    body: Any = {"type": "websocket.http.response.body", "body": answer.content, "more_body": False}
    await send(start)
    await send(body)
