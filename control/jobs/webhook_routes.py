"""Webhooks: endpoints, and what was sent to them."""

from litestar import Router

ROUTES = Router(path="/", route_handlers=[])
