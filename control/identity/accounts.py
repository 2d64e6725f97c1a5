"""Registering and signing in with a password."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg.exceptions import UniqueViolationError

from control.audit.service import record
from control.errors import Conflict
from control.identity.passwords import verify_password
from control.identity.people import HOME
from control.identity.recovery import send_confirmation
from control.identity.schemas import Register, canonical
from control.identity.sessions import SignIn
from control.identity.tables import User
from control.settings import ControlSettings
from control.tenancy.founding import found_organisation

# One question for both, so that it takes as long whether there is such an account or not.
_BY_EMAIL = f"""
SELECT u.id, u.password_hash, u.disabled_at IS NOT NULL AS disabled, h.organisation_id
FROM users u LEFT JOIN LATERAL ({HOME.replace("{}", "u.id")}) h ON true
WHERE u.email = {{}}
"""


class Checked(msgspec.Struct, frozen=True):
    """Whose password was tried."""

    user_id: UUID | None
    """None where there is no such account."""
    organisation_id: UUID | None
    right: bool
    password_hash: str = ""
    """What was compared with, where it was right."""


async def register(data: Register, password_hash: str, settings: ControlSettings) -> SignIn:
    """A new account with an organisation of its own. Raises `Conflict` for an address that has one."""
    user = User(
        email=canonical(data.email),
        name=data.name,
        password_hash=password_hash,
        created_at=datetime.now(UTC),
    )
    try:
        await User.insert(user)
    except UniqueViolationError:
        raise Conflict("There is an account with this address. Sign in, or reset its password.") from None
    organisation_id = await found_organisation(f"{data.name}'s organisation"[:200], user.id)
    await record(
        None,
        "account.register",
        user,
        organisation_id=organisation_id,
        actor=user.email,
        actor_id=user.id,
        after={"email": user.email, "name": user.name},
    )
    await send_confirmation(user.id, user.email, user.name, settings)
    return SignIn(user.id, organisation_id)


async def check_password(account: str, password: str) -> Checked:
    """Is it the account's password? Takes as long where there is no such account, or it is disabled."""
    rows = await User.raw(_BY_EMAIL, account)
    row: dict[str, Any] = (
        rows[0] if rows else {"id": None, "organisation_id": None, "password_hash": None, "disabled": False}
    )
    right = await verify_password(password, row["password_hash"])
    if not right or row["disabled"]:
        return Checked(row["id"], row["organisation_id"], False)
    return Checked(row["id"], row["organisation_id"], True, row["password_hash"])


async def still_right(checked: Checked, renewed: str | None) -> bool:
    """Is it the password still? Stores `renewed`, its hash at today's cost, if there is one.

    Nobody changes it until the transaction ends: a password that is reset at this moment, by its owner, either
    refuses this login or ends the session that comes of it.
    """
    row = await (
        User.select(User.password_hash)
        .where(User.id == checked.user_id)
        .where(User.password_hash == checked.password_hash)
        .lock_rows("UPDATE")
        .first()
    )
    if row is not None and renewed is not None:
        await User.update({User.password_hash: renewed}).where(User.id == checked.user_id)
    return row is not None


async def note_wrong_password(account: str, checked: Checked) -> None:
    """Audits it: in the person's organisation's chain, in nobody's where there is no such account."""
    await record(
        None,
        "auth.login_failed",
        ("user", checked.user_id or "unknown"),
        organisation_id=checked.organisation_id,
        actor=account,
    )
