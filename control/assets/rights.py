"""Whose assets and boards one sees and changes: one's own, one's teams' to see, everybody's with `asset:manage`."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from piccolo.columns import Column
from piccolo.custom_types import Combinable
from piccolo.query.methods.select import Select

from control.access.principal import Principal
from control.assets.tables import Asset, Board
from control.database.owned import scoped
from control.errors import Forbidden, NotFound
from control.tenancy.tables import Team
from control.tenancy.teams import teams_of


async def only_seen(who: Principal, table: type[Asset] | type[Board], query: "Select[Any]") -> "Select[Any]":
    """`query`, without rows of `table` that the caller does not see."""
    if who.may("asset:manage"):
        return query
    own: Combinable = table.user_id == who.user_id
    if teams := await teams_of(who):
        own = own | table.team_id.is_in(teams)
    return query.where(own)


def check_own(who: Principal, row: Mapping[str, Any], what: str) -> None:
    """Raises `Forbidden` where the caller sees a thing of somebody else's and may not change it."""
    if row["user_id"] != who.user_id and not who.may("asset:manage"):
        raise Forbidden(
            f"This {what} belongs to somebody else of your team. Ask them, or an admin.",
            permission="asset:manage",
        )


async def check_team(who: Principal, team_id: UUID) -> None:
    """Raises `NotFound` or `Forbidden` where the caller may not share with this team."""
    if not await scoped(Team, who).exists(Team.id == team_id):
        raise NotFound("There is no such team in your organisation.")
    if not who.may("asset:manage") and team_id not in await teams_of(who):
        raise Forbidden("You can share only with teams that you are in.", permission="asset:manage")


def columns(changes: dict[str, Any]) -> dict[Column | str, Any]:
    """Name → value, as Piccolo's `update` takes it."""
    return cast("dict[Column | str, Any]", changes)
