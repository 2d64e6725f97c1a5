"""Housekeeping removes, archives and brings back what is due and nothing else, however many do it at once."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from control.assets import blobs, lifecycle, reading, renditions
from control.assets.storage import Refused, Storage
from control.assets.tables import Asset, AssetTag, Blob, Lineage, Upload
from control.database.owned import Inside, scoped
from control.errors import Conflict
from control.settings import ControlSettings
from tests.control.assets.files import picture
from tests.control.assets.test_blobs import objects, refer, remove, rows, store
from tests.control.people import Person, made, register

pytestmark = pytest.mark.usefixtures("pool")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ago(age: timedelta) -> datetime:
    return datetime.now(UTC) - age


async def age(who: Inside, asset_id: UUID, **columns: Any) -> None:
    await scoped(Asset, who).update({**columns}).where(Asset.id == asset_id)


async def age_blob(who: Inside, blob_id: UUID, **columns: Any) -> None:
    await scoped(Blob, who).update({**columns}).where(Blob.id == blob_id)


async def tier(who: Inside, blob_id: UUID) -> str:
    row = await scoped(Blob, who).select(Blob.tier).where(Blob.id == blob_id).first()
    assert row is not None
    return str(row["tier"])


async def storage_class(storage: Storage, who: Inside, blob_id: UUID) -> str:
    row = await scoped(Blob, who).select(Blob.key).where(Blob.id == blob_id).first()
    assert row is not None
    return str((await storage.do("head_object", Key=row["key"])).get("StorageClass", "STANDARD"))


@pytest.fixture
def who(organisation: UUID) -> Inside:
    return Inside(organisation)


async def test_what_is_old_goes_and_nothing_else(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside
) -> None:
    shared = picture()
    (shared_gone, shared_blob), (shared_stays, _) = [await store(storage, ada, shared) for _ in range(2)]
    files = {name: await store(storage, ada, picture()) for name in (
        "ordinary", "temporary, new", "temporary, old", "in the bin, new", "in the bin, old", "old", "both",
    )}  # fmt: skip
    asset = {name: found[0] for name, found in files.items()} | {"shared": shared_gone}
    await age(who, asset["temporary, new"], temporary=True, created_at=ago(23 * HOUR))
    await age(who, asset["temporary, old"], temporary=True, created_at=ago(25 * HOUR))
    await age(who, asset["in the bin, new"], deleted_at=ago(29 * DAY), created_at=ago(400 * DAY))
    await age(who, asset["in the bin, old"], deleted_at=ago(31 * DAY))
    await age(who, asset["shared"], deleted_at=ago(31 * DAY))
    await age(who, asset["old"], created_at=ago(400 * DAY))
    await age(who, asset["both"], temporary=True, created_at=ago(25 * HOUR), deleted_at=ago(31 * DAY))
    gone = {"temporary, old", "in the bin, old", "shared", "both"}
    for name in ("in the bin, old", "ordinary"):
        await renditions.make(storage, organisation, files[name][1])
        await AssetTag.insert(AssetTag(organisation_id=organisation, asset_id=asset[name], tag="x"))
    await Lineage.insert(
        Lineage(organisation_id=organisation, asset_id=asset["ordinary"], parent_id=asset["in the bin, old"], relation="x"),
        Lineage(organisation_id=organisation, asset_id=asset["in the bin, old"], parent_id=asset["old"], relation="x"),
    )  # fmt: skip
    # Written and never kept: one a moment ago, one the day before.
    await blobs.prepare(storage, organisation, b"a moment ago", "image/png")
    forgotten = await blobs.prepare(storage, organisation, b"the day before", "image/png")
    await Asset.raw(
        "UPDATE blob_intents SET created_at = {} WHERE id = {}", ago(25 * HOUR), forgotten.intent_id
    )
    assert len(await objects(storage, organisation)) == 8 + 2 * 4 + 2

    counts = await lifecycle.tidy(storage, settings)
    assert counts.keys() == lifecycle.STEPS.keys()

    left = await scoped(Asset, who).select(Asset.id).output(as_list=True)
    assert set(left) == {shared_stays} | {found for name, found in asset.items() if name not in gone}
    blobs_left = await scoped(Blob, who).select(Blob.id).output(as_list=True)
    assert set(blobs_left) == {shared_blob} | {files[name][1] for name in files.keys() - gone}
    # Every blob's bytes, one's renditions, and what somebody may still be about to keep.
    assert len(await objects(storage, organisation)) == len(blobs_left) + 4 + 1
    for asset_id in left:
        assert await reading.picture(storage, organisation, asset_id)
    assert await rows("asset_tags", organisation) == 1
    assert await rows("lineage", organisation) == 1
    assert await rows("blob_intents", organisation) == 1
    assert await rows("renditions", organisation) == 4

    # Again, nothing is due.
    before = await objects(storage, organisation)
    await lifecycle.tidy(storage, settings)
    assert await objects(storage, organisation) == before
    assert set(await scoped(Asset, who).select(Asset.id).output(as_list=True)) == set(left)


async def test_uploads_that_nobody_completed(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside
) -> None:
    begun = [
        made(await asyncio.to_thread(ada.post, "/uploads/multipart", name=name, size=3))
        for name in ("old", "new")
    ]
    async with httpx.AsyncClient(trust_env=False) as client:
        for upload in begun:
            (await client.put(upload["parts"][0]["url"], content=b"abc")).raise_for_status()
    await scoped(Upload, who).update({Upload.expires_at: ago(DAY)}).where(Upload.id == UUID(begun[0]["id"]))
    keys = await scoped(Upload, who).select(Upload.key, Upload.storage_id).order_by(Upload.id)
    await lifecycle.tidy(storage, settings)
    assert await scoped(Upload, who).select(Upload.id).output(as_list=True) == [UUID(begun[1]["id"])]
    listed = await storage.do("list_multipart_uploads")
    ids = {found["UploadId"] for found in listed.get("Uploads", [])}
    assert [row["storage_id"] in ids for row in keys] == [False, True]


async def test_what_nobody_reads_goes_into_the_archive_and_comes_back(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside
) -> None:
    data = {name: picture() for name in ("unused", "used", "unrendered")}
    files = {name: await store(storage, ada, content) for name, content in data.items()}
    for name, (_, blob_id) in files.items():
        if name != "unrendered":
            await renditions.make(storage, organisation, blob_id)
        await age_blob(who, blob_id, used_at=ago(89 * DAY if name == "used" else 91 * DAY))
    off = msgspec.structs.replace(settings, s3_archive_class="")
    assert (await lifecycle.tidy(storage, off))["archived"] == 0
    await lifecycle.tidy(storage, settings)
    assert [await tier(who, files[name][1]) for name in files] == ["archived", "hot", "hot"]
    asset_id, blob_id = files["unused"]
    assert await storage_class(storage, who, blob_id) == "GLACIER"
    assert await storage_class(storage, who, files["used"][1]) == "STANDARD"

    # A job cannot begin with it, its thumbnail can be seen, its bytes cannot be read.
    with pytest.raises(Conflict, match="archive"):
        await reading.picture(storage, organisation, asset_id)
    answers = [
        await asyncio.to_thread(ada.get, f"/assets/{asset_id}/content", **q)
        for q in ({}, {"form": "256.webp"})
    ]
    assert [answer.status_code for answer in answers] == [409, 200]
    usage = made(await asyncio.to_thread(ada.get, "/assets/usage"))
    assert usage["archived_bytes"] == len(data["unused"])

    # It stays there until it is asked for.
    await lifecycle.tidy(storage, settings)
    assert await tier(who, blob_id) == "archived"
    assert made(await asyncio.to_thread(ada.post, f"/assets/{asset_id}/restore"))["storage"] == "restoring"
    await lifecycle.bring_back(storage, settings)
    assert await tier(who, blob_id) == "hot"
    assert await storage_class(storage, who, blob_id) == "STANDARD"
    answer = await asyncio.to_thread(ada.get, f"/assets/{asset_id}/content")
    assert answer.content == data["unused"]
    assert answer.headers["content-type"] == "image/png"
    assert await reading.picture(storage, organisation, asset_id) == data["unused"]
    # And is not archived again at once.
    await lifecycle.tidy(storage, settings)
    assert await tier(who, blob_id) == "hot"


async def test_reading_it_keeps_it_out_of_the_archive(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside
) -> None:
    read = {}
    for how in ("content", "job", "thumbnail", "link"):
        asset_id, blob_id = await store(storage, ada, picture())
        await renditions.make(storage, organisation, blob_id)
        await age_blob(who, blob_id, used_at=ago(91 * DAY))
        read[how] = (asset_id, blob_id)
    made_of = await reading.picture(storage, organisation, read["job"][0])
    assert made_of
    await asyncio.to_thread(ada.get, f"/assets/{read['content'][0]}/content")
    await asyncio.to_thread(ada.get, f"/assets/{read['link'][0]}/link")
    await asyncio.to_thread(ada.get, f"/assets/{read['thumbnail'][0]}/content", form="256.webp")
    await lifecycle.tidy(storage, settings)
    # A thumbnail in a list is no use of the picture.
    found = {how: await tier(who, blob_id) for how, (_, blob_id) in read.items()}
    assert found == {"content": "hot", "job": "hot", "link": "hot", "thumbnail": "archived"}


async def test_what_is_sent_again_is_out_of_the_archive(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside
) -> None:
    data = picture()
    first, blob_id = await store(storage, ada, data)
    await renditions.make(storage, organisation, blob_id)
    await age_blob(who, blob_id, used_at=ago(91 * DAY))
    # Whoever found it there is about to keep it: it is not archived under their feet.
    prepared = await blobs.prepare(storage, organisation, data, "image/png")
    await lifecycle.tidy(storage, settings)
    assert await tier(who, blob_id) == "hot"
    await blobs.abandon(storage, organisation, prepared.intent_id)
    await lifecycle.tidy(storage, settings)
    assert await tier(who, blob_id) == "archived"
    second, again = await store(storage, ada, data)
    assert again == blob_id
    assert await tier(who, blob_id) == "hot"
    assert await storage_class(storage, who, blob_id) == "STANDARD"
    for asset_id in (first, second):
        assert await reading.picture(storage, organisation, asset_id) == data


class Glacier(Storage):
    """A cloud's archive, which SeaweedFS is not: bytes come back some time after they are asked for."""

    asked: int = 0
    here: bool = False

    async def do(self, operation: str, **arguments: Any) -> Any:
        if operation == "restore_object":
            self.asked += 1
            assert arguments["RestoreRequest"]["Days"] >= 1
            if self.asked > 1:
                raise Refused("RestoreAlreadyInProgress")
            return {}
        if operation == "copy_object" and arguments["StorageClass"] == "STANDARD" and not self.here:
            raise Refused("InvalidObjectState")
        return await super().do(operation, **arguments)


async def test_a_clouds_archive_takes_its_time(
    storage: Storage, settings: ControlSettings, ada: Person, who: Inside
) -> None:
    _, blob_id = await store(storage, ada, picture())
    await age_blob(who, blob_id, tier="restoring")
    glacier = Glacier(settings)
    for asked in (1, 2, 3):
        await lifecycle.bring_back(glacier, settings)
        assert glacier.asked == asked
        assert await tier(who, blob_id) == "restoring"
    glacier.here = True
    await lifecycle.bring_back(glacier, settings)
    assert await tier(who, blob_id) == "hot"
    glacier.close()


class NoClasses(Storage):
    """One that knows STANDARD alone; SeaweedFS takes any word for a class when an object is copied."""

    async def do(self, operation: str, **arguments: Any) -> Any:
        if arguments.get("StorageClass", "STANDARD") != "STANDARD":
            raise Refused("InvalidStorageClass")
        return await super().do(operation, **arguments)


async def test_a_storage_without_the_class_leaves_everything_as_it_is(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside
) -> None:
    asset_id, blob_id = await store(storage, ada, picture())
    await renditions.make(storage, organisation, blob_id)
    await age_blob(who, blob_id, used_at=ago(91 * DAY))
    plain = NoClasses(settings)
    counts = await lifecycle.tidy(plain, settings)
    plain.close()
    assert "archived" not in counts
    assert "restored" in counts
    assert await tier(who, blob_id) == "hot"
    assert await reading.picture(storage, organisation, asset_id)


async def test_without_the_storage_nothing_is_lost(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside
) -> None:
    asset_id, _ = await store(storage, ada, picture())
    await age(who, asset_id, deleted_at=ago(31 * DAY))
    away = Storage(msgspec.structs.replace(settings, s3_url="http://127.0.0.1:9"))
    counts = await lifecycle.tidy(away, settings)
    away.close()
    assert "unreferenced" not in counts
    assert counts["deleted"] >= 1
    # The bytes are still there, and something still knows of them.
    assert len(await objects(storage, organisation)) == 1
    assert await rows("blobs", organisation) + await rows("blob_intents", organisation) == 1
    await lifecycle.tidy(storage, settings)
    await blobs.drop_intents(storage, timedelta(0))
    assert await objects(storage, organisation) == []
    assert await rows("blobs", organisation) + await rows("blob_intents", organisation) == 0


async def test_many_are_removed_in_batches(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(lifecycle, "BATCH", 10)
    monkeypatch.setattr(lifecycle, "BATCHES", 3)
    asset_id, blob_id = await store(storage, ada, picture())
    for _ in range(44):
        await refer(ada, blob_id)
    await scoped(Asset, who).update({Asset.deleted_at: ago(31 * DAY)}).where(Asset.blob_id == blob_id)
    # Two at once share the work: no row is removed twice, none is waited for.
    counts = await asyncio.gather(*(lifecycle.empty_bin(storage, settings) for _ in range(2)))
    assert sum(counts) >= 45
    assert all(count <= 30 for count in counts)
    assert await rows("assets", organisation) == 0
    assert asset_id


async def test_side_by_side_with_people_who_upload_and_remove(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside
) -> None:
    """Few different contents, so that all meet on the same blobs; the clock is turned on at every turn."""
    contents = [picture() for _ in range(4)]
    random_ = random.Random(5)
    alive: dict[UUID, bytes] = {}
    going = True

    async def sender() -> None:
        for _ in range(12):
            data = random_.choice(contents)
            asset_id, blob_id = await store(storage, ada, data)
            alive[asset_id] = data
            await age_blob(who, blob_id, used_at=ago(91 * DAY), rendered_at=ago(DAY))
            if random_.random() < 0.6 and alive:
                unlucky = random_.choice([*alive])
                del alive[unlucky]
                if random_.random() < 0.5:
                    await remove(unlucky)
                else:
                    await age(who, unlucky, deleted_at=ago(31 * DAY))

    async def reader() -> None:
        while going:
            await scoped(Blob, who).update({Blob.tier: "restoring"}).where(Blob.tier == "archived")
            await asyncio.sleep(0.02)

    async def keeper() -> None:
        while going:
            counts = await lifecycle.tidy(storage, settings)
            assert counts.keys() == lifecycle.STEPS.keys()

    others = [asyncio.create_task(task) for task in (keeper(), keeper(), reader())]
    await asyncio.gather(*(sender() for _ in range(4)))
    going = False
    await asyncio.gather(*others)
    # The end of all that was under way.
    await scoped(Blob, who).update({Blob.tier: "restoring"}).where(Blob.tier == "archived")
    await lifecycle.tidy(storage, settings)
    await scoped(Blob, who).update({Blob.tier: "restoring"}).where(Blob.tier == "archived")
    await lifecycle.bring_back(storage, settings)
    await blobs.drop_intents(storage, timedelta(0))
    assert set(await scoped(Asset, who).select(Asset.id).output(as_list=True)) == alive.keys()
    for asset_id, data in alive.items():
        assert await reading.picture(storage, organisation, asset_id) == data
    assert (
        len(await objects(storage, organisation))
        == await rows("blobs", organisation)
        == len(set(alive.values()))
    )
    assert await rows("blob_intents", organisation) == 0


async def test_people_who_change_their_mind_beside_housekeeping(
    storage: Storage,
    settings: ControlSettings,
    ada: Person,
    api: httpx.Client,
    organisation: UUID,
    who: Inside,
) -> None:
    """Brought back while it is being removed: it is either there, whole, or gone with 404."""
    register(api)
    for _ in range(6):
        asset_id, _ = await store(storage, ada, picture())
        await age(who, asset_id, deleted_at=ago(31 * DAY))
        answer, _ = await asyncio.gather(
            asyncio.to_thread(ada.post, f"/assets/{asset_id}/undelete"), lifecycle.tidy(storage, settings)
        )
        assert answer.status_code in {200, 404}
        content = await asyncio.to_thread(ada.get, f"/assets/{asset_id}/content")
        assert content.status_code == answer.status_code


async def test_whoever_dies_while_archiving_leaves_what_can_be_brought_back(
    storage: Storage, settings: ControlSettings, ada: Person, organisation: UUID, who: Inside,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whether the object had changed its class or not."""
    change_class = lifecycle._change_class
    for before in (True, False):

        async def dies(*arguments: Any, before: bool = before) -> None:
            if not before:
                await change_class(*arguments)
            raise asyncio.CancelledError

        data = picture()
        asset_id, blob_id = await store(storage, ada, data)
        await age_blob(who, blob_id, used_at=ago(91 * DAY), rendered_at=ago(DAY))
        monkeypatch.setattr(lifecycle, "_change_class", dies)
        with pytest.raises(asyncio.CancelledError):
            await lifecycle.archive(storage, settings)
        monkeypatch.setattr(lifecycle, "_change_class", change_class)
        # Never hot where it could not be read.
        assert await tier(who, blob_id) == "archived"
        assert await storage_class(storage, who, blob_id) == ("STANDARD" if before else "GLACIER")
        await age_blob(who, blob_id, tier="restoring")
        await lifecycle.bring_back(storage, settings)
        assert await storage_class(storage, who, blob_id) == "STANDARD"
        assert await reading.picture(storage, organisation, asset_id) == data
