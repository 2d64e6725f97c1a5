"""Bytes are kept once, as long as a row refers to them, and nothing is left behind unnoticed."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from control.assets import blobs
from control.assets.storage import Storage
from control.assets.tables import Asset
from control.database.engine import transaction
from control.errors import Unavailable
from control.ids import uuid7
from tests.control.people import Person

NOW = timedelta(0)
pytestmark = pytest.mark.usefixtures("pool")


async def refer(who: Person, blob_id: UUID, name: str = "test") -> UUID:
    """A new asset of the blob."""
    asset_id = uuid7()
    await Asset.insert(
        Asset(
            id=asset_id, organisation_id=who.organisation_id, user_id=who.id, blob_id=blob_id, kind="upload",
            name=name, media_type="image/png", width=1, height=1, created_at=datetime.now(UTC),
        )
    )  # fmt: skip
    return asset_id


async def store(storage: Storage, who: Person, data: bytes) -> tuple[UUID, UUID]:
    """(asset, blob) of bytes that are kept."""
    organisation = UUID(who.organisation_id)
    prepared = await blobs.prepare(storage, organisation, data, "image/png")
    async with transaction():
        blob_id = await blobs.keep(organisation, prepared)
        return await refer(who, blob_id), blob_id


async def objects(storage: Storage, organisation: UUID) -> list[str]:
    return [key async for key in storage.keys(organisation.hex)]


async def rows(table: str, organisation: UUID) -> int:
    [found] = await Asset.raw(f"SELECT count(*) FROM {table} WHERE organisation_id = {{}}", organisation)
    return int(found["count"])


async def remove(asset_id: UUID) -> None:
    await Asset.raw("DELETE FROM assets WHERE id = {}", asset_id)


async def test_the_same_bytes_are_kept_once_an_organisation(
    storage: Storage, ada: Person, organisation: UUID
) -> None:
    data = uuid4().bytes
    (first, blob), (second, again) = [await store(storage, ada, data) for _ in range(2)]
    assert blob == again
    assert len(await objects(storage, organisation)) == 1
    assert await rows("blob_intents", organisation) == 0
    await remove(first)
    assert await blobs.drop_unreferenced(storage) == 0
    await remove(second)
    assert await blobs.drop_unreferenced(storage) >= 1
    assert await objects(storage, organisation) == []
    assert await rows("blobs", organisation) == await rows("blob_intents", organisation) == 0


async def test_bytes_that_no_row_came_to_refer_to_are_found_again(
    storage: Storage, ada: Person, organisation: UUID
) -> None:
    prepared = await blobs.prepare(storage, organisation, b"lost", "image/png")
    assert len(await objects(storage, organisation)) == 1
    # Not yet: somebody may still be about to keep them.
    assert await blobs.drop_unreferenced(storage) == 0
    await blobs.drop_intents(storage)
    assert len(await objects(storage, organisation)) == 1
    await blobs.drop_intents(storage, NOW)
    assert await objects(storage, organisation) == []
    assert await rows("blob_intents", organisation) == 0
    # Who comes too late gets no row that refers to nothing.
    with pytest.raises(Unavailable, match="too long"):
        async with transaction():
            await blobs.keep(organisation, prepared)
    assert await rows("blobs", organisation) == 0


async def test_an_intent_for_what_is_kept_harms_nothing(
    storage: Storage, ada: Person, organisation: UUID
) -> None:
    await store(storage, ada, b"kept")
    await blobs.prepare(storage, organisation, b"kept", "image/png")
    await blobs.drop_intents(storage, NOW)
    assert len(await objects(storage, organisation)) == 1
    assert await rows("blob_intents", organisation) == 0


async def test_what_is_written_while_the_storage_is_away_leaves_an_intent_alone(
    storage: Storage, ada: Person, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "put", away)
        with pytest.raises(Unavailable):
            await blobs.prepare(storage, organisation, b"never", "image/png")
    await blobs.drop_intents(storage, NOW)
    assert await rows("blob_intents", organisation) == 0


async def test_a_sweep_that_dies_goes_on_the_next_time(
    storage: Storage, ada: Person, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id, _ = await store(storage, ada, b"swept")
    await remove(asset_id)

    async def dies(*_: Any) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "delete", dies)
        with pytest.raises(Unavailable):
            await blobs.drop_unreferenced(storage)
    assert (await rows("blobs", organisation), await rows("blob_intents", organisation)) == (0, 1)
    assert len(await objects(storage, organisation)) == 1
    await blobs.drop_intents(storage, NOW)
    assert await objects(storage, organisation) == []
    assert await rows("blob_intents", organisation) == 0


async def test_intents_are_not_written_in_a_transaction_that_may_be_undone(
    storage: Storage, organisation: UUID
) -> None:
    with pytest.raises(RuntimeError, match="leave the transaction"):
        async with transaction():
            await blobs.prepare(storage, organisation, b"x", "image/png")


async def test_keeping_and_sweeping_side_by_side_lose_nothing(
    storage: Storage, ada: Person, organisation: UUID
) -> None:
    """Writers that add and remove the same few files, while sweeps run all the time: what a row refers to is there."""
    chosen = random.Random(7)
    running = True

    async def write(number: int) -> int:
        refused = 0
        for turn in range(12):
            data = f"file {chosen.randrange(3)}".encode()
            try:
                asset_id, _ = await store(storage, ada, data)
            except Unavailable:
                # Its intent was due at once here: there is no time that is too short for this test.
                refused += 1
                continue
            key = blobs.key_of(organisation, blobs._measured(data)[0])
            assert await storage.get(key) == data, (number, turn)
            if chosen.random() < 0.8:
                await remove(asset_id)
        return refused

    async def sweep() -> None:
        while running:
            await blobs.drop_unreferenced(storage)
            await blobs.drop_intents(storage, timedelta(milliseconds=chosen.randrange(1, 80)))
            await asyncio.sleep(0)

    sweeps = [asyncio.create_task(sweep()) for _ in range(2)]
    refused = sum(await asyncio.gather(*(write(number) for number in range(5))))
    running = False
    await asyncio.gather(*sweeps)
    # Most came through.
    assert refused < 30
    await blobs.drop_unreferenced(storage)
    await blobs.drop_intents(storage, NOW)
    kept = await Asset.raw(
        "SELECT b.key, count(a.id) AS n FROM blobs b LEFT JOIN assets a ON a.blob_id = b.id "
        "WHERE b.organisation_id = {} GROUP BY 1",
        organisation,
    )
    assert all(row["n"] for row in kept)
    assert sorted(row["key"] for row in kept) == sorted(await objects(storage, organisation))
