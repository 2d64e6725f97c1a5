"""OpenTelemetry traces: a span a request, below it one for each query and each question to Redis; a span an attempt at
a job, below the request that submitted it.

W3C trace context is taken from `traceparent` and handed on by `outgoing`. Without STUDIO_OTLP_URL nothing of this
runs. Spans are made here and not by the ASGI instrumentation, whose three spans a request know no path template.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

from control.settings import ControlSettings

_tracer: trace.Tracer | None = None


class Answered(Protocol):
    """A request's span."""

    def answered(self, template: str, status: int) -> None:
        """Says how it ended."""


class _Nothing:
    def answered(self, template: str, status: int) -> None:
        pass


_NOTHING = _Nothing()


class _Server:
    def __init__(self, span: trace.Span, method: str) -> None:
        self._span, self._method = span, method

    def answered(self, template: str, status: int) -> None:
        self._span.update_name(f"{self._method} {template}")
        self._span.set_attribute("http.route", template)
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500 or status == 0:
            self._span.set_status(Status(StatusCode.ERROR))


def set_up(settings: ControlSettings, service: str = "studio-api") -> TracerProvider | None:
    """Sends spans of this process to the collector, in batches; None where none is set. Shut it down at the end."""
    global _tracer  # noqa: PLW0603
    if not settings.otlp_url:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    exporter = OTLPSpanExporter(endpoint=settings.otlp_url.rstrip("/") + "/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    _tracer = provider.get_tracer("studio")
    return provider


def on() -> bool:
    """Are traces sent?"""
    return _tracer is not None


@contextmanager
def server_span(method: str, traceparent: str) -> Iterator[Answered]:
    """Around a request, below the caller's own span where it names one."""
    if _tracer is None:
        yield _NOTHING
        return
    context = propagate.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span(
        method, context=context, kind=SpanKind.SERVER, attributes={"http.request.method": method}
    ) as span:
        yield _Server(span, method)


@contextmanager
def span(system: str, name: str) -> Iterator[None]:
    """Around a call to another service."""
    if _tracer is None:
        yield
        return
    with _tracer.start_as_current_span(name, kind=SpanKind.CLIENT, attributes={"db.system.name": system}):
        yield


@contextmanager
def attempt_span(traceparent: str, attributes: dict[str, Any]) -> Iterator[None]:
    """Around a worker's attempt at a job, below the request that submitted it."""
    if _tracer is None:
        yield
        return
    context = propagate.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span("job", context=context, kind=SpanKind.CONSUMER, attributes=attributes):
        yield


@contextmanager
def part_span(name: str, *, kind: SpanKind = SpanKind.INTERNAL, **attributes: Any) -> Iterator[None]:
    """Around a part of what is being done."""
    if _tracer is None:
        yield
        return
    with _tracer.start_as_current_span(name, kind=kind, attributes=attributes):
        yield


def past_span(name: str, start: datetime, end: datetime, **attributes: Any) -> None:
    """A part that is over."""
    if _tracer is not None:
        made = _tracer.start_span(name, start_time=_nanoseconds(start), attributes=attributes)
        made.end(_nanoseconds(end))


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1e6) * 1000


def queried(record: Any) -> None:
    """asyncpg's account of one query (`Connection.add_query_logger`): a span, without the query's arguments."""
    if _tracer is None:
        return
    words = record.query.split(None, 1)
    ends = time.time_ns()
    made = _tracer.start_span(
        words[0].upper() if words else "QUERY",
        kind=SpanKind.CLIENT,
        start_time=ends - int(record.elapsed * 1e9),
        attributes={"db.system.name": "postgresql", "db.query.text": record.query[:2000]},
    )
    if record.exception is not None:
        made.set_status(Status(StatusCode.ERROR, type(record.exception).__name__))
    made.end(ends)


def outgoing() -> dict[str, str]:
    """Headers (`traceparent`) for a request or a job that this one starts."""
    carrier: dict[str, str] = {}
    if _tracer is not None:
        propagate.inject(carrier)
    return carrier
