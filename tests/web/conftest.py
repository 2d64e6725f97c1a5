"""A real studio (`studio up`) with its built web UI, and people who use it in Chromium."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from playwright.sync_api import Browser

from tests.control.people import Person, address, made, register
from tests.web.stack import DIST, ROOT, Stack, started
from tests.web.visitor import Visitor, chromium

__all__ = ["DIST", "ROOT", "Stack", "Visit", "Visitor"]


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with started(tmp_path_factory.mktemp("studio")) as stack:
        yield stack


@pytest.fixture(scope="package")
def api(stack: Stack) -> Iterator[httpx.Client]:
    """The API, for what a test prepares or looks up beside the browser."""
    with httpx.Client(base_url=stack.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


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
            visitor = Visitor(browser, stack, person, phone=phone, theme=theme)
            leaving.callback(visitor.context.close)
            came.append(visitor)
            return visitor

        yield come
        said = [complaint for visitor in came for complaint in visitor.complaints]
    assert said == []
