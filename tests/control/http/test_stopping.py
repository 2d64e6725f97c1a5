"""A process that is told to stop says so first, finishes what is under way, and takes nothing new."""

import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from studio.stack.process import spawn, stop, wait_ready
from tests.control.conftest import api_service


def test_sigterm(api_environment: dict[str, str], control_home: Path) -> None:
    service, base = api_service(
        api_environment,
        control_home / "log" / "stopping.log",
        STUDIO_DRAIN_SECONDS="1.5",
        STUDIO_STOP_SECONDS="6",
        STUDIO_HOME=str(control_home / "stopping"),
    )
    process = spawn(service)
    try:
        wait_ready(service, process)
        port = int(base.rpartition(":")[2])
        body = b'{"email": "nobody@example.com", "password": "correct horse battery"}'
        with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
            slow.sendall(
                b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body[:10]
            )
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            # It still answers, and says that it will not for long.
            ready = httpx.get(f"{base}/readyz")
            assert ready.status_code == 503
            assert ready.json() == {"database": "ok", "redis": "ok", "storage": "ok", "process": "stopping"}
            other = httpx.get(f"{base}/api/v1/me")
            assert other.status_code == 401
            assert other.headers["connection"] == "close"
            time.sleep(2)
            # Nothing new now; what had begun goes on.
            with pytest.raises(httpx.TransportError):
                httpx.get(f"{base}/healthz")
            assert process.poll() is None
            slow.sendall(body[10:])
            answer = b""
            while chunk := slow.recv(65536):
                answer += chunk
            assert answer.startswith(b"HTTP/1.1 401 "), answer
            assert b"/problems/unauthenticated" in answer
        assert process.wait(6) in {0, -signal.SIGTERM}
    finally:
        stop(service, process)
