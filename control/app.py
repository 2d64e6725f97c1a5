"""The Litestar app: what every request meets, and the domains that answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec
from litestar import Litestar, Router
from litestar.config.cors import CORSConfig
from litestar.middleware import DefineMiddleware
from litestar.types import ControllerRouterHandler
from redis.asyncio import Redis

from control.access.declare import declarations, guard
from control.assets import routes as assets
from control.assets.storage import Storage
from control.audit import routes as audit
from control.billing import routes as billing
from control.creative import routes as creative
from control.database import engine
from control.database.engine import close_pool, open_pool
from control.gateway.comfy import routes as comfy
from control.gateway.comfy.port import on_its_port
from control.http import (
    bodies,
    health,
    limits,
    metrics,
    monitoring,
    openapi,
    problems,
    reader,
    sockets,
    tracing,
)
from control.http.edge import Edge, allowed_methods
from control.http.web import Web, first_segments
from control.identity import routes as identity
from control.identity import upkeep
from control.identity.authentication import Authentication
from control.jobs import routes as jobs
from control.jobs import webhook_routes as webhooks
from control.models import routes as models
from control.realtime import routes as realtime
from control.realtime.hub import Hub
from control.settings import ControlSettings, read_settings
from control.tenancy import routes as tenancy
from control.workflows import routes as workflows

DOMAINS: dict[str, Router] = {
    "identity": identity.ROUTES,
    "tenancy": tenancy.ROUTES,
    "audit": audit.ROUTES,
    "jobs": jobs.ROUTES,
    "webhooks": webhooks.ROUTES,
    "billing": billing.ROUTES,
    "assets": assets.ROUTES,
    "workflows": workflows.ROUTES,
    "models": models.ROUTES,
    "creative": creative.ROUTES,
}
"""Domain → its routes, under /api/v1."""
OPERATIONS = [health.healthz, health.readyz, monitoring.prometheus, *reader.ROUTES, *identity.WELL_KNOWN]
"""Routes of the process itself."""
POOL_SECONDS = 2.0
"""How often the pool's figures are taken."""


def create_app(settings: ControlSettings | None = None) -> Litestar:
    """The app, over what the settings name; raises `LookupError` for a route that declares no access."""
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        traces = tracing.set_up(settings)
        await open_pool()
        app.state.redis = Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=5)
        app.state.limiter = limits.Limiter(app.state.redis, settings)
        app.state.storage = Storage(settings)
        watching = asyncio.create_task(watch_pool())
        try:
            app.state.hub = Hub(settings)
            async with upkeep.running(app, settings), app.state.hub.running():
                yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            app.state.storage.close()
            await app.state.redis.aclose()
            await close_pool()
            if traces is not None:
                await asyncio.to_thread(traces.shutdown)

    routes: list[ControllerRouterHandler] = [
        *OPERATIONS,
        *realtime.ROUTES,
        *comfy.ROUTES,
        Router("/api/v1", route_handlers=[*DOMAINS.values()]),
    ]
    document = openapi.document(routes)
    app = Litestar(
        route_handlers=routes,
        guards=[guard],
        middleware=[
            limits.failed_callers,
            DefineMiddleware(Authentication),
            limits.callers,
            bodies.typed_bodies,
        ],
        request_class=bodies.StrictRequest,
        request_max_body_size=settings.max_body_kb * 1024,
        exception_handlers=problems.HANDLERS,
        after_exception=[sockets.remember],
        lifespan=[lifespan],
        openapi_config=None,
        cors_config=cors(settings),
        # Its own handler would log what control.http.problems logs.
        logging_config=None,
    )
    app.state.settings = settings
    app.state.openapi = msgspec.json.encode(document)
    # Raises where a route declares none.
    list(declarations(app))
    edge = Edge(Web(app.asgi_handler, settings, first_segments(app)), settings)
    edge.documented = openapi.documented(document)
    edge.allowed = allowed_methods(app)
    app.asgi_handler = on_its_port(edge, settings)
    return app


def cors(settings: ControlSettings) -> CORSConfig | None:
    """Which other pages' scripts may call the API. Never with cookies: those are for our own page."""
    if not settings.cors_origins:
        return None
    return CORSConfig(
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "X-Request-Id",
            "traceparent",
            "X-API-Key",
            "Comfy-User",
        ],
        expose_headers=["RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id", "Location"],
        allow_credentials=False,
        max_age=600,
    )


async def watch_pool() -> None:
    """Tells the figures how the pool stands, as long as the process runs."""
    while True:
        if (pool := engine.engine().pool) is not None:
            metrics.connections(pool)
        await asyncio.sleep(POOL_SECONDS)
