"""Many assets in one ZIP, packed while it is sent: nothing is kept of it.

In memory are the names of its files, a piece of one, and what the manifest says of a few.
"""

import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from control.access.principal import Principal
from control.assets import asset_schemas as wire
from control.assets import finding
from control.assets.choosing import chosen
from control.assets.names import ending_of
from control.assets.reading import COLUMNS
from control.assets.rights import only_seen
from control.assets.showing import tags_of
from control.assets.storage import MissingObject, Storage
from control.assets.tables import Asset, AssetArchive
from control.database.owned import scoped, unscoped
from control.errors import BadRequest, NotFound

MOST = 1000
"""Files of one ZIP."""
KEPT = timedelta(hours=24)
ENTRY = 300
"""Bytes that an entry takes beside its file, about."""
MOST_OPEN = 20
"""Archives that one may fetch: with one more the oldest ends."""
PORTION = 50
"""Files of which the manifest is told at once."""
# Piccolo resolves the columns of another table when it runs.
_BLOB: Any = Asset.blob_id
_FILES: tuple[Any, ...] = (
    Asset.id, Asset.name, Asset.media_type, Asset.created_at, _BLOB.key.as_alias("key"), _BLOB.size.as_alias("size"),
    _BLOB.tier.as_alias("tier"),
)  # fmt: skip
Details = Callable[[Sequence[UUID]], Awaitable[list[dict[str, Any]]]]
WHY = "drops what has ended, of everybody"


async def make(who: Principal, data: wire.NewArchive) -> wire.Archive:
    """Remembers which files; raises `BadRequest` for none or too many, `NotFound` for those that are not there."""
    if bool(data.asset_ids) == (data.filter is not None):
        raise BadRequest("Send `asset_ids` or `filter`: one of them.")
    if data.filter is None:
        rows = await chosen(who, data.asset_ids)
    else:
        filters = _filters(data.filter)
        rows = await (await finding.ordered(who, filters, None, None, MOST + 1))
    if not rows:
        raise BadRequest("The filter finds nothing. Widen it.")
    if len(rows) > MOST:
        raise BadRequest(
            f"The filter finds more than {MOST:,} files, which are the most of one ZIP. Narrow it."
        )
    hot = [row for row in rows if row["storage"] == "hot"]
    now = datetime.now(UTC)
    archive = AssetArchive(
        organisation_id=who.organisation_id, user_id=who.user_id, asset_ids=[row["id"] for row in rows],
        created_at=now, expires_at=now + KEPT,
    )  # fmt: skip
    await AssetArchive.insert(archive)
    over = await (
        scoped(AssetArchive, who)
        .select(AssetArchive.id)
        .where(AssetArchive.user_id == who.user_id)
        .order_by(AssetArchive.created_at, ascending=False)
        .offset(MOST_OPEN)
    )
    if over:
        await scoped(AssetArchive, who).delete().where(AssetArchive.id.is_in([one["id"] for one in over]))
    return wire.Archive(
        id=archive.id, url=f"/api/v1/assets/archives/{archive.id}", files=len(hot), left_out=len(rows) - len(hot),
        bytes_estimated=sum(row["size"] + ENTRY for row in hot), expires_at=archive.expires_at,
    )  # fmt: skip


def _filters(given: wire.ArchiveFilter) -> finding.Filters:
    """Raises `BadRequest` for times that are none."""
    wanted = msgspec.structs.asdict(given)
    for name in ("created_after", "created_before"):
        if wanted[name] is not None:
            try:
                wanted[name] = msgspec.convert(wanted[name], datetime)
            except msgspec.ValidationError:
                raise BadRequest(f"`{name}` is no time. Send one as 2026-01-31T12:00:00Z.") from None
    return finding.Filters(**wanted)


async def opened(who: Principal, storage: Storage, archive_id: UUID) -> tuple[datetime, AsyncIterator[bytes]]:
    """When it was made, and its bytes: of the files that the caller still sees; raises `NotFound`, `Unavailable`."""
    row = await (
        scoped(AssetArchive, who)
        .select()
        .where(AssetArchive.id == archive_id)
        .where(AssetArchive.user_id == who.user_id)
        .where(AssetArchive.expires_at > datetime.now(UTC))
        .first()
    )
    if row is None:
        raise NotFound("There is no such archive of yours, or it has ended. Make it again.")
    query = scoped(Asset, who).select(*_FILES).where(Asset.id.is_in(row["asset_ids"]))
    rows = await (await only_seen(who, Asset, query)).where(Asset.deleted_at.is_null()).order_by(Asset.id)
    await storage.check()
    return row["created_at"], _packed(storage, rows, partial(_details, who))


async def drop_ended(before: datetime) -> int:
    """Forgets those that ended before; how many."""
    gone = await (
        unscoped(AssetArchive, WHY)
        .delete()
        .where(AssetArchive.expires_at < before)
        .returning(AssetArchive.id)
    )
    return len(gone)


class _Pipe:
    """What zipfile writes into, where nothing can be sought: gives out what has come since."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """What has come since the last time."""
        found, self._parts = b"".join(self._parts), []
        return found


async def _details(who: Principal, asset_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Rows of what the manifest says of files, with their `tags`."""
    query = scoped(Asset, who).select(*COLUMNS).where(Asset.id.is_in(list(asset_ids)))
    tags = await tags_of(who, asset_ids)
    return [row | {"tags": tags[row["id"]]} for row in await query.order_by(Asset.id)]


async def _packed(storage: Storage, rows: list[dict[str, Any]], details: Details) -> AsyncIterator[bytes]:
    """The ZIP's bytes, of rows of `_FILES`. The manifest comes last: by then it is known which files were there."""
    pipe = _Pipe()
    left_out: dict[UUID, str] = {}
    # Pictures are compressed already.
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as packed:  # type: ignore[call-overload]
        names = dict(zip((row["id"] for row in rows), _names(rows), strict=True))
        for row in rows:
            if row["tier"] != "hot":
                left_out[row["id"]] = "its bytes are in the archive of the storage"
                continue
            body = storage.stream(row["key"])
            try:
                # Before anything is written of it: the bin may have been emptied meanwhile.
                piece = await anext(body, b"")
            except MissingObject:
                left_out[row["id"]] = "its bytes are gone"
                continue
            entry = zipfile.ZipInfo(names[row["id"]], row["created_at"].astimezone(UTC).timetuple()[:6])
            entry.file_size = row["size"]
            with packed.open(entry, "w") as file:
                file.write(piece)
                yield pipe.taken()
                async for piece in body:
                    file.write(piece)
                    yield pipe.taken()
            yield pipe.taken()
        with packed.open("manifest.json", "w") as manifest:
            manifest.write(b'{"files": [')
            between = b"\n"
            for begin in range(0, len(rows), PORTION):
                for row in await details([one["id"] for one in rows[begin : begin + PORTION]]):
                    told = _told(row, names[row["id"]], left_out.get(row["id"]))
                    manifest.write(between + msgspec.json.encode(told))
                    between = b",\n"
                    yield pipe.taken()
            manifest.write(b"\n]}\n")
    yield pipe.taken()


def _names(rows: list[dict[str, Any]]) -> Iterator[str]:
    """A name for each that no other has, whatever the file system thinks of case, without folders."""
    taken = {"manifest.json"}
    # How often each was wanted: a thousand files of one name are not counted up from 2 a thousand times.
    wanted: Counter[str] = Counter()
    for row in rows:
        ending = ending_of(row["media_type"])
        plain = "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in row["name"])
        stem = plain.strip(" .")
        if stem.lower().endswith(f".{ending}"):
            stem = stem[: -len(ending) - 1]
        stem = (stem or str(row["id"]))[:100].rstrip(" .")
        name = first = f"{stem}.{ending}"
        while name.lower() in taken:
            wanted[first.lower()] += 1
            name = f"{stem} ({wanted[first.lower()] + 1}).{ending}"
        taken.add(name.lower())
        yield name


def _told(row: dict[str, Any], name: str, left_out: str | None) -> dict[str, Any]:
    """What the manifest says of a file."""
    return {
        "file": name if left_out is None else None,
        "left_out": left_out,
        **{
            key: row[key] for key in ("id", "name", "kind", "media_type", "width", "height", "size", "sha256")
        },
        **{key: row[key] for key in ("prompt", "model", "job_id", "rating", "created_at")},
        "tags": row["tags"],
        # As it is kept, unread.
        "recipe": msgspec.Raw(row["metadata"].encode()) if row["metadata"] else None,
    }
