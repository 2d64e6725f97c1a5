"""Workflows: kept, shared, looked at, run; and the templates that come with the studio."""

from litestar import Router

from control.workflows.documents import routes as documents
from control.workflows.documents import run_routes, share_routes
from control.workflows.node_routes import HANDLERS as NODES
from control.workflows.templates import routes as templates

ROUTES = Router(
    path="/",
    route_handlers=[
        *documents.HANDLERS, *share_routes.HANDLERS, *run_routes.HANDLERS, *templates.HANDLERS, *NODES,
    ],
)  # fmt: skip
