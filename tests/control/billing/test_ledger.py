"""The ledger against a model of it, in whatever order things happen (Hypothesis), on real PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from control.billing import ledger, service
from control.billing.months import granted_left, next_month
from control.billing.tiers import CREDIT, entitlements
from control.billing.verification import verify
from control.database import piccolo_conf
from control.database.engine import close_pool, open_pool, transaction
from control.errors import Conflict, NotFound, PaymentRequired
from control.ids import uuid7
from control.settings import ControlSettings, Tier
from control.tenancy.tables import Organisation
from tests.conftest import SOAK
from tests.control.billing.conftest import customer, hold, rows, settle

T = TypeVar("T")
Hold = tuple[service.Reserved, int]
AMOUNTS = st.integers(1, 60 * CREDIT)
TIERS: list[Tier] = ["free", "standard", "pro", "enterprise"]


@pytest.fixture
def loop(database_url: str) -> Iterator[asyncio.AbstractEventLoop]:
    """Where the connections to the tests' database live."""
    piccolo_conf.DB.config["dsn"] = database_url
    with asyncio.Runner() as runner:
        runner.run(open_pool())
        yield runner.get_loop()
        runner.run(close_pool())


class Ledger(RuleBasedStateMachine):
    """An organisation's credits: `granted` and `lasting` are what is left of each, what jobs hold among them."""

    holds = Bundle("holds")
    ended = Bundle("ended")
    loop: asyncio.AbstractEventLoop
    settings: ControlSettings

    def run(self, work: Awaitable[T]) -> T:
        async def wait() -> T:
            return await work

        return self.loop.run_until_complete(wait())

    @initialize(tier=st.sampled_from(TIERS))
    def found(self, tier: Tier) -> None:
        self.who = self.run(customer(tier))
        self.now = datetime(2026, 11, 20, tzinfo=UTC)
        self.opened: datetime | None = None
        self.given = self.granted = self.lasting = self.held = self.keys = 0
        # Spent of the lasting ones this month for want of granted ones: those that come later in the month pay it back.
        self.lent = 0

    def touch(self) -> None:
        """What the first to touch the ledger in a month does."""
        if self.opened is None or self.opened < self.now:
            self.granted, self.given, self.lent = min(self.granted, self.held), 0, 0
        self.opened = self.now
        monthly = (entitlements(self.who.tier, self.settings).monthly_credits or 0) * CREDIT
        self.give(max(0, monthly - self.given))
        self.given = max(self.given, monthly)

    def give(self, amount: int) -> None:
        back = min(self.lent, amount)
        self.lent -= back
        self.lasting += back
        self.granted += amount - back

    def spend(self, amount: int) -> None:
        of_granted = min(amount, self.granted)
        self.granted -= of_granted
        self.lasting -= amount - of_granted
        self.lent += amount - of_granted

    @property
    def available(self) -> int:
        return self.granted + self.lasting - self.held

    @rule(months=st.integers(1, 14))
    def time_passes(self, months: int) -> None:
        for _ in range(months):
            month = next_month(self.now.date())
            self.now = datetime(month.year, month.month, month.day, tzinfo=UTC)

    @rule(tier=st.sampled_from(TIERS))
    def another_tier(self, tier: Tier) -> None:
        self.run(
            Organisation.update({Organisation.tier: tier})
            .where(Organisation.id == self.who.organisation_id)
            .run()
        )
        self.who = type(self.who)(
            **{n: getattr(self.who, n) for n in self.who.__struct_fields__} | {"tier": tier}
        )

    @rule(amount=AMOUNTS, repeated=st.booleans())
    def grant(self, amount: int, repeated: bool) -> None:
        async def give() -> bool:
            async with transaction():
                return await service.grant(
                    self.who.organisation_id, amount, f"gift:{self.keys}", self.settings, now=self.now
                )

        self.keys += 1
        assert self.run(give())
        if repeated:
            assert not self.run(give())
        self.touch()
        self.give(amount)

    @rule(amount=AMOUNTS, repeated=st.booleans())
    def purchase(self, amount: int, repeated: bool) -> None:
        async def buy() -> bool:
            async with transaction():
                return await service.purchase(
                    self.who.organisation_id, amount, f"stripe:{self.keys}", now=self.now
                )

        self.keys += 1
        assert self.run(buy())
        if repeated:
            assert not self.run(buy())
        self.lasting += amount

    @rule(amount=AMOUNTS)
    def take(self, amount: int) -> None:
        """An operator corrects the balance downwards."""

        async def adjust() -> bool:
            async with transaction():
                return await service.adjust(self.who.organisation_id, -amount, f"adjust:{self.keys}")

        self.keys += 1
        if amount > self.available:
            with pytest.raises(Conflict, match="no more can be taken"):
                self.run(adjust())
        else:
            assert self.run(adjust())
            self.spend(amount)

    @rule(target=holds, amounts=st.lists(AMOUNTS, min_size=1, max_size=4))
    def reserve_at_once(self, amounts: list[int]) -> object:
        async def reserve() -> list[service.Reserved | BaseException]:
            work = (hold(self.who, amount, self.settings, self.now) for amount in amounts)
            return await asyncio.gather(*work, return_exceptions=True)

        made = self.run(reserve())
        self.touch()
        taken = sum(found.amount for found in made if isinstance(found, service.Reserved))
        if self.who.tier == "enterprise":
            self.give(max(0, taken - self.available))
        self.held += taken
        assert self.available >= 0
        for amount, found in zip(amounts, made, strict=True):
            if isinstance(found, service.Reserved):
                assert found.amount == amount
            else:
                assert isinstance(found, PaymentRequired), found
                # There was more before, and even so not enough... of what others left.
                assert amount > self.available
                assert self.who.tier != "enterprise"
        return multiple(*(found for found in made if isinstance(found, service.Reserved)))

    @rule(target=ended, taken=consumes(holds), parts=st.lists(st.floats(0, 1), min_size=1, max_size=3))
    def settle_at_once(self, taken: service.Reserved, parts: list[float]) -> Hold:
        """Some who all believe that the job is theirs: one of them charges."""
        amounts = [int(taken.amount * part) for part in parts]

        async def end() -> list[int]:
            return await asyncio.gather(*(settle(self.who, taken.hold_id, amount) for amount in amounts))

        charged, *others = self.run(end())
        assert charged in amounts
        assert set(others) <= {charged}
        self.held -= taken.amount
        self.spend(charged)
        return taken, charged

    @rule(target=ended, taken=consumes(holds))
    def release(self, taken: service.Reserved) -> Hold:
        assert self.run(settle(self.who, taken.hold_id, 0)) == 0
        self.held -= taken.amount
        return taken, 0

    @rule(end=ended, amount=AMOUNTS)
    def settle_what_has_ended(self, end: Hold, amount: int) -> None:
        taken, charged = end
        assert self.run(settle(self.who, taken.hold_id, amount)) == charged

    @rule(taken=holds)
    def charge_more_than_is_held(self, taken: service.Reserved) -> None:
        with pytest.raises(ValueError, match="cannot be charged of a hold"):
            self.run(settle(self.who, taken.hold_id, taken.amount + 1))

    @rule()
    def settle_nothing_of_ours(self) -> None:
        with pytest.raises(NotFound):
            self.run(settle(self.who, uuid7(), 1))

    @rule()
    def close_the_books(self) -> None:
        async def close() -> None:
            async with transaction():
                await ledger.lock(self.who.organisation_id)
                await ledger.close(self.who.organisation_id, self.now)

        self.run(close())

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        async def look() -> tuple[dict[ledger.Account, int], int]:
            balances = await ledger.balances(self.who.organisation_id)
            head = await ledger.head(self.who.organisation_id)
            left = await granted_left(self.who.organisation_id, head.opening, balances) if head else 0
            return balances, left

        balances, left = self.run(look())
        assert sum(balances.values()) == 0
        assert (balances["available"], balances["held"]) == (self.available, self.held)
        assert min(self.available, self.held, self.lasting) >= 0
        assert left == self.granted

    def teardown(self) -> None:
        assert self.run(verify(self.who.organisation_id)) == []


@pytest.mark.soak
def test_the_ledger_does_what_its_model_does(loop: asyncio.AbstractEventLoop) -> None:
    made = type("Made", (Ledger,), {"loop": loop, "settings": ControlSettings()})
    run_state_machine_as_test(
        made,
        settings=settings(
            max_examples=600 if SOAK else 30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # A shorter example takes minutes to find: only where there is time for it.
            phases=[phase for phase in Phase if SOAK or phase is not Phase.shrink],
        ),
    )


def test_the_database_refuses_what_does_not_come_to_zero_and_every_change(
    loop: asyncio.AbstractEventLoop,
) -> None:
    async def crooked(query: str) -> None:
        who = await customer()
        await hold(who, CREDIT, ControlSettings())
        async with transaction():
            await rows(query, who.organisation_id)

    with pytest.raises(asyncpg.CheckViolationError, match="does not come to zero"):
        loop.run_until_complete(
            crooked(
                "INSERT INTO ledger_entries (id, organisation_id, posting_id, account, amount, created_at) "
                "SELECT gen_random_uuid(), organisation_id, id, 'available', 1, now() FROM ledger_postings "
                "WHERE organisation_id = {}"
            )
        )
    for table, change in {
        "ledger_entries": "amount = 0", "ledger_postings": "memo = ''", "ledger_closings": "balance = 0",
    }.items():  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            loop.run_until_complete(crooked(f"UPDATE {table} SET {change} WHERE organisation_id = {{}}"))
