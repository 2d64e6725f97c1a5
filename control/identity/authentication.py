"""Finds out who sends a request, before any route sees it."""

from litestar.connection import ASGIConnection
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from control.access.declare import access_of
from control.errors import Unauthenticated
from control.http.limits import PAYER
from control.http.sockets import credential_of
from control.identity.browser import admission as browser
from control.identity.counting import payer
from control.identity.principals import principal_of

CALLER = "caller"
"""In a route's `opt`: another way to find out who asks, (connection) → `Principal`, for a door to other programs."""


class Authentication(AbstractAuthenticationMiddleware):
    """`request.user` becomes a `Principal`, or None where nothing was sent.

    Takes `Authorization: Bearer` with an access token or an API key, and without one the web UI's cookie, where its
    own page asks (`control.identity.browser.admission`). No query parameter. A WebSocket may name the token among its
    subprotocols, as browsers let scripts send no header with one. Routes that speak to other projects' clients find
    out by themselves (`CALLER`).
    """

    async def authenticate_request(self, connection: ASGIConnection) -> AuthenticationResult:  # type: ignore[type-arg]
        """Who it is; raises `Unauthenticated` for a credential that is no good."""
        if access_of(connection.route_handler).kind == "public":
            connection.scope["state"][PAYER] = await payer(connection)
            return AuthenticationResult(user=None, auth=None)
        if (own := connection.route_handler.opt.get(CALLER)) is not None:
            return AuthenticationResult(user=await own(connection), auth=None)
        try:
            credential = credential_of(connection)
        except Unauthenticated:
            # Another scheme is a proxy's before the studio, whose password browsers go on sending.
            if (who := await browser.caller(connection)) is None:
                raise
            return AuthenticationResult(user=who, auth=None)
        if credential is None:
            return AuthenticationResult(user=await browser.caller(connection), auth=None)
        state = connection.app.state
        return AuthenticationResult(
            user=await principal_of(credential, state.key_ring, state.settings), auth=None
        )
