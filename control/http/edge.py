"""The outermost layer: every request gets its id, its log line, its figures and its headers here.

It wraps Litestar itself, so that an unknown path, a preflight and a request that never reached a route are
treated like any other.
"""

import ipaddress
import re
import time
from contextlib import ExitStack
from typing import Any

import msgspec
import structlog
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

from control.access.principal import Principal
from control.errors import Forbidden, Problem
from control.http import metrics, sockets, stopping, tracing
from control.http.context import HEAD, RequestContext, enter
from control.http.problems import MEDIA_TYPE, answer_to, document
from control.ids import uuid7
from control.settings import ControlSettings

SANE_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""A request id that others gave, and that may stand in a log."""
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: logged at `debug`."""
UNKNOWN = "(unknown)"
"""Stands for the template of a path that no route has: the path itself may hold anything."""
log = structlog.get_logger("control.request")


def security_headers(settings: ControlSettings) -> list[tuple[bytes, bytes]]:
    """For every answer; a page that needs more says so itself."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"x-frame-options", b"DENY"),
        (b"cross-origin-resource-policy", b"same-site"),
        (b"cache-control", b"no-store"),
    ]
    if settings.secure:
        headers.append((b"strict-transport-security", b"max-age=63072000; includeSubDomains"))
    return headers


class Edge:
    """Middleware around the whole app."""

    def __init__(self, app: ASGIApp, settings: ControlSettings) -> None:
        self._app = app
        self._settings = settings
        self._always = security_headers(settings)
        self.documented: dict[tuple[str, str], frozenset[int]] = {}
        """(method, path template) → statuses that the OpenAPI document names."""
        self.allowed: dict[str, bytes] = {}
        """Path template → its methods, for Allow: Litestar's own answer to OPTIONS knows one handler's alone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != ScopeType.HTTP:
            await self._socket(scope, receive, send)
            return
        started = time.perf_counter()
        method = str(scope["method"])
        context, trace = _context(scope)
        enter(context)
        if method == "HEAD":
            # A copy: the server keeps its own, knows that it was HEAD, and leaves the body out.
            scope = {**scope, "method": "GET", HEAD: True}  # type: ignore[assignment]
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._headers(message["headers"], context.request_id, scope)
            await send(message)

        with metrics.in_progress(), tracing.server_span(method, trace) as span:
            try:
                await self._app(scope, receive, answer)
            except Exception as error:
                log.error("unexpected_error", exc_info=error)
                if status:
                    # The client sees a broken answer, as it must.
                    status = 500
                else:
                    await _internal(answer)
            finally:
                seconds = time.perf_counter() - started
                template = str(scope.get("path_template") or UNKNOWN)
                metrics.answered(method, template, status, seconds)
                span.answered(template, status)
                self._log(scope, method, template, status, seconds, context)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket, from its handshake to its end."""
        started = time.perf_counter()
        context, trace = _context(scope)
        enter(context)
        talk = _Talk()
        opening = ExitStack()
        span = opening.enter_context(tracing.server_span("GET", trace))

        def opened(status: int) -> None:
            talk.status = status
            template = str(scope.get("path_template") or UNKNOWN)
            metrics.answered("GET", template, status, time.perf_counter() - started)
            span.answered(template, status)
            # What follows may take hours, and is no part of the request's span.
            opening.close()

        async def refuse(error: Exception) -> None:
            refusal = answer_to(error)
            headers = [(name.encode(), value.encode()) for name, value in refusal.headers.items()]
            headers += [(b"content-type", MEDIA_TYPE.encode())]
            opened(refusal.status_code or 500)
            await sockets.refuse(send, refusal, self._headers(headers, context.request_id, scope))

        # Its kind decides what else is in it.
        async def answer(message: Any) -> None:
            kind = message["type"]
            if kind == "websocket.send":
                talk.frames += 1
            elif kind == "websocket.accept":
                opened(101)
                message["headers"] = [*message["headers"], (b"x-request-id", context.request_id.encode())]
            elif kind == "websocket.close":
                error = sockets.raised(scope)
                if not talk.status:
                    # Before the handshake is answered; a client would see nothing but 403.
                    await refuse(error or Forbidden("This WebSocket was refused."))
                    return
                if error is not None:
                    log.error("unexpected_error", exc_info=error)
                    message = {"type": kind, "code": 1011, "reason": "Something went wrong on our side."}
                talk.code = message["code"]
            await send(message)

        async def hear() -> ReceiveMessage:
            message = await receive()
            if message["type"] == "websocket.disconnect" and not talk.code:
                talk.code = message["code"]
            return message

        try:
            if sockets.may_come_from(scope, self._settings):
                await self._app(scope, hear, answer)
            else:
                # As the protocol has it: first the client's word.
                await receive()
                await refuse(
                    Forbidden(
                        "This page may not open WebSockets here. STUDIO_CORS_ORIGINS names the pages that may."
                    )
                )
        finally:
            opening.close()
            self._log_socket(scope, talk, time.perf_counter() - started, context)

    def _log_socket(self, scope: Scope, talk: "_Talk", seconds: float, context: RequestContext) -> None:
        log.info(
            "socket",
            path=str(scope.get("path_template") or UNKNOWN),
            status=talk.status,
            close=talk.code,
            frames=talk.frames + (scope.get("state") or {}).get(sockets.FRAMES, 0),
            seconds=round(seconds, 2),
            address=context.address,
            **_caller(scope),
        )

    def _headers(self, given: Any, request_id: str, scope: Scope) -> list[tuple[bytes, bytes]]:
        headers = [(bytes(name).lower(), bytes(value)) for name, value in given]
        own = {name for name, _ in headers}
        if b"allow" in own:
            allowed = self.allowed.get(str(scope.get("path_template")))
            headers = [
                (name, (allowed or _with_head(value)) if name == b"allow" else value)
                for name, value in headers
            ]
        headers += [header for header in self._always if header[0] not in own]
        headers.append((b"x-request-id", request_id.encode()))
        if stopping.asked():
            # Its next request goes to a process that stays.
            headers.append((b"connection", b"close"))
        return headers

    def _log(
        self, scope: Scope, method: str, template: str, status: int, seconds: float, context: RequestContext
    ) -> None:
        fields: dict[str, Any] = {
            "method": method,
            "path": template,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "address": context.address,
        }
        fields |= _caller(scope)
        if template in QUIET:
            log.debug("request", **fields)
        elif status >= 500 or status == 0:
            log.warning("request", **fields)
        else:
            log.info("request", **fields)
        known = self.documented.get((method, template))
        if known is not None and status not in known and status:
            # A test looks for these after the whole suite.
            log.warning("undocumented_answer", method=method, path=template, status=status)


class _Talk:
    """What became of a WebSocket: its handshake's status, its close code, frames sent."""

    status = code = frames = 0


def _caller(scope: Scope) -> dict[str, str]:
    """Who asks, for the log."""
    caller = scope.get("user")
    if not isinstance(caller, Principal):
        return {}
    return {"user_id": str(caller.user_id), "organisation_id": str(caller.organisation_id)}


def _context(scope: Scope) -> tuple[RequestContext, str]:
    """Who asks from where under which id, and the `traceparent` that came along."""
    request_id, user_agent, trace = b"", b"", b""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            request_id = value
        elif name == b"user-agent":
            user_agent = value
        elif name == b"traceparent":
            trace = value
    client = scope.get("client")
    return RequestContext(
        request_id=request_id.decode() if SANE_ID.fullmatch(request_id) else uuid7().hex,
        address=_address(client[0]) if client else "",
        user_agent=user_agent.decode("latin1"),
    ), trace.decode("latin1")


def _with_head(value: bytes) -> bytes:
    """Allow, with HEAD wherever there is GET."""
    methods = {method.strip() for method in value.split(b",")}
    return b", ".join(sorted(methods | {b"HEAD"} if b"GET" in methods else methods))


def allowed_methods(app: Litestar) -> dict[str, bytes]:
    """Path template → the methods of all its routes, as Allow has them."""
    found: dict[str, set[str]] = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            found.setdefault(route.path_format or "/", set()).update(route.route_handler_map)
    return {path: _with_head(",".join(methods).encode()) for path, methods in found.items()}


def _address(text: str) -> str:
    """The address as text; "" for what is none (a proxy may send anything)."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


async def _internal(send: Send) -> None:
    body = msgspec.json.encode(document(Problem("Something went wrong on our side. Tell us the instance.")))
    start: Any = {
        "type": "http.response.start",
        "status": 500,
        "headers": [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})
