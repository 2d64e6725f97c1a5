"""`studio up` with several workers and Triton servers: each is watched by itself, and stopped in order."""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from scheduler import status
from studio.cli import main
from studio.demo.person import Person
from studio.errors import StudioError
from studio.settings import read_settings
from studio.stack import triton
from studio.triton.client import wait_ready
from studio.triton.server import all_running
from tests.studio.stack.ups import ACCOUNT, ANY_PORT, Up, demo, living


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, published_pocket: Path) -> Iterator[Up]:
    home = tmp_path_factory.mktemp("several")
    shutil.copytree(published_pocket.parents[1], home, symlinks=True, dirs_exist_ok=True)
    running = Up(home, STUDIO_WORKERS="2", STUDIO_TRITONS="2", STUDIO_PORT="0")
    assert running.url, running.said
    yield running
    running.process.kill()
    running.process.wait()


def servers(up: Up) -> list[str]:
    return up.state().services["STUDIO_TRITON_URL"].split(",")


def test_each_has_its_own_process_folder_and_ports(up: Up) -> None:
    parts = up.state().living()
    assert {"Worker 1", "Worker 2", "Triton 1", "Triton 2", "API"} < set(parts)
    assert {number: server.grpc_url for number, server in all_running(up.home).items()} == dict(
        enumerate(servers(up), 1)
    )
    assert all(wait_ready(url, "pocket", 1) for url in servers(up))
    for number in (1, 2):
        found = status.read(up.home, f"worker-{number}")
        assert found is not None
        assert (found.pid, found.ready) == (parts[f"Worker {number}"], True)
        assert (up.home / "log" / f"worker-{number}.log").exists()


def test_triton_stands_back_and_knows_no_password(up: Up) -> None:
    parts = up.state().living()
    nice = {name: psutil.Process(pid).nice() for name, pid in parts.items()}
    assert nice["Triton 1"] == nice["Triton 2"] == nice["API"] + triton.NICE
    assert [n for n in psutil.Process(parts["Triton 2"]).environ() if "SECRET" in n or "DATABASE" in n] == []


def test_both_servers_figures_are_summed(up: Up) -> None:
    figures = httpx.get(f"{up.url}/metrics").text
    assert 'studio_engine_requests_total{model="pocket-unet"}' in figures


@pytest.mark.parametrize("number", [2, 1])
def test_what_is_killed_is_started_again_and_the_others_stay(up: Up, number: int) -> None:
    names = {f"Triton {number}", f"Worker {number}"}
    before = up.state().living()
    for name in names:
        psutil.Process(before[name]).kill()
    for name in names:
        up.wait_said(rf"{name}: .*(running again|server restarted)", 40)
    after = up.state().living()
    assert {part for part in before if before[part] != after.get(part)} == names
    # On the port that the workers know.
    assert wait_ready(servers(up)[number - 1], "pocket", 10)


def test_doctor_counts_them(up: Up) -> None:
    settings = {"STUDIO_HOME": str(up.home), **ANY_PORT}
    said = CliRunner().invoke(main, ["doctor"], env=settings).output
    assert re.search(r"ok +2 workers running", said), said
    assert f"2 Triton servers answering at {', '.join(servers(up))}" in said
    # One that is gone is named: the stack's own watching is held up meanwhile.
    pid = up.state().living()["Worker 2"]
    os.kill(up.process.pid, signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGKILL)
        done = CliRunner().invoke(main, ["doctor"], env=settings)
    finally:
        os.kill(up.process.pid, signal.SIGCONT)
    assert re.search(r"bad +Worker 2 of 2 does not run", done.output), done.output
    assert done.exit_code == 1


def test_the_demo_uses_a_running_studio_and_leaves_it_running(up: Up, tmp_path: Path) -> None:
    for number in range(2):
        out = tmp_path / f"{number}.png"
        done = demo(up.home, "a small green square on a red background", "-o", str(out))
        assert done.returncode == 0, done.stderr
        assert f"the studio is running at {up.url}" in done.stderr
        assert out.stat().st_size > 1000
    assert up.process.poll() is None
    # What the API refuses is one sentence.
    with Person(up.url) as person, pytest.raises(StudioError, match=r"The API says: There is no checkpoint"):
        person.submit({"prompt": "x", "model": "mona-lisa"})


def test_a_worker_alone_works_for_others(up: Up, tmp_path: Path) -> None:
    key = (up.home / "secrets" / "key").read_text()
    alone = Up(tmp_path, command="worker", STUDIO_SECRET_KEY=key, STUDIO_WORKERS="1", **up.state().services)
    try:
        assert alone.line == "Workers are ready: 1\n", alone.said
        alone.process.send_signal(signal.SIGTERM)
        assert alone.process.wait(10) == 0
    finally:
        alone.process.kill()
        alone.process.wait()
    lacking = Up(tmp_path, command="worker")
    assert lacking.process.wait(10) == 2
    assert re.fullmatch(r"studio: Set STUDIO_DATABASE_URL .*\n", "".join(lacking.said))


def test_everything_stops_within_ten_seconds_while_a_job_is_being_painted(up: Up) -> None:
    answer = httpx.post(f"{up.url}/api/v1/auth/register", json=ACCOUNT)
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    request = {"prompt": "a red circle", "steps": 150, "width": 512, "height": 512}
    job = httpx.post(f"{up.url}/api/v1/generate/txt2img", json=request, headers=headers).json()
    deadline = time.monotonic() + 20
    while (
        httpx.get(f"{up.url}/api/v1/jobs/{job['id']}/status", headers=headers).json()["state"] != "PROCESSING"
    ):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    inner = psutil.Process(up.process.pid).children(recursive=True)
    began = time.monotonic()
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(15) == 0
    assert time.monotonic() - began < 10
    assert not living(inner)
    assert "was killed" not in "".join(up.said), "workers and services ended by themselves"


def test_cores_and_ports_are_shared_out(tmp_path: Path) -> None:
    environment = {"STUDIO_HOME": str(tmp_path), "STUDIO_TRITONS": "3", "STUDIO_GRPC_PORT": "8501"}
    found = triton.settings_of(read_settings(environment))
    assert found[0].grpc_port == 8501
    ports = [port for one in found for port in (one.http_port, one.grpc_port, one.metrics_port)]
    assert len(set(ports)) == 9
    assert {one.engine_threads for one in found} == {max(1, (os.cpu_count() or 1) // 3)}
    # The same at the next start, as workers elsewhere may know them.
    assert triton.settings_of(read_settings(environment)) == found
    assert (
        triton.settings_of(read_settings(environment | {"STUDIO_ENGINE_THREADS": "5"}))[1].engine_threads == 5
    )
