"""Many assets in one ZIP, packed while it is sent: nothing is kept of it, and no more of it than a piece is in memory."""

import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
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
from control.assets.storage import Storage
from control.assets.tables import Asset, AssetArchive
from control.database.owned import scoped, unscoped
from control.errors import BadRequest, NotFound

MOST = 1000
"""Files of one ZIP."""
KEPT = timedelta(hours=24)
ENTRY = 300
"""Bytes that an entry takes beside its file, about."""
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
    query = scoped(Asset, who).select(*COLUMNS).where(Asset.id.is_in(row["asset_ids"]))
    rows = await (await only_seen(who, Asset, query)).where(Asset.deleted_at.is_null()).order_by(Asset.id)
    tags = await tags_of(who, [one["id"] for one in rows])
    await storage.check()
    return row["created_at"], _packed(storage, rows, tags)


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


async def _packed(
    storage: Storage, rows: list[dict[str, Any]], tags: dict[UUID, list[str]]
) -> AsyncIterator[bytes]:
    pipe = _Pipe()
    # Pictures are compressed already.
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as packed:  # type: ignore[call-overload]
        names = dict(zip((row["id"] for row in rows), _names(rows), strict=True))
        hot = [row for row in rows if row["tier"] == "hot"]
        listed = [_told(row, names[row["id"]], tags[row["id"]]) for row in rows]
        packed.writestr(
            "manifest.json", msgspec.json.format(msgspec.json.encode({"files": listed}), indent=2)
        )
        for row in hot:
            entry = zipfile.ZipInfo(names[row["id"]], row["created_at"].astimezone(UTC).timetuple()[:6])
            entry.file_size = row["size"]
            with packed.open(entry, "w") as file:
                async for piece in storage.stream(row["key"]):
                    file.write(piece)
                    yield pipe.taken()
            yield pipe.taken()
    yield pipe.taken()


def _names(rows: list[dict[str, Any]]) -> Iterator[str]:
    """A name for each that no other has, whatever the file system thinks of case, without folders."""
    taken = {"manifest.json"}
    for row in rows:
        ending = ending_of(row["media_type"])
        plain = "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in row["name"])
        stem = plain.strip(" .")
        if stem.lower().endswith(f".{ending}"):
            stem = stem[: -len(ending) - 1]
        stem = (stem or str(row["id"]))[:100].rstrip(" .")
        name, number = f"{stem}.{ending}", 2
        while name.lower() in taken:
            name, number = f"{stem} ({number}).{ending}", number + 1
        taken.add(name.lower())
        yield name


def _told(row: dict[str, Any], name: str, tags: list[str]) -> dict[str, Any]:
    """What the manifest says of a file."""
    return {
        "file": name if row["tier"] == "hot" else None,
        "left_out": None if row["tier"] == "hot" else "its bytes are in the archive of the storage",
        **{
            key: row[key] for key in ("id", "name", "kind", "media_type", "width", "height", "size", "sha256")
        },
        **{key: row[key] for key in ("prompt", "model", "job_id", "rating", "created_at")},
        "tags": tags,
        "recipe": msgspec.json.decode(row["metadata"]) if row["metadata"] else None,
    }
