"""A studio of its own, as `studio up` starts it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from control.billing.tiers import USUAL
from studio.stack.process import free_port
from tests.control.identity.fake_providers import SECRET, FakeProviders

ROOT = Path(__file__).parents[2]
DIST = ROOT / "web" / "dist"
STUDIO = Path(sys.executable).parent / "studio"
START_SECONDS = 120
STOP_SECONDS = 30


@dataclass(frozen=True)
class Stack:
    """A running studio."""

    url: str
    home: Path
    provider: FakeProviders | None = None
    """Of accounts elsewhere that one may sign in with; None where the studio ran already."""

    def studio(self, *words: str) -> str:
        """What `studio WORDS…` says of it, as its operator types it."""
        environment = os.environ | {"STUDIO_HOME": str(self.home)}
        done = subprocess.run(
            [str(STUDIO), *words], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def started(home: Path) -> Iterator[Stack]:
    """`studio up` over an empty home. STUDIO_TEST_URL and STUDIO_TEST_HOME name one that runs already."""
    if url := os.environ.get("STUDIO_TEST_URL"):
        yield Stack(url, Path(os.environ["STUDIO_TEST_HOME"]))
        return
    assert (DIST / "index.html").is_file(), "The web UI is not built. Run: make web"
    with FakeProviders() as provider:
        yield from _own(home, provider)


def _own(home: Path, provider: FakeProviders) -> Iterator[Stack]:
    port = free_port()
    generous = msgspec.structs.replace(USUAL["free"], seats=None, queued_jobs=100, monthly_credits=1000)
    environment = os.environ | {
        "STUDIO_HOME": str(home),
        "STUDIO_PORT": str(port),
        "STUDIO_HTTP_PORT": "0",
        "STUDIO_GRPC_PORT": "0",
        "STUDIO_METRICS_PORT": "0",
        "STUDIO_COMFY_PORT": "0",
        "STUDIO_PASSWORD_MEMORY_MB": "8",
        "STUDIO_PASSWORD_PASSES": "1",
        "STUDIO_ANONYMOUS_REQUESTS_PER_MINUTE": "1000000",
        "STUDIO_OIDC_PROVIDERS": json_of(
            {
                "company": {
                    "issuer": f"{provider.url}/issuer",
                    "client_id": "studio",
                    "client_secret": SECRET,
                    "title": "The company",
                }
            }
        ),
        "STUDIO_TIERS": json_of({"free": generous}),
        "STUDIO_LIMITS": '{"free": {"requests_per_minute": null, "generations_per_hour": null, "uploads_per_hour": null}}',
    }
    url = f"http://127.0.0.1:{port}"
    log = home / "up.log"
    with log.open("wb") as said:
        process = subprocess.Popen([str(STUDIO), "up"], env=environment, stdout=said, stderr=said)
        try:
            _wait_ready(url, process, log)
            yield Stack(url, home, provider)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def _wait_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while f"ready: {url}" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def json_of(value: object) -> str:
    """As settings take it."""
    return msgspec.json.encode(value).decode()
