"""Who asks, in all the ways in which ComfyUI's clients can say so; and the one account that a port may be bound to."""

import base64
import ipaddress
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.types import Scope

from control.access.principal import Principal
from control.errors import ControlError, Forbidden, Unauthenticated
from control.http import sockets
from control.identity.authentication import CALLER
from control.identity.principals import bound_to, principal_of
from control.settings import ControlSettings

Connection = ASGIConnection[Any, Any, Any, Any]
HEADER = "x-api-key"
QUERY = "token"
OWN_PORT = "studio.comfy"
"""In the scope of what came over the port that is ComfyUI's alone."""
HOW = (
    "Send an API key or an access token: Authorization: Bearer …, X-API-Key: …, as the password of HTTP Basic, or as "
    "?token=…. "
)
UNBOUND = (
    "For clients that can send none, an administrator binds the port of ComfyUI's API to one account: "
    "STUDIO_COMFY_ACCOUNT."
)


async def caller(connection: Connection) -> Principal:
    """Who it is; raises `Unauthenticated`, and `Forbidden` for pages of others where nobody had to say who they are."""
    state = connection.app.state
    if (credential := credential_of(connection)) is not None:
        return await principal_of(credential, state.key_ring, state.settings)
    account = state.settings.comfy_account
    if OWN_PORT not in connection.scope or not account:
        raise Unauthenticated(HOW + UNBOUND)
    check_page(connection.scope, state.settings)
    who = await bound_to(account)
    if who is None:
        raise ControlError(
            f"STUDIO_COMFY_ACCOUNT is {account!r}, and no such account is a member of an organisation."
        )
    return who


def authenticated() -> dict[str, object]:
    """In a route's `opt`: its callers are found by `caller`."""
    return {CALLER: caller}


def credential_of(connection: Connection) -> str | None:
    """The token or API key that came along, None where none did; raises `Unauthenticated` for what is none."""
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        # Browsers send it by themselves, wherever the wish came from.
        check_origin(connection.scope, connection.app.state.settings)
        return _password(given.strip())
    if (found := sockets.credential_of(connection)) is not None:
        return found
    return connection.headers.get(HEADER) or connection.query_params.get(QUERY) or None


def _password(given: str) -> str:
    try:
        _, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        password = ""
    if not password:
        raise Unauthenticated("The password of HTTP Basic is an API key or an access token here.")
    return password


def check_origin(scope: Scope, settings: ControlSettings) -> None:
    """Raises `Forbidden` where the page that made the browser ask, which it names in Origin, is another's."""
    origin = _header(scope, b"origin")
    if origin and origin not in settings.cors_origins and urlsplit(origin).netloc != _header(scope, b"host"):
        raise Forbidden("This page may not ask here. STUDIO_CORS_ORIGINS names the pages that may.")


def check_page(scope: Scope, settings: ControlSettings) -> None:
    """The same where nobody needs a token; and for a page whose own name was made to lead here (DNS rebinding).

    Such a page is of our origin, and shows itself in Host: only names that cannot be another's are taken.
    """
    check_origin(scope, settings)
    host = _header(scope, b"host")
    name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    ours = {"localhost", settings.comfy_host, settings.host, urlsplit(settings.url).hostname}
    if name not in ours and not _is_address(name):
        raise Forbidden(
            f"Nobody is asked for a token here under the name {name[:100]!r}. Use this machine's address, or set "
            "STUDIO_PUBLIC_URL to the name."
        )


def _header(scope: Scope, name: bytes) -> str:
    return dict(scope["headers"]).get(name, b"").decode("latin1")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
