"""What a route asks of its callers. Every route declares it; `create_app` refuses one that does not.

@get("/teams", opt=requires("team:read"))
@get("/me", opt=signed_in())
@post("/auth/login", opt=public("it is how one signs in"))
"""

from collections.abc import Iterator
from typing import Literal

import msgspec
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from control.access.permissions import PERMISSIONS
from control.access.principal import Principal
from control.errors import Forbidden, Unauthenticated

KEY = "access"


class Access(msgspec.Struct, frozen=True):
    """A route's declaration."""

    kind: Literal["permission", "signed_in", "session", "public"]
    permission: str | None = None
    why: str = ""


FRAMEWORK = Access("public", why="the document of the API itself")


def requires(permission: str) -> dict[str, object]:
    """Only for callers with this permission."""
    if permission not in PERMISSIONS:
        raise ValueError(f"{permission} is not in control/access/permissions.py")
    return {KEY: Access("permission", permission)}


def signed_in() -> dict[str, object]:
    """For everybody who is known: the route shows or changes what is the caller's own."""
    return {KEY: Access("signed_in")}


def session_only() -> dict[str, object]:
    """For people who signed in, not for API keys: passwords, sessions, other keys."""
    return {KEY: Access("session")}


def public(why: str) -> dict[str, object]:
    """For everybody."""
    return {KEY: Access("public", why=why)}


def access_of(handler: BaseRouteHandler) -> Access:
    """The declaration of a route; raises `LookupError` where there is none."""
    # Litestar's own: OPTIONS, the OpenAPI document and its pages.
    if handler.fn.__module__.startswith("litestar."):
        return FRAMEWORK
    found = handler.opt.get(KEY)
    if not isinstance(found, Access):
        raise LookupError(f"{handler} declares no access: give it opt=requires(…), signed_in() or public(…)")
    return found


def guard(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Litestar guard of the whole app: answers 401 or 403 before a route sees the request."""
    access = access_of(handler)
    if access.kind == "public":
        return
    caller = connection.scope.get("user")
    if not isinstance(caller, Principal):
        raise Unauthenticated("Send an access token or an API key: Authorization: Bearer …")
    if access.kind == "session" and caller.means != "session":
        raise Forbidden("API keys may not do this. Sign in with a password or through a provider.")
    if access.permission is not None and not caller.may(access.permission):
        raise Forbidden(
            f"This needs the permission {access.permission}, which your role {caller.role} does not have here. "
            "An admin of your organisation can give it to you.",
            permission=access.permission,
        )


def declarations(app: Litestar) -> Iterator[tuple[str, str, Access]]:
    """(method, path, declaration) of every route of ours, in the order of paths; raises as `access_of` does."""
    for route in sorted(app.routes, key=lambda route: route.path):
        handlers = route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]
        found = {
            method: access_of(handler)
            for handler in handlers
            for method in getattr(handler, "http_methods", {"WEBSOCKET"})
        }
        for method, access in sorted(found.items()):
            if access is not FRAMEWORK:
                yield method, route.path_format, access
