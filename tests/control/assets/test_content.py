"""The bytes of assets over HTTP: whole, in parts, known already, for HEAD, and only for who may see them."""

import hashlib
import io
import secrets
import time
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from PIL import Image

from control.assets.names import named
from control.settings import ControlSettings
from tests.control.assets.files import picture, upload
from tests.control.people import Person, made, member_of, problem, register, sql


@pytest.fixture(scope="module")
def owner(api: httpx.Client) -> Person:
    return register(api)


@pytest.fixture(scope="module")
def asset(owner: Person) -> dict[str, str]:
    return upload(owner, picture(300, 200), 'Größe "1".png')


@pytest.fixture(scope="module")
def whole(owner: Person, asset: dict[str, str]) -> httpx.Response:
    answer = owner.request("GET", f"/assets/{asset['id']}/content")
    assert answer.status_code == 200
    return answer


def fetch(
    person: Person, asset_id: str, method: str = "GET", query: str = "", **headers: str
) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return person.api.request(
        method,
        f"/api/v1/assets/{asset_id}/content{query}",
        headers={"Authorization": f"Bearer {person.token}", **names},
    )


def test_the_whole(whole: httpx.Response, asset: dict[str, str]) -> None:
    assert hashlib.sha256(whole.content).hexdigest() == asset["sha256"]
    assert whole.headers["etag"] == f'"{asset["sha256"]}"'
    assert whole.headers["content-length"] == str(len(whole.content)) == str(asset["size"])
    assert whole.headers["content-type"] == "image/png"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "last-modified" not in whole.headers
    with Image.open(io.BytesIO(whole.content)) as found:
        assert found.size == (300, 200)


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("cat.png", "image/png", "cat.png"),
        ("Cat.JPEG", "image/jpeg", "Cat.JPEG"),
        ("holiday.html", "image/png", "holiday.html.png"),
        ("cat.gif", "image/png", "cat.png"),
        ("cat", "image/webp", "cat.webp"),
        (".png", "image/png", ".png"),
        ("cat.png.1024.avif", "image/avif", "cat.png.1024.avif"),
        ("kept.latent", "application/octet-stream", "kept.latent"),
        ("run.exe", "application/octet-stream", "run.exe.bin"),
        ("page.html", "application/x-unheard-of", "page.html.bin"),
    ],
)
def test_a_name_ends_as_what_it_is(name: str, media_type: str, expected: str) -> None:
    assert named(name, media_type) == expected


def test_its_name_is_safe_in_a_header(owner: Person, asset: dict[str, str], whole: httpx.Response) -> None:
    said = "filename=\"Gr__e _1_.png\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.png"
    assert whole.headers["content-disposition"] == f"inline; {said}"
    saved = fetch(owner, asset["id"], query="?download=true")
    assert saved.headers["content-disposition"] == f"attachment; {said}"


@pytest.mark.parametrize(
    ("range_", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=100-199", 100, 199), ("bytes=-5", -5, -1), ("bytes=50-", 50, -1)],
)
def test_a_part(
    owner: Person, asset: dict[str, str], whole: httpx.Response, range_: str, first: int, last: int
) -> None:
    size = len(whole.content)
    first, last = first % size, last % size
    answer = fetch(owner, asset["id"], Range=range_)
    assert answer.status_code == 206
    assert answer.content == whole.content[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{size}"
    assert answer.headers["content-length"] == str(last - first + 1)
    for name in ("etag", "cache-control", "content-type"):
        assert answer.headers[name] == whole.headers[name]


def test_no_such_part(owner: Person, asset: dict[str, str], whole: httpx.Response) -> None:
    answer = fetch(owner, asset["id"], Range=f"bytes={len(whole.content)}-")
    problem(answer, 416, f"has {len(whole.content)} bytes")
    assert answer.headers["content-range"] == f"bytes */{len(whole.content)}"


@pytest.mark.parametrize("range_", ["bytes=5-2", "lines=1-2", "bytes=0-1,5-6", "nonsense"])
def test_what_is_no_part_is_the_whole(
    owner: Person, asset: dict[str, str], whole: httpx.Response, range_: str
) -> None:
    answer = fetch(owner, asset["id"], Range=range_)
    assert answer.status_code == 200
    assert answer.content == whole.content
    assert "content-range" not in answer.headers


def test_a_download_goes_on_only_where_it_is_the_same(
    owner: Person, asset: dict[str, str], whole: httpx.Response
) -> None:
    etag = whole.headers["etag"]
    for if_range, status in [
        (etag, 206),
        (f"W/{etag}", 200),
        ('"other"', 200),
        ("Sun, 22 Nov 2026 08:00:00 GMT", 200),
    ]:
        assert fetch(owner, asset["id"], Range="bytes=5-9", If_Range=if_range).status_code == status
    # What lies beyond the end of another file says nothing of this one.
    assert fetch(owner, asset["id"], Range="bytes=999999-", If_Range='"other"').status_code == 200


def test_known_already(owner: Person, asset: dict[str, str], whole: httpx.Response) -> None:
    etag = whole.headers["etag"]
    for method in ("GET", "HEAD"):
        for known in (etag, f"W/{etag}", f'"a", {etag}', "*"):
            # Before Range (13.2.2).
            answer = fetch(owner, asset["id"], method, If_None_Match=known, Range="bytes=0-1")
            assert answer.status_code == 304
            assert answer.content == b""
            assert answer.headers["etag"] == etag
            assert answer.headers["cache-control"] == whole.headers["cache-control"]
            assert "content-type" not in answer.headers
    assert fetch(owner, asset["id"], If_None_Match='"other"').status_code == 200


def test_if_match(owner: Person, asset: dict[str, str], whole: httpx.Response) -> None:
    etag = whole.headers["etag"]
    assert fetch(owner, asset["id"], If_Match=etag).status_code == 200
    # Before If-None-Match.
    problem(fetch(owner, asset["id"], If_Match='"other"', If_None_Match=etag), 412)
    problem(fetch(owner, asset["id"], If_Match=f"W/{etag}"), 412)


def test_head_says_the_same_without_a_body(
    owner: Person, asset: dict[str, str], whole: httpx.Response
) -> None:
    for headers in ({}, {"Range": "bytes=0-9"}):
        answer = fetch(owner, asset["id"], "HEAD", **headers)
        assert answer.status_code == 200
        assert answer.content == b""
        said = {
            "content-length",
            "etag",
            "content-type",
            "accept-ranges",
            "cache-control",
            "content-disposition",
        }
        assert {name: answer.headers[name] for name in said} == {name: whole.headers[name] for name in said}
    # The connection is still good.
    assert fetch(owner, asset["id"]).content == whole.content


def test_who_may_read_it(owner: Person, asset: dict[str, str], database_url: str, api: httpx.Client) -> None:
    own = upload(owner)
    colleague, admin = member_of(owner, database_url), member_of(owner, database_url, "admin")
    stranger = register(api)
    for query in ("", "?form=256.webp"):
        for person in (colleague, stranger):
            problem(fetch(person, own["id"], query=query), 404)
            problem(fetch(person, own["id"], If_None_Match="*", query=query), 404)
        assert fetch(admin, own["id"], query=query).status_code == 200
    team = made(owner.post("/teams", name="Shared"))["id"]
    made(owner.patch(f"/assets/{own['id']}", team_id=team))
    problem(fetch(colleague, own["id"]), 404)
    made(owner.put(f"/teams/{team}/members/{colleague.id}"))
    assert fetch(colleague, own["id"]).status_code == 200
    made(owner.delete(f"/assets/{own['id']}"))
    problem(fetch(owner, own["id"]), 404)


def test_a_client_that_leaves_frees_the_storage(owner: Person, settings: ControlSettings) -> None:
    """The connections to it, of which a process has only so many."""
    large = upload(owner, noise(1200))
    port = urlsplit(settings.s3_url).port

    def connections() -> int:
        return sum(
            found.status == "ESTABLISHED" and bool(found.raddr) and found.raddr.port == port
            for found in psutil.net_connections("tcp")
        )

    before = connections()
    for _ in range(20):
        with owner.api.stream(
            "GET", f"/api/v1/assets/{large['id']}/content", headers={"Authorization": f"Bearer {owner.token}"}
        ) as answer:
            assert answer.status_code == 200
            next(answer.iter_raw(1024))
    deadline = time.monotonic() + 5
    while connections() > before + 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert connections() <= before + 2
    assert hashlib.sha256(fetch(owner, large["id"]).content).hexdigest() == large["sha256"]


def noise(side: int) -> bytes:
    """A picture that cannot be made smaller: megabytes."""
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), secrets.token_bytes(3 * side * side)).save(
        file, "PNG", compress_level=0
    )
    return file.getvalue()


def test_archived_bytes_are_asked_back(owner: Person, database_url: str) -> None:
    own = upload(owner)
    sql(database_url, "UPDATE blobs SET tier = 'archived' WHERE sha256 = $1", own["sha256"])
    assert made(owner.get(f"/assets/{own['id']}"))["storage"] == "archived"
    assert problem(fetch(owner, own["id"]), 409, "/restore")["reason"] == "archived"
    assert problem(fetch(owner, own["id"], query="?form=1024.avif"), 409)["reason"] == "archived"
    asked = owner.post(f"/assets/{own['id']}/restore")
    assert asked.status_code == 202
    assert made(asked)["storage"] == "restoring"
    problem(fetch(owner, own["id"]), 409)
    # Twice is as good as once.
    assert made(owner.post(f"/assets/{own['id']}/restore"))["storage"] == "restoring"
