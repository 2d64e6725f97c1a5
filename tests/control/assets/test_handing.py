"""Pictures handed out: links for people without an account, ZIPs; what assets can be filtered by; several brought back."""

import asyncio
import hashlib
import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from control.assets import archives
from control.assets.storage import Storage
from tests.control.assets.files import new_asset, picture, upload
from tests.control.people import Person, made, member_of, problem, register, sql


def link_of(who: Person, asset_id: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = made(who.post(f"/assets/{asset_id}/links", **more))
    return found


def test_a_link_shows_its_picture_and_nothing_else(api: httpx.Client, ada: Person) -> None:
    data = picture(600, 300)
    asset = upload(ada, data, "Birthday.png")
    link = link_of(ada, asset["id"], name="For grandmother")
    assert link["url"].endswith(f"/shared/{link['token']}")
    # Nobody is signed in.
    shown = made(api.get(f"/api/v1/shared/{link['token']}"))
    assert shown == {
        "name": "Birthday.png", "media_type": "image/png", "width": 600, "height": 300, "size": asset["size"],
        "url": f"/api/v1/shared/{link['token']}/content", "expires_at": link["expires_at"],
    }  # fmt: skip
    whole = api.get(shown["url"])
    assert hashlib.sha256(whole.content).hexdigest() == asset["sha256"]
    assert whole.headers["cache-control"] == "private, max-age=300"
    assert whole.headers["content-disposition"].startswith("inline")
    assert api.get(shown["url"], headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert api.get(shown["url"], headers={"Range": "bytes=0-9"}).content == whole.content[:10]
    small = api.get(shown["url"], params={"form": "256.webp", "download": "true"})
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert small.headers["content-disposition"].startswith("attachment")
    # The token is shown once.
    [listed] = made(ada.get(f"/assets/{asset['id']}/links"))["items"]
    assert listed == {name: link[name] for name in ("id", "name", "created_at", "expires_at")}
    assert link["token"] not in json.dumps(listed)


def painted(database_url: str, storage: Storage, who: Person, data: bytes, kind: str = "image/png") -> str:
    """An output as a worker keeps it; its id."""
    asset_id = new_asset(database_url, who, "Birthday.html", media_type=kind)
    digest = hashlib.sha256(data).hexdigest()
    sql(
        database_url,
        "UPDATE blobs SET sha256 = $2, size = $3, key = $4 WHERE id = (SELECT blob_id FROM assets WHERE id = $1)",
        asset_id, digest, len(data), f"test/{digest}",
    )  # fmt: skip
    asyncio.run(storage.put(f"test/{digest}", data, kind))
    return asset_id


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_link_does_not_tell_how_its_picture_was_made(
    api: httpx.Client, ada: Person, database_url: str, storage: Storage, kind: str
) -> None:
    with Image.open(io.BytesIO(picture(300, 200))) as source:
        file = io.BytesIO()
        exif = Image.Exif()
        exif[0x010F] = "prompt:a SECRETWORD circle"
        told = PngInfo()
        told.add_text("studio", "a SECRETWORD circle")
        told.add_itxt("workflow", "a SECRETWORD circle", zip=True)
        options: dict[str, Any] = (
            {"pnginfo": told} if kind == "PNG" else {"exif": exif, "comment": b"SECRETWORD"}
        )
        source.save(file, kind, **options)
    data, media_type = file.getvalue(), f"image/{kind.lower()}"
    asset = painted(database_url, storage, ada, data, media_type)
    assert b"SECRETWORD" in ada.get(f"/assets/{asset}/content").content
    url = f"/api/v1/shared/{link_of(ada, asset)['token']}/content"
    answer = api.get(url, params={"download": "true"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == media_type
    assert b"SECRETWORD" not in answer.content
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(answer.content)) as after:
        assert after.format == kind
        after.load()
        assert "SECRETWORD" not in str(after.info)
        assert not after.getexif()
        assert before.tobytes() == after.tobytes()
    # Whatever it is called, it is saved as a picture.
    ending = {"PNG": "png", "WEBP": "webp", "JPEG": "jpg"}[kind]
    assert f'filename="Birthday.html.{ending}"' in answer.headers["content-disposition"]
    assert api.get(url, headers={"Range": "bytes=0-9"}).content == answer.content[:10]
    # It is none of the forms that are listed.
    assert "plain" not in {one["form"] for one in made(ada.get(f"/assets/{asset}"))["renditions"]}


def test_links_end(api: httpx.Client, ada: Person, database_url: str) -> None:
    asset = upload(ada)["id"]
    revoked, ended, endless, gone = (link_of(ada, asset, days=days) for days in (1, 1, None, 7))
    assert endless["expires_at"] is None
    made(ada.delete(f"/assets/{asset}/links/{revoked['id']}"))
    problem(ada.delete(f"/assets/{asset}/links/{revoked['id']}"), 404)
    sql(database_url, "UPDATE asset_links SET expires_at = now() WHERE id = $1", ended["id"])
    for link in (revoked, ended):
        for path in ("", "/content"):
            problem(api.get(f"/api/v1/shared/{link['token']}{path}"), 404, "leads nowhere")
    assert {one["id"] for one in made(ada.get(f"/assets/{asset}/links"))["items"]} == {
        endless["id"],
        gone["id"],
    }
    # In the bin it is shown to nobody; brought back, it is again.
    made(ada.delete(f"/assets/{asset}"))
    problem(api.get(f"/api/v1/shared/{endless['token']}"), 404)
    made(ada.post(f"/assets/{asset}/undelete"))
    made(api.get(f"/api/v1/shared/{endless['token']}"))
    acts = [event["act"] for event in made(ada.get("/audit/events"))["items"]]
    assert {"asset.link", "asset.revoke_link"} <= set(acts)


def test_links_end_with_their_makers_membership(api: httpx.Client, ada: Person, database_url: str) -> None:
    grace = member_of(ada, database_url)
    asset = upload(grace)["id"]
    url = f"/api/v1/shared/{link_of(grace, asset, days=None)['token']}"
    made(api.get(url))
    sql(database_url, "UPDATE users SET disabled_at = now() WHERE id = $1", grace.id)
    problem(api.get(url), 404, "leads nowhere")
    sql(database_url, "UPDATE users SET disabled_at = NULL WHERE id = $1", grace.id)
    made(api.get(url))
    made(ada.delete(f"/members/{grace.id}"))
    problem(api.get(url), 404, "leads nowhere")
    problem(api.get(f"{url}/content"), 404)


def test_only_ones_own_is_shared(ada: Person, database_url: str) -> None:
    asset = upload(ada)["id"]
    team = made(ada.post("/teams", name="Painters"))["id"]
    made(ada.patch(f"/assets/{asset}", team_id=team))
    grace = member_of(ada, database_url)
    made(ada.put(f"/teams/{team}/members/{grace.id}"))
    made(grace.get(f"/assets/{asset}"))
    problem(grace.post(f"/assets/{asset}/links"), 403)
    problem(grace.get(f"/assets/{asset}/links"), 403)
    problem(ada.post(f"/assets/{asset}/links", days=4000), 400)


def unpacked(
    who: Person, archive: dict[str, Any]
) -> tuple[dict[str, bytes], list[dict[str, Any]], httpx.Response]:
    answer = who.api.get(archive["url"], headers={"Authorization": f"Bearer {who.token}"})
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        files = {entry.filename: packed.read(entry) for entry in packed.infolist()}
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in packed.infolist())
    manifest = json.loads(files.pop("manifest.json"))["files"]
    return files, manifest, answer


def test_a_zip_has_the_pictures_and_how_they_were_made(ada: Person) -> None:
    odd = ["cat.png", "CAT.png", "../../etc/passwd", "a:b?.png", "Größe.png", "manifest.json"]
    assets = [upload(ada, name="x.png") for _ in odd]
    for asset, name in zip(assets, odd, strict=True):
        made(ada.patch(f"/assets/{asset['id']}", name=name, tags=["packed"], rating=3))
    archive = made(ada.post("/assets/archives", asset_ids=[asset["id"] for asset in assets]))
    assert (archive["files"], archive["left_out"]) == (6, 0)
    files, manifest, answer = unpacked(ada, archive)
    assert set(files) == {
        "cat.png", "CAT (2).png", "_.._etc_passwd.png", "a_b_.png", "Größe.png", "manifest.json.png",
    }  # fmt: skip
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert abs(len(answer.content) - archive["bytes_estimated"]) < 10_000
    by_name = {one["file"]: one for one in manifest}
    for name, data in files.items():
        assert hashlib.sha256(data).hexdigest() == by_name[name]["sha256"]
        assert (by_name[name]["tags"], by_name[name]["rating"]) == (["packed"], 3)
    assert [one["name"] for one in manifest] == odd
    # By what finds them, too; what is in the bin by then is not in it.
    found = made(ada.post("/assets/archives", filter={"tags": ["packed"], "kind": "upload"}))
    assert found["files"] == 6
    made(ada.post("/assets/delete", asset_ids=[assets[0]["id"]]))
    assert "cat.png" not in unpacked(ada, found)[0]


def test_what_no_zip_can_be_made_of(ada: Person, api: httpx.Client, database_url: str) -> None:
    asset = upload(ada)["id"]
    problem(ada.post("/assets/archives"), 400, "one of them")
    problem(ada.post("/assets/archives", asset_ids=[asset], filter={}), 400, "one of them")
    problem(ada.post("/assets/archives", filter={"text": "nothing-like-it"}), 400, "finds nothing")
    problem(ada.post("/assets/archives", asset_ids=[asset] * 1001), 400)
    problem(ada.post("/assets/archives", filter={"created_after": "yesterday"}), 400, "created_after")
    problem(
        ada.post("/assets/archives", filter={"created_before": "2020-01-01T00:00:00Z"}), 400, "finds nothing"
    )
    archive = made(ada.post("/assets/archives", asset_ids=[asset]))
    # Of the same organisation, and of another one.
    for other in (member_of(ada, database_url, "admin"), register(api)):
        problem(other.get(f"/assets/archives/{archive['id']}"), 404)
    sql(database_url, "UPDATE asset_archives SET expires_at = now() WHERE id = $1", archive["id"])
    problem(ada.get(f"/assets/archives/{archive['id']}"), 404, "Make it again")


def test_what_is_in_the_storages_archive_is_left_out_and_said(ada: Person, database_url: str) -> None:
    hot, cold = upload(ada)["id"], upload(ada)["id"]
    sql(
        database_url,
        "UPDATE blobs SET tier = 'archived' WHERE id = (SELECT blob_id FROM assets WHERE id = $1)", cold,
    )  # fmt: skip
    archive = made(ada.post("/assets/archives", asset_ids=[hot, cold]))
    assert (archive["files"], archive["left_out"]) == (1, 1)
    files, manifest, _ = unpacked(ada, archive)
    assert len(files) == 1
    assert [one["left_out"] for one in manifest] == [None, "its bytes are in the archive of the storage"]


def test_what_went_meanwhile_is_left_out_and_said(ada: Person, database_url: str, storage: Storage) -> None:
    there = upload(ada)["id"]
    gone = painted(database_url, storage, ada, picture())
    archive = made(ada.post("/assets/archives", asset_ids=[there, gone]))
    [key] = sql(
        database_url, "SELECT key FROM blobs WHERE id = (SELECT blob_id FROM assets WHERE id = $1)", gone
    )[0]
    asyncio.run(storage.delete(key))
    files, manifest, _ = unpacked(ada, archive)
    assert len(files) == 1
    assert {one["id"]: one["left_out"] for one in manifest} == {there: None, gone: "its bytes are gone"}


def test_only_so_many_archives_are_kept(ada: Person) -> None:
    asset = upload(ada)["id"]
    made_ones = [made(ada.post("/assets/archives", asset_ids=[asset])) for _ in range(archives.MOST_OPEN + 1)]
    problem(ada.get(made_ones[0]["url"].removeprefix("/api/v1")), 404, "Make it again")
    for archive in (made_ones[1], made_ones[-1]):
        assert len(unpacked(ada, archive)[0]) == 1


class Pieces:
    """A storage whose files have so many pieces of 256 kB."""

    def __init__(self, count: int) -> None:
        self.count = count

    async def stream(self, _key: str) -> AsyncIterator[bytes]:
        for _ in range(self.count):
            yield bytes(256 * 1024)


def zipped(count: int, pieces: int, metadata: str | None) -> tuple[int, int, float, int]:
    """(bytes, largest piece, longest wait in seconds, memory at most) of a ZIP of files that all have one name."""
    row = {
        "name": "x", "media_type": "image/png", "tier": "hot", "size": pieces << 18, "key": "k", "kind": "output", "width": 1,
        "height": 1, "sha256": "", "prompt": "p" * 9_000, "model": "", "job_id": None, "rating": 0, "metadata": metadata,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC), "tags": ["blue"],
    }  # fmt: skip
    rows = [row | {"id": UUID(int=number)} for number in range(count)]

    async def details(asset_ids: Sequence[UUID]) -> list[dict[str, Any]]:
        # As many bytes anew as a query brings.
        return [row | {"id": one, "metadata": f"{metadata} " if metadata else None} for one in asset_ids]

    async def sizes() -> tuple[int, int, float]:
        total, largest, longest, last = 0, 0, 0.0, time.process_time()
        async for piece in archives._packed(cast(Storage, Pieces(pieces)), rows, details):
            now = time.process_time()
            total, largest, longest = total + len(piece), max(largest, len(piece)), max(longest, now - last)
            last = time.process_time()
        return total, largest, longest

    total, largest, longest = asyncio.run(sizes())
    tracemalloc.start()
    try:
        asyncio.run(sizes())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return total, largest, longest, peak


def test_a_zip_takes_no_memory() -> None:
    """256 MB go through a few hundred kB."""
    total, largest, _, peak = zipped(4, 256, None)
    assert total > 256 << 20
    assert largest < 300 * 1024
    assert peak < 4 << 20


def test_a_manifest_of_a_thousand_files_holds_nobody_up() -> None:
    """With prompts and graphs as large as they come: 40 MB of manifest, of which a few are read at once."""
    metadata = json.dumps({"parameters": {"prompt": "p" * 9_000, "workflow": "w" * 20_000}})
    total, largest, longest, peak = zipped(1_000, 0, metadata)
    assert total > 38_000_000
    assert largest < 300 * 1024
    assert longest < 0.1
    assert peak < 8 << 20


def test_facets_and_several_brought_back(api: httpx.Client, database_url: str) -> None:
    ada = register(api)
    assert made(ada.get("/assets/facets")) == {"tags": [], "models": [], "first_at": None, "last_at": None}
    first, second, third = (
        new_asset(database_url, ada, model=model) for model in ("pocket", "pocket", "dream")
    )
    made(ada.post("/assets/tag", asset_ids=[first, second], add=["blue"]))
    made(ada.post("/assets/tag", asset_ids=[second], add=["sea"]))
    found = made(ada.get("/assets/facets"))
    assert found["tags"] == [{"name": "blue", "count": 2}, {"name": "sea", "count": 1}]
    assert found["models"] == [{"name": "pocket", "count": 2}, {"name": "dream", "count": 1}]
    assert found["first_at"] <= found["last_at"]
    # Others' are not counted: a colleague sees none of hers.
    assert made(member_of(ada, database_url).get("/assets/facets"))["tags"] == []
    assert made(ada.post("/assets/delete", asset_ids=[first, third]))["changed"] == 2
    assert made(ada.get("/assets/facets"))["models"] == [{"name": "pocket", "count": 1}]
    assert made(ada.post("/assets/undelete", asset_ids=[first, second, third]))["changed"] == 2
    assert len(made(ada.get("/assets"))["items"]) == 3
