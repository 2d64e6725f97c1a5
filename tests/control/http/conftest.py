"""Two API processes that share one Redis, one database and one folder of figures, set up in every way that shows."""

import base64
import http.server
import itertools
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from studio.stack.process import spawn, stop, wait_ready
from tests.control.conftest import api_service

LIMIT = 30
ANONYMOUS = 40
METRICS_TOKEN = "a token for Prometheus alone"
_ADDRESSES = itertools.count(1)


class Collector:
    """An OTLP receiver that keeps what it is sent."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.path == "/v1/traces":
                    outer.requests.append(read(body, self.headers["content-type"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def spans(self) -> list:
        """All spans so far."""
        found = []
        for request in list(self.requests):
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    found += scope.spans
        return found

    def close(self) -> None:
        self._server.shutdown()


def read(body: bytes, kind: str) -> ExportTraceServiceRequest:
    """A message of OTLP/HTTP; in JSON, as Triton sends it, ids are hexadecimal and not base64."""
    if "json" not in kind:
        return ExportTraceServiceRequest.FromString(body)
    text = re.sub(
        r'("(?:traceId|spanId|parentSpanId)"\s*:\s*")([0-9a-fA-F]*)"',
        lambda found: f'{found[1]}{base64.b64encode(bytes.fromhex(found[2])).decode()}"',
        body.decode(),
    )
    return json_format.Parse(text, ExportTraceServiceRequest(), ignore_unknown_fields=True)


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture(scope="session")
def pair(
    api_environment: dict[str, str], control_home: Path, collector: Collector
) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Clients of two processes. They believe X-Forwarded-For, so that each test may come from its own address."""
    settings = {
        "STUDIO_HOME": str(control_home / "pair"),
        "STUDIO_LIMITS": json.dumps(
            {"free": {"requests_per_minute": LIMIT, "generations_per_hour": 3, "uploads_per_hour": None}}
        ),
        "STUDIO_ANONYMOUS_REQUESTS_PER_MINUTE": str(ANONYMOUS),
        "STUDIO_TRUSTED_PROXIES": '["127.0.0.1"]',
        "STUDIO_PUBLIC_URL": "https://studio.example",
        "STUDIO_CORS_ORIGINS": '["https://app.example"]',
        "STUDIO_OTLP_URL": collector.url,
        "STUDIO_METRICS_TOKEN": METRICS_TOKEN,
        "STUDIO_LOG_LEVEL": "debug",
    }
    made = [
        api_service(api_environment, control_home / "log" / f"pair{place}.log", **settings)
        for place in range(2)
    ]
    processes = [(service, spawn(service)) for service, _ in made]
    try:
        for service, process in processes:
            wait_ready(service, process)
        with (
            httpx.Client(base_url=made[0][1], timeout=30) as one,
            httpx.Client(base_url=made[1][1], timeout=30) as two,
        ):
            yield one, two
    finally:
        for service, process in processes:
            stop(service, process)


@pytest.fixture
def address() -> str:
    """One that no other test asks from."""
    number = next(_ADDRESSES)
    return f"198.18.{number // 250}.{number % 250 + 1}"
