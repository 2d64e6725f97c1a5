"""The Litestar app: what every request meets, and the domains that answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from redis.asyncio import Redis

from control.access.declare import declarations, guard
from control.audit import routes as audit
from control.database.engine import close_pool, open_pool
from control.errors import Problem
from control.http import health, problems
from control.identity import routes as identity
from control.identity.authentication import Authentication
from control.identity.keys import KeyRing, ensure_key
from control.settings import ControlSettings, read_settings

DOMAINS: dict[str, Router] = {
    "identity": identity.ROUTES,
    "audit": audit.ROUTES,
}
"""Domain → its routes, under /api/v1."""


def create_app(settings: ControlSettings | None = None) -> Litestar:
    """The app, over what the settings name; raises `LookupError` for a route that declares no access."""
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        await open_pool()
        app.state.redis = Redis.from_url(settings.redis_url)
        app.state.key_ring = KeyRing(settings)
        await ensure_key(settings)
        try:
            yield
        finally:
            await app.state.redis.aclose()
            await close_pool()

    app = Litestar(
        route_handlers=[health.healthz, health.readyz, Router("/api/v1", route_handlers=[*DOMAINS.values()])],
        guards=[guard],
        middleware=[DefineMiddleware(Authentication)],
        exception_handlers={
            Problem: problems.problem,
            HTTPException: problems.http_exception,
            Exception: problems.unexpected,
        },
        lifespan=[lifespan],
        openapi_config=OpenAPIConfig(title="Studio", version="1", path="/schema"),
    )
    app.state.settings = settings
    # Raises where a route declares none.
    list(declarations(app))
    return app
