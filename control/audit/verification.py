"""Checking that nothing in the audit log was changed since it was written.

Whoever may write to the database as its owner can make a whole chain anew, hashes and all. Against that helps only
what they cannot reach: an export, or the (sequence, hash) of a row, kept elsewhere and given here as an anchor.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec

from control.audit.chain import START, chain_hash
from control.audit.tables import AuditEvent, AuditHead
from control.tenancy.tables import Organisation

BATCH = 100
"""Rows in memory at once, and between two chances for other requests to be answered."""
NEAR = 1000
"""How far a displaced row's own place is looked for."""

Damage = Literal["edited", "removed", "inserted", "reordered", "missing_end", "missing_head", "rewritten"]
SAYS: dict[Damage, str] = {
    "edited": "Row {0} does not have the hash that its fields give: something in it was changed.",
    "removed": "Row {0} is missing.",
    "inserted": "Row {0} was put in: the chain, or its head, goes on without it.",
    "reordered": "The row that stands at {0} was written at another place.",
    "missing_end": "Row {0} and what followed is missing: the head of the chain knows of more rows.",
    "missing_head": "The head of the chain, which tells that row {0} is the last one, is missing.",
    "rewritten": "Row {0} has another hash than the one given: the chain was made anew, up to there or further.",
}


class Anchor(msgspec.Struct, frozen=True):
    """A row as somebody outside remembers it."""

    sequence: int
    hash: bytes


class ChainReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of one chain found."""

    organisation_id: UUID
    intact: bool
    rows: int
    """Rows that were found in order before the first bad one, or all."""
    head: str
    """Hash of the last of them, hexadecimal: keep it elsewhere, with `rows`, as an anchor for later checks."""
    first_bad: int | None = None
    """Sequence of the first row that is not as it was written."""
    what: Damage | None = None
    detail: str = ""


async def verify_chain(organisation_id: UUID, anchor: Anchor | None = None) -> ChainReport:
    """Walks the chain of an organisation (or `NOBODY`) once, a batch of rows in memory at a time.

    Call it inside a transaction of its own, whose first query it must be: it sees one moment of the database.
    """
    await AuditHead.raw("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    head = await AuditHead.objects().where(AuditHead.organisation_id == organisation_id).first()
    last, count = START, 0

    def found(what: Damage | None = None, at: int = 0) -> ChainReport:
        return ChainReport(
            organisation_id=organisation_id,
            intact=what is None,
            rows=count,
            head=last.hex(),
            first_bad=at if what else None,
            what=what,
            detail=SAYS[what].format(at) if what else "",
        )

    mine = AuditEvent.organisation_id == organisation_id
    if head is None and (left := await AuditEvent.count().where(mine)):
        return found("missing_head", left)
    known = head.sequence if head else 0
    async for row in rows_of(organisation_id, 0, known):
        place = count + 1
        if row["sequence"] != place:
            moved = await _continues(organisation_id, last, place)
            return found("reordered" if moved else "removed", place)
        if chain_hash(last, row) != row["hash"] or row["previous_hash"] != last:
            what, at = await _damage(organisation_id, last, row)
            if at < place:
                last, count = row["previous_hash"], at - 1
            return found(what, at)
        if anchor and anchor.sequence == place and anchor.hash != row["hash"]:
            return found("rewritten", place)
        last, count = row["hash"], place
    # Every organisation's first row is that it was made.
    if head is None and await Organisation.exists().where(Organisation.id == organisation_id):
        known = 1
    if count < max(known, anchor.sequence if anchor else 0):
        return found("missing_end", count + 1)
    outside = (AuditEvent.sequence < 1) | (AuditEvent.sequence > known)
    stray = (
        await AuditEvent.select(AuditEvent.sequence)
        .where(mine & outside)
        .order_by(AuditEvent.sequence)
        .first()
    )
    if stray is not None:
        return found("inserted", stray["sequence"])
    if head is not None and head.hash != last:
        return found("edited", count)
    return found()


async def chains() -> list[UUID]:
    """Every chain that there is, or should be."""
    ids: set[UUID] = set()
    ids |= set(await Organisation.select(Organisation.id).output(as_list=True))
    ids |= set(await AuditHead.select(AuditHead.organisation_id).output(as_list=True))
    ids |= set(
        await AuditEvent.select(AuditEvent.organisation_id)
        .distinct(on=[AuditEvent.organisation_id])
        .order_by(AuditEvent.organisation_id)
        .output(as_list=True)
    )
    return sorted(ids)


async def rows_of(organisation_id: UUID, after: int, until: int) -> AsyncIterator[dict[str, Any]]:
    """Rows of a chain with after < sequence ≤ until, in order, as many in memory as a batch has."""
    mine = AuditEvent.organisation_id == organisation_id
    while after < until:
        # Bounded on both sides: quick whatever plan PostgreSQL makes.
        to = min(after + BATCH, until)
        inside = (AuditEvent.sequence > after) & (AuditEvent.sequence <= to)
        batch = await AuditEvent.select().where(mine & inside).order_by(AuditEvent.sequence)
        for row in batch:
            yield row
        after = to
        if not batch:
            beyond = (AuditEvent.sequence > after) & (AuditEvent.sequence <= until)
            next_one = await (
                AuditEvent.select(AuditEvent.sequence)
                .where(mine & beyond)
                .order_by(AuditEvent.sequence)
                .first()
            )
            after = next_one["sequence"] - 1 if next_one else until


async def _damage(organisation_id: UUID, last: bytes, row: Mapping[str, Any]) -> tuple[Damage, int]:
    """What happened to the row that should continue the one with hash `last`, and the first bad place."""
    place = row["sequence"]
    elsewhere = await _continues(organisation_id, last, place)
    # Its hash covers the place it was written at.
    near = range(max(1, place - NEAR), place + NEAR)
    own = next(
        (at for at in near if chain_hash(row["previous_hash"], {**row, "sequence": at}) == row["hash"]), place
    )
    if own < place:
        return "inserted", own
    if own > place:
        return ("reordered" if elsewhere else "removed"), place
    return ("inserted" if elsewhere else "edited"), place


async def _continues(organisation_id: UUID, last: bytes, place: int) -> bool:
    """Does a row that stands elsewhere than at `place` continue the one with hash `last`?"""
    return await (
        AuditEvent.exists()
        .where(AuditEvent.organisation_id == organisation_id)
        .where(AuditEvent.previous_hash == last)
        .where(AuditEvent.sequence != place)
    )
