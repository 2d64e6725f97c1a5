"""Figures for Prometheus, of all API processes of one machine together.

prometheus-client's multiprocess mode: each process keeps its own figures in mapped files of one folder
(`home`/metrics), and whichever is asked adds all of them up. `control.http.metrics_folder` must have prepared the
folder before this is imported; without one, a process shows its own figures.
"""

import os
from collections import Counter as Counts
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from control.http.metrics_folder import VARIABLE

CONTENT_TYPE = "text/plain; version=0.0.4"
LOGIN = "/api/v1/auth/login"

_SECONDS = Histogram(
    "studio_http_request_duration_seconds",
    "From a request's arrival at the API to the end of its answer",
    ["method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_IN_PROGRESS = Gauge("studio_http_requests_in_progress", "Requests under way", multiprocess_mode="livesum")
_RATE_LIMITED = Counter("studio_rate_limited_total", "Requests refused with 429", ["tier", "limit"])
_UNCHECKED = Counter("studio_rate_limit_unchecked_total", "Requests that Redis, being away, could not count")
_LOGINS = Counter("studio_logins_total", "Logins with a password", ["outcome"])
_CONNECTIONS = Gauge(
    "studio_database_connections", "Connections to PostgreSQL", ["state"], multiprocess_mode="livesum"
)
_WATCHING = Gauge(
    "studio_realtime_connections", "WebSockets and event streams that are open", multiprocess_mode="livesum"
)
_DELIVERED = Counter("studio_realtime_events_total", "Events that were sent to a connection", ["kind"])
_DROPPED = Counter("studio_realtime_dropped_total", "Previews and progress that gave way on slow connections")
_OUTCOMES = {200: "ok", 401: "refused", 429: "limited"}

_seconds: dict[tuple[str, str, int], Any] = {}
_delivered: Counts[str] = Counts()


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """A request was. `method` is one that HTTP knows, `route` a template: so there are only so many series."""
    key = (method, route, status)
    if (child := _seconds.get(key)) is None:
        known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
        child = _seconds[key] = _SECONDS.labels(known, route, str(status))
    child.observe(seconds)
    if route == LOGIN and method == "POST":
        _LOGINS.labels(_OUTCOMES.get(status, "failed")).inc()


@contextmanager
def in_progress() -> Iterator[None]:
    """Around a request."""
    _IN_PROGRESS.inc()
    try:
        yield
    finally:
        _IN_PROGRESS.dec()


def rate_limited(tier: str, limit: str) -> None:
    """A request was refused with 429."""
    _RATE_LIMITED.labels(tier, limit).inc()


def rate_limit_unchecked() -> None:
    """A request was not counted."""
    _UNCHECKED.inc()


def watching(count: int) -> None:
    """So many live connections are open in this process."""
    _WATCHING.set(count)


def delivered(kind: str) -> None:
    """A connection was sent a state, a progress or a preview. Thousands are a second: `flush` writes them down."""
    _delivered[kind] += 1


def flush() -> None:
    """Writes down what was delivered since the last time."""
    for kind, count in _delivered.items():
        _DELIVERED.labels(kind).inc(count)
    _delivered.clear()


def dropped(count: int) -> None:
    """So many events were not sent."""
    if count:
        _DROPPED.inc(count)


def connections(pool: Any) -> None:
    """How this process's pool (asyncpg's) stands."""
    size, idle = pool.get_size(), pool.get_idle_size()
    _CONNECTIONS.labels("used").set(size - idle)
    _CONNECTIONS.labels("idle").set(idle)


def text() -> bytes:
    """All figures in Prometheus's text format."""
    if os.environ.get(VARIABLE):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest()
