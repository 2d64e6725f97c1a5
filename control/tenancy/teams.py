"""Teams, and who is in them. Who has not `team:manage` changes only those they are in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.audit.service import record
from control.database.owned import InOrganisation, scoped
from control.errors import Conflict, Forbidden, NotFound
from control.pages import Page, page_of
from control.tenancy import schemas
from control.tenancy.organisations import lock_for
from control.tenancy.tables import Membership, Team, TeamMember

MOST = 1000
"""Teams that an organisation may have."""
# Piccolo resolves the columns of another table when it runs.
_USER: Any = TeamMember.user_id


async def find(who: Principal, cursor: str | None, limit: int) -> Page[schemas.Team]:
    """All teams."""
    return await page_of(scoped(Team, who).select(), Team.id, cursor, limit, _shown)


async def existing_team(who: Principal, team_id: UUID) -> schemas.Team:
    """One team; raises `NotFound`."""
    row = await scoped(Team, who).select().where(Team.id == team_id).first()
    if row is None:
        raise NotFound("There is no such team in your organisation.")
    return _shown(row)


async def managed_team(who: Principal, team_id: UUID) -> schemas.Team:
    """One team that the caller may change; raises `NotFound` or `Forbidden`."""
    team = await existing_team(who, team_id)
    if not who.may("team:manage") and not await _is_in(who, team_id, who.user_id):
        raise Forbidden(
            "You may change only teams that you are in. Ask one of its members, or an admin.",
            permission="team:manage",
        )
    return team


async def make(who: Principal, data: schemas.NewTeam) -> schemas.Team:
    """A new team, whose first member the caller is."""
    await lock_for(who)
    await _check_name(who, data.name)
    if await scoped(Team, who).count() >= MOST:
        raise Conflict(f"Your organisation has {MOST} teams, which is the most. Delete one first.")
    team = Team(organisation_id=who.organisation_id, name=data.name, created_at=datetime.now(UTC))
    await Team.insert(team)
    await join_team(who, team.id, who.user_id)
    await record(who, "team.create", team, after={"name": team.name})
    return _shown(team.to_dict())


async def change(who: Principal, team_id: UUID, patch: schemas.TeamPatch) -> schemas.Team:
    """Renames it."""
    await lock_for(who)
    before = await managed_team(who, team_id)
    if patch.name is not msgspec.UNSET and patch.name != before.name:
        await _check_name(who, patch.name)
        await scoped(Team, who).update({Team.name: patch.name}).where(Team.id == team_id)
        await record(
            who, "team.update", ("team", team_id), before={"name": before.name}, after={"name": patch.name}
        )
    return await existing_team(who, team_id)


async def remove(who: Principal, team_id: UUID) -> None:
    """Removes it; its members stay in the organisation, its open invitations end."""
    await lock_for(who)
    before = await managed_team(who, team_id)
    members = await scoped(TeamMember, who).count(TeamMember.team_id == team_id)
    await _forget(who, Membership.team_id == team_id)
    # Its team_members and invitations go with it (ON DELETE CASCADE).
    await scoped(Team, who).delete().where(Team.id == team_id)
    await record(who, "team.delete", ("team", team_id), before={"name": before.name, "members": members})


async def members_of(
    who: Principal, team_id: UUID, cursor: str | None, limit: int
) -> Page[schemas.TeamMember]:
    """Who is in it."""
    await existing_team(who, team_id)
    query = (
        scoped(TeamMember, who)
        .select(
            TeamMember.id,
            TeamMember.user_id,
            _USER.email.as_alias("email"),
            _USER.name.as_alias("name"),
            TeamMember.created_at,
        )
        .where(TeamMember.team_id == team_id)
    )
    return await page_of(
        query,
        TeamMember.id,
        cursor,
        limit,
        lambda row: schemas.TeamMember(
            user_id=row["user_id"], email=row["email"], name=row["name"], joined_at=row["created_at"]
        ),
    )


async def add_member(who: Principal, team_id: UUID, user_id: UUID) -> None:
    """Puts a member of the organisation into it; nothing happens to who is in it."""
    await lock_for(who)
    await managed_team(who, team_id)
    if not await scoped(Membership, who).exists(Membership.user_id == user_id):
        raise NotFound("There is no such member in your organisation.")
    if await join_team(who, team_id, user_id):
        await record(who, "team.add_member", ("team", team_id), after={"user_id": user_id})


async def remove_member(who: Principal, team_id: UUID, user_id: UUID) -> None:
    """Takes somebody out of it."""
    await lock_for(who)
    await managed_team(who, team_id)
    removed = await (
        scoped(TeamMember, who)
        .delete()
        .where(TeamMember.team_id == team_id)
        .where(TeamMember.user_id == user_id)
        .returning(TeamMember.id)
    )
    if not removed:
        raise NotFound("This person is not in the team.")
    await _forget(who, (Membership.team_id == team_id) & (Membership.user_id == user_id))
    await record(who, "team.remove_member", ("team", team_id), before={"user_id": user_id})


async def teams_of(who: Principal) -> list[UUID]:
    """Ids of the teams that the caller is in."""
    return await (
        scoped(TeamMember, who)
        .select(TeamMember.team_id)
        .where(TeamMember.user_id == who.user_id)
        .output(as_list=True)
    )


async def join_team(who: InOrganisation, team_id: UUID, user_id: UUID) -> bool:
    """Puts somebody into a team of the caller's organisation; False where they are in it."""
    if await _is_in(who, team_id, user_id):
        return False
    await TeamMember.insert(
        TeamMember(
            organisation_id=who.organisation_id,
            team_id=team_id,
            user_id=user_id,
            created_at=datetime.now(UTC),
        )
    )
    return True


async def _is_in(who: InOrganisation, team_id: UUID, user_id: UUID) -> bool:
    return await scoped(TeamMember, who).exists(TeamMember.team_id == team_id, TeamMember.user_id == user_id)


async def _forget(who: Principal, where: Any) -> None:
    """Who worked in the team at first works in none; their tokens say otherwise and must be refreshed."""
    await (
        scoped(Membership, who)
        .update({Membership.team_id: None, Membership.version: Membership.version + 1})
        .where(where)
    )


async def _check_name(who: Principal, name: str) -> None:
    if await scoped(Team, who).exists(Team.name == name):
        raise Conflict(f"There is a team {name}. Choose another name.")


def _shown(row: Mapping[str, Any]) -> schemas.Team:
    return schemas.Team(id=row["id"], name=row["name"], created_at=row["created_at"])
