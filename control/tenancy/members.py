"""Who belongs to the organisation, and as what."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from control.access.grants import check_within
from control.access.principal import Principal
from control.audit.service import record
from control.database.owned import scoped, unscoped
from control.errors import Conflict, NotFound
from control.identity.tables import ApiKey, Session
from control.jobs.service import Cancelled, cancel_all_of
from control.pages import Page, page_of
from control.tenancy import schemas
from control.tenancy.founding import found_organisation
from control.tenancy.organisations import lock_for
from control.tenancy.pending import revoke_invitations_of
from control.tenancy.roles import permissions_of_role
from control.tenancy.tables import Membership, TeamMember
from control.tenancy.teams import join_team, managed_team

# Piccolo resolves the columns of another table when it runs.
_USER: Any = Membership.user_id
_COLUMNS = (
    Membership.id,
    Membership.user_id,
    _USER.email.as_alias("email"),
    _USER.name.as_alias("name"),
    Membership.role,
    Membership.team_id,
    Membership.created_at,
)


async def find(who: Principal, cursor: str | None, limit: int) -> Page[schemas.Member]:
    """All members, those who joined first before the others."""
    return await page_of(scoped(Membership, who).select(*_COLUMNS), Membership.id, cursor, limit, _shown)


async def show(who: Principal, user_id: UUID) -> schemas.Member:
    """One member; raises `NotFound`."""
    row = await scoped(Membership, who).select(*_COLUMNS).where(Membership.user_id == user_id).first()
    if row is None:
        raise NotFound("There is no such member in your organisation.")
    return _shown(row)


async def change(who: Principal, user_id: UUID, patch: schemas.MemberPatch) -> schemas.Member:
    """Another role or team; the member's access tokens must be refreshed then.

    Raises `Forbidden` where the role before or after has permissions that the caller has not, and `Conflict` for
    the last admin.
    """
    await lock_for(who)
    before = await show(who, user_id)
    had = await permissions_of_role(who, before.role)
    role = before.role if patch.role is msgspec.UNSET else patch.role
    team_id = before.team_id if patch.team_id is msgspec.UNSET else patch.team_id
    if (role, team_id) == (before.role, before.team_id):
        return before
    check_within(who, had, "change a member who has them")
    has = await permissions_of_role(who, role)
    if role != before.role:
        check_within(who, has, "give a role that has them")
        await _check_not_last_admin(who, before)
    if team_id is not None:
        # Else one could join any team by way of one's own membership.
        if team_id != before.team_id:
            await managed_team(who, team_id)
        await join_team(who, team_id, user_id)
    await (
        scoped(Membership, who)
        .update(
            {
                Membership.role: role,
                Membership.team_id: team_id,
                Membership.version: Membership.version + 1,
            }
        )
        .where(Membership.user_id == user_id)
    )
    await record(
        who,
        "member.update",
        ("member", user_id),
        before={"email": before.email, "role": before.role, "team_id": before.team_id},
        after={"role": role, "team_id": team_id},
    )
    if had - has:
        await revoke_invitations_of(who, [user_id])
    return await show(who, user_id)


async def remove(who: Principal, user_id: UUID) -> dict[UUID, Cancelled]:
    """Ends a membership, with the sessions, API keys and jobs that act in this organisation's name.

    Who belongs to no other organisation gets one of their own. The jobs are to be told of after the transaction
    (`control.jobs.service.tell_of`).
    """
    await lock_for(who)
    member = await show(who, user_id)
    if user_id != who.user_id:
        check_within(who, await permissions_of_role(who, member.role), "remove a member who has them")
    await _check_not_last_admin(who, member)
    now = datetime.now(UTC)
    await scoped(TeamMember, who).delete().where(TeamMember.user_id == user_id)
    await scoped(Membership, who).delete().where(Membership.user_id == user_id)
    sessions = await (
        Session.update({Session.revoked_at: now})
        .where(Session.organisation_id == who.organisation_id)
        .where(Session.user_id == user_id)
        .where(Session.revoked_at.is_null())
        .returning(Session.id)
    )
    api_keys = await (
        scoped(ApiKey, who)
        .update({ApiKey.revoked_at: now})
        .where(ApiKey.user_id == user_id)
        .where(ApiKey.revoked_at.is_null())
        .returning(ApiKey.id)
    )
    # They would go on spending the organisation's credits.
    cancelled = await cancel_all_of(who, user_id)
    await revoke_invitations_of(who, [user_id])
    if not await unscoped(Membership, "does the person belong to any other?").exists(
        Membership.user_id == user_id
    ):
        # So that they can sign in still, and accept invitations.
        await found_organisation(f"{member.name}'s organisation", user_id)
    await record(
        who,
        "member.leave" if user_id == who.user_id else "member.remove",
        ("member", user_id),
        before={"email": member.email, "role": member.role, "team_id": member.team_id},
        after={
            "sessions_ended": len(sessions),
            "api_keys_revoked": len(api_keys),
            "jobs_cancelled": len(cancelled),
        },
    )
    return cancelled


async def _check_not_last_admin(who: Principal, member: schemas.Member) -> None:
    if member.role != "admin":
        return
    others = await scoped(Membership, who).count(
        Membership.role == "admin", Membership.user_id != member.user_id, _USER.disabled_at.is_null()
    )
    if not others:
        raise Conflict("This is the organisation's last admin. Make somebody else one first.")


def _shown(row: Mapping[str, Any]) -> schemas.Member:
    return schemas.Member(
        user_id=row["user_id"],
        email=row["email"],
        name=row["name"],
        role=row["role"],
        team_id=row["team_id"],
        joined_at=row["created_at"],
    )
