"""Credits: balance, history, prices, quotes, limits of spending."""

from litestar import Router

ROUTES = Router(path="/", route_handlers=[])
