"""Whether a request that brings the cookie was wanted by our own page, and whose it is.

Browsers send a cookie by themselves, whichever page makes them ask. SameSite=Strict keeps other sites' from it, but not
other ports and subdomains of our own: so whatever changes something must bring the session's CSRF token, and where a
browser says which page asks it must be ours. Reading is left to browsers, who show other pages no answer of ours.
"""

from litestar.enums import ScopeType

from control.access.principal import Principal
from control.errors import CsrfRefused, Forbidden, Unauthenticated
from control.http.origins import SAFE, is_ours
from control.identity.browser.cookie import CSRF_HEADER, Connection, is_csrf_token, secret_of
from control.identity.principals import by_cookie

OWN_SITES = frozenset({"same-origin", "none"})
"""Sec-Fetch-Site of our own pages, and of who types an address."""


async def caller(connection: Connection) -> Principal | None:
    """Who it is; None without a cookie. Raises `CsrfRefused`, `Forbidden`, and `Unauthenticated` for an ended session."""
    if (secret := secret_of(connection)) is None:
        return None
    check(connection, secret)
    if (who := await by_cookie(secret, connection.app.state.settings)) is None:
        raise Unauthenticated("This session has ended. Sign in again.", reason="revoked")
    return who


def check(connection: Connection, secret: str) -> None:
    """Raises where another page may have made the browser ask: `CsrfRefused`, for WebSockets `Forbidden`."""
    if connection.scope["type"] == ScopeType.WEBSOCKET:
        # A page may open one whoever it is, without a word of CORS, and read what comes.
        if not is_ours(connection.headers.get("origin", ""), connection):
            raise Forbidden(
                "Only pages of this studio may open WebSockets by its cookie. Others send a token."
            )
    elif connection.scope["method"] not in SAFE:
        check_page(connection)
        if not is_csrf_token(connection.headers.get(CSRF_HEADER, ""), secret):
            raise CsrfRefused(
                f"Send {CSRF_HEADER} with what GET /api/v1/browser/session says as csrf_token. It is another one "
                "after each time one signs in."
            )


def check_page(connection: Connection) -> None:
    """Raises `CsrfRefused` where the browser says that another page asks."""
    origin, site = connection.headers.get("origin"), connection.headers.get("sec-fetch-site")
    if (origin is not None and not is_ours(origin, connection)) or (
        site is not None and site not in OWN_SITES
    ):
        raise CsrfRefused(
            "Only pages of this studio may do this by its cookie. Others send a token: Authorization: Bearer …"
        )
