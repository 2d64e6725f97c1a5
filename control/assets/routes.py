"""Files: uploads, pictures, boards."""

from litestar import Router

from control.assets import asset_routes, board_routes, handing_routes, upload_routes

ROUTES = Router(
    path="/",
    route_handlers=[
        *asset_routes.HANDLERS,
        *board_routes.HANDLERS,
        *upload_routes.HANDLERS,
        *handing_routes.HANDLERS,
    ],
)
