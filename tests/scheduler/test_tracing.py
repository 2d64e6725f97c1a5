"""One tree of spans from the request to Triton."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from rich.console import Console

from studio.settings import Settings
from studio.stack.process import running
from studio.triton.session import temporary_server
from tests.conftest import Served
from tests.control.conftest import api_service
from tests.control.http.conftest import Collector
from tests.control.people import Person, register
from tests.scheduler.conftest import Workers, ended, submit, wait_for

WORKER = {"queue wait", "claim", "place", "triton", "store", "settle"}


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture
def traced(
    environment: dict[str, str], triton: Served, collector: Collector
) -> Iterator[tuple[Person, Workers]]:
    """An API, a worker and a Triton that tell the collector."""
    given = {"STUDIO_OTLP_URL": collector.url}
    settings = Settings(home=triton.home, otlp_url=collector.url)
    with temporary_server(settings, Console(stderr=True)) as state:
        given["STUDIO_TRITON_URL"] = state.grpc_url
        service, base = api_service(environment, triton.home / "log" / "traced.log", **given)
        workers = Workers(environment)
        with running(service), httpx.Client(base_url=base, timeout=30) as client:
            workers.start("traced", **given)
            yield register(client), workers
            workers.end()


def test_a_job_is_one_tree_from_its_request_to_triton(
    traced: tuple[Person, Workers], collector: Collector
) -> None:
    person, _ = traced
    # This Triton loses spans now and then: of some jobs one is complete.
    jobs = [submit(person, seed=seed) for seed in range(6)]
    assert all(ended(person, job_id)["state"] == "COMPLETED" for job_id in jobs)

    def trees() -> list[list[Any]]:
        found: dict[bytes, list[Any]] = {}
        for span in collector.spans():
            found.setdefault(span.trace_id, []).append(span)
        return [spans for spans in found.values() if whole(spans)]

    def whole(spans: list[Any]) -> bool:
        ids = {b"", *(span.span_id for span in spans)}
        all_there = {"POST /api/v1/jobs", "job", *WORKER, "compute"} <= {span.name for span in spans}
        return all_there and all(span.parent_span_id in ids for span in spans)

    tree = wait_for(trees, 15)[0]
    by_id = {span.span_id: span for span in tree}
    one = {span.name: span for span in tree}

    def path(span: Any) -> list[str]:
        names = [span.name]
        while span.parent_span_id:
            span = by_id[span.parent_span_id]
            names.append(span.name)
        return names

    # Nothing stands outside, and Triton's own work is below the worker's question, below the request.
    assert {path(span)[-1] for span in tree} == {"POST /api/v1/jobs"}
    assert path(one["compute"]) == [
        "compute", "pocket-txt2img-stream", "InferRequest", "triton", "job", "POST /api/v1/jobs",
    ]  # fmt: skip
    for name in WORKER:
        assert path(one[name]) == [name, "job", "POST /api/v1/jobs"]
    assert one["claim"].end_time_unix_nano <= one["triton"].start_time_unix_nano
    assert one["triton"].end_time_unix_nano <= one["settle"].start_time_unix_nano
