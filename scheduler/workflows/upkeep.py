"""Kept results go: what an organisation has too much of, what nobody has used for long, what no row knows of."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from control.assets.storage import Storage
from control.workflows.tables import NodeResult
from scheduler.settings import SchedulerSettings
from scheduler.workflows.cache import PREFIX, SMALL, Slot, place

KEPT = timedelta(days=30)
"""How long a result is kept that nobody uses."""
BATCH = 500
BATCHES = 100
"""Of one run; the next one goes on."""

# The rows' own bytes count as well: they are the organisation's.
_TOO_MANY = """
SELECT organisation_id, key, size FROM (
    SELECT organisation_id, key, size,
           sum(size) OVER (PARTITION BY organisation_id ORDER BY used_at DESC, key) AS together
    FROM node_results WHERE organisation_id IN (
        SELECT organisation_id FROM node_results GROUP BY organisation_id HAVING sum(size) > {}::bigint
    )
) kept WHERE together > {}::bigint LIMIT {}
"""
_UNUSED = "SELECT organisation_id, key, size FROM node_results WHERE used_at < {}::timestamptz LIMIT {}"
_DROP = """
DELETE FROM node_results USING unnest({}::uuid[], {}::text[]) AS gone (organisation_id, key)
WHERE node_results.organisation_id = gone.organisation_id AND node_results.key = gone.key RETURNING node_results.id
"""
_KNOWN = """
SELECT node_results.organisation_id, node_results.key FROM node_results
JOIN unnest({}::uuid[], {}::text[]) AS there (organisation_id, key)
ON node_results.organisation_id = there.organisation_id AND node_results.key = there.key
"""


async def bound(storage: Storage, settings: SchedulerSettings) -> int:
    """Drops what was not used for long, and of organisations that keep too much what was not used for longest."""
    most = settings.cache_mb_per_organisation * 2**20
    dropped = 0
    for _ in range(BATCHES):
        rows = await NodeResult.raw(_TOO_MANY, most, most, BATCH)
        rows += await NodeResult.raw(_UNUSED, datetime.now(UTC) - KEPT, BATCH) if len(rows) < BATCH else []
        if not rows:
            break
        dropped += await _drop(storage, rows)
    return dropped


async def sweep(storage: Storage) -> int:
    """Removes objects that no row knows of, as those of an organisation that is gone; how many."""
    removed = 0
    some: list[Slot] = []
    async for key in storage.keys(PREFIX):
        if (slot := _slot(key)) is not None:
            some.append(slot)
        if len(some) >= BATCH:
            removed += await _sweep(storage, some)
            some = []
    return removed + await _sweep(storage, some)


async def _drop(storage: Storage, rows: list[dict[str, Any]]) -> int:
    # The objects first: whoever dies in between leaves rows, which are looked at again. A row without its object is a
    # miss.
    await storage.delete(*(place(row["organisation_id"], row["key"]) for row in rows if row["size"] > SMALL))
    gone = await NodeResult.raw(_DROP, [row["organisation_id"] for row in rows], [row["key"] for row in rows])
    return len(gone)


async def _sweep(storage: Storage, slots: list[Slot]) -> int:
    if not slots:
        return 0
    rows = await NodeResult.raw(
        _KNOWN, [slot.organisation_id for slot in slots], [slot.key for slot in slots]
    )
    known = {Slot(row["organisation_id"], row["key"]) for row in rows}
    lost = [slot for slot in slots if slot not in known]
    # A row is written before its object, so there is none that is yet to come.
    await storage.delete(*(place(*slot) for slot in lost))
    return len(lost)


def _slot(key: str) -> Slot | None:
    parts = key.removeprefix(PREFIX).split("/")
    try:
        return Slot(UUID(parts[0]), parts[2])
    except (ValueError, IndexError):
        return None
