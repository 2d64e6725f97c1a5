"""Inviting people, and accepting."""

from functools import partial
from uuid import UUID

from litestar import Request, delete, get, post
from litestar.datastructures import State

from control.access.declare import public, requires, session_only
from control.access.principal import Principal
from control.database.engine import transaction
from control.errors import Unauthenticated
from control.http.raised import raises
from control.identity.login_routes import tokens_for
from control.identity.schemas import Tokens
from control.pages import Cursor, Limit, Page
from control.tenancy import invitations, organisations, schemas
from control.tenancy.joining import with_invitation

Caller = Request[Principal, None, State]


@get("/invitations", opt=requires("invitation:read"))
async def list_invitations(
    request: Caller, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.Invitation]:
    """Open invitations: those to teams that one is in; all, with `team:manage`."""
    return await invitations.find(request.user, cursor, limit)


@post("/invitations", opt=requires("invitation:create"))
async def create_invitation(request: Caller, data: schemas.NewInvitation, state: State) -> schemas.Invitation:
    """Invite an address by mail, to a role that may do no more than the caller.

    The mail's link is good once, for 7 days, and for that address alone. Inviting it again takes the link before
    back.
    """
    async with transaction():
        return await invitations.invite(request.user, data, state.settings)


@delete(
    "/invitations/{invitation_id:uuid}",
    opt=requires("invitation:revoke"),
)
async def revoke_invitation(request: Caller, invitation_id: UUID) -> None:
    """Take an open invitation back."""
    async with transaction():
        await invitations.withdraw(request.user, invitation_id)


@post(
    "/invitations/preview",
    opt=public("the token is what one has before an account"),
    status_code=200,
)
async def preview_invitation(data: schemas.InvitationToken) -> schemas.InvitationPreview:
    """What an invitation is to, and whether the invited address has an account."""
    return await invitations.preview(data.token)


@post(
    "/invitations/accept",
    opt=session_only(),
    status_code=200,
)
async def accept_invitation(
    request: Caller, data: schemas.InvitationToken, state: State
) -> schemas.OwnOrganisation:
    """Become a member of the organisation that invited the caller's mail address.

    The token stays for the organisation it is for: `/auth/switch` changes that.
    """
    async with transaction():
        organisation_id = await invitations.accept(request.user, data.token, state.settings)
        return await organisations.own(request.user, organisation_id)


@post(
    "/invitations/register",
    opt=public("this is how invited people join") | raises(Unauthenticated),
    status_code=201,
)
async def register_invited(data: schemas.InvitedRegistration, state: State) -> Tokens:
    """Make an account for the invited address, become a member and sign in."""
    return await with_invitation(data, state, partial(tokens_for, state))


HANDLERS = [
    list_invitations, create_invitation, revoke_invitation,
    preview_invitation, accept_invitation, register_invited,
]  # fmt: skip
