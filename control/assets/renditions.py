"""Smaller forms of pictures, made once and kept: WebP and AVIF, never larger than the picture itself.

Made by housekeeping after a picture has come (`missing`, `make`), or when one is asked for before that (`made`). One at
a time in a process: a picture of the most pixels that are decoded takes 400 MB, twice that while its colours change.
"""

import asyncio
import hashlib
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
import structlog
from PIL import Image, ImageCms, ImageOps

from control.assets.blobs import fulfil, intend
from control.assets.pictures import plain
from control.assets.pictures.found import Refused
from control.assets.storage import MissingObject, Storage
from control.assets.tables import Blob, Rendition
from control.database.engine import transaction
from control.database.owned import Inside, scoped, unscoped
from control.errors import Conflict, ControlError, NotFound, Unprocessable

MOST_PIXELS = 100_000_000
"""Width times height of what is decoded."""
WHY = "housekeeping: pictures of everybody"


class Form(NamedTuple):
    """How a rendition is made."""

    side: int
    """Longest side at most, pixels."""
    format: str
    options: dict[str, Any]


_WEBP = {"quality": 82, "method": 4}
# Slower settings save a quarter of the bytes and take three times as long.
_AVIF = {"quality": 60, "speed": 8, "max_threads": 1}
FORMS: dict[str, Form] = {
    "256.webp": Form(256, "webp", _WEBP),
    "256.avif": Form(256, "avif", _AVIF),
    "1024.webp": Form(1024, "webp", _WEBP),
    "1024.avif": Form(1024, "avif", _AVIF),
}
DECODED = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/avif": "AVIF"}
"""Media type → the one of Pillow's decoders that may look at it."""
PLAIN = "plain"
"""Not a smaller form but the picture itself, in its own format, without what its file says of how it was made."""
MEDIA_TYPES = {form: f"image/{made.format}" for form, made in FORMS.items()}

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class Unrenderable(ControlError):
    """There can be no smaller form of this."""


def fitted(size: tuple[int, int], form: str) -> tuple[int, int]:
    """Width and height of a rendition of a picture of `size`."""
    scale = min(1.0, FORMS[form].side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


async def make(storage: Storage, organisation_id: UUID, blob_id: UUID) -> None:
    """Makes all renditions of a blob that it has not yet; nothing happens where there can be none.

    Raises `Unavailable` where the storage is away: try again later.
    """
    try:
        await _make(storage, organisation_id, blob_id, FORMS)
    except (Unrenderable, MissingObject) as error:
        structlog.get_logger("control.renditions").warning(
            "not_rendered", blob_id=str(blob_id), why=str(error)
        )
    except NotFound:
        return
    # Also where there can be none: it would be tried for ever.
    await give_up(organisation_id, blob_id)


async def give_up(organisation_id: UUID, blob_id: UUID) -> None:
    """No more are made of a blob, unless somebody asks for one."""
    who = Inside(organisation_id)
    await scoped(Blob, who).update({Blob.rendered_at: datetime.now(UTC)}).where(Blob.id == blob_id)


async def missing(limit: int) -> list[tuple[UUID, UUID]]:
    """(organisation_id, blob_id) of pictures whose renditions are yet to be made, the oldest first."""
    rows = await (
        unscoped(Blob, WHY)
        .select(Blob.organisation_id, Blob.id)
        .where(Blob.rendered_at.is_null())
        .where(Blob.tier == "hot")
        .where(Blob.media_type.is_in(list(DECODED)))
        .order_by(Blob.created_at)
        .limit(limit)
    )
    return [(row["organisation_id"], row["id"]) for row in rows]


async def made(storage: Storage, organisation_id: UUID, blob_id: UUID, form: str) -> dict[str, Any]:
    """The row of one rendition, which is made where it is not there; not in a transaction.

    Raises `Unprocessable` where there can be none, and `Conflict` where the picture is in the archive.
    """
    if (row := await _row(organisation_id, blob_id, form)) is not None:
        return row
    try:
        await _make(storage, organisation_id, blob_id, [form])
    except Unrenderable as error:
        raise Unprocessable(str(error)) from None
    row = await _row(organisation_id, blob_id, form)
    if row is None:
        raise NotFound("The file is gone.")
    return row


def archived() -> Conflict:
    """What is said to who asks for bytes that are in the archive."""
    return Conflict(
        "This file is in the archive. Ask for it back with POST /api/v1/assets/{asset_id}/restore, and read it "
        "when its `storage` is hot again.",
        reason="archived",
    )


async def _row(organisation_id: UUID, blob_id: UUID, form: str) -> dict[str, Any] | None:
    who = Inside(organisation_id)
    found: dict[str, Any] | None = await (
        scoped(Rendition, who)
        .select()
        .where(Rendition.blob_id == blob_id)
        .where(Rendition.form == form)
        .first()
    )
    return found


async def _make(storage: Storage, organisation_id: UUID, blob_id: UUID, forms: Iterable[str]) -> None:
    who = Inside(organisation_id)
    blob = await scoped(Blob, who).select().where(Blob.id == blob_id).first()
    if blob is None:
        raise NotFound("The file is gone.")
    if blob["media_type"] not in DECODED:
        raise Unrenderable("There are smaller forms of pictures only.")
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(1)):
        # Somebody may have made them while we waited.
        there = await scoped(Rendition, who).select(Rendition.form).where(Rendition.blob_id == blob_id)
        wanted = [form for form in forms if form not in {row["form"] for row in there}]
        if not wanted:
            return
        if blob["tier"] != "hot":
            raise archived()
        data = await storage.get(blob["key"])
        if wanted == [PLAIN]:
            encoded, size = await asyncio.to_thread(_plain, data, blob["media_type"])
            await _keep(storage, organisation_id, blob_id, PLAIN, encoded, size, blob["media_type"])
            return
        picture = await asyncio.to_thread(decoded, data, blob["media_type"], wanted)
        for form in wanted:
            encoded, size = await asyncio.to_thread(rendered, picture, form)
            await _keep(storage, organisation_id, blob_id, form, encoded, size, MEDIA_TYPES[form])


def _plain(data: bytes, media_type: str) -> tuple[bytes, tuple[int, int]]:
    try:
        encoded = plain.plain(data, media_type)
        # The head alone: pixels stay as they are.
        with Image.open(io.BytesIO(encoded), formats=[DECODED[media_type]]) as picture:
            return encoded, picture.size
    except (KeyError, Refused, OSError):
        raise Unrenderable("This picture is shown in smaller forms only: ask for form=1024.webp.") from None


async def _keep(
    storage: Storage,
    organisation_id: UUID,
    blob_id: UUID,
    form: str,
    data: bytes,
    size: tuple[int, int],
    media_type: str,
) -> None:
    digest = hashlib.sha256(data).hexdigest()
    key = f"{organisation_id.hex}/renditions/{blob_id.hex}/{form}/{digest}"
    intent_id = await intend(organisation_id, key)
    await storage.put(key, data, media_type)
    row = Rendition(
        organisation_id=organisation_id,
        blob_id=blob_id,
        form=form,
        key=key,
        size=len(data),
        width=size[0],
        height=size[1],
        created_at=datetime.now(UTC),
    )
    try:
        async with transaction():
            new = (
                await Rendition.insert(row)
                .on_conflict(target=(Rendition.blob_id, Rendition.form), action="DO NOTHING")
                .returning(Rendition.id)
            )
            # Else another process was faster: the intent stays, and the sweep looks whether anybody has the object.
            if new:
                await fulfil(organisation_id, intent_id)
    except asyncpg.ForeignKeyViolationError:
        raise NotFound("The file is gone.") from None


def etag_of(rendition: dict[str, Any]) -> str:
    """A strong entity tag: the SHA-256 of its bytes."""
    return f'"{rendition["key"].rpartition("/")[2]}"'


def decoded(data: bytes, media_type: str, forms: Iterable[str]) -> Image.Image:
    """A picture in sRGB, upright, large enough for the forms; raises `Unrenderable`."""
    side = max(FORMS[form].side for form in forms)
    try:
        with Image.open(io.BytesIO(data), formats=[DECODED[media_type]]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unrenderable(
                    f"This picture is too large for smaller forms: {picture.width}x{picture.height}."
                )
            # A JPEG can be decoded at a half, a quarter or an eighth of its size. Twice what is needed keeps it sharp.
            picture.draft("RGB", (2 * side, 2 * side))
            # Now: nothing is read of the file once it is closed.
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            return _in_srgb(picture)
    except Unrenderable:
        raise
    # Pillow raises nearly anything over a file that is damaged.
    except Exception as error:
        raise Unrenderable(f"This file cannot be decoded ({type(error).__name__}).") from None


def rendered(picture: Image.Image, form: str) -> tuple[bytes, tuple[int, int]]:
    """A picture's form as a file without any metadata, and its width and height."""
    size = fitted(picture.size, form)
    small = picture
    if size != picture.size:
        small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    file = io.BytesIO()
    kind = FORMS[form]
    small.save(file, kind.format, exif=b"", icc_profile=b"", **kind.options)
    return file.getvalue(), size


def _in_srgb(picture: Image.Image) -> Image.Image:
    transparent = picture.has_transparency_data
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I;16"):
        # 16 bits a pixel; Pillow would cut instead of scale.
        picture = picture.point(lambda value: value / 257).convert("L")
    mode = "RGBA" if transparent else "RGB"
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(
                picture, given, ImageCms.createProfile("sRGB"), outputMode=mode
            )
            if changed is not None:
                return changed
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A profile that is none: the numbers as they are.
            pass
    # Copied where that changes nothing, it would take twice the memory.
    return picture if picture.mode == mode else picture.convert(mode)
