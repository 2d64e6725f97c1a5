"""Styles, prompts, presets, and what there is to choose from."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import Parameter

from control.access.declare import public, requires
from control.access.principal import Principal
from control.creative import history, presets, schemas, tokens
from control.creative.options import options
from control.creative.styles import catalogue
from control.creative.suggesting import suggestions
from control.database.engine import transaction
from control.http.limits import costs
from control.jobs import idempotency
from control.models.catalogue import usable
from control.pages import Cursor, Limit, Page
from control.wire import PRINTABLE

Caller = Request[Principal, None, State]
_WHY = "they come with the program"


@get("/options", opt=requires("model:read"))
async def get_options(request: Caller, state: State) -> schemas.Options:
    """What a form for requests in plain fields chooses from: samplers, schedules, upscalers, preprocessors, bounds, and for
    each checkpoint sizes and defaults that suit it."""
    return await asyncio.to_thread(options, request.user, state.settings)


@get("/styles", opt=public(_WHY))
async def list_styles() -> Page[schemas.Style]:
    """Ways to paint whatever a prompt says. They all come at once."""
    return Page(items=catalogue.listed())


@get("/styles/{name:str}/thumbnail", opt=public(_WHY) | costs("picture"), media_type="image/webp")
async def get_style_thumbnail(name: str) -> Response[Any]:
    """What a style painted, as a WebP."""
    return Response(
        catalogue.thumbnail(name), media_type="image/webp", headers={"Cache-Control": "public, max-age=3600"}
    )


@get("/prompts/suggestions", opt=requires("model:read") | costs("hint"))
async def list_prompt_suggestions(
    request: Caller,
    state: State,
    checkpoint: Annotated[
        str, Parameter(min_length=1, max_length=200, description="Whose words they are.")
    ] = "pocket",
    text: Annotated[
        str, Parameter(max_length=500, pattern=PRINTABLE, description="What was typed so far.")
    ] = "",
) -> Page[schemas.Suggestion]:
    """What a prompt may begin with, or go on with, in words that the checkpoint understands. They all come at once."""
    manifest = usable(state.settings.home, checkpoint, request.user.organisation_id)

    def found() -> list[schemas.Suggestion]:
        return suggestions(tokens.tokenizer_of(state.settings.home, manifest), text)

    return Page(items=await asyncio.to_thread(found))


@get("/prompts/history", opt=requires("job:read"))
async def list_prompt_history(
    request: Caller,
    search: Annotated[
        str, Parameter(max_length=400, pattern=PRINTABLE, description="Only those that hold this.")
    ] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.PastPrompt]:
    """Prompts of one's own jobs in plain fields, each pair of prompt and negative prompt once, the latest first."""
    return await history.past(request.user, search, cursor, limit)


@post("/prompts/tokens", opt=requires("model:read") | costs("hint"), status_code=200)
async def count_tokens(request: Caller, data: schemas.ToCount, state: State) -> schemas.Counted:
    """What a prompt comes to: its chunks of tokens by the checkpoint's own tokenizer, and what is wrong in it."""
    return await tokens.count(request.user, data, state.settings)


@get("/presets", opt=requires("workflow:read"))
async def list_presets(
    request: Caller,
    text: Annotated[
        str | None,
        Parameter(max_length=80, pattern=PRINTABLE, description="Only those whose name holds this."),
    ] = None,
    mine: Annotated[bool, Parameter(description="Only one's own.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Preset]:
    """Presets: one's own, those of one's teams and of the whole organisation, the newest first."""
    return await presets.find(request.user, text, mine, cursor, limit)


@post("/presets", opt=requires("workflow:create"))
async def create_preset(
    request: Caller, data: schemas.NewPreset, idempotency_key: idempotency.Key = None
) -> Response[schemas.Preset]:
    """Keep settings by a name. What names a field of a request must be what that takes."""
    return await idempotency.once(request.user, request, lambda: presets.make(request.user, data))


@get("/presets/{preset_id:uuid}", opt=requires("workflow:read"))
async def get_preset(request: Caller, preset_id: UUID) -> schemas.Preset:
    """One preset."""
    return await presets.show(request.user, preset_id)


@patch("/presets/{preset_id:uuid}", opt=requires("workflow:create"))
async def update_preset(request: Caller, preset_id: UUID, data: schemas.PresetPatch) -> schemas.Preset:
    """Rename, change or share a preset of one's own; with `workflow:manage`, anybody's."""
    async with transaction():
        return await presets.change(request.user, preset_id, data)


@delete("/presets/{preset_id:uuid}", opt=requires("workflow:create"))
async def delete_preset(request: Caller, preset_id: UUID) -> None:
    """Remove a preset of one's own; with `workflow:manage`, anybody's."""
    async with transaction():
        await presets.remove(request.user, preset_id)


ROUTES = Router(
    path="/",
    route_handlers=[
        get_options, list_styles, get_style_thumbnail, list_prompt_suggestions, list_prompt_history, count_tokens,
        list_presets, create_preset, get_preset, update_preset, delete_preset,
    ],
)  # fmt: skip
