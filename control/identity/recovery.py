"""Passwords forgotten and changed, and mail addresses confirmed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.audit.service import record
from control.database.owned import unscoped
from control.errors import BadRequest, Forbidden, Unauthenticated
from control.http.context import RequestContext, current, enter
from control.identity import letters
from control.identity.mail import Letter, post, post_kind
from control.identity.people import find_person, record_of
from control.identity.schemas import Accepted
from control.identity.sealed import seal, unseal
from control.identity.secrets import digest, new_secret
from control.identity.sessions import end_sessions
from control.identity.tables import ApiKey, ExternalLogin, PasswordReset, User
from control.settings import ControlSettings

RESET_PREFIX = "pr_"
RESET_MINUTES = 30
VERIFY_HOURS = 72
_VERIFY = b"confirm an address"

SENT = Accepted("If there is an account with this address, a mail is on its way to it.")


class WantedReset(msgspec.Struct):
    """That somebody asked for a link to a new password."""

    email: str
    """Of an account, or of none: which it is, nobody looks while the asker waits."""
    origin: RequestContext


class Confirmation(msgspec.Struct):
    """That the holder reads the mails of this address."""

    user_id: UUID
    email: str


async def want_reset(email: str, settings: ControlSettings) -> None:
    """Sees to a mail with a link, if there is such an account. Does the same work, and as quickly, if there is none."""
    await post_kind("password_reset", WantedReset(email, current()), settings)


async def write_reset(wanted: WantedReset, settings: ControlSettings) -> Letter | None:
    """The mail with a link to a new password; None where there is no such account. For the postman."""
    person = await find_person(User.email == wanted.email)
    if person is None or person.disabled_at is not None:
        return None
    token, now = new_secret(RESET_PREFIX), datetime.now(UTC)
    await PasswordReset.insert(
        PasswordReset(
            user_id=person.id,
            token_hash=digest(token),
            created_at=now,
            expires_at=now + timedelta(minutes=RESET_MINUTES),
        )
    )
    enter(wanted.origin)
    await record_of(person, "auth.password_forgotten")
    return letters.password_reset(person.email, person.name, settings.url, token, RESET_MINUTES)


async def check_reset(token: str) -> None:
    """Raises `BadRequest` for a token that is not (any more) good. To refuse it before a password is hashed."""
    good = (
        PasswordReset.exists()
        .where(PasswordReset.token_hash == digest(token))
        .where(PasswordReset.used_at.is_null())
        .where(PasswordReset.expires_at > datetime.now(UTC))
    )
    if not await good:
        raise _not_good()


async def reset(token: str, password_hash: str, settings: ControlSettings) -> None:
    """Sets the password that the token stands for, and ends all sessions; raises `BadRequest`.

    Where the address was never confirmed until now, whoever made the account may have been somebody else: then
    its API keys and its logins through providers end too.
    """
    now = datetime.now(UTC)
    used = await (
        PasswordReset.update({PasswordReset.used_at: now})
        .where(PasswordReset.token_hash == digest(token))
        .where(PasswordReset.used_at.is_null())
        .where(PasswordReset.expires_at > now)
        .returning(PasswordReset.user_id)
    )
    person = await find_person(User.id == used[0]["user_id"], lock=True) if used else None
    if person is None or person.disabled_at is not None:
        raise _not_good()
    first_proof = person.email_verified_at is None
    await User.update(
        {User.password_hash: password_hash, User.email_verified_at: person.email_verified_at or now}
    ).where(User.id == person.id)
    await _end_resets(person.id)
    ended = await end_sessions(person.id)
    if first_proof:
        await ExternalLogin.delete().where(ExternalLogin.user_id == person.id)
        await (
            unscoped(ApiKey, "all of the person's, in whichever organisation")
            .update({ApiKey.revoked_at: now})
            .where(ApiKey.user_id == person.id)
            .where(ApiKey.revoked_at.is_null())
        )
    await post(letters.password_changed(person.email, person.name, settings.url), settings)
    await record_of(person, "auth.password_reset", {"sessions_ended": ended, "api_keys_ended": first_proof})


async def password_hash_of(who: Principal) -> str | None:
    """The caller's; None where they sign in through providers only."""
    row = await User.select(User.password_hash).where(User.id == who.user_id).first()
    return None if row is None else row["password_hash"]


async def note_wrong(who: Principal) -> None:
    """Audits a wrong current password."""
    await record(who, "auth.password_change_failed", ("user", who.user_id))


async def change(who: Principal, known: str, password_hash: str, settings: ControlSettings) -> None:
    """Sets another password and ends the person's other sessions. `known` is the hash that was checked."""
    changed = await (
        User.update({User.password_hash: password_hash})
        .where(User.id == who.user_id)
        # Between the check and now it may have become another.
        .where(User.password_hash == known)
        .returning(User.id)
    )
    if not changed:
        raise Unauthenticated("The password has been changed meanwhile. Sign in again.")
    await _end_resets(who.user_id)
    ended = await end_sessions(who.user_id, keep=who.session_id)
    await post(letters.password_changed(who.email, who.name, settings.url), settings)
    await record(who, "auth.password_changed", ("user", who.user_id), after={"sessions_ended": ended})


async def send_confirmation(user_id: UUID, email: str, name: str, settings: ControlSettings) -> None:
    """Sees to a mail with a link that confirms the address."""
    token = confirmation_token(user_id, email, settings)
    await post(letters.confirm_address(email, name, settings.url, token, VERIFY_HOURS), settings)


def confirmation_token(user_id: UUID, email: str, settings: ControlSettings) -> str:
    """What the link in that mail carries."""
    return seal(Confirmation(user_id, email), VERIFY_HOURS * 3600, settings, _VERIFY)


async def is_confirmed(who: Principal) -> bool:
    """Has the caller confirmed their address?"""
    return await User.exists().where(User.id == who.user_id).where(User.email_verified_at.is_not_null())


async def confirm(who: Principal, token: str, settings: ControlSettings) -> None:
    """Notes that the address is its owner's; raises `BadRequest`. To do so again changes nothing.

    Only for who is signed in to the account: else somebody could make one in another's name, whose owner would
    confirm it by a click, and share it with them from then on.
    """
    told = unseal(token, Confirmation, settings, _VERIFY)
    person = await find_person(User.id == who.user_id, lock=True)
    if told is None or person is None or (told.user_id, told.email) != (person.id, person.email):
        raise BadRequest("This link is not valid, or has ended. Ask for another mail.")
    if person.email_verified_at is None:
        await User.update({User.email_verified_at: datetime.now(UTC)}).where(User.id == person.id)
        await record_of(person, "account.email_confirmed")


def no_password() -> Forbidden:
    """For who signs in through providers only."""
    return Forbidden("This account has no password yet. Set one by /auth/forgot-password.")


async def _end_resets(user_id: UUID) -> None:
    await (
        PasswordReset.update({PasswordReset.used_at: datetime.now(UTC)})
        .where(PasswordReset.user_id == user_id)
        .where(PasswordReset.used_at.is_null())
    )


def _not_good() -> BadRequest:
    return BadRequest("This link was used, has ended or was never ours. Ask for another mail.")
