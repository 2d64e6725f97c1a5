"""What those who run the studio do with organisations' tiers and credits, from its command line."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec

from control.audit.service import record
from control.billing import ledger, service
from control.billing.ledger import Account
from control.billing.months import granted_left
from control.billing.verification import verify
from control.database.engine import transaction
from control.errors import Invalid, NotFound
from control.settings import ControlSettings, Tier
from control.tenancy.organisations import lock
from control.tenancy.tables import Organisation


class Found(msgspec.Struct, frozen=True):
    """An organisation."""

    id: UUID
    name: str
    slug: str
    tier: Tier


class Balances(msgspec.Struct, frozen=True):
    """How an organisation's credits stand, in micro-credits."""

    organisation: Found
    accounts: dict[Account, int]
    expiring: int
    """What is left of the credits granted."""


async def organisations(which: str | None = None) -> list[Found]:
    """All, or the one of this id or slug; raises `NotFound`."""
    query = Organisation.select(*Found.__struct_fields__).order_by(Organisation.id)
    if which is not None:
        try:
            query = query.where(Organisation.id == UUID(which))
        except ValueError:
            query = query.where(Organisation.slug == which)
    found = [msgspec.convert(row, Found) for row in await query]
    if which is not None and not found:
        raise NotFound(f"There is no organisation {which}. `studio organisations list` names them all.")
    return found


async def set_tier(which: str, tier: Tier) -> Found:
    """Brings an organisation to a tier; its credits of the month follow with its next request."""
    async with transaction():
        [before] = await organisations(which)
        await lock(before.id)
        # Read again, now that nobody else changes it.
        [before] = await organisations(str(before.id))
        if before.tier != tier:
            await Organisation.update({Organisation.tier: tier}).where(Organisation.id == before.id)
            await record(
                None, "organisation.tier", ("organisation", before.id), organisation_id=before.id,
                actor="studio organisations", before={"tier": before.tier}, after={"tier": tier},
            )  # fmt: skip
    return msgspec.structs.replace(before, tier=tier)


async def balances(which: str, settings: ControlSettings) -> Balances:
    """How its credits stand, this month's grant among them."""
    async with transaction():
        [found] = await organisations(which)
        await service.open_ledger(found.id, settings, datetime.now(UTC))
        head = await ledger.head(found.id)
        accounts = await ledger.balances(found.id)
        expiring = await granted_left(found.id, head.opening if head else 0, accounts)
    return Balances(found, accounts, expiring)


async def give(
    which: str, amount: int, settings: ControlSettings, *, lasting: bool, memo: str, key: str | None = None
) -> bool:
    """Gives credits that expire at the month's end, or `lasting` ones, which may be negative: a correction.

    False where `key` was given before. Raises `Invalid` for what cannot be given, `Conflict` where it is not there.
    """
    if not amount or (amount < 0 and not lasting):
        message = "only lasting credits can be taken back, and 0 is nothing"
        raise Invalid(f"The amount is wrong: {message}.", [])
    key = f"operator:{key or uuid4()}"
    async with transaction():
        [found] = await organisations(which)
        if lasting:
            new = await service.adjust(found.id, amount, key, memo=memo)
        else:
            new = await service.grant(found.id, amount, key, settings, memo=memo)
        if new:
            await record(
                None, "credits.give", ("organisation", found.id), organisation_id=found.id, actor="studio credits",
                after={"amount_microcredits": amount, "lasting": lasting, "memo": memo},
            )  # fmt: skip
    return new


async def findings(which: str | None) -> dict[Found, list[str]]:
    """Of each organisation, or of one: what is wrong in its ledger."""
    found = {}
    for organisation in await organisations(which):
        async with transaction():
            # Nobody writes meanwhile.
            await ledger.lock(organisation.id)
            found[organisation] = await verify(organisation.id)
    return found
