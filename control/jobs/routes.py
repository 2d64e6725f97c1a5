"""Jobs: submitted, watched, moved, cancelled."""

from litestar import Router

ROUTES = Router(path="/", route_handlers=[])
