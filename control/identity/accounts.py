"""Registering and signing in with a password."""

from datetime import UTC, datetime

from asyncpg.exceptions import UniqueViolationError

from control.audit.service import record
from control.errors import Conflict, Unauthenticated
from control.identity.keys import KeyRing
from control.identity.passwords import hash_password, verify_password
from control.identity.schemas import Login, Register, Tokens
from control.identity.sessions import begin_session
from control.identity.tables import User
from control.settings import ControlSettings
from control.tenancy.founding import found_organisation


async def register(data: Register, password_hash: str, ring: KeyRing, settings: ControlSettings) -> Tokens:
    """A new account with an organisation of its own, signed in. Raises `Conflict` for an address that has one."""
    now = datetime.now(UTC)
    user = User(
        email=data.email.lower(),
        name=data.name,
        password_hash=password_hash,
        created_at=now,
    )
    try:
        await User.insert(user)
    except UniqueViolationError:
        raise Conflict("There is an account with this address. Sign in, or reset its password.") from None
    organisation_id = await found_organisation(f"{data.name}'s organisation", user.id)
    await record(
        None,
        "account.register",
        user,
        organisation_id=organisation_id,
        actor=user.email,
        after={"email": user.email, "name": user.name},
    )
    return await begin_session(user.id, ring, settings, organisation_id)


async def check_password(data: Login) -> User:
    """The account whose password it is; raises `Unauthenticated`, after as long, for any other."""
    user = await (
        User.objects().where(User.email == data.email.lower()).where(User.disabled_at.is_null()).first()
    )
    right = await verify_password(data.password, user.password_hash if user else None)
    if user is None or not right:
        raise Unauthenticated("The mail address or the password is wrong.")
    return user


__all__ = ["check_password", "hash_password", "register"]
