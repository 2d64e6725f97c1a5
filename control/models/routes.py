"""The registry: what there is to paint with."""

import asyncio
import base64
import binascii
from collections.abc import Iterable
from itertools import islice
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get
from litestar.datastructures import State
from litestar.params import Parameter

from control.access.declare import requires
from control.access.principal import Principal
from control.database.engine import transaction
from control.errors import BadRequest
from control.models import registry
from control.models.catalogue import usable
from control.models.schemas import Model
from control.pages import Cursor, Limit, Page
from ensembles.adapters.about import Kind

Caller = Request[Principal, None, State]
Type = Annotated[Kind | None, Parameter(query="type", description="Only those of this type.")]
Base = Annotated[
    str | None,
    Parameter(
        max_length=50, description="Only those of, or for, this family of checkpoints, as sd15 or sdxl."
    ),
]
For = Annotated[
    str | None,
    Parameter(max_length=200, description="Only those that go with this checkpoint."),
]
Text = Annotated[
    str | None,
    Parameter(
        query="q", max_length=200, description="Only those whose name or details hold all of these words."
    ),
]


@get("/models", opt=requires("model:read"))
async def list_models(
    request: Caller,
    state: State,
    kind: Type = None,
    base: Base = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Model]:
    """Checkpoints and files that go with them: everybody's and the organisation's own, by type and name."""
    return await _listed(request, state, cursor, limit, kind=kind, base=base)


@get("/models/search", opt=requires("model:read"))
async def search_models(
    request: Caller,
    state: State,
    kind: Type = None,
    base: Base = None,
    text: Text = None,
    checkpoint: For = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Model]:
    """Those of a type, of a family, with words in their names or details, or that go with a checkpoint."""
    return await _listed(
        request, state, cursor, limit, kind=kind, base=base, text=text, checkpoint=checkpoint
    )


@get("/loras", opt=requires("model:read"))
async def list_loras(
    request: Caller, state: State, checkpoint: For = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Model]:
    """LoRAs: `loras[].name` of a request, `<lora:NAME:1>` in its prompt, LoraLoader in a workflow."""
    return await _listed(request, state, cursor, limit, kind="lora", checkpoint=checkpoint)


@get("/embeddings", opt=requires("model:read"))
async def list_embeddings(
    request: Caller, state: State, checkpoint: For = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Model]:
    """Textual inversions: `embedding:NAME` in prompts."""
    return await _listed(request, state, cursor, limit, kind="embedding", checkpoint=checkpoint)


@get("/controlnets", opt=requires("model:read"))
async def list_controlnets(
    request: Caller, state: State, checkpoint: For = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Model]:
    """ControlNets: `controls[].name` of a request, ControlNetLoader in a workflow."""
    return await _listed(request, state, cursor, limit, kind="controlnet", checkpoint=checkpoint)


@get("/models/{model_id:uuid}", opt=requires("model:read"))
async def get_model(request: Caller, state: State, model_id: UUID) -> Model:
    """One of them."""
    return await registry.one(request.user, state.settings.home, model_id)


@delete("/models/{model_id:uuid}", opt=requires("model:manage"), status_code=204)
async def remove_model(request: Caller, state: State, model_id: UUID) -> None:
    """Take a file of the organisation's own away. Jobs that are under way keep it; new ones do not find it."""
    async with transaction():
        await registry.remove(request.user, state.settings.home, model_id)


async def _listed(
    request: Caller,
    state: State,
    cursor: str | None,
    limit: int,
    *,
    kind: Kind | None = None,
    base: str | None = None,
    text: str | None = None,
    checkpoint: str | None = None,
) -> Page[Model]:
    who, home = request.user, state.settings.home
    manifest = None if checkpoint is None else usable(home, checkpoint, who.organisation_id)
    found: Iterable[Model] = await registry.everything(who, home)
    if cursor is not None:
        last = _decoded(cursor)
        found = [one for one in found if registry.place(one) > last]
    fitting = registry.chosen(found, home, kind=kind, base=base, text=text, checkpoint=manifest)
    # Whether a file goes with a checkpoint is read in the file: beside the event loop, and for one page alone.
    page = await asyncio.to_thread(lambda: list(islice(fitting, limit + 1)))
    following = _encoded(registry.place(page[limit - 1])) if len(page) > limit else None
    return Page(items=page[:limit], next_cursor=following)


def _encoded(place: registry.Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _decoded(cursor: str) -> registry.Place:
    try:
        place: registry.Place = msgspec.json.decode(
            base64.urlsafe_b64decode(cursor + "=="), type=registry.Place
        )
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise BadRequest("This cursor is not one of ours. Send next_cursor of the page before.") from None
    return place


ROUTES = Router(
    path="/",
    route_handlers=[
        list_models, search_models, list_loras, list_embeddings, list_controlnets, get_model, remove_model,
    ],
)  # fmt: skip
