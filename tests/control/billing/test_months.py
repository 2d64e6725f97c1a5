"""The turn of the month."""

from datetime import UTC, datetime

from control.billing import ledger, service
from control.billing.months import granted_left
from control.billing.tiers import CREDIT
from control.billing.verification import verify
from control.database.engine import transaction
from control.settings import ControlSettings
from tests.control.billing.conftest import NOVEMBER, customer, hold, rows, settle

DECEMBER = datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC)
MARCH = datetime(2027, 3, 31, tzinfo=UTC)


async def test_granted_credits_are_spent_first_and_expire_and_bought_ones_stay(
    pool: None, settings: ControlSettings
) -> None:
    who = await customer()
    async with transaction():
        assert await service.purchase(who.organisation_id, 50 * CREDIT, "stripe:cs_1", now=NOVEMBER)
    first = await hold(who, 30 * CREDIT, settings)
    await settle(who, first.hold_id, 30 * CREDIT)
    # 70 granted and 50 bought are left; a job holds 5 when December comes.
    kept = await hold(who, 5 * CREDIT, settings)
    await hold(who, CREDIT, settings, DECEMBER)
    balances = await ledger.balances(who.organisation_id)
    assert balances["expired"] == 70 * CREDIT
    # 5 of them came back with their job.
    assert balances["granted"] == -(100 + 100 + 5) * CREDIT
    assert balances["available"] == (50 + 100 - 1) * CREDIT
    assert balances["held"] == 6 * CREDIT
    # The job fails: what it held is December's now, and ends with it.
    await settle(who, kept.hold_id, 0)
    head = await ledger.head(who.organisation_id)
    assert head is not None
    balances = await ledger.balances(who.organisation_id)
    assert await granted_left(who.organisation_id, head.opening, balances) == 105 * CREDIT
    # Nobody came for three months: there are three grants less, and the bought credits are all there.
    await hold(who, CREDIT, settings, MARCH)
    balances = await ledger.balances(who.organisation_id)
    assert balances["available"] + balances["held"] == (50 + 100 + 1) * CREDIT
    keys = await rows(
        "SELECT key FROM ledger_postings WHERE organisation_id = {} AND kind = 'grant'", who.organisation_id
    )
    assert [row["key"] for row in keys] == ["grant:2026-11", "grant:2026-12", "grant:2027-03"]
    assert await verify(who.organisation_id) == []


async def test_a_higher_tier_gets_the_difference_once(pool: None, settings: ControlSettings) -> None:
    who = await customer("free")
    for tier, granted in (("free", 100), ("pro", 5000), ("free", 5000), ("standard", 5000), ("pro", 5000)):
        await rows("UPDATE organisations SET tier = {} WHERE id = {}", tier, who.organisation_id)
        async with transaction():
            await service.open_ledger(who.organisation_id, settings, NOVEMBER)
        assert (await ledger.balances(who.organisation_id))["granted"] == -granted * CREDIT, tier


async def test_a_clock_that_goes_back_over_midnight_opens_no_month_again(
    pool: None, settings: ControlSettings
) -> None:
    who = await customer()
    for now in (NOVEMBER, DECEMBER, NOVEMBER, DECEMBER):
        await settle(who, (await hold(who, CREDIT, settings, now)).hold_id, CREDIT)
    balances = await ledger.balances(who.organisation_id)
    assert (balances["granted"], balances["expired"]) == (-200 * CREDIT, 99 * CREDIT)


async def test_the_tier_enterprise_has_what_it_needs(pool: None, settings: ControlSettings) -> None:
    who = await customer("enterprise")
    first = await hold(who, 10**9 * CREDIT, settings)
    balances = await ledger.balances(who.organisation_id)
    assert (balances["available"], balances["held"]) == (0, 10**9 * CREDIT)
    await settle(who, first.hold_id, 0)
    # What came back is used before more is granted.
    await hold(who, 10**9 * CREDIT, settings)
    assert await ledger.balances(who.organisation_id) == balances


async def test_long_sums_are_closed_by_who_makes_them_and_by_housekeeping(
    pool: None, settings: ControlSettings
) -> None:
    who = await customer("pro")
    count = (
        "SELECT count(*) AS closings, max(number) AS number FROM ledger_closings WHERE organisation_id = {}"
    )
    async with transaction():
        head = await ledger.lock(who.organisation_id)
        for step in range(ledger.LONG + 2):
            lines: dict[ledger.Account, int] = {"available": 1, "purchased": -1}
            await ledger.post(who.organisation_id, "purchase", f"stripe:{step}", lines, NOVEMBER)
    assert head.month is None
    before = await ledger.balances(who.organisation_id)
    # The first to see it is the one who opens the month.
    await hold(who, CREDIT, settings)
    [row] = await rows(count, who.organisation_id)
    assert row["closings"] >= len(before)
    assert (await ledger.balances(who.organisation_id))["available"] == before["available"] + 4999 * CREDIT

    other = await customer("pro")
    async with transaction():
        await ledger.lock(other.organisation_id)
        for step in range(ledger.LONG // 2 + 1):
            lines = {"available": 1, "purchased": -1}
            await ledger.post(other.organisation_id, "purchase", f"stripe:{step}", lines, NOVEMBER)
    before = await ledger.balances(other.organisation_id)
    assert await service.close_books(1000) >= 1
    [row] = await rows(count, other.organisation_id)
    assert row["closings"] == len(before)
    assert await ledger.balances(other.organisation_id) == before
    assert await verify(other.organisation_id) == []
