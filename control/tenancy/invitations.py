"""Invitations: sent by mail, accepted once by who owns the address."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from asyncpg.exceptions import UniqueViolationError

from control.access.grants import check_within
from control.access.principal import Principal
from control.audit.service import record
from control.billing.entitlement import check_seats
from control.database.owned import scoped, unscoped
from control.errors import Conflict, Forbidden, NotFound
from control.identity.mail import Letter, post
from control.identity.schemas import canonical
from control.identity.secrets import digest, new_secret
from control.identity.sessions import SignIn
from control.identity.tables import User
from control.pages import Page, page_of
from control.settings import ControlSettings
from control.tenancy import schemas
from control.tenancy.organisations import lock, lock_for
from control.tenancy.pending import open_invitations, revoke
from control.tenancy.roles import permissions_of_role
from control.tenancy.tables import Invitation, Membership, Organisation
from control.tenancy.teams import join_team, managed_team, teams_of

DAYS = 7
"""How long an invitation is good."""
MOST = 200
"""Open invitations that an organisation may have."""
PREFIX = "inv_"


class Anonymous(msgspec.Struct, frozen=True):
    """Stands for the organisation that an invitation is to."""

    organisation_id: UUID


async def find(who: Principal, cursor: str | None, limit: int) -> Page[schemas.Invitation]:
    """Open invitations: all, or those to the caller's own teams where they do not manage all."""
    query = open_invitations(who)
    if not who.may("team:manage"):
        teams = await teams_of(who)
        if not teams:
            return Page(items=[])
        query = query.where(Invitation.team_id.is_in(teams))
    return await page_of(query, Invitation.id, cursor, limit, _shown)


async def invite(
    who: Principal, data: schemas.NewInvitation, settings: ControlSettings
) -> schemas.Invitation:
    """Invites an address by mail; an open invitation of the same address is taken back.

    Raises `Forbidden` where the role may do more than the caller, the team is not theirs, or members and open
    invitations take all seats of the tier, and `Conflict` for who is a member.
    """
    await lock_for(who)
    email = canonical(data.email)
    check_within(who, await permissions_of_role(who, data.role), "invite to a role that has them")
    await _check_team(who, data.team_id)
    of: Any = Membership.user_id
    if await scoped(Membership, who).exists(of.email == email):
        raise Conflict(f"{email} is a member of your organisation.")
    open_ones = await open_invitations(who)
    if len(open_ones) >= MOST:
        raise Conflict(f"{MOST} invitations are open, which is the most. Revoke one first.")
    others = [row for row in open_ones if row["email"] != email]
    check_seats(who.tier, await scoped(Membership, who).count() + len(others), settings)
    for row in open_ones:
        if row["email"] == email:
            await revoke(who, row, "another one took its place")
    token, now = new_secret(PREFIX), datetime.now(UTC)
    invitation = Invitation(
        organisation_id=who.organisation_id,
        email=email,
        role=data.role,
        team_id=data.team_id,
        token_hash=digest(token),
        invited_by=who.user_id,
        created_at=now,
        expires_at=now + timedelta(days=DAYS),
    )
    await Invitation.insert(invitation)
    await post(await _letter(who, invitation, token, settings), settings)
    await record(
        who,
        "invitation.create",
        invitation,
        after={
            "email": email,
            "role": data.role,
            "team_id": data.team_id,
            "expires_at": invitation.expires_at,
        },
    )
    return _shown(invitation.to_dict())


async def withdraw(who: Principal, invitation_id: UUID) -> None:
    """Revokes an open one; raises `NotFound` for any other."""
    await lock_for(who)
    row = await open_invitations(who).where(Invitation.id == invitation_id).first()
    if row is None:
        raise NotFound("There is no such open invitation in your organisation.")
    await _check_team(who, row["team_id"])
    await revoke(who, row, "asked for")


async def preview(token: str) -> schemas.InvitationPreview:
    """What it is to; raises `NotFound` for a token that is no good."""
    row = await _by_token(token)
    organisation = (
        await Organisation.select(Organisation.name).where(Organisation.id == row["organisation_id"]).first()
    )
    assert organisation is not None
    return schemas.InvitationPreview(
        organisation=organisation["name"],
        email=row["email"],
        role=row["role"],
        expires_at=row["expires_at"],
        has_account=await User.exists().where(User.email == row["email"]),
    )


async def accept(who: Principal, token: str, settings: ControlSettings) -> UUID:
    """Makes the caller a member; returns the organisation's id.

    Raises `Forbidden` where the invitation is for another address or no seat is left, and leaves it open.
    """
    row = await _by_token(token)
    if row["email"] != who.email:
        raise Forbidden("This invitation is for another mail address. Sign in with the one it was sent to.")
    await _join(row, who.user_id, who.email, settings)
    await _confirm(who.user_id)
    return UUID(str(row["organisation_id"]))


async def register(
    data: schemas.InvitedRegistration, password_hash: str, settings: ControlSettings
) -> SignIn:
    """A new account for the invited address, a member; raises `Conflict` where it has an account."""
    row, now = await _by_token(data.token), datetime.now(UTC)
    # Before the chain's head is locked, as everywhere: two who wait for each other would wait for ever.
    await lock(row["organisation_id"])
    user = User(
        email=row["email"], name=data.name, password_hash=password_hash, email_verified_at=now, created_at=now
    )
    try:
        await User.insert(user)
    except UniqueViolationError:
        raise Conflict("The invited address has an account. Sign in with it and accept.") from None
    organisation_id = row["organisation_id"]
    await record(
        None,
        "account.register",
        user,
        organisation_id=organisation_id,
        actor=user.email,
        actor_id=user.id,
        after={"email": user.email, "name": user.name, "invitation_id": row["id"]},
    )
    await _join(row, user.id, user.email, settings)
    return SignIn(user.id, organisation_id)


async def _join(row: Mapping[str, Any], user_id: UUID, email: str, settings: ControlSettings) -> None:
    inside = Anonymous(row["organisation_id"])
    await lock(inside.organisation_id)
    now = datetime.now(UTC)
    # Read before the lock: whoever came first has it.
    taken = await (
        scoped(Invitation, inside)
        .update({Invitation.accepted_at: now})
        .where(Invitation.id == row["id"])
        .where(Invitation.accepted_at.is_null())
        .where(Invitation.revoked_at.is_null())
        .where(Invitation.expires_at > now)
        .returning(Invitation.role, Invitation.team_id)
    )
    if not taken:
        raise _no_good()
    role, team_id = taken[0]["role"], taken[0]["team_id"]
    if await scoped(Membership, inside).exists(Membership.user_id == user_id):
        raise Conflict("You are a member of this organisation.")
    organisation = (
        await Organisation.select(Organisation.tier).where(Organisation.id == inside.organisation_id).first()
    )
    assert organisation is not None
    # The tier may be another one than when they were invited.
    check_seats(organisation["tier"], await scoped(Membership, inside).count(), settings)
    await Membership.insert(
        Membership(
            organisation_id=inside.organisation_id,
            user_id=user_id,
            role=role,
            team_id=team_id,
            created_at=now,
        )
    )
    if team_id is not None:
        await join_team(inside, team_id, user_id)
    await record(
        None,
        "invitation.accept",
        ("invitation", row["id"]),
        organisation_id=inside.organisation_id,
        actor=email,
        actor_id=user_id,
        after={"user_id": user_id, "role": role, "team_id": team_id},
    )


async def _confirm(user_id: UUID) -> None:
    """Who has the token reads the address's mail."""
    await (
        User.update({User.email_verified_at: datetime.now(UTC)})
        .where(User.id == user_id)
        .where(User.email_verified_at.is_null())
    )


async def _by_token(token: str) -> dict[str, Any]:
    row = (
        await unscoped(Invitation, "the token says whose it is")
        .select()
        .where(Invitation.token_hash == digest(token))
        .where(Invitation.accepted_at.is_null())
        .where(Invitation.revoked_at.is_null())
        .where(Invitation.expires_at > datetime.now(UTC))
        .first()
    )
    if row is None:
        raise _no_good()
    return row


def _no_good() -> NotFound:
    return NotFound("This invitation is no good, or no longer. Ask for another one.")


async def _check_team(who: Principal, team_id: UUID | None) -> None:
    if team_id is not None:
        await managed_team(who, team_id)
    elif not who.may("team:manage"):
        raise Forbidden(
            "Name a team that you are in: you may invite to that alone.", permission="team:manage"
        )


async def _letter(who: Principal, invitation: Invitation, token: str, settings: ControlSettings) -> Letter:
    organisation = (
        await Organisation.select(Organisation.name).where(Organisation.id == who.organisation_id).first()
    )
    assert organisation is not None
    # In the fragment, which browsers send to no server.
    link = f"{settings.url}/invitation#token={token}"
    return Letter(
        to=invitation.email,
        subject=f"Invitation to {organisation['name']}",
        text=(
            f"{who.name} ({who.email}) invites you to work in {organisation['name']} as {invitation.role}.\n\n"
            f"Accept within {DAYS} days, once:\n{link}\n\n"
            "If you do not know why you got this, do nothing, and nothing happens.\n"
        ),
    )


def _shown(row: Mapping[str, Any]) -> schemas.Invitation:
    return schemas.Invitation(**{name: row[name] for name in schemas.Invitation.__struct_fields__})
