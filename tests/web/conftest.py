"""A real studio (`studio up`) with its built web UI, and people who use it in Chromium."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from control.billing.tiers import USUAL
from studio.stack.process import free_port
from tests.control.people import PASSWORD, Person, address, made, register

ROOT = Path(__file__).parents[2]
STUDIO = Path(sys.executable).parent / "studio"
DIST = ROOT / "web" / "dist"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
START_SECONDS = 120
LONGEST_MS = 20_000
"""What a page may take to show what is expected: long, as the machine also paints and tests beside."""
BENIGN = ("favicon",)
"""Messages of the console that are no error of ours."""


@dataclass(frozen=True)
class Stack:
    """A running studio."""

    url: str
    home: Path

    def studio(self, *words: str) -> str:
        """What `studio WORDS…` says of it, as its operator types it."""
        command = [str(STUDIO), *words]
        environment = os.environ | {"STUDIO_HOME": str(self.home)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`studio up` over an empty home. STUDIO_TEST_URL and STUDIO_TEST_HOME name one that runs already."""
    if url := os.environ.get("STUDIO_TEST_URL"):
        yield Stack(url, Path(os.environ["STUDIO_TEST_HOME"]))
        return
    assert (DIST / "index.html").is_file(), "The web UI is not built. Run: make web"
    home = tmp_path_factory.mktemp("studio")
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
        "STUDIO_TIERS": msgspec.json.encode({"free": generous}).decode(),
        "STUDIO_LIMITS": '{"free": {"requests_per_minute": null, "generations_per_hour": null, "uploads_per_hour": null}}',
    }
    url = f"http://127.0.0.1:{port}"
    log = home / "up.log"
    with log.open("wb") as said:
        process = subprocess.Popen([str(STUDIO), "up"], env=environment, stdout=said, stderr=said)
        try:
            _wait_ready(url, process, log)
            yield Stack(url, home)
        finally:
            process.terminate()
            process.wait(30)


def _wait_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while f"ready: {url}" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


@pytest.fixture(scope="package")
def api(stack: Stack) -> Iterator[httpx.Client]:
    """The API, for what a test prepares or looks up beside the browser."""
    with httpx.Client(base_url=stack.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium: Debian's, or what STUDIO_CHROMIUM names."""
    path = os.environ.get("STUDIO_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, (
        "No browser. Debian: apt-get install chromium; elsewhere set STUDIO_CHROMIUM to Chrome or Chromium."
    )
    expect.set_options(timeout=LONGEST_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
        )
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser of their own. What their pages complain of is in `complaints`."""

    def __init__(self, browser: Browser, stack: Stack, person: Person | None, **options: Any) -> None:
        self.stack, self.person = stack, person
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=stack.url, reduced_motion="reduce", accept_downloads=True, **options
        )
        self.context.set_default_timeout(LONGEST_MS)
        self.page: Page = self.new_page()
        if person is not None:
            answer = self.context.request.post(
                "/api/v1/browser/login", data={"email": person.email, "password": PASSWORD}
            )
            assert answer.ok, answer.text()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in BENIGN):
            self.complaints.append(f"{message.location.get('url')}: {message.text}")

    def forgive(self, *words: str) -> None:
        """Complaints that the test causes on purpose: those that contain one of the words."""
        self.complaints = [said for said in self.complaints if not any(word in said for word in words)]


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, stack: Stack, api: httpx.Client) -> Iterator[Visit]:
    """`visit()`: a new account, past its onboarding, in a browser; `visit(None)`: a stranger; `phone=True`; `theme="light"`.

    At the end no page may have complained: no script error, nothing that its policy (CSP) had to refuse.
    """
    with ExitStack() as leaving:
        came: list[Visitor] = []

        def come(
            person: Person | str | None = "new",
            *,
            phone: bool = False,
            theme: str = "dark",
            onboarded: bool = True,
        ) -> Visitor:
            if isinstance(person, str):
                person = register(api, "Ada", address("ada"))
            if person is not None and onboarded:
                # As the UI keeps it: web/src/features/onboarding.
                made(person.request("PUT", "/me/preferences", {"onboarded": True}))
            options: dict[str, Any] = (
                {"viewport": PHONE, "has_touch": True, "is_mobile": True} if phone else {"viewport": DESKTOP}
            )
            visitor = Visitor(browser, stack, person, **options)
            visitor.context.add_init_script(
                f"try {{ localStorage.setItem('studio.theme', '{theme}') }} catch {{}}"
            )
            leaving.callback(visitor.context.close)
            came.append(visitor)
            return visitor

        yield come
        said = [complaint for visitor in came for complaint in visitor.complaints]
    assert said == []
