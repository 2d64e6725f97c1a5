"""Files that people send: looked at first, then kept, then a row; or refused, and nothing is left of them."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import PurePath
from typing import IO, Any
from uuid import UUID
from weakref import WeakValueDictionary

import msgspec

from control.access.principal import Principal
from control.assets import asset_schemas as wire
from control.assets import blobs, rights
from control.assets.choosing import chosen
from control.assets.inspect import Seen, inspect
from control.assets.outputs import EXTENSIONS
from control.assets.room import check_room
from control.assets.schemas import Metadata, UploadFields
from control.assets.showing import shown
from control.assets.storage import Storage
from control.assets.tables import Asset, AssetTag, Blob, Upload
from control.audit.service import record
from control.database.engine import transaction
from control.database.owned import scoped
from control.errors import ControlError, Invalid, NotFound, Unavailable
from control.http.bodies import invalid
from control.ids import uuid7
from control.settings import ControlSettings
from control.tenancy.organisations import lock_for

UNDER_WAY = 32
"""Files that one API process takes in side by side: so many times the largest file lie on its disk at most."""
OWN_UNDER_WAY = 4
"""Of those, one member's: nobody keeps all others from sending by being slow."""
WAIT_SECONDS = 20.0
"""How long others wait for their turn, unread."""
RECEIVE_SECONDS = 600.0
"""How long a file may take to come; who is slower sends it in parts."""
_room = asyncio.Semaphore(UNDER_WAY)
_own_rooms: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()


@asynccontextmanager
async def a_file(who: Principal, settings: ControlSettings) -> AsyncIterator[IO[bytes]]:
    """A file without a name, for what comes in: gone with the request, or the process. Raises `Unavailable`."""
    own = _own_rooms.setdefault(who.user_id, asyncio.Semaphore(OWN_UNDER_WAY))
    async with AsyncExitStack() as held:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                # One's own first: who waits there takes no room from others.
                await held.enter_async_context(own)
                await held.enter_async_context(_room)
        except TimeoutError:
            raise Unavailable(
                "Too many files are being sent at once. Send it again in a moment.", retry_after=5
            ) from None
        folder = settings.home / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            yield file


def fields_of(form: dict[str, list[str]]) -> UploadFields:
    """The other fields of an upload's form; raises `Invalid`."""
    given: dict[str, Any] = {}
    for name, values in form.items():
        if name == "tags":
            given[name] = values
        elif len(values) > 1:
            raise Invalid(
                f"The form is wrong. {name[:100]}: Send it once.",
                [{"in": "body", "path": name[:100], "message": "Send it once"}],
            )
        else:
            given[name] = values[0]
    try:
        return msgspec.convert(given, UploadFields, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(error) from None


async def take(
    who: Principal,
    file: IO[bytes],
    name: str,
    fields: UploadFields,
    storage: Storage,
    settings: ControlSettings,
    *,
    upload: dict[str, Any] | None = None,
) -> wire.Asset:
    """A new file of the caller's, of what they sent; not in a transaction. Nothing is left where it is refused.

    Raises `Unprocessable` with the reason, `StorageFull`, `NotFound` and `Forbidden` for the team. `upload` is the row
    of the upload in parts that ends with it.
    """
    over: UUID | None = None
    with tempfile.TemporaryFile(dir=settings.home / "tmp") as cleaned:
        seen = await inspect(file, cleaned, settings)
        prepared = await blobs.prepare(storage, who.organisation_id, cleaned, seen.media_type)
    try:
        async with transaction():
            await lock_for(who)
            if fields.team_id is not None:
                await rights.check_team(who, fields.team_id)
            if upload is not None:
                over = await _over(who, upload)
            if not await scoped(Blob, who).exists(Blob.sha256 == prepared.sha256):
                await check_room(who, prepared.size, settings)
            blob_id = await blobs.keep(who.organisation_id, prepared)
            asset_id = await insert(who, blob_id, named(fields.name or name, seen), seen, fields)
    except BaseException:
        with suppress(ControlError):
            await asyncio.shield(blobs.abandon(storage, who.organisation_id, prepared.intent_id))
        raise
    if over is not None:
        # Should this fail, the sweep does it.
        with suppress(ControlError):
            await blobs.abandon(storage, who.organisation_id, over)
    [asset] = await shown(who, await chosen(who, [asset_id]))
    return asset


async def _over(who: Principal, upload: dict[str, Any]) -> UUID:
    """Ends an upload in parts; the intent that its object is to be removed by. Raises `NotFound` where it has ended."""
    if not await scoped(Upload, who).delete().where(Upload.id == upload["id"]).returning(Upload.id):
        raise NotFound("There is no such upload under way.")
    return await blobs.doom(who.organisation_id, upload["key"])


async def insert(who: Principal, blob_id: UUID, name: str, seen: Seen, fields: UploadFields) -> UUID:
    """A new file of the caller's, of bytes that are kept; in the caller's transaction."""
    recipe = seen.recipe or {}
    metadata = Metadata(
        text=seen.texts,
        recipe=recipe,
        model=recipe.get("model", ""),
        seed=recipe.get("seed"),
        versions={"studio": recipe["version"]} if recipe.get("version") else {},
    )
    asset = Asset(
        id=uuid7(),
        organisation_id=who.organisation_id,
        user_id=who.user_id,
        team_id=fields.team_id,
        blob_id=blob_id,
        kind="upload",
        name=name,
        media_type=seen.media_type,
        width=seen.width,
        height=seen.height,
        prompt=recipe.get("prompt", ""),
        model=recipe.get("model", "")[:200],
        metadata=msgspec.json.encode(metadata).decode() if seen.texts else None,
        temporary=fields.temporary,
        created_at=datetime.now(UTC),
    )
    await Asset.insert(asset)
    tags = [
        AssetTag(organisation_id=who.organisation_id, asset_id=asset.id, tag=tag)
        for tag in dict.fromkeys(fields.tags)
    ]
    if tags:
        await AssetTag.insert(*tags)
    await record(who, "asset.upload", asset, after={"name": name, "team_id": fields.team_id})
    found: UUID = asset.id
    return found


def named(name: str, seen: Seen) -> str:
    """A name for people: one line without folders, that ends as what the file is now."""
    last = PurePath(name.replace("\\", "/")).name
    plain = "".join(c for c in last if c.isprintable()).strip()[:190]
    stem, dot, ending = plain.rpartition(".")
    if not dot or not stem or len(ending) > 5:
        stem = plain.strip(".")
    proper = EXTENSIONS[seen.media_type]
    if dot and ending.lower() in {proper, "jpeg" if proper == "jpg" else proper}:
        return plain
    return f"{stem.strip() or 'upload'}.{proper}"
