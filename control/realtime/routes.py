"""Live events: WebSockets and SSE."""

from litestar.types import ControllerRouterHandler

ROUTES: list[ControllerRouterHandler] = []
