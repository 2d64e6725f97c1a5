"""ComfyUI's routes, at /comfy and at /comfy/api.

Not in the OpenAPI document: they are another project's, whose clients know them, with bodies and parameters of any
more fields than are read here. docs/comfyui.md lists them.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.params import FromPath

from control.access.declare import public, requires, signed_in
from control.access.principal import Principal
from control.assets import content, uploads
from control.assets.forms import read_form
from control.assets.inspect import inspect
from control.assets.room import check_room
from control.errors import BadRequest, NotFound
from control.gateway.comfy import files, objects, pictures, prompts, reading, system
from control.gateway.comfy.answers import HANDLERS
from control.gateway.comfy.credentials import authenticated
from control.gateway.comfy.port import PREFIX
from control.gateway.comfy.sockets import live
from control.http import tracing
from control.http.bodies import any_query
from control.http.limits import costs
from control.jobs.reading import RUNNING, WAITING
from control.models import registry
from control.workflows.gathering import published
from control.workflows.known import OF_ADAPTERS, Known

Caller = Request[Principal, None, State]
MOST_PROMPT = 8 << 20
"""Bytes of a prompt: its graph, and the same as its editor keeps it."""
CHANGES = "private, no-cache"
"""A name may come to be another file's."""
_OURS = any_query() | authenticated()
SEES, ASKS, WATCHES = signed_in() | _OURS, requires("job:create") | _OURS, requires("job:read") | _OURS


@get("/", opt=public("says what this is") | any_query())
async def about(state: State) -> dict[str, Any]:
    """What this is."""
    return system.about(state.settings)


@get("/system_stats", opt=SEES)
async def system_stats() -> dict[str, Any]:
    """The machine."""
    return system.stats()


@get("/features", opt=SEES)
async def features(state: State) -> dict[str, Any]:
    """What the server understands."""
    return system.features(state.settings)


@get("/extensions", opt=SEES)
async def extensions() -> list[str]:
    """Scripts of the editor's: none."""
    return []


@get("/embeddings", opt=SEES)
async def embeddings(request: Caller, state: State) -> list[str]:
    """Names for embedding:NAME."""
    return [*(await _known(request.user, state)).names("embeddings")]


@get("/models", opt=SEES)
async def model_folders() -> list[str]:
    """Folders of models."""
    return [*objects.FOLDERS]


@get("/models/{folder:str}", opt=SEES)
async def models(request: Caller, folder: FromPath[str], state: State) -> list[str]:
    """What is published of a kind."""
    if folder not in objects.FOLDERS:
        raise NotFound(f"There is no such folder. There are {', '.join(objects.FOLDERS)}.")
    return [*(await _known(request.user, state)).lists.get(folder, ())]


@get("/object_info", opt=SEES)
async def object_info(request: Caller, state: State) -> dict[str, Any]:
    """All node types."""
    return objects.described(await _known(request.user, state))


@get("/object_info/{node_class:str}", opt=SEES)
async def object_info_of(request: Caller, node_class: FromPath[str], state: State) -> dict[str, Any]:
    """One node type; empty where there is none."""
    return objects.described(await _known(request.user, state), node_class)


@get("/prompt", opt=WATCHES)
async def queue_length(request: Caller) -> dict[str, Any]:
    """How many of one's own wait or run."""
    return {"exec_info": {"queue_remaining": await reading.remaining(request.user)}}


@post("/prompt", opt=ASKS | costs("generation"), status_code=200, request_max_body_size=MOST_PROMPT)
async def submit(request: Caller, state: State) -> prompts.Answer:
    """Put a graph in line."""
    asked = prompts.read(await request.body())
    trace = tracing.outgoing().get("traceparent", "")
    return await prompts.submit(request.user, asked, state.settings, state.redis, traceparent=trace)


@get("/queue", opt=WATCHES)
async def queue(request: Caller) -> dict[str, Any]:
    """One's own that run and wait."""
    return await reading.queue(request.user)


@post("/queue", opt=ASKS, status_code=200)
async def change_queue(request: Caller, state: State) -> None:
    """Take one's own that wait out of line: all (clear), or some (delete)."""
    who, given = request.user, await _object(request)
    jobs = await reading.mine(who, WAITING) if given.get("clear") else []
    jobs += await reading.mine(who, WAITING, _names(given.get("delete")))
    await prompts.cancel(who, [*dict.fromkeys(jobs)], state.redis)


@post("/interrupt", opt=ASKS, status_code=200)
async def interrupt(request: Caller, state: State) -> None:
    """Stop what runs of one's own: all of it, or the one prompt that is named."""
    given = await _object(request)
    named = _names([given["prompt_id"]]) if given.get("prompt_id") else None
    jobs = await reading.mine(request.user, RUNNING, named)
    await prompts.cancel(request.user, jobs, state.redis)


@post("/free", opt=ASKS, status_code=200)
async def free(request: Caller) -> None:
    """Nothing: models are loaded for everybody, and unloaded when nobody has needed them for long."""
    await _object(request)


@get("/history", opt=WATCHES)
async def history(request: Caller) -> dict[str, Any]:
    """One's own that have ended."""
    given = request.query_params
    return await reading.histories(request.user, _whole(given, "max_items"), _whole(given, "offset", -1) or 0)


@get("/history/{prompt_id:str}", opt=WATCHES)
async def history_of(request: Caller, prompt_id: FromPath[str]) -> dict[str, Any]:
    """One; empty until it has ended."""
    return await reading.history(request.user, prompt_id) if _names([prompt_id]) else {}


@post("/history", opt=ASKS, status_code=200)
async def change_history(request: Caller) -> None:
    """Forget all (clear) or some (delete); pictures stay."""
    given = await _object(request)
    await reading.forget(request.user, None if given.get("clear") else _names(given.get("delete")))


@get("/view", opt=requires("asset:read") | _OURS)
async def view(request: Caller, state: State) -> Response[Any]:
    """A file of one's own, or a picture in another form (preview, channel)."""
    given = {
        name: request.query_params.get(name, "")
        for name in ("filename", "subfolder", "type", "preview", "channel")
    }
    form = pictures.form_of(given["preview"], given["channel"])
    place = files.place_of(given["filename"], given["subfolder"], given["type"])
    row = await files.find(request.user, place)
    wanted = content.Wanted(
        *(request.headers.get(name) for name in ("range", "if-range", "if-match", "if-none-match"))
    )
    if form is None:
        file = content.File(row["key"], row["size"], row["media_type"], f'"{row["sha256"]}"', place.name)
        return await content.answer(state.storage, file, wanted, request.scope, save=False, cache=CHANGES)
    etag = f'"{row["sha256"]}-{form.name}"'
    if (same := content.unchanged(etag, wanted, CHANGES)) is not None:
        return same
    made = await pictures.converted(await state.storage.get(row["key"]), row["media_type"], form)
    file = content.File("", len(made), form.media_type, etag, place.name)
    return content.whole(made, file, wanted, CHANGES)


@post(
    "/upload/image",
    opt=requires("asset:create") | _OURS | costs("upload"),
    status_code=200,
    request_max_body_size=None,
)
async def upload_image(request: Caller, state: State) -> dict[str, str]:
    """Send a picture."""
    return await _upload(request, state)


@post(
    "/upload/mask",
    opt=requires("asset:create") | _OURS | costs("upload"),
    status_code=200,
    request_max_body_size=None,
)
async def upload_mask(request: Caller, state: State) -> dict[str, str]:
    """Send a mask: the alpha of a picture that was sent before (original_ref), which is kept with it as a new one."""
    return await _upload(request, state, mask=True)


async def _upload(request: Caller, state: State, *, mask: bool = False) -> dict[str, str]:
    who, settings = request.user, state.settings
    await check_room(who, 1, settings)
    async with uploads.a_file(who, settings) as file, asyncio.timeout(uploads.RECEIVE_SECONDS):
        name, form = await read_form(request, file, settings.max_upload_mb << 20, "image")
        given = {field: values[-1] for field, values in form.items()}
        wanted = files.Place(
            name=name,
            subfolder=files.subfolder_of(given.get("subfolder", "")),
            type=files.folder_of(given.get("type", ""), "input"),
        )
        overwrite = given.get("overwrite", "").lower() in {"true", "1"}
        if mask and "original_ref" in given:
            made = await _with_mask(request, state, file, given["original_ref"])
            file.seek(0)
            file.truncate()
            await asyncio.to_thread(file.write, made)
        place = await files.put(who, file, wanted, state.storage, settings, overwrite=overwrite)
    return {"name": place.name, "subfolder": place.subfolder, "type": place.type}


async def _with_mask(request: Caller, state: State, file: Any, reference: str) -> bytes:
    try:
        named = msgspec.json.decode(reference, type=dict[str, str])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise BadRequest('original_ref is wrong: {"filename": …, "subfolder": …, "type": …}.') from None
    place = files.place_of(named.get("filename", ""), named.get("subfolder", ""), named.get("type", ""))
    row = await files.find(request.user, place)
    with tempfile.TemporaryFile(dir=state.settings.home / "tmp") as checked:
        await inspect(file, checked, state.settings)
        return await pictures.masked(await state.storage.get(row["key"]), row["media_type"], checked)


async def _known(who: Principal, state: State) -> Known:
    """Names to choose from: what is published, and one's own files."""
    home = state.settings.home
    known = published(home, organisation_id=who.organisation_id)
    of_registry = await registry.names(who, home)
    embedded = {path.stem for path in (home / "embeddings").glob("*.safetensors")}
    own = await files.names(who)
    latents = [name for name in own if name.endswith(".latent")]
    lists: dict[str, Sequence[str]] = {
        **known.lists,
        **{folder: of_registry[kind] for folder, kind in OF_ADAPTERS.items()},
        "embeddings": sorted(embedded.union(of_registry["embedding"])),
        "input": [n for n in own if n not in latents],
        "latents": latents,
    }
    return Known(checkpoints=known.checkpoints, lists=lists)


async def _object(request: Caller) -> dict[str, Any]:
    """The body; empty where there is none."""
    body = await request.body()
    if not body.strip():
        return {}
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"The body is not a JSON object: {error}.") from None


def _names(given: object) -> list[str]:
    """Ids of prompts. None has a zero byte, and PostgreSQL would not be asked for one that has."""
    return [name for name in map(str, given) if "\0" not in name] if isinstance(given, list) else []


def _whole(given: Any, name: str, default: int | None = None) -> int | None:
    text = given.get(name)
    if text in {None, ""}:
        return default
    try:
        return max(-(2**31), min(2**31, int(text)))
    except ValueError:
        raise BadRequest(f"{name} is wrong: it is a whole number.") from None


_HANDLERS = [
    about, system_stats, features, extensions, embeddings, model_folders, models, object_info, object_info_of,
    queue_length, submit, queue, change_queue, interrupt, free, history, history_of, change_history, view,
    upload_image, upload_mask, live,
]  # fmt: skip
ROUTES = [
    Router(path, route_handlers=_HANDLERS, exception_handlers=HANDLERS, include_in_schema=False)
    for path in (PREFIX, f"{PREFIX}/api")
]
