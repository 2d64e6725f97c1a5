"""Registering, signing in and staying signed in, with tokens."""

from functools import partial

from litestar import Request, post
from litestar.datastructures import State

from control.access.declare import public, session_only
from control.access.principal import Principal
from control.database.engine import transaction
from control.errors import Conflict, Forbidden, Problem, Unauthenticated
from control.http.raised import raises
from control.identity import sessions, signing_in
from control.identity.schemas import Login, Refresh, Register, SwitchOrganisation, Tokens

Caller = Request[Principal, None, State]


_ENDED = raises(Unauthenticated)


@post("/auth/register", opt=public("this is how one joins") | _ENDED, status_code=201)
async def register(data: Register, state: State) -> Tokens:
    """Make an account, with an organisation of its own whose admin one is, and sign in.

    A mail with a link that confirms the address is sent to it.
    """
    return await signing_in.with_new_account(data, state, partial(tokens_for, state))


@post("/auth/login", opt=public("this is how one signs in"), status_code=200)
async def login(data: Login, state: State) -> Tokens:
    """Sign in with a password.

    The answer is the same, and comes as late, whether there is no such account or the password is wrong. After some
    wrong ones, 429 says in Retry-After when the next may be tried.
    """
    return await signing_in.with_password(data, state, partial(tokens_for, state))


async def tokens_for(state: State, who: sessions.SignIn) -> Tokens:
    """Those of a new session."""
    return await sessions.begin_session(who, state.key_ring, state.settings)


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
    """Go on in the name of another organisation that one belongs to. The session's tokens before end.

    Not for the web UI's session, which has no tokens: `/browser/switch`.
    """
    if request.user.by_cookie:
        raise Forbidden("The web UI's session has no tokens. It switches by /api/v1/browser/switch.")
    async with transaction():
        return await sessions.switch(request.user, data.organisation_id, state.key_ring, state.settings)


HANDLERS = [register, login, refresh, logout, switch_organisation]
