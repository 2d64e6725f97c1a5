"""Spans reach a collector: a request's, below its caller's, and its queries below it; without arguments."""

import time
from typing import Any

import httpx

from tests.control.http.conftest import Collector
from tests.control.http.test_limits import token_of

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def spans_of(collector: Collector, trace: str) -> list[Any]:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        found = [span for span in collector.spans() if span.trace_id.hex() == trace]
        if any(not span.parent_span_id or span.parent_span_id.hex() == PARENT for span in found):
            return found
        time.sleep(0.1)
    raise AssertionError("no span came")


def attributes(span: Any) -> dict[str, Any]:
    return {a.key: a.value.string_value or a.value.int_value for a in span.attributes}


def test_a_request_goes_on_in_its_callers_trace(
    pair: tuple[httpx.Client, httpx.Client], collector: Collector, address: str
) -> None:
    token = token_of(pair[0], address)
    headers = {"Authorization": f"Bearer {token}", "traceparent": f"00-{TRACE}-{PARENT}-01"}
    assert pair[0].get("/api/v1/me", headers=headers).status_code == 200
    spans = spans_of(collector, TRACE)
    (server,) = [span for span in spans if span.parent_span_id.hex() == PARENT]
    assert server.name == "GET /api/v1/me"
    found = attributes(server)
    assert found["http.route"] == "/api/v1/me"
    assert found["http.response.status_code"] == 200
    below = [span for span in spans if span.parent_span_id == server.span_id]
    systems = {attributes(span)["db.system.name"] for span in below}
    assert systems == {"postgresql", "redis"}
    for span in below:
        assert server.start_time_unix_nano <= span.end_time_unix_nano
        assert span.end_time_unix_nano <= server.end_time_unix_nano + 5_000_000
    queries = [attributes(span)["db.query.text"] for span in below if "db.query.text" in attributes(span)]
    assert any("FROM sessions" in query for query in queries)
    assert all(token not in str(span) for span in spans)


def test_a_trace_of_its_own_and_none_of_nonsense(
    pair: tuple[httpx.Client, httpx.Client], collector: Collector, address: str
) -> None:
    headers = {"X-Forwarded-For": address}
    pair[1].get("/api/v1/me", headers={**headers, "traceparent": "00-nonsense-01"})
    pair[1].get("/no/such/path/in/traces", headers=headers)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        names = {span.name for span in collector.spans() if not span.parent_span_id}
        if {"GET /api/v1/me", "GET (unknown)"} <= names:
            return
        time.sleep(0.1)
    raise AssertionError(names)
