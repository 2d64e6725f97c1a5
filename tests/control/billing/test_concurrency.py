"""The ledger under many at once, on real PostgreSQL: whatever happens in whatever order, its books balance."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from uuid import UUID

from control.access.principal import Principal
from control.billing import ledger, service
from control.billing.tiers import CREDIT
from control.billing.verification import verify
from control.database.engine import transaction
from control.errors import PaymentRequired
from control.settings import ControlSettings
from tests.control.billing.conftest import NOVEMBER, customer, hold, rows, settle

OPERATIONS = 10_000
TASKS = 8


class Books:
    """What the tasks know of one organisation, all together."""

    def __init__(self, who: Principal) -> None:
        self.who = who
        self.open: list[service.Reserved] = []
        self.ended: list[tuple[UUID, int]] = []
        self.given = self.charged = 0
        self.did: Counter[str] = Counter()

    async def grant(self, chance: random.Random, settings: ControlSettings) -> None:
        amount = chance.randrange(1, 40 * CREDIT)
        # A key that others use too counts once.
        key = f"stripe:{chance.randrange(10**6)}"
        async with transaction():
            given = await service.purchase(self.who.organisation_id, amount, key, now=NOVEMBER)
        self.given += amount if given else 0

    async def reserve(self, chance: random.Random, settings: ControlSettings) -> None:
        # Often more than there is.
        try:
            self.open.append(await hold(self.who, chance.randrange(1, 30 * CREDIT), settings))
        except PaymentRequired:
            self.did["refused"] += 1

    async def settle(self, chance: random.Random, settings: ControlSettings) -> None:
        await self._end(chance, lambda amount: amount)

    async def part_settle(self, chance: random.Random, settings: ControlSettings) -> None:
        await self._end(chance, lambda amount: chance.randrange(1, amount + 1))

    async def release(self, chance: random.Random, settings: ControlSettings) -> None:
        await self._end(chance, lambda _: 0)

    async def settle_at_once(self, chance: random.Random, settings: ControlSettings) -> None:
        """Two who both believe that the job is theirs."""
        if not self.open:
            return
        taken = self.open.pop(chance.randrange(len(self.open)))
        amounts = [chance.randrange(taken.amount + 1) for _ in range(2)]
        first, second = await asyncio.gather(*(settle(self.who, taken.hold_id, amount) for amount in amounts))
        assert first == second in amounts
        self._ended(taken, first)

    async def settle_again(self, chance: random.Random, settings: ControlSettings) -> None:
        if self.ended:
            hold_id, charged = chance.choice(self.ended)
            assert await settle(self.who, hold_id, chance.randrange(10 * CREDIT)) == charged

    async def _end(self, chance: random.Random, share: Callable[[int], int]) -> None:
        if self.open:
            taken = self.open.pop(chance.randrange(len(self.open)))
            self._ended(taken, await settle(self.who, taken.hold_id, share(taken.amount)))

    def _ended(self, taken: service.Reserved, charged: int) -> None:
        self.ended.append((taken.hold_id, charged))
        self.charged += charged


ACTS = {
    Books.grant: 12, Books.reserve: 50, Books.settle: 10, Books.part_settle: 10, Books.release: 8,
    Books.settle_at_once: 6, Books.settle_again: 4,
}  # fmt: skip


async def test_ten_thousand_operations_from_eight_tasks(pool: None, settings: ControlSettings) -> None:
    books = [Books(await customer()), Books(await customer("standard"))]
    acts = random.Random(5).choices(list(ACTS), list(ACTS.values()), k=OPERATIONS)

    async def work(seed: int) -> None:
        chance = random.Random(seed)
        while acts:
            act, book = acts.pop(), chance.choice(books)
            await act(book, chance, settings)
            book.did[act.__name__] += 1

    await asyncio.gather(*(work(seed) for seed in range(TASKS)))

    for book in books:
        organisation_id = book.who.organisation_id
        assert await verify(organisation_id) == []
        balances = await ledger.balances(organisation_id)
        open_amount = sum(reserved.amount for reserved in book.open)
        monthly = {"free": 100, "standard": 1000}[book.who.tier] * CREDIT
        assert balances == {
            "available": monthly + book.given - book.charged - open_amount,
            "held": open_amount,
            "granted": -monthly,
            "purchased": -book.given,
            "spent": book.charged,
            "expired": 0,
            "adjusted": 0,
        }
        assert sum(balances.values()) == 0
        # It was tight, else nothing is proven.
        assert book.did["refused"] > 200, book.did
        assert min(book.did[act.__name__] for act in ACTS) > 100, book.did
        states = "SELECT state, count(*) AS holds FROM holds WHERE organisation_id = {} GROUP BY 1"
        counts = {row["state"]: row["holds"] for row in await rows(states, organisation_id)}
        assert counts["open"] == len(book.open)
        assert (
            counts["settled"] + counts["released"] == len(book.ended) == len({key for key, _ in book.ended})
        )
        # The sums went over more than one closing.
        closings = await rows(
            "SELECT count(*) FROM ledger_closings WHERE organisation_id = {}", organisation_id
        )
        assert closings[0]["count"] > len(balances)
