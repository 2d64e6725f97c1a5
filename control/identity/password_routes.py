"""Passwords forgotten and changed, and mail addresses confirmed."""

from litestar import Request, post
from litestar.datastructures import State

from control.access.declare import public, session_only
from control.access.principal import Principal
from control.database.engine import transaction
from control.errors import Conflict, Forbidden
from control.identity import recovery, throttle
from control.identity.passwords import hash_password, verify_password
from control.identity.schemas import (
    Accepted,
    ChangePassword,
    ForgotPassword,
    ResetPassword,
    VerifyEmail,
    canonical,
)

Caller = Request[Principal, None, State]


@post("/auth/forgot-password", opt=public("who forgot it cannot sign in"), status_code=202)
async def forgot_password(data: ForgotPassword, state: State) -> Accepted:
    """Ask for a mail with a link to a new password.

    The answer is the same, and comes as soon, whether there is such an account or not.
    """
    email = canonical(data.email)
    await throttle.before_mail(state.redis, email)
    async with transaction():
        await recovery.want_reset(email, state.settings)
    return recovery.SENT


@post("/auth/reset-password", opt=public("the token of the mail says who it is"), status_code=204)
async def reset_password(data: ResetPassword, state: State) -> None:
    """Set a new password with the token of the mail, which is good once, for 30 minutes. All sessions end."""
    await recovery.check_reset(data.token)
    password_hash = await hash_password(data.password)
    async with transaction():
        await recovery.reset(data.token, password_hash, state.settings)


@post("/auth/verify-email", opt=session_only(), status_code=204)
async def verify_email(request: Caller, data: VerifyEmail, state: State) -> None:
    """Confirm one's mail address with the token of the mail that was sent to it."""
    async with transaction():
        await recovery.confirm(request.user, data.token, state.settings)


@post("/me/verify-email", opt=session_only(), status_code=202)
async def resend_verification(request: Caller, state: State) -> Accepted:
    """Ask for another mail with a link that confirms one's address."""
    who = request.user
    if await recovery.is_confirmed(who):
        raise Conflict("Your address is confirmed already.")
    await throttle.before_mail(state.redis, who.email)
    async with transaction():
        await recovery.send_confirmation(who.user_id, who.email, who.name, state.settings)
    return Accepted("A mail is on its way.")


@post("/me/password", opt=session_only(), status_code=204)
async def change_password(request: Caller, data: ChangePassword, state: State) -> None:
    """Change one's password. All other sessions end; API keys go on."""
    who = request.user
    known = await recovery.password_hash_of(who)
    if known is None:
        raise recovery.no_password()
    guess = await throttle.before_password(state.redis, who.email)
    if not await verify_password(data.current_password, known):
        async with transaction():
            await recovery.note_wrong(who)
        raise Forbidden("The current password is wrong.")
    await throttle.password_was_right(state.redis, guess)
    password_hash = await hash_password(data.new_password)
    async with transaction():
        await recovery.change(who, known, password_hash, state.settings)


HANDLERS = [forgot_password, reset_password, verify_email, resend_verification, change_password]
