"""People with browsers."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.control.people import PASSWORD, Person
from tests.web.stack import Stack

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
LONGEST_MS = 20_000
"""What a page may take to show what is expected: long, as the machine also paints and tests beside."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's, or what STUDIO_CHROMIUM names."""
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

    def __init__(
        self,
        browser: Browser,
        stack: Stack,
        person: Person | None,
        *,
        phone: bool = False,
        theme: str = "dark",
    ) -> None:
        self.stack, self.person = stack, person
        self.complaints: list[str] = []
        size: dict[str, Any] = {"viewport": DESKTOP}
        if phone:
            size = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
        self.context: BrowserContext = browser.new_context(
            base_url=stack.url, reduced_motion="reduce", accept_downloads=True, **size
        )
        self.context.set_default_timeout(LONGEST_MS)
        self.context.add_init_script(f"try {{ localStorage.setItem('studio.theme', '{theme}') }} catch {{}}")
        self.page: Page = self.new_page()
        if person is not None:
            given = {"email": person.email, "password": PASSWORD}
            answer = self.context.request.post("/api/v1/browser/login", data=given)
            assert answer.ok, answer.text()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.location.get('url')}: {message.text}")

    def forgive(self, *words: str) -> None:
        """Drops complaints that the test causes on purpose: those that contain one of the words."""
        self.complaints = [said for said in self.complaints if not any(word in said for word in words)]
