"""The object storage itself: what its signed addresses let through."""

import asyncio
import tempfile
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit
from uuid import uuid4

import httpx
import msgspec
import pytest

from control.assets.storage import MissingObject, Storage, disposition
from control.errors import ControlError, Unavailable
from control.settings import ControlSettings

PART = 5 * 2**20


def changed(address: str, path: str | None = None, **query: str) -> str:
    """The address with another path or other parameters."""
    parts = urlsplit(address)
    values = {name: value[0] for name, value in parse_qs(parts.query).items()} | query
    return urlunsplit(parts._replace(query=urlencode(values), path=path or parts.path))


async def test_an_object_comes_back_whole_in_part_and_piece_by_piece(storage: Storage) -> None:
    key, data = f"test/{uuid4().hex}", bytes(range(256)) * 4000
    assert await storage.head(key) is None
    await storage.put(key, data, "image/png")
    assert await storage.get(key) == data
    assert await storage.get(key, 1000, 1100) == data[1000:1100]
    assert b"".join([piece async for piece in storage.stream(key, 5)]) == data[5:]
    head = await storage.head(key)
    assert head is not None
    assert (head.size, head.media_type) == (len(data), "image/png")
    with tempfile.TemporaryFile() as file:
        file.write(data)
        await storage.put(key + "-file", file, "image/png")
        file.seek(0)
        file.truncate()
        await storage.fetch(key + "-file", file)
        file.seek(0)
        assert file.read() == data
    assert [found async for found in storage.keys(key)] == [key, key + "-file"]
    await storage.delete(key, key + "-file", "test/nothing")
    assert [found async for found in storage.keys(key)] == []
    with pytest.raises(MissingObject):
        await storage.get(key)


async def test_a_presigned_address_opens_one_object_for_its_time_and_no_other(storage: Storage) -> None:
    key, other = f"test/{uuid4().hex}", f"test/{uuid4().hex}"
    await storage.put(key, b"mine", "image/png")
    await storage.put(other, b"theirs", "image/png")
    address = await storage.presign_get(key, 60, name='süß "x".png', media_type="image/webp")
    short = await storage.presign_get(key, 1)
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(address)
        assert (answer.status_code, answer.content) == (200, b"mine")
        assert answer.headers["content-type"] == "image/webp"
        assert "filename*=UTF-8''s%C3%BC%C3%9F%20%22x%22.webp" in answer.headers["content-disposition"]
        signature = parse_qs(urlsplit(address).query)["X-Amz-Signature"][0]
        forged = {
            "another key": changed(address, path=f"/{storage.bucket}/{other}"),
            "the bucket's list": changed(address, path=f"/{storage.bucket}"),
            "a later end": changed(address, **{"X-Amz-Expires": "86400"}),
            "another signature": changed(address, **{"X-Amz-Signature": signature[::-1]}),
            "no signature": changed(address, **{"X-Amz-Signature": ""}),
            "another time": changed(address, **{"X-Amz-Date": "20990101T000000Z"}),
            "another type": changed(address, **{"response-content-type": "text/html"}),
            "another owner": changed(
                address, **{"X-Amz-Credential": "admin/20260101/us-east-1/s3/aws4_request"}
            ),
            "without a question": address.partition("?")[0],
        }
        for what, forgery in forged.items():
            answer = await client.get(forgery)
            assert answer.status_code in {400, 403}, (what, answer.status_code, answer.text)
            assert b"mine" not in answer.content, what
            assert b"theirs" not in answer.content, what
        for method in ("PUT", "DELETE", "POST"):
            answer = await client.request(method, address, content=b"evil")
            assert answer.status_code in {400, 403, 405}, (method, answer.status_code)
        assert await storage.get(key) == b"mine"
        await asyncio.sleep(2.1)
        answer = await client.get(short)
        assert answer.status_code == 403, answer.text
        assert b"mine" not in answer.content
    await storage.delete(key, other)


async def test_a_presigned_part_takes_just_the_bytes_that_were_said(storage: Storage) -> None:
    key = f"test/{uuid4().hex}"
    storage_id = await storage.create_multipart(key)
    addresses = await storage.presign_parts(key, storage_id, {1: PART, 2: 7}, 60)
    async with httpx.AsyncClient(trust_env=False) as client:
        for wrong in (b"x" * (PART + 1), b"x" * (PART - 1), b""):
            assert (await client.put(addresses[1], content=wrong)).status_code in {400, 403, 411}
        # The second part's address for the first part's place.
        moved = changed(addresses[2], partNumber="3")
        assert (await client.put(moved, content=b"x" * 7)).status_code == 403
        assert await storage.parts(key, storage_id) == []
        assert (await client.put(addresses[2], content=b"b" * 7)).status_code == 200
        assert (await client.put(addresses[1], content=b"a" * PART)).status_code == 200
    parts = await storage.parts(key, storage_id)
    assert [(part.number, part.size) for part in parts] == [(1, PART), (2, 7)]
    await storage.complete_multipart(key, storage_id, parts)
    assert await storage.get(key, PART - 1) == b"a" + b"b" * 7
    await storage.delete(key)
    with pytest.raises(MissingObject):
        await storage.parts(key, storage_id)
    await storage.abort_multipart(key, storage_id)


async def test_a_storage_that_is_away_or_refuses_us_is_said_so(settings: ControlSettings) -> None:
    away = Storage(msgspec.structs.replace(settings, s3_url="http://127.0.0.1:1"))
    assert not await away.ready()
    with pytest.raises(Unavailable, match="object storage does not answer"):
        await away.get("x")
    stranger = Storage(msgspec.structs.replace(settings, s3_secret_key="another"))
    assert not await stranger.ready()
    with pytest.raises(ControlError, match=r"refuses the studio .*Check STUDIO_S3_"):
        await stranger.put("x", b"x", "text/plain")
    nowhere = Storage(msgspec.structs.replace(settings, s3_url=""))
    with pytest.raises(ControlError, match="set STUDIO_S3_URL"):
        await nowhere.get("x")
    for made in (away, stranger, nowhere):
        made.close()


@pytest.mark.parametrize("name", ['a"\r\nSet-Cookie: x=1', "../../etc/passwd", "\u202egnp.exe", ""])
def test_a_name_stays_inside_its_header(name: str) -> None:
    header = disposition(name)
    assert header.startswith("attachment; filename=")
    assert header.count('"') == 2
    assert header.isascii()
    assert not set("\r\n/") & set(header)
