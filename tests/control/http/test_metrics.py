"""Figures of two processes add up; the public does not read them."""

import http.server
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from control.http.metrics_folder import leave, prepare
from control.http.monitoring import engine_figures, translate
from studio.stack.process import running
from tests.control.conftest import api_service
from tests.control.http.conftest import LIMIT, METRICS_TOKEN
from tests.control.http.test_limits import token_of
from tests.control.people import PASSWORD
from tests.control.people import address as mail_address

Pair = tuple[httpx.Client, httpx.Client]
Figure = Callable[..., float]


def figures(client: httpx.Client) -> Figure:
    """Sum of all samples of a name whose labels are as said."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [s for family in text_string_to_metric_families(answer.text) for s in family.samples]

    def figure(name: str, **labels: str) -> float:
        return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())

    return figure


def test_two_processes_add_up(pair: Pair, address: str) -> None:
    before = figures(pair[0])
    token = token_of(pair[0], address)
    for number in range(LIMIT + 5):
        pair[number % 2].get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    pair[1].get("/a/path/that/nobody/has", headers={"X-Forwarded-For": address})
    login = {"email": mail_address("nobody"), "password": PASSWORD}
    pair[1].post("/api/v1/auth/login", json=login, headers={"X-Forwarded-For": address})
    # An answer is counted when it has been sent.
    time.sleep(0.3)
    # Whichever is asked.
    for client in pair:
        after = figures(client)

        def grew(name: str, **labels: str) -> float:
            return after(name, **labels) - before(name, **labels)  # noqa: B023

        count = "studio_http_request_duration_seconds_count"
        assert grew(count, route="/api/v1/me", method="GET", status="200") == LIMIT
        assert grew(count, route="/api/v1/me", status="429") == 5
        assert grew(count, route="(unknown)", status="404") == 1
        assert grew("studio_http_request_duration_seconds_bucket", route="/api/v1/me", le="+Inf") == LIMIT + 5
        assert grew("studio_rate_limited_total", tier="free", limit="requests") == 5
        assert grew("studio_logins_total", outcome="refused") == 1
        assert after("studio_http_requests_in_progress") == 1  # this one
        assert after("studio_database_connections") >= 4
        assert after(count, route="/a/path/that/nobody/has") == 0


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": METRICS_TOKEN}])
def test_with_a_token_nobody_else_reads_them(pair: Pair, header: dict[str, str]) -> None:
    answer = pair[0].get("/metrics", headers=header)
    assert answer.status_code == 401
    assert "studio_" not in answer.text


def test_without_one_this_machine_alone_does(api: httpx.Client) -> None:
    assert "studio_http_request" in api.get("/metrics").text
    # A proxy on this machine passes the public on.
    for header in (
        {"X-Forwarded-For": "198.51.100.7"},
        {"Forwarded": "for=198.51.100.7"},
        {"Via": "1.1 proxy"},
    ):
        answer = api.get("/metrics", headers=header)
        assert answer.status_code == 403
        assert "STUDIO_METRICS_TOKEN" in answer.json()["detail"]


TRITON = """\
# HELP nv_inference_request_success Number of successful inference requests, all batch sizes
# TYPE nv_inference_request_success counter
nv_inference_request_success{model="pocket-unet",version="1"} 40
nv_inference_request_success{model="pocket-unet",version="2"} 2
# HELP nv_inference_compute_infer_duration_us Cumulative compute inference duration in microseconds
# TYPE nv_inference_compute_infer_duration_us counter
nv_inference_compute_infer_duration_us{model="pocket-unet",version="1"} 2500000
nv_inference_compute_infer_duration_us{model="sampler",version="1"} 10
# TYPE nv_gpu_utilization gauge
nv_gpu_utilization{gpu_uuid="GPU-1"} 0.5
"""


def test_engine_time_is_tritons() -> None:
    families = {family.name: family for family in text_string_to_metric_families(translate(TRITON))}
    engine = {s.labels["model"]: s.value for s in families["studio_engine_seconds"].samples}
    assert engine == {"pocket-unet": 2.5, "sampler": pytest.approx(1e-5)}
    assert [s.value for s in families["studio_engine_requests"].samples] == [42]
    assert "studio_engine_queue_seconds" not in families
    assert translate("") == ""


async def test_engine_time_is_fetched_and_left_out_where_triton_is_away() -> None:
    class Triton(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(TRITON.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Triton)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here, nobody = f"http://127.0.0.1:{server.server_port}/metrics", "http://127.0.0.1:1/metrics"
    figure = b'studio_engine_seconds_total{model="pocket-unet"} %s\n'
    assert figure % b"2.5" in await engine_figures([here])
    assert figure % b"5.0" in await engine_figures([here, nobody, here]), "of several servers the sum"
    server.shutdown()
    assert (await engine_figures([nobody])).strip() == b""


def test_the_folder_keeps_counters_of_who_ended_and_not_what_they_had_under_way(tmp_path: Path) -> None:
    prepare(tmp_path)
    for name in ("counter_999999.db", "gauge_livesum_999999.db", "999999.pid"):
        (tmp_path / name).touch()
    # One process runs (this one), another ended.
    prepare(tmp_path)
    assert (tmp_path / "counter_999999.db").exists()
    assert not (tmp_path / "gauge_livesum_999999.db").exists()
    leave(tmp_path)
    # Nobody runs: what starts now starts from nothing.
    prepare(tmp_path)
    assert not (tmp_path / "counter_999999.db").exists()


def test_a_killed_process_leaves_nothing_under_way(
    api_environment: dict[str, str], control_home: Path
) -> None:
    home = control_home / "killed"
    folder = home / "metrics"
    folder.mkdir(parents=True)
    (folder / "gauge_livesum_999999.db").touch()
    service, base = api_service(api_environment, control_home / "log" / "killed.log", STUDIO_HOME=str(home))
    with running(service):
        assert not (folder / "gauge_livesum_999999.db").exists()
        assert "studio_http_requests_in_progress 1.0" in httpx.get(f"{base}/metrics").text
    assert not list(folder.glob("gauge_live*"))
