"""Signing in, out and over to another organisation, for the web UI.

The same ways in as for tokens, behind the same throttle; what one gets is a cookie. All of them answer how the browser
is signed in from then on.
"""

from contextlib import suppress
from functools import partial
from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State

from control.access.declare import public
from control.access.principal import Principal
from control.database.engine import transaction
from control.errors import NotFound, Unauthenticated
from control.http.limits import as_caller
from control.http.raised import raises
from control.identity import sessions, signing_in
from control.identity.browser import admission, cookie
from control.identity.browser.schemas import BrowserSession
from control.identity.external.routes import redeem
from control.identity.me import me_of
from control.identity.principals import by_cookie
from control.identity.schemas import Login, LoginCode, Register, SwitchOrganisation
from control.identity.secrets import digest, new_secret
from control.identity.sessions import SignIn
from control.tenancy.joining import with_invitation
from control.tenancy.schemas import InvitedRegistration

AnyRequest = Request[Any, Any, State]
Answer = Response[BrowserSession]

_ENDED = raises(Unauthenticated)
OUT = BrowserSession(signed_in=False)


@get("/browser/session", opt=public("the page asks whether anybody is signed in"))
async def browser_session(request: AnyRequest, state: State) -> Answer:
    """Is this browser signed in, and as whom?

    Never 401: the answer says `signed_in: false`. Keeps the cookie for as long as a session lives without use.
    """
    secret = cookie.secret_of(request)
    if secret is None:
        return Response(OUT)
    return await _signed_in(secret, state)


@post("/browser/login", opt=public("this is how one signs in"), status_code=200)
async def browser_login(request: AnyRequest, data: Login, state: State) -> Answer:
    """Sign this browser in with a password: `/auth/login`, with a cookie instead of tokens."""
    admission.check_page(request)
    return await _signed_in(await signing_in.with_password(data, state, partial(_begin, request)), state)


@post("/browser/register", opt=public("this is how one joins") | _ENDED, status_code=201)
async def browser_register(request: AnyRequest, data: Register, state: State) -> Answer:
    """Make an account and sign this browser in: `/auth/register`, with a cookie instead of tokens."""
    admission.check_page(request)
    return await _signed_in(await signing_in.with_new_account(data, state, partial(_begin, request)), state)


@post(
    "/browser/invitations/register", opt=public("this is how invited people join") | _ENDED, status_code=201
)
async def browser_register_invited(request: AnyRequest, data: InvitedRegistration, state: State) -> Answer:
    """Make an account for an invited address: `/invitations/register`, with a cookie instead of tokens."""
    admission.check_page(request)
    return await _signed_in(await with_invitation(data, state, partial(_begin, request)), state)


@post("/browser/oauth/exchange", opt=public("the login code says who it is") | _ENDED, status_code=200)
async def browser_exchange(request: AnyRequest, data: LoginCode, state: State) -> Answer:
    """Sign this browser in with the code that a login through a provider ended with, once, within a minute."""
    admission.check_page(request)
    who = await redeem(request, data, state)
    async with transaction():
        secret = await _begin(request, who)
    return await _signed_in(secret, state)


@post("/browser/switch", opt=public("the cookie says who it is") | as_caller() | _ENDED, status_code=200)
async def browser_switch(request: AnyRequest, data: SwitchOrganisation, state: State) -> Answer:
    """Go on in the name of another organisation that one belongs to; the cookie stays.

    Live connections of the one before end with 4401.
    """
    who, secret = await _caller(request)
    async with transaction():
        await sessions.move(who, data.organisation_id)
        await sessions.note_move(who, data.organisation_id)
    return await _signed_in(secret, state)


@delete("/browser/session", opt=public("who is signed out already may ask again") | as_caller())
async def browser_logout(request: AnyRequest, state: State) -> Response[None]:
    """Sign this browser out: the session ends at once, and the cookie goes. 204 too where there was none."""
    secret = cookie.secret_of(request)
    who = None if secret is None else await by_cookie(secret, state.settings)
    # A cookie whose session has ended is taken away whoever asks: its page has no CSRF token any more.
    if secret is not None and who is not None and who.session_id is not None:
        admission.check(request, secret)
        # Another tab may be first.
        with suppress(NotFound):
            async with transaction():
                await sessions.end_session(who, who.session_id, "auth.logout")
    return Response(None, cookies=[cookie.gone(state.settings)])


async def _begin(request: AnyRequest, who: SignIn) -> str:
    """A new session's secret. The one that this browser had ends with it: nobody could find it any more."""
    state = request.app.state
    if (before := cookie.secret_of(request)) is not None:
        replaced = await by_cookie(before, state.settings)
        if replaced is not None and replaced.session_id is not None:
            # Another tab may be first.
            with suppress(NotFound):
                await sessions.end_session(replaced, replaced.session_id, "auth.logout")
        else:
            await sessions.end_replaced(digest(before))
    secret = new_secret(cookie.PREFIX)
    session = await sessions.open_session(who, state.settings, digest(secret))
    opened = await by_cookie(secret, state.settings)
    if opened is None:
        raise Unauthenticated("This account may not sign in (any more).")
    await sessions.note_login(session, opened.email)
    return secret


async def _signed_in(secret: str, state: State) -> Answer:
    if (who := await by_cookie(secret, state.settings)) is None:
        return Response(OUT, cookies=[cookie.gone(state.settings)])
    return Response(
        BrowserSession(signed_in=True, csrf_token=cookie.csrf_token(secret), me=await me_of(who)),
        cookies=[cookie.kept(secret, state.settings)],
    )


async def _caller(request: AnyRequest) -> tuple[Principal, str]:
    """Who sends the cookie, and its secret; raises as `admission.caller` does, and without one."""
    secret, who = cookie.secret_of(request), await admission.caller(request)
    if secret is None or who is None:
        raise Unauthenticated("This is for the web UI. Programs use /api/v1/auth.")
    return who, secret


HANDLERS: list[Any] = [
    browser_session, browser_login, browser_register, browser_register_invited, browser_exchange, browser_switch,
    browser_logout,
]  # fmt: skip
