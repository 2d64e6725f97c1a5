"""Registering, signing in, staying signed in, and who one is."""

from contextlib import suppress

from litestar import Request, get, post
from litestar.datastructures import State

from control.access.declare import public, session_only, signed_in
from control.access.principal import Principal
from control.database.engine import transaction
from control.errors import Conflict, Problem, Unauthenticated, Unavailable
from control.http.raised import raises
from control.identity import accounts, sessions, throttle
from control.identity.passwords import hash_password, outdated
from control.identity.schemas import Login, Me, Refresh, Register, SwitchOrganisation, Tokens, canonical

Caller = Request[Principal, None, State]


@post("/auth/register", opt=public("this is how one joins"), status_code=201)
async def register(data: Register, state: State) -> Tokens:
    """Make an account, with an organisation of its own whose admin one is, and sign in.

    A mail with a link that confirms the address is sent to it.
    """
    password_hash = await hash_password(data.password)
    async with transaction():
        tokens = await accounts.register(data, password_hash, state.key_ring, state.settings)
    # The account is there; without Redis its owner is a stranger to the throttle, and no more.
    with suppress(Unavailable):
        await throttle.know_address(state.redis, canonical(data.email))
    return tokens


@post("/auth/login", opt=public("this is how one signs in"), status_code=200)
async def login(data: Login, state: State) -> Tokens:
    """Sign in with a password.

    The answer is the same, and comes as late, whether there is no such account or the password is wrong. After some
    wrong ones, 429 says in Retry-After when the next may be tried.
    """
    account = canonical(data.email)
    guess = await throttle.before_password(state.redis, account)
    checked = await accounts.check_password(account, data.password)
    if not checked.right or checked.user_id is None:
        async with transaction():
            await accounts.note_wrong_password(account, checked)
        raise Unauthenticated("The mail address or the password is wrong.")
    await throttle.password_was_right(state.redis, guess)
    renewed = await hash_password(data.password) if outdated(checked.password_hash) else None
    async with transaction():
        if not await accounts.still_right(checked, renewed):
            raise Unauthenticated("The mail address or the password is wrong.")
        return await sessions.begin_session(checked.user_id, state.key_ring, state.settings)


@post(
    "/auth/refresh",
    opt=public("the refresh token says who it is") | raises(Unauthenticated, Conflict),
    status_code=200,
)
async def refresh(data: Refresh, state: State) -> Tokens:
    """Swap a refresh token for the next access and refresh tokens.

    Each refresh token is good once. One that comes a second time has two holders, so its whole session ends. Tabs of
    one browser should share their tokens and take turns (`navigator.locks`): of two requests with one token at the
    same instant, one gets tokens and the other 409.
    """
    async with transaction():
        outcome = await sessions.refresh(data.refresh_token, state.key_ring, state.settings)
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


@post("/auth/logout", opt=session_only(), status_code=204)
async def logout(request: Caller) -> None:
    """End the session of the access token that is sent, at once and with all its tokens."""
    session_id = request.user.session_id
    assert session_id is not None
    async with transaction():
        await sessions.end_session(request.user, session_id, "auth.logout")


@post("/auth/switch", opt=session_only(), status_code=200)
async def switch_organisation(request: Caller, data: SwitchOrganisation, state: State) -> Tokens:
    """Go on in the name of another organisation that one belongs to. The session's tokens before end."""
    async with transaction():
        return await sessions.switch(request.user, data.organisation_id, state.key_ring, state.settings)


@get("/me", opt=signed_in())
async def me(request: Caller) -> Me:
    """Who the caller is."""
    who = request.user
    return Me(
        who.user_id, who.email, who.name, who.organisation_id, who.tier, who.role, who.team_id,
        sorted(who.permissions),
    )  # fmt: skip


HANDLERS = [register, login, refresh, logout, switch_organisation, me]
