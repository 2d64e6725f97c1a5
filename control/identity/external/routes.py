"""Signing in through a provider: there, back, and the code swapped for tokens.

The browser carries two sealed or random cookies, each HttpOnly, SameSite and for the API alone. Neither signs in:
the first binds the provider's answer to the browser that asked (with state, nonce and PKCE), the second binds the
login code to the browser that came back, so that nobody can be signed in to another's account by a link. Tokens
appear in no address.
"""

import hmac
import re
import secrets
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import msgspec
from asyncpg.exceptions import UniqueViolationError
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie, ResponseHeader, State
from litestar.params import PathParameter, QueryParameter

from control.access.declare import public
from control.database.engine import transaction
from control.errors import BadRequest, NotFound, Unavailable
from control.http.bodies import any_query
from control.http.web_files import is_built
from control.identity import sessions
from control.identity.external.identity import LoginRefused, Pending
from control.identity.external.linking import account_of
from control.identity.external.providers import TITLES, Login
from control.identity.schemas import LoginCode, ProviderInfo, Tokens
from control.identity.sealed import seal, unseal
from control.identity.secrets import digest, new_secret
from control.pages import Page
from control.settings import ControlSettings

PATH = "/api/v1/auth/oauth"
EXCHANGES = "/api/v1"
"""Path above both that take a login code: /auth/oauth/exchange and /browser/oauth/exchange."""
PAGE = "/login/oauth"
"""The web UI's page for who comes back."""
PENDING_COOKIE, BROWSER_COOKIE = "studio_oauth", "studio_login"
PENDING_SECONDS = 600
CODE_SECONDS = 60
CODE_PREFIX = "lc_"
_PURPOSE = b"login through a provider"

LOCATION = ResponseHeader(name="Location", description="Where the browser goes.", documentation_only=True)
AnyRequest = Request[Any, Any, State]
Provider = Annotated[str, PathParameter(description="A name of /auth/oauth/providers.", max_length=100)]
Text = Annotated[str | None, QueryParameter(max_length=4000)]


class _Handover(msgspec.Struct):
    """What a login code stands for."""

    user_id: UUID
    provider: str
    browser: bytes
    """SHA-256 of the cookie of the browser that may use it."""


@get("/auth/oauth/providers", opt=public("the page to sign in shows them"))
async def list_login_providers(state: State) -> Page[ProviderInfo]:
    """Providers that one may sign in with, all on one page."""
    found = state.settings.oidc_providers.items()
    return Page(items=[ProviderInfo(name, p.title or TITLES.get(name, name)) for name, p in found])


@get(
    "/auth/oauth/{provider:str}/login",
    opt=public("this is how one signs in"),
    status_code=303,
    response_headers=[LOCATION],
    response_description="To the provider's page.",
)
async def begin_provider_login(
    request: AnyRequest,
    state: State,
    provider: Provider,
    redirect_to: Annotated[
        str | None,
        QueryParameter(
            description="Path of this studio where the browser goes in the end; without it, the web UI's.",
            max_length=1000,
        ),
    ] = None,
) -> Response[None]:
    """Send the browser to a provider to sign in there.

    It comes back to `redirect_to` with `#login_code=…`, for `/auth/oauth/exchange` or `/browser/oauth/exchange`, or
    with `#login_error=…`: access_denied, email_unverified, account_unconfirmed, account_disabled,
    provider_unavailable or provider_error.
    """
    settings: ControlSettings = state.settings
    login = _login(state, provider)
    pending = Pending(
        provider=provider,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        code_verifier=secrets.token_urlsafe(48),
        redirect_to=own_path(page(settings) if redirect_to is None else redirect_to, settings),
    )
    try:
        url = await login.begin(pending, _callback(settings, provider))
    except LoginRefused as error:
        if _is_person(request):
            return _back(pending, settings, {"login_error": error.reason})
        raise Unavailable(str(error), 30, reason=error.reason) from None
    sealed = seal(pending, PENDING_SECONDS, settings, _PURPOSE)
    return _redirect(url, _cookie(PENDING_COOKIE, sealed, PENDING_SECONDS, settings))


@get(
    "/auth/oauth/{provider:str}/callback",
    opt=public("the provider sends the browser here") | any_query(),
    status_code=303,
    response_headers=[LOCATION],
    response_description="Back to the studio's own page.",
)
async def finish_provider_login(
    request: AnyRequest,
    state: State,
    provider: Provider,
    state_: Annotated[str | None, QueryParameter(name="state", max_length=4000)] = None,
    code: Text = None,
    error: Text = None,
    iss: Text = None,
) -> Response[None]:
    """Where the provider sends the browser back to. Nothing for programs.

    400 where this browser has not begun this login; a page of the web UI says so (`#login_error=not_begun`).
    """
    settings: ControlSettings = state.settings
    login = _login(state, provider)
    pending = unseal(request.cookies.get(PENDING_COOKIE, ""), Pending, settings, _PURPOSE)
    if (
        pending is None
        or pending.provider != provider
        or not hmac.compare_digest(pending.state.encode(), (state_ or "").encode())
    ):
        if _is_person(request) and is_built(settings.web):
            return _redirect(f"{settings.url}{PAGE}#login_error=not_begun")
        raise BadRequest("This browser has not begun this login, or too long ago. Sign in again.")
    gone = _cookie(PENDING_COOKIE, "", 0, settings)
    if error is not None or not code:
        reason = "access_denied" if error == "access_denied" else "provider_error"
        return _back(pending, settings, {"login_error": reason}, gone)
    try:
        identity = await login.finish(pending, code, iss, _callback(settings, provider))
        user_id = await _account(identity, provider)
    except LoginRefused as refused:
        return _back(pending, settings, {"login_error": refused.reason}, gone)
    login_code, browser = new_secret(CODE_PREFIX), new_secret()
    handover = _Handover(user_id, provider, digest(browser))
    await state.redis.set(
        _key(login_code), msgspec.msgpack.encode(handover), ex=timedelta(seconds=CODE_SECONDS)
    )
    return _back(
        pending,
        settings,
        {"login_code": login_code},
        gone,
        _cookie(BROWSER_COOKIE, browser, CODE_SECONDS, settings, EXCHANGES),
    )


@post("/auth/oauth/exchange", opt=public("the login code says who it is"), status_code=200)
async def exchange_login_code(request: AnyRequest, data: LoginCode, state: State) -> Tokens:
    """Swap the code that a login through a provider ended with for tokens.

    From the same browser, within a minute, once.
    """
    who = await redeem(request, data, state)
    async with transaction():
        return await sessions.begin_session(who, state.key_ring, state.settings)


async def redeem(request: AnyRequest, data: LoginCode, state: State) -> sessions.SignIn:
    """Whose login code it is, which is good no more; raises `BadRequest`."""
    found = await state.redis.getdel(_key(data.code))
    handover = None if found is None else msgspec.msgpack.decode(found, type=_Handover)
    browser = digest(request.cookies.get(BROWSER_COOKIE, ""))
    if handover is None or not hmac.compare_digest(handover.browser, browser):
        raise BadRequest("This login code was used, has ended, or is another browser's. Sign in again.")
    return sessions.SignIn(handover.user_id, means=handover.provider)


def page(settings: ControlSettings) -> str:
    """Where who comes back goes if nobody said where: the web UI's page, the root where there is no UI."""
    return PAGE if is_built(settings.web) else "/"


def own_path(redirect_to: str, settings: ControlSettings) -> str:
    """A path of our own; raises `BadRequest` for what a browser could take for another place."""
    # Browsers read "\" as "/" and leave out control characters; "//" begins a host.
    plain = re.fullmatch(r"/(?!/)[!-\[\]-~]*", redirect_to)
    if plain:
        ours, target = urlsplit(settings.url), urlsplit(settings.url + redirect_to)
        if (ours.scheme, ours.netloc) == (target.scheme, target.netloc) and not target.fragment:
            return redirect_to
    raise BadRequest("redirect_to must be a path of this studio, as /jobs, without a fragment.")


async def _account(identity: Any, provider: str) -> UUID:
    try:
        async with transaction():
            return await account_of(identity, provider)
    except UniqueViolationError:
        # Two first logins at the same moment: by now it is there.
        async with transaction():
            return await account_of(identity, provider)


def _login(state: State, provider: str) -> Login:
    login: Login | None = state.logins.get(provider)
    if login is None:
        raise NotFound("There is no such provider. /api/v1/auth/oauth/providers lists them.")
    return login


def _callback(settings: ControlSettings, provider: str) -> str:
    return f"{settings.url}{PATH}/{provider}/callback"


def _key(login_code: str) -> str:
    return f"login:code:{digest(login_code).hex()}"


def _is_person(request: AnyRequest) -> bool:
    """Or a program, for which a problem document says more than a page."""
    return "text/html" in request.headers.get("accept", "")


def _cookie(name: str, value: str, seconds: int, settings: ControlSettings, path: str = PATH) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        path=path,
        max_age=seconds,
        httponly=True,
        secure=settings.secure,
        # Lax: sent when the provider sends the browser back.
        samesite="lax",
    )


def _back(
    pending: Pending, settings: ControlSettings, said: dict[str, str], *cookies: Cookie
) -> Response[None]:
    # In the fragment, which browsers send to no server and in no Referer.
    return _redirect(f"{settings.url}{pending.redirect_to}#{urlencode(said)}", *cookies)


def _redirect(url: str, *cookies: Cookie) -> Response[None]:
    return Response(None, status_code=303, headers={"Location": url}, cookies=list(cookies))


HANDLERS = [list_login_providers, begin_provider_login, finish_provider_login, exchange_login_code]
