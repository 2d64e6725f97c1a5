"""Templates, for everybody."""

from typing import Any

from litestar import Response, get

from control.access.declare import public
from control.http.limits import costs
from control.pages import Page
from control.workflows.documents.schemas import Template, TemplateDetails
from control.workflows.templates.catalogue import details, listed, thumbnail

_WHY = "they come with the program"


@get("/workflows/templates", opt=public(_WHY))
async def list_templates() -> Page[Template]:
    """Workflows that run as they are on the embedded checkpoint. They all come at once."""
    return Page(items=listed())


@get("/workflows/templates/{name:str}", opt=public(_WHY))
async def get_template(name: str) -> TemplateDetails:
    """A template as a graph and as an editor's document. Keep it with `POST /api/v1/workflows`, run it with
    `POST /api/v1/jobs`."""
    return details(name)


@get(
    "/workflows/templates/{name:str}/thumbnail", opt=public(_WHY) | costs("picture"), media_type="image/webp"
)
async def get_template_thumbnail(name: str) -> Response[Any]:
    """What a template painted, as a WebP."""
    return Response(
        thumbnail(name), media_type="image/webp", headers={"Cache-Control": "public, max-age=3600"}
    )


HANDLERS = [list_templates, get_template, get_template_thumbnail]
