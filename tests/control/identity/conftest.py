"""An API process that knows providers and believes X-Forwarded-For: each test asks from an address of its own."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from studio.stack.process import free_port, running
from tests.control.browsers import Browser
from tests.control.conftest import api_service
from tests.control.identity.fake_providers import FakeProviders
from tests.control.people import Person, register

Address = Callable[[], str]


@pytest.fixture(scope="session")
def oidc_port() -> int:
    """Where the real OpenID provider is to listen."""
    return free_port()


@pytest.fixture(scope="session")
def fakes() -> Iterator[FakeProviders]:
    """GitHub's endpoints, and an issuer that lies on request."""
    with FakeProviders() as server:
        yield server


@pytest.fixture(scope="session")
def studio_url(
    api_environment: dict[str, str], control_home: Path, oidc_port: int, fakes: FakeProviders
) -> Iterator[str]:
    """Address of the API process."""
    known = {"client_id": "studio", "client_secret": "a secret/with+odd%characters"}
    providers = {
        "company": {**known, "issuer": f"http://127.0.0.1:{oidc_port}", "title": "The company"},
        "github": {**known, "issuer": fakes.url},
        "liar": {**known, "issuer": f"{fakes.url}/issuer"},
        "down": {**known, "issuer": "http://127.0.0.1:9"},
    }
    service, base = api_service(
        api_environment,
        control_home / "log" / "identity-api.log",
        STUDIO_TRUSTED_PROXIES='["127.0.0.1"]',
        STUDIO_OIDC_PROVIDERS=json.dumps(providers),
    )
    with running(service):
        yield base


def somewhere() -> str:
    """An address that no other test asks from."""
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"


def client(studio_url: str, address: str) -> httpx.Client:
    """A client that asks from `address`."""
    return httpx.Client(base_url=studio_url, timeout=30, headers={"X-Forwarded-For": address})


@pytest.fixture
def studio(studio_url: str) -> Iterator[httpx.Client]:
    """A client that asks from an address of its own."""
    with client(studio_url, somewhere()) as found:
        yield found


@pytest.fixture
def ada(studio: httpx.Client) -> Person:
    """Somebody with an account."""
    return register(studio)


@pytest.fixture
def open_browser(studio_url: str) -> Iterator[Callable[[], Browser]]:
    """Makes browsers, each with an address of its own."""
    opened: list[Browser] = []

    def make() -> Browser:
        opened.append(Browser(studio_url, somewhere()))
        return opened[-1]

    yield make
    for browser in opened:
        browser.close()


@pytest.fixture
def chrome(open_browser: Callable[[], Browser]) -> Browser:
    """A browser in which somebody has registered."""
    made = open_browser()
    made.register()
    return made
