"""The `studio` command at its edges: what a person gets wrong, and what the machine lacks."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from studio.cli import main
from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.processes import stubs
from studio.triton.server import running, take_ports

STUDIO = Path(sys.executable).parent / "studio"


def studio(*arguments: str, **environment: str):
    """Runs the command in this process."""
    return CliRunner().invoke(main, arguments, env=environment)


def test_help_names_every_command():
    shown = studio("--help").output
    assert all(name in shown for name in ("image", "serve", "models", "export", "doctor"))


def test_a_taken_port_is_one_sentence_with_the_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(StudioError, match="STUDIO_GRPC_PORT"):
            take_ports("127.0.0.1", {"STUDIO_GRPC_PORT": other.getsockname()[1]})


def test_free_ports_differ():
    ports = take_ports("127.0.0.1", {"a": 0, "b": 0, "c": 0})
    assert len(set(ports)) == 3


def test_a_wrong_setting_is_named():
    with pytest.raises(StudioError, match="http_port"):
        read_settings({"STUDIO_HTTP_PORT": "many"})
    with pytest.raises(StudioError, match="grpc_port"):
        read_settings({"STUDIO_GRPC_PORT": "70000"})
    with pytest.raises(StudioError, match="JSON"):
        read_settings({"STUDIO_MAX_BATCH": "many"})
    assert read_settings({"STUDIO_MAX_BATCH": '{"512": 4}'}).max_batch == {"512": 4}
    assert read_settings({"STUDIO_HTTP_PORT": "0"}).http_port == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("image", "x", "-o", "out.gif"), ".png or .webp"),
        (("image", "x", "-o", "/nowhere/out.png"), "does not exist"),
        (("image", "x", "--size", "big"), "not a size"),
        (("image", "x", "--batch", "9"), "1<=x<=8"),
        (("image", "x", "--seed", "-1"), "seed"),
        (("export", "/nowhere", "--name", "x"), "/nowhere"),
        (("export", ".", "--name", "../x"), "name"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_ends_with_2(tmp_path, arguments, says):
    done = studio(*arguments, STUDIO_HOME=str(tmp_path))
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output


def test_no_server_at_the_address_given(tmp_path):
    done = studio("image", "x", "-o", str(tmp_path / "x.png"), STUDIO_TRITON_URL="127.0.0.1:9")
    assert done.exit_code == 2
    assert "studio serve" in done.output
    assert not list(tmp_path.iterdir())


def test_a_picture_that_was_lost_is_asked_for_once_more(tmp_path, monkeypatch):
    from studio.commands import image
    from studio.triton.client import LostError, Pictures

    asked: list[dict[str, object]] = []

    def stream(_url, _model, parameters):
        asked.append(parameters)
        if len(asked) == 1:
            raise LostError("pocket-unet was lost.")
        yield Pictures(1, np.zeros((1, 8, 8, 3), np.uint8), [b"a file"])

    monkeypatch.setattr(image, "stream", stream)
    monkeypatch.setattr(image, "wait_ready", lambda *_: True)
    out = tmp_path / "x.png"
    done = studio("image", "x", "-o", str(out), STUDIO_TRITON_URL="127.0.0.1:9")
    assert done.exit_code == 0, done.output
    assert "pocket-unet was lost. Trying once more." in done.output
    assert asked[0] == asked[1]
    assert out.read_bytes() == b"a file"


def test_models_of_an_empty_home(tmp_path):
    assert "studio export" in studio("models", STUDIO_HOME=str(tmp_path)).output


def test_doctor_finds_what_the_tests_themselves_run_on(tmp_path):
    free = {"STUDIO_HTTP_PORT": "0", "STUDIO_GRPC_PORT": "0", "STUDIO_METRICS_PORT": "0"}
    done = studio("doctor", STUDIO_HOME=str(tmp_path), **free)
    for said in (
        "Python 3.",
        "tritonserver of nvidia-pytriton",
        "packages (NumPy 1.",
        "ports 0, 0, 0 are free",
    ):
        assert f"ok   {said}" in done.output


def test_doctor_says_what_is_missing_and_what_mends_it(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = studio("doctor", STUDIO_HOME=str(tmp_path), STUDIO_HTTP_PORT=str(other.getsockname()[1]))
    assert done.exit_code == 1
    assert "bad" in done.output
    assert "STUDIO_HTTP_PORT=0" in done.output


@pytest.mark.triton
def test_serve_image_and_a_clean_stop(tmp_path):
    environment = os.environ | {
        "STUDIO_HOME": str(tmp_path / "home"),
        "STUDIO_HTTP_PORT": "0",
        "STUDIO_GRPC_PORT": "0",
        "STUDIO_METRICS_PORT": "0",
    }
    server = subprocess.Popen([STUDIO, "serve"], env=environment, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        said = ""
        while "ready:" not in said:
            line = server.stderr.readline()
            assert line, f"studio serve ended: {said}"
            said += line
        state = running(tmp_path / "home")
        assert state is not None
        second = subprocess.run(
            [STUDIO, "serve"], env=environment, capture_output=True, text=True, check=False
        )
        assert second.returncode == 2
        assert "already running" in second.stderr
        out = tmp_path / "picture.png"
        command = [STUDIO, "image", "a red heart", "-o", out, "--steps", "4", "--seed", "3", "--batch", "2"]
        subprocess.run(command, env=environment, check=True)
        assert Image.open(tmp_path / "picture-1.png").size == (128, 128)
        assert Image.open(tmp_path / "picture-2.png").size == (128, 128)
        (unet,) = (pid for pid, stub in stubs(state.pid).items() if stub.model == "pocket-unet")
        os.kill(unet, signal.SIGKILL)
        line = server.stderr.readline()
        assert re.search(rf"watchdog: pocket-unet: process {unet} died: loaded again in [\d.]+ s$", line)
    finally:
        server.terminate()
        asked = time.monotonic()
        status = server.wait(20)
    assert status == 0
    assert time.monotonic() - asked < 10
    assert not Path(f"/proc/{state.pid}").exists()
    assert running(tmp_path / "home") is None
