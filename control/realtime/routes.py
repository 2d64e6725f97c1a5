"""Live events: WebSockets and SSE."""

from litestar.types import ControllerRouterHandler

from control.realtime import sockets, streams

ROUTES: list[ControllerRouterHandler] = [
    sockets.mine,
    sockets.one,
    streams.job_events,
    streams.events_of_job,
]
