"""The database and the object storage, from within the tests' own process."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import httpx
import pytest

from control.assets.storage import Storage
from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool
from control.settings import ControlSettings, read_settings
from tests.control.people import Person, register


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[None]:
    """Piccolo's connections to the tests' database, for this test's event loop."""
    piccolo_conf.DB.config["dsn"] = database_url
    await open_pool()
    yield
    await close_pool()


@pytest.fixture(scope="session")
def settings(api_environment: dict[str, str]) -> ControlSettings:
    return read_settings(api_environment)


@pytest.fixture(scope="session")
def storage(settings: ControlSettings) -> Iterator[Storage]:
    found = Storage(settings)
    yield found
    found.close()


@pytest.fixture
def ada(api: httpx.Client) -> Person:
    return register(api)


@pytest.fixture
def organisation(ada: Person) -> UUID:
    """The id of an organisation that has nothing."""
    return UUID(ada.organisation_id)
