"""Jobs of an organisation whose storage is full."""

import time
from uuid import UUID

import pytest

from control.access.principal import Principal
from control.assets import room
from control.errors import StorageFull
from control.settings import ControlSettings
from tests.control.jobs.conftest import REQUEST, submitted, within
from tests.control.people import Person, made, problem, sql

GIB = 2**30


def keep(database_url: str, person: Person, size: int, count: int = 1) -> None:
    """Files of so many bytes each."""
    sql(
        database_url,
        "INSERT INTO blobs (id, organisation_id, sha256, key, size, media_type, tier, created_at, used_at) "
        "SELECT gen_random_uuid(), $1, md5(n::text), 'x', $2, 'image/png', 'hot', now(), now() "
        "FROM generate_series(1, $3::int) n",
        person.organisation_id, size, count,
    )  # fmt: skip


def test_where_no_picture_has_room_none_is_painted(ada: Person, database_url: str) -> None:
    keep(database_url, ada, GIB)
    body = problem(ada.post("/jobs", request=REQUEST), 402, r"take 1\.00 of the 1 GiB.*Remove files")
    assert (body["type"], body["quota_bytes"], body["used_bytes"]) == ("/problems/storage-full", GIB, GIB)
    problem(ada.post("/generate/txt2img", prompt="a circle"), 402, "Remove files")
    for table in ("jobs", "holds"):
        query = f"SELECT count(*) FROM {table} WHERE organisation_id = $1"
        assert sql(database_url, query, ada.organisation_id) == [(0,)]
    # A byte less, and there is room again, at once.
    sql(database_url, "UPDATE blobs SET size = size - 1 WHERE organisation_id = $1", ada.organisation_id)
    job = submitted(ada)
    made(ada.delete(f"/jobs/{job['id']}"))


def test_the_sum_is_made_once_in_a_while(
    ada: Person, database_url: str, settings: ControlSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(database_url, ada, 1000, 100_000)
    who = Principal(
        user_id=UUID(ada.id), email=ada.email, name=ada.name, organisation_id=UUID(ada.organisation_id), tier="free",
        role=ada.role, team_id=None, permissions=frozenset(ada.permissions),
    )  # fmt: skip
    seconds: list[float] = []

    async def check() -> None:
        for _ in range(101):
            began = time.perf_counter()
            await room.check_not_full(who, settings)
            seconds.append(time.perf_counter() - began)

    within(database_url, check)
    assert sorted(seconds[1:])[50] < 0.0003
    sql(database_url, "UPDATE blobs SET size = $2 WHERE organisation_id = $1", ada.organisation_id, GIB)
    within(database_url, check)
    until, used = room._had_room[who.organisation_id]
    assert 0 < until - time.monotonic() <= room.FRESH_SECONDS
    monkeypatch.setitem(room._had_room, who.organisation_id, (time.monotonic(), used))
    with pytest.raises(StorageFull):
        within(database_url, check)
