"""Files: uploads, pictures, boards."""

from litestar import Router

ROUTES = Router(path="/", route_handlers=[])
