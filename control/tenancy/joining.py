"""Joining by an invitation, as `control.identity.signing_in` has the other ways in."""

from typing import TypeVar

from litestar.datastructures import State

from control.database.engine import transaction
from control.identity.passwords import hash_password
from control.identity.signing_in import Begin
from control.tenancy import invitations, schemas

T = TypeVar("T")


async def with_invitation(data: schemas.InvitedRegistration, state: State, begin: Begin[T]) -> T:
    """What `begin` makes for the new member; raises `NotFound` for a token that is no good, `Conflict`, `Forbidden`."""
    # Before the password is hashed: who has no token shall not keep a processor busy.
    await invitations.preview(data.token)
    password_hash = await hash_password(data.password)
    async with transaction():
        return await begin(await invitations.register(data, password_hash, state.settings))
