"""A real `studio up` with several workers and Triton servers, in a home of its own."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from control.billing.tiers import USUAL
from studio.stack import state
from studio.stack.process import Service, running

NO_LIMITS = dict.fromkeys(("requests_per_minute", "generations_per_hour", "uploads_per_hour"))
PORTS = ("STUDIO_PORT", "STUDIO_HTTP_PORT", "STUDIO_GRPC_PORT", "STUDIO_METRICS_PORT")


@contextmanager
def up(home: Path, workers: int = 2, tritons: int = 2, **settings: str) -> Iterator[state.State]:
    """The running stack; its log is `home`/log/up.log. Raises `StudioError` where it does not start."""
    service = Service(
        name="the studio",
        command=[str(Path(sys.executable).with_name("studio")), "up"],
        env={
            **dict.fromkeys(PORTS, "0"),
            "STUDIO_HOME": str(home),
            "STUDIO_WORKERS": str(workers),
            "STUDIO_TRITONS": str(tritons),
            # All jobs are one machine's: those who submit are not to wait for their hour.
            "STUDIO_LIMITS": json.dumps({"free": NO_LIMITS}),
            # So that many are under way when something dies.
            "STUDIO_TIERS": msgspec.json.encode(
                {"free": msgspec.structs.replace(USUAL["free"], concurrent_jobs=8)}
            ).decode(),
            "STUDIO_ANONYMOUS_REQUESTS_PER_MINUTE": "100000",
            "STUDIO_PASSWORD_MEMORY_MB": "8",
            **settings,
        },
        log=home / "log" / "up.log",
        ready=lambda: bool((found := state.running(home)) and found.url),
        start_seconds=240,
        stop_seconds=20,
    )
    with running(service):
        found = state.read(home)
        assert found is not None
        yield found
