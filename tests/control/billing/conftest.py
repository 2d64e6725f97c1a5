"""Organisations with ledgers: from within the tests' own process, and over the API."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from control.access.principal import Principal
from control.billing import ledger, months, service
from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool, transaction
from control.identity.tables import User
from control.ids import uuid7
from control.settings import ControlSettings, Tier, read_settings
from control.tenancy.tables import Membership, Organisation
from studio.stack.process import running
from tests.control.conftest import api_service
from tests.control.people import Person, address, register

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)


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


async def customer(tier: Tier = "free") -> Principal:
    """The admin of a new organisation, past the API."""
    now = datetime.now(UTC)
    organisation = Organisation(name="Engines", slug=uuid7().hex, tier=tier, created_at=now)
    user = User(email=address(), name="Ada", created_at=now)
    await Organisation.insert(organisation)
    await User.insert(user)
    await Membership.insert(
        Membership(organisation_id=organisation.id, user_id=user.id, role="admin", created_at=now)
    )
    return Principal(
        user_id=user.id, email=user.email, name=user.name, organisation_id=organisation.id, tier=tier, role="admin",
        team_id=None, permissions=frozenset(),
    )  # fmt: skip


async def rows(query: str, *values: object) -> list[dict[str, Any]]:
    """Rows of a query, `{}` for each value."""
    return await Organisation.raw(query, *values)


async def hold(
    who: Principal, amount: int, settings: ControlSettings, now: datetime = NOVEMBER
) -> service.Reserved:
    """Sets credits aside in a transaction of its own, as submitting a job does."""
    async with transaction():
        head = await ledger.lock(who.organisation_id)
        await months.open_month(who.organisation_id, who.tier, head, settings, now)
        return await service.hold(who, uuid7(), None, "pocket", amount, settings, now)


async def settle(who: Principal, hold_id: UUID, amount: int) -> int:
    """Ends a hold in a transaction of its own."""
    async with transaction():
        return await service.settle(who.organisation_id, hold_id, amount)


@pytest.fixture(scope="session")
def billing_api(api_environment: dict[str, str], control_home: Path) -> Iterator[httpx.Client]:
    """A client of an API process with the usual tiers, where generations are not counted."""
    free = '{"requests_per_minute": null, "generations_per_hour": null, "uploads_per_hour": null}'
    environment = {name: value for name, value in api_environment.items() if name != "STUDIO_TIERS"}
    limits = f'{{"free": {free}, "pro": {free}, "enterprise": {free}}}'
    log = control_home / "log" / "billing-api.log"
    service, base = api_service(environment, log, STUDIO_LIMITS=limits)
    with running(service), httpx.Client(base_url=base, timeout=30) as client:
        yield client


@pytest.fixture
def ada(billing_api: httpx.Client) -> Person:
    """The admin of a new organisation."""
    return register(billing_api)


def ended(person: Person, job_id: str, database_url: str, charged: int) -> None:
    """Ends a job as a worker does, past it: its hold is settled."""

    async def end() -> None:
        piccolo_conf.DB.config["dsn"] = database_url
        await open_pool()
        [row] = await rows("SELECT hold_id FROM jobs WHERE id = {}", UUID(job_id))
        async with transaction():
            await service.settle(UUID(person.organisation_id), row["hold_id"], charged)
        await close_pool()

    asyncio.run(end())
