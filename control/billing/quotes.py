"""Prices that bind for a while."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.billing.prices import price
from control.billing.tables import Quote
from control.database.owned import scoped
from control.errors import Conflict, NotFound
from control.jobs.requests import Work
from ensembles.manifest import Manifest

BINDS = timedelta(minutes=5)


def fingerprint(work: Work) -> bytes:
    """SHA-256 of a completed request, whatever its seed: one that is drawn is another each time."""
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(work, seed=0))).digest()


async def make(who: Principal, work: Work, manifest: Manifest, now: datetime) -> Quote:
    """A new quote for a completed request."""
    cost = price(work, manifest)
    quote = Quote(
        organisation_id=who.organisation_id,
        user_id=who.user_id,
        fingerprint=fingerprint(work),
        amount=cost.amount,
        lines=msgspec.json.encode(cost.lines).decode(),
        expires_at=now + BINDS,
        created_at=now,
    )
    await Quote.insert(quote)
    return quote


async def use(who: Principal, quote_id: UUID, work: Work, now: datetime) -> int:
    """The price that a quote binds to, in micro-credits; it is used up then.

    Raises `NotFound` for one that is not the caller's, and `Conflict` (with `reason`) for one that was used, has
    expired or is for another request.
    """
    used = await (
        scoped(Quote, who)
        .update({Quote.used_at: now})
        .where(Quote.id == quote_id, Quote.user_id == who.user_id)
        .where(Quote.used_at.is_null())
        .where(Quote.expires_at > now)
        .where(Quote.fingerprint == fingerprint(work))
        .returning(Quote.amount)
    )
    if used:
        return int(used[0]["amount"])
    row = await (
        scoped(Quote, who)
        .select(Quote.used_at, Quote.expires_at)
        .where(Quote.id == quote_id, Quote.user_id == who.user_id)
        .first()
    )
    if row is None:
        raise NotFound("You have no such quote. Ask for one with POST /api/v1/quotes.")
    if row["used_at"] is not None:
        raise Conflict("This quote was used for another job. Ask for a new one.", reason="used")
    if row["expires_at"] <= now:
        ended = row["expires_at"].astimezone(UTC)
        raise Conflict(f"This quote expired at {ended:%H:%M:%S} UTC. Ask for a new one.", reason="expired")
    raise Conflict(
        "This quote is for another request: all but the seed must be as it was. Ask for a new one.",
        reason="different",
    )
