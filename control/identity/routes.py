"""All routes of identity."""

from litestar import Router

from control.identity import api_key_routes, login_routes, me_routes, password_routes, session_routes
from control.identity.browser import routes as browser_routes
from control.identity.external import routes as external_routes
from control.identity.key_routes import jwks

ROUTES = Router(
    path="/",
    route_handlers=[
        *login_routes.HANDLERS,
        *browser_routes.HANDLERS,
        *me_routes.HANDLERS,
        *external_routes.HANDLERS,
        *password_routes.HANDLERS,
        *session_routes.HANDLERS,
        *api_key_routes.HANDLERS,
    ],
    tags=["Identity"],
)
WELL_KNOWN = [jwks]
"""At the root, and not under /api/v1."""
