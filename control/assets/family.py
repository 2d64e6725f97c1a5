"""Lineage: what an asset was made of, and what was made of it."""

from uuid import UUID

from control.access.principal import Principal
from control.assets.asset_schemas import Family, Relative
from control.assets.choosing import chosen
from control.assets.rights import only_seen
from control.assets.showing import COLUMNS, shown
from control.assets.tables import Asset, Lineage
from control.database.owned import scoped

GENERATIONS = 10
MOST = 200
"""Relatives that are followed each way."""


async def of(who: Principal, asset_id: UUID) -> Family:
    """The relatives of an asset as far as the caller sees them; raises `NotFound`.

    Those that the caller does not see, or that are deleted, are followed and not shown.
    """
    await chosen(who, [asset_id])
    up = await _followed(who, asset_id, upwards=True)
    down = await _followed(who, asset_id, upwards=False)
    ids = list({*(step[0] for step in up + down)})
    found = {}
    if ids:
        query = scoped(Asset, who).select(*COLUMNS).where(Asset.id.is_in(ids))
        query = (await only_seen(who, Asset, query)).where(Asset.deleted_at.is_null())
        found = {asset.id: asset for asset in await shown(who, await query)}
    ancestors, descendants = (
        [
            Relative(asset=found[i], relation=relation, nearer_id=nearer, distance=distance)
            for i, relation, nearer, distance in steps
            if i in found
        ]
        for steps in (up[:MOST], down[:MOST])
    )
    complete = max(len(up), len(down)) <= MOST and all(step[3] <= GENERATIONS for step in up[-1:] + down[-1:])
    # The generation beyond the last was looked at only to know that it is there.
    return Family(
        ancestors=[r for r in ancestors if r.distance <= GENERATIONS],
        descendants=[r for r in descendants if r.distance <= GENERATIONS],
        complete=complete,
    )


async def _followed(who: Principal, start: UUID, *, upwards: bool) -> list[tuple[UUID, str, UUID, int]]:
    """(relative, relation, the nearer one, distance), the nearest first; each relative once, over a shortest way."""
    near, far = (Lineage.asset_id, Lineage.parent_id) if upwards else (Lineage.parent_id, Lineage.asset_id)
    seen, frontier = {start}, [start]
    found: list[tuple[UUID, str, UUID, int]] = []
    for distance in range(1, GENERATIONS + 2):
        rows = await (
            scoped(Lineage, who)
            .select(Lineage.asset_id, Lineage.parent_id, Lineage.relation)
            .where(near.is_in(frontier))
            .order_by(far)
            .limit(4 * MOST)
        )
        frontier = []
        for row in rows:
            relative, nearer = row[far._meta.name], row[near._meta.name]
            if relative not in seen:
                seen.add(relative)
                frontier.append(relative)
                found.append((relative, row["relation"], nearer, distance))
        if not frontier or len(found) > MOST:
            break
    return found


async def parents_of(who: Principal, asset_id: UUID) -> list[UUID]:
    """Assets that it was made of, as far as the caller sees them."""
    above = scoped(Lineage, who).select(Lineage.parent_id).where(Lineage.asset_id == asset_id)
    query = await only_seen(who, Asset, scoped(Asset, who).select(Asset.id))
    rows = await query.where(Asset.id.is_in(above)).where(Asset.deleted_at.is_null()).order_by(Asset.id)
    return [row["id"] for row in rows]
