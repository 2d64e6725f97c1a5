"""Prices that bind for a while."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.billing.prices import Price
from control.billing.tables import Quote
from control.database.owned import scoped
from control.errors import Conflict, NotFound
from control.jobs.requests import AnyWork
from control.workflows.graph import Workflow

BINDS = timedelta(minutes=5)


SEEDS = frozenset({"seed", "noise_seed", "variation_seed"})
"""Fields of requests, and inputs of a workflow's nodes, that cost nothing."""


def fingerprint(work: AnyWork) -> bytes:
    """SHA-256 of a completed request, whatever its seeds: one that is drawn is another each time."""
    if isinstance(work, Workflow):
        said: Any = [{name: _unseeded(node) for name, node in work.graph.items()}, work.outputs]
    else:
        unseeded = {name: 0 for name in SEEDS if name in work.__struct_fields__}
        said = msgspec.structs.replace(work, **unseeded)
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).digest()


def _unseeded(node: Any) -> Any:
    inputs = node.get("inputs") if isinstance(node, dict) else None
    if not isinstance(inputs, dict):
        return node
    return [node.get("class_type"), {name: value for name, value in inputs.items() if name not in SEEDS}]


async def make(who: Principal, work: AnyWork, cost: Price, now: datetime) -> Quote:
    """A new quote for a completed request, or for a workflow that was compiled."""
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


async def use(who: Principal, quote_id: UUID, work: AnyWork, now: datetime) -> int:
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
