"""The studio that the demo asks: one that runs already, or one of its own."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from studio.errors import StudioError
from studio.settings import Settings
from studio.stack import api, state
from studio.stack.process import Service, running

START_SECONDS = 240.0
"""How long the services may take: at the first start the database is made and the checkpoint published."""
STOP_SECONDS = 15.0
PORTS = ("STUDIO_PORT", "STUDIO_HTTP_PORT", "STUDIO_GRPC_PORT", "STUDIO_METRICS_PORT")


@contextmanager
def reachable_studio(settings: Settings, console: Console) -> Iterator[str]:
    """Address of this home's running studio, or of one on free ports that is stopped at the end.

    Raises `StudioError` with the reason where it does not start.
    """
    if state.running(settings.home) is not None:
        url = _running_one(settings.home)
        console.print(f"the studio is running at {url}", style="dim")
        yield url
        return
    log = settings.home / "log" / "demo.log"
    service = Service(
        name="The studio",
        command=[str(Path(sys.executable).with_name("studio")), "up"],
        env=dict.fromkeys(PORTS, "0")
        | {"STUDIO_COMFY_PORT": "off"}
        | api.own_settings()
        | {"STUDIO_HOME": str(settings.home)},
        log=log,
        ready=lambda: bool((found := state.running(settings.home)) and found.url),
        start_seconds=START_SECONDS,
        stop_seconds=STOP_SECONDS,
        # What an earlier one said is no reason why this one does not start.
        before=lambda: log.unlink(missing_ok=True),
    )
    parts = f"{settings.workers} x worker, {settings.tritons} x Triton"
    began = time.monotonic()
    with ExitStack() as held:
        with console.status(f"starting PostgreSQL, Valkey, SeaweedFS, the API, {parts}"):
            held.enter_context(running(service))
        console.print(f"started a studio ({parts}) in {time.monotonic() - began:.0f} s", style="dim")
        yield _running_one(settings.home)
        console.print("stopping the studio", style="dim")


def _running_one(home: Path) -> str:
    """Waits for one that is just starting."""
    deadline = time.monotonic() + START_SECONDS
    while (found := state.running(home)) is not None and time.monotonic() < deadline:
        if found.url and api.answers(found.url):
            return found.url
        time.sleep(0.1)
    raise StudioError(f"The studio of {home} does not answer; see the logs in {home / 'log'}.")
