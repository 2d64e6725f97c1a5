"""A file that cannot be dealt with is passed over: housekeeping goes on with everybody else's."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import msgspec
import pytest

from control.assets import blobs, lifecycle, multipart, sweeping
from control.assets.storage import Storage
from control.assets.tables import Blob, BlobIntent, Upload
from control.database.owned import Inside, scoped
from control.errors import Unavailable
from control.settings import ControlSettings
from tests.control.assets.test_blobs import objects, remove, rows, store
from tests.control.people import Person, register

pytestmark = pytest.mark.usefixtures("pool")
OLD = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def bad(api: httpx.Client) -> Person:
    """Somebody whose objects the storage will not hear of: no key may be empty."""
    return register(api)


async def spoil(person: Person, table: str) -> None:
    """The rows of `person` come first, and name no object."""
    organisation = UUID(person.organisation_id)
    when = {"blobs": "used_at", "blob_intents": "created_at", "uploads": "expires_at"}[table]
    await Blob.raw(
        f"UPDATE {table} SET key = '', {when} = {{}} WHERE organisation_id = {{}}", OLD, organisation
    )


async def clear(person: Person) -> None:
    for table in ("blobs", "blob_intents", "uploads"):
        await Blob.raw(f"DELETE FROM {table} WHERE organisation_id = {{}}", UUID(person.organisation_id))


async def begin(person: Person, storage: Storage) -> None:
    organisation = UUID(person.organisation_id)
    key = f"{organisation.hex}/uploads/x"
    await Upload.insert(
        Upload(
            organisation_id=organisation, user_id=person.id, key=key, size=1, part_size=1, tags=[],
            storage_id=await storage.create_multipart(key), created_at=OLD, expires_at=OLD + timedelta(days=1),
        )
    )  # fmt: skip


async def test_uploads(storage: Storage, ada: Person, organisation: UUID, bad: Person) -> None:
    for person in (bad, ada):
        await begin(person, storage)
    await spoil(bad, "uploads")
    assert await multipart.drop_expired(storage) >= 1
    assert (await rows("uploads", organisation), await rows("uploads", UUID(bad.organisation_id))) == (0, 1)
    await clear(bad)


async def test_intents(storage: Storage, organisation: UUID, bad: Person) -> None:
    for each in (UUID(bad.organisation_id), organisation):
        await blobs.prepare(storage, each, b"never kept", "image/png")
    await spoil(bad, "blob_intents")
    await blobs.drop_intents(storage, timedelta(0))
    assert (await rows("blob_intents", organisation), await objects(storage, organisation)) == (0, [])
    assert await rows("blob_intents", UUID(bad.organisation_id)) == 1
    await clear(bad)


async def test_blobs_without_a_file(storage: Storage, ada: Person, organisation: UUID, bad: Person) -> None:
    for person in (bad, ada):
        asset_id, _ = await store(storage, person, b"removed")
        await remove(asset_id)
    await spoil(bad, "blobs")
    await blobs.drop_unreferenced(storage)
    assert (await rows("blobs", organisation), await objects(storage, organisation)) == (0, [])
    # What was to be removed is not forgotten.
    assert await rows("blob_intents", UUID(bad.organisation_id)) == 1
    await clear(bad)


async def test_files_asked_back(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, bad: Person
) -> None:
    tier = {}
    for person in (bad, ada):
        asset_id, _ = await store(storage, person, b"archived")
        tier[asset_id] = person
        await scoped(Blob, Inside(UUID(person.organisation_id))).update({Blob.tier: "restoring"})
    await spoil(bad, "blobs")
    assert await lifecycle.bring_back(storage, settings) >= 1
    found = [
        await scoped(Blob, Inside(UUID(each))).select(Blob.tier).output(as_list=True)
        for each in (ada.organisation_id, bad.organisation_id)
    ]
    assert found == [["hot"], ["restoring"]]
    for asset_id in tier:
        await remove(asset_id)
    await clear(bad)


async def test_where_the_storage_is_away_it_is_not_asked_for_each(
    settings: ControlSettings, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "MOST", 2)
    now = datetime.now(UTC)
    await BlobIntent.insert(
        *(BlobIntent(organisation_id=organisation, key=f"{n}", created_at=now) for n in range(5))
    )
    away = Storage(msgspec.structs.replace(settings, s3_url="http://127.0.0.1:1"))
    with pytest.raises(Unavailable):
        await blobs.drop_intents(away, timedelta(0))
    away.close()
    assert await rows("blob_intents", organisation) == 5
    await Blob.raw("DELETE FROM blob_intents WHERE organisation_id = {}", organisation)
