"""Processes of models are killed, stopped and hung under real Triton: who asked is told, and the next is served."""

import os
import signal
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from studio.triton.care import Care
from studio.triton.client import LostError, Step, stream
from studio.triton.processes import SHM, regions
from tests.serving.conftest import SHM_MEGABYTES, STEP_SECONDS, Patient
from tests.serving.pictures import RED, eventually, infer, paint

pytestmark = [pytest.mark.triton, pytest.mark.timeout(120)]

LONG = RED | {"STEPS": 150, "WIDTH": 256, "HEIGHT": 256}
PROMISED = 10.0
"""Seconds to notice and to heal."""


@pytest.fixture
def well(patient: Patient) -> Patient:
    """The patient, once the last test's harm is healed."""
    patient.wait_well()
    patient.said.clear()
    return patient


def seconds_to_lose(patient: Patient, harm: Callable[[], None]) -> float:
    """Harms the server while a picture is painted; how long until its client is told to try again."""
    with pytest.raises(LostError):  # noqa: PT012
        for part in stream(patient.url, "pocket", LONG):
            assert isinstance(part, Step), "the picture was finished before the harm showed"
            if part.step == 2:
                harm()
                harmed = time.monotonic()
    return time.monotonic() - harmed


def seconds_to_paint(patient: Patient) -> float:
    """How long until a picture is painted, with a client that tries again as it may."""
    asked = time.monotonic()
    while time.monotonic() - asked < 3 * PROMISED:
        try:
            paint(patient.url)
            return time.monotonic() - asked
        except Exception:
            time.sleep(0.2)
    raise AssertionError(f"nothing was painted; the watchdog said {patient.said}")


@pytest.mark.parametrize("harm", [signal.SIGKILL, signal.SIGSTOP])
def test_a_network_that_dies_or_stops_amid_a_step_is_told_and_replaced(well, harm):
    before, server = paint(well.url).images, well.server.process.pid
    (pid,) = well.pids("pocket-unet")
    assert seconds_to_lose(well, lambda: os.kill(pid, harm)) < PROMISED
    assert seconds_to_paint(well) < PROMISED
    well.wait_well()
    (line,) = well.said
    assert f"pocket-unet: process {pid}" in line
    assert "loaded again in" in line
    assert well.server.process.pid == server, "the other models went on"
    assert np.array_equal(paint(well.url).images, before)


@pytest.mark.parametrize("model", ["pocket-txt2img-stream", "sampler"])
def test_a_stream_whose_process_dies_ends_and_the_server_comes_back_on_its_ports(well, model):
    assert model in well.streaming()
    before, url = paint(well.url).images, well.url
    (pid,) = well.pids(model)
    assert seconds_to_lose(well, lambda: os.kill(pid, signal.SIGKILL)) < PROMISED
    assert seconds_to_paint(well) < PROMISED
    well.wait_well()
    (line,) = well.said
    assert f"{model}: process {pid} died" in line
    assert "server restarted in" in line
    assert well.url == url
    assert np.array_equal(paint(well.url).images, before)


def test_idle_processes_that_die_are_replaced_before_anyone_asks(well):
    server = well.server.process.pid
    for model in ("encode_image", "text_encode"):
        heard = len(well.said)
        for pid in well.pids(model):
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda heard=heard: len(well.said) > heard, PROMISED)
        assert f"{model}: process" in well.said[-1]
        assert "loaded again in" in well.said[-1]
    assert well.server.process.pid == server, "the other models went on"
    paint(well.url)


def test_a_step_that_comes_to_no_end_is_ended_after_the_set_time(well):
    (pid,) = well.pids("sleeper-unet")
    infer(well.url, "sleeper-unet", {"SECONDS": np.array([STEP_SECONDS / 2], np.float32)}, ["SECONDS"])
    assert well.pids("sleeper-unet") == [pid], "a healthy long step is left alone"
    began = time.monotonic()
    with pytest.raises(Exception, match=r"not healthy|UNAVAILABLE"):
        infer(well.url, "sleeper-unet", {"SECONDS": np.array([600], np.float32)}, ["SECONDS"])
    assert STEP_SECONDS < time.monotonic() - began < STEP_SECONDS + PROMISED
    assert eventually(lambda: well.said, PROMISED)
    assert time.monotonic() - began < STEP_SECONDS + PROMISED
    assert f"sleeper-unet: process {pid} has come to no end for 3 s" in well.said[0]
    well.wait_well()
    infer(well.url, "sleeper-unet", {"SECONDS": np.array([0], np.float32)}, ["SECONDS"])


def test_a_model_that_is_lost_while_the_server_is_ready_comes_back(well):
    care = Care(well.server)
    with care._client() as client:
        client.unload_model("pocket-vae-decoder", headers=care.headers)
    assert seconds_to_paint(well) < PROMISED
    assert eventually(lambda: well.said)
    # Whichever is seen first: that it is not ready, or that its process has gone.
    assert "pocket-vae-decoder: " in well.said[0]
    assert "loaded again in" in well.said[0]


def test_shared_memory_of_nobody_is_removed(well):
    left = SHM / f"{well.server.shared_memory}left-by-a-stub"
    left.write_bytes(bytes(3_000_000))
    assert eventually(lambda: not left.exists(), PROMISED)
    assert eventually(lambda: well.said)
    assert "3.0 MB of shared memory belong to nobody: removed" in well.said[0]
    paint(well.url)


def test_shared_memory_that_grew_is_had_back_while_nobody_asks(well):
    big = np.zeros((32, 1024, 1024, 3), np.uint8)
    infer(well.url, "encode_image", {"IMAGE": big}, ["ENCODED"])
    assert sum(regions(well.server.shared_memory).values()) > SHM_MEGABYTES * 1_000_000
    assert eventually(lambda: well.said, 5 + PROMISED)
    assert "encode_image: stubs hold" in well.said[0]
    assert eventually(lambda: sum(regions(well.server.shared_memory).values()) < SHM_MEGABYTES * 1_000_000)
    paint(well.url)


def test_everyone_who_waits_for_a_process_that_died_is_told(well):
    (pid,) = well.pids("pocket-unet")
    ends: list[str] = []

    def ask(seed: int) -> None:
        try:
            for _ in stream(well.url, "pocket", LONG | {"SEED": seed}):
                pass
            ends.append("painted")
        except LostError:
            ends.append("lost")

    clients = [threading.Thread(target=ask, args=[seed]) for seed in range(4)]
    for client in clients:
        client.start()
    time.sleep(1.5)
    os.kill(pid, signal.SIGKILL)
    for client in clients:
        client.join(PROMISED)
    assert ends == ["lost"] * 4
