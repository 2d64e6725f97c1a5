"""Uploads in parts, straight to the storage."""

import asyncio
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from PIL import Image

from control.access.principal import Principal
from control.assets import multipart
from control.assets.schemas import NewMultipart
from control.assets.storage import Storage
from control.errors import Unavailable
from control.settings import ControlSettings
from tests.control.assets.hostile import bytes_of, chunk
from tests.control.assets.test_uploads import left, unlike
from tests.control.people import Person, made, member_of, problem, register, sql

__all__ = ["left"]
PART = multipart.LEAST_PART


@pytest.fixture
def who(ada: Person) -> Person:
    return ada


def large() -> bytes:
    """A PNG of three parts."""
    data = unlike(2000)
    assert 2 * PART < len(data) < 3 * PART
    return data


def begin(who: Person, data: bytes, **more: Any) -> Any:
    return made(who.post("/uploads/multipart", name="large.png", size=len(data), **more))


def put(upload: Any, data: bytes, *numbers: int) -> None:
    """Sends these parts."""
    for part in upload["parts"]:
        if part["number"] in numbers:
            start = (part["number"] - 1) * upload["part_size"]
            answer = httpx.put(part["url"], content=data[start : start + part["size"]], trust_env=False)
            assert answer.is_success, answer.text


def test_a_large_picture_goes_by_parts_and_goes_on_after_a_break(
    who: Person, left: Callable[[], Any]
) -> None:
    data = large()
    team = made(who.post("/teams", name="Animation"))["id"]
    begun = begin(who, data, tags=["big"], team_id=team, temporary=True)
    assert [part["size"] for part in begun["parts"]] == [PART, PART, len(data) - 2 * PART]
    put(begun, data, 3, 1)
    path = f"/uploads/multipart/{begun['id']}"
    body = problem(who.post(f"{path}/complete"), 409, "1 of 3 parts have not arrived: 2")
    assert body["missing_parts"] == [2]
    # Whoever was away asks how it stands.
    again = made(who.get(path))
    assert [(part["arrived"], part["url"] is None) for part in again["parts"]] == [
        (True, True),
        (False, False),
        (True, True),
    ]
    put(again, data, 2)
    asset = made(who.post(f"{path}/complete"))
    assert (asset["name"], asset["tags"], asset["team_id"], asset["temporary"]) == (
        "large.png",
        ["big"],
        team,
        True,
    )
    picture = Image.open(BytesIO(who.get(f"/assets/{asset['id']}/content").content))
    assert picture.tobytes() == Image.open(BytesIO(data)).tobytes()
    problem(who.post(f"{path}/complete"), 404)
    problem(who.get(path), 404)
    rows, keys, begun_there, files = left()
    assert (len(rows["assets"]), len(rows["uploads"]), len(rows["blob_intents"])) == (1, 0, 0)
    assert len([key for key in keys if "upload" in key]) == len(begun_there) == len(files) == 0


def test_no_more_can_be_sent_than_was_said(who: Person) -> None:
    data = unlike()
    begun = begin(who, data)
    url = begun["parts"][0]["url"]
    for wrong in (data + b"x", data[:-1], data * 100):
        assert httpx.put(url, content=wrong, trust_env=False).status_code in {400, 403}
    problem(who.post(f"/uploads/multipart/{begun['id']}/complete"), 409)
    problem(who.post("/uploads/multipart", name="x", size=101 * 2**20), 413, "100 MiB")
    problem(who.post("/uploads/multipart", name="x", size=0), 400)


@pytest.mark.parametrize("what", ["PNG with an archive behind", "zTXt of 40 MB", "PNG cut", "a web page"])
def test_what_is_refused_ends_its_upload_and_leaves_nothing(
    who: Person, left: Callable[[], Any], what: str
) -> None:
    before, data = left(), bytes_of(what)
    begun = begin(who, data, media_type="image/png")
    put(begun, data, 1)
    problem(who.post(f"/uploads/multipart/{begun['id']}/complete"), 422)
    assert left() == before
    problem(who.get(f"/uploads/multipart/{begun['id']}"), 404)


def test_one_that_is_given_up_leaves_nothing(who: Person, left: Callable[[], Any]) -> None:
    before, data = left(), large()
    begun = begin(who, data)
    put(begun, data, 1, 2)
    made(who.delete(f"/uploads/multipart/{begun['id']}"))
    assert left() == before
    assert httpx.put(begun["parts"][2]["url"], content=b"", trust_env=False).status_code >= 400
    problem(who.delete(f"/uploads/multipart/{begun['id']}"), 404)


@pytest.mark.usefixtures("pool")
async def test_one_that_nobody_completes_is_removed(
    storage: Storage, api: httpx.Client, database_url: str
) -> None:
    def start() -> tuple[Person, Any]:
        who, data = register(api), large()
        begun = begin(who, data)
        put(begun, data, 1)
        return who, begun

    who, begun = await asyncio.to_thread(start)
    assert await multipart.drop_expired(storage) == 0
    late = "UPDATE uploads SET expires_at = now() - interval '2 hours' WHERE organisation_id = $1"
    await asyncio.to_thread(sql, database_url, late, who.organisation_id)
    assert problem(await asyncio.to_thread(who.get, f"/uploads/multipart/{begun['id']}"), 404)
    assert await multipart.drop_expired(storage) == 1
    count = "SELECT count(*) FROM uploads WHERE organisation_id = $1"
    assert await asyncio.to_thread(sql, database_url, count, who.organisation_id) == [(0,)]
    uploads = (await storage.do("list_multipart_uploads")).get("Uploads", [])
    assert not [
        upload for upload in uploads if upload["Key"].startswith(who.organisation_id.replace("-", ""))
    ]


def test_completed_twice_at_once_it_is_one_file(who: Person, left: Callable[[], Any]) -> None:
    data = unlike()
    begun = begin(who, data)
    put(begun, data, 1)

    async def both() -> list[int]:
        async with httpx.AsyncClient(base_url=str(who.api.base_url), timeout=30) as client:
            path = f"/api/v1/uploads/multipart/{begun['id']}/complete"
            headers = {"Authorization": f"Bearer {who.token}"}
            answers = await asyncio.gather(*(client.post(path, headers=headers) for _ in range(3)))
        return sorted(answer.status_code for answer in answers)

    assert asyncio.run(both()) == [201, 404, 404]
    rows, keys, *_ = left()
    assert (len(rows["assets"]), len(rows["blobs"]), len(rows["blob_intents"]), len(keys)) == (1, 1, 0, 1)


def test_it_is_its_senders_alone(who: Person, database_url: str) -> None:
    begun = begin(who, unlike())
    colleague = member_of(who, database_url, role="admin")
    for ask in (
        lambda: colleague.get(f"/uploads/multipart/{begun['id']}"),
        lambda: colleague.post(f"/uploads/multipart/{begun['id']}/complete"),
        lambda: colleague.delete(f"/uploads/multipart/{begun['id']}"),
    ):
        problem(ask(), 404)


def test_what_is_under_way_counts(who: Person) -> None:
    for _ in range(10):
        made(who.post("/uploads/multipart", name="x", size=100 * 2**20))
    problem(who.post("/uploads/multipart", name="x", size=100 * 2**20), 402, r"0\.98 of the 1 GiB")


def test_a_link_opens_its_file_until_it_ends(who: Person) -> None:
    data = unlike()
    begun = begin(who, data)
    put(begun, data, 1)
    asset = made(who.post(f"/uploads/multipart/{begun['id']}/complete"))
    link = made(who.get(f"/assets/{asset['id']}/link", seconds=4))
    answer = httpx.get(link["url"], trust_env=False)
    assert Image.open(BytesIO(answer.content)).tobytes() == Image.open(BytesIO(data)).tobytes()
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith('attachment; filename="large.png"')
    time.sleep(5.1)
    assert httpx.get(link["url"], trust_env=False).status_code == 403
    problem(who.get(f"/assets/{asset['id']}/link", seconds=0), 400)
    problem(who.get(f"/assets/{asset['id']}/link", seconds=10**6), 400)


def test_a_part_is_no_way_to_another_object(who: Person) -> None:
    """An address of one upload changed to another's key, or to a finished file's."""
    first, second = begin(who, unlike()), begin(who, unlike())
    other = second["id"].replace("-", "")
    url = first["parts"][0]["url"].replace(first["id"].replace("-", ""), other)
    assert other in url
    assert httpx.put(url, content=chunk(b"evil", b""), trust_env=False).status_code == 403


@pytest.mark.usefixtures("pool")
async def test_one_that_could_not_be_begun_counts_nowhere(
    who: Person,
    storage: Storage,
    settings: ControlSettings,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(multipart, "MOST_OPEN", 2)
    caller = Principal(
        user_id=UUID(who.id), email=who.email, name=who.name, organisation_id=UUID(who.organisation_id), tier="free",
        role=who.role, team_id=None, permissions=frozenset(who.permissions),
    )  # fmt: skip
    large = msgspec.structs.replace(settings, max_upload_mb=2048)
    away = Storage(msgspec.structs.replace(settings, s3_url="http://127.0.0.1:1"))
    data = NewMultipart(name="x", size=2**30 // 2)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await multipart.begin(caller, data, away, large)
    away.close()
    for _ in range(2):
        begun = await multipart.begin(caller, data, storage, large)
    # The storage may have begun it and not said so: the sweep looks.
    late = "UPDATE uploads SET expires_at = expires_at - interval '2 hours' WHERE organisation_id = $1 AND size = 0"
    await asyncio.to_thread(sql, database_url, late, who.organisation_id)
    assert await multipart.drop_expired(storage) == 3
    # Whoever died in between has left no word of what the storage calls it.
    lost = "UPDATE uploads SET storage_id = '' WHERE id = $1"
    await asyncio.to_thread(sql, database_url, lost, begun.id)
    problem(await asyncio.to_thread(who.get, f"/uploads/multipart/{begun.id}"), 404)
    made(await asyncio.to_thread(who.delete, f"/uploads/multipart/{begun.id}"))
    await multipart.begin(caller, data, storage, large)
