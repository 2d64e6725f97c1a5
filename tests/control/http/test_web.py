"""The web UI's files and its page: found, kept by browsers, guarded, and never in the API's way."""

import gzip
import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from control.app import create_app
from control.http.web import first_segments
from control.http.web_files import accepts, find
from control.settings import ControlSettings
from studio.stack.process import running
from tests.control.conftest import api_service

SCRIPT = b"export const answer = 42;\n" * 100
PAGE = (
    b'<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script src="/assets/index-1a2b.js">'
    b'</script><style nonce="__CSP_NONCE__"></style>'
)
HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build's."""
    around = tmp_path_factory.mktemp("web")
    (around / "secret.txt").write_text("not to be served")
    root = around / "dist"
    (root / "assets" / "deep").mkdir(parents=True)
    (root / "index.html").write_bytes(PAGE)
    (root / "favicon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    script = root / "assets" / "index-1a2b.js"
    script.write_bytes(SCRIPT)
    script.with_name("index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    # What is in it is not looked at; that it is this one can be told.
    script.with_name("index-1a2b.js.br").write_bytes(b"brotli")
    (root / "assets" / "inter-3c4d.woff2").write_bytes(b"wOF2")
    (root / "assets" / "deep" / "style.css").write_text("body {}")
    (root / ".env").write_text("SECRET=1")
    (root / "assets" / "out.txt").symlink_to(around / "secret.txt")
    (root / "assets" / "run.exe").write_bytes(b"MZ")
    return root


@pytest.fixture(scope="module")
def web(api_environment: dict[str, str], control_home: Path, folder: Path) -> Iterator[httpx.Client]:
    """A client of an API process that serves it."""
    service, base = api_service(
        api_environment,
        control_home / "log" / "web-api.log",
        STUDIO_WEB=str(folder),
        STUDIO_ANONYMOUS_REQUESTS_PER_MINUTE="30",
        STUDIO_TRUSTED_PROXIES='["127.0.0.1"]',
    )
    # From an address of its own: what other tests ask from this machine's is counted in the same Redis.
    own = {"X-Forwarded-For": "203.0.113.77"}
    with running(service), httpx.Client(base_url=base, timeout=30, headers=own) as client:
        yield client


def test_a_file_is_kept_for_ever(web: httpx.Client) -> None:
    answer = web.get("/assets/index-1a2b.js", headers={"accept-encoding": "identity"})
    assert answer.content == SCRIPT
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in answer.headers
    again = web.get(
        "/assets/index-1a2b.js",
        headers={"accept-encoding": "identity", "if-none-match": answer.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    assert web.get("/assets/deep/style.css").text == "body {}"
    assert web.get("/assets/inter-3c4d.woff2").headers["content-type"] == "font/woff2"
    icon = web.get("/favicon.svg")
    assert icon.headers["cache-control"] == "no-cache"
    assert icon.headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("deflate", None),
        ("", None),
    ],
)
def test_what_was_compressed_before(web: httpx.Client, accepted: str, encoding: str | None) -> None:
    with web.stream("GET", "/assets/index-1a2b.js", headers={"accept-encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert {"br": b"brotli", "gzip": gzip.compress(SCRIPT), None: SCRIPT}[encoding][:3] == body[:3]
    assert int(answer.headers["content-length"]) == len(body)
    tag = answer.headers["etag"].strip('"')
    assert tag.partition("-")[2] == (encoding or "")


def test_the_page_is_at_every_address_that_is_nobodys(web: httpx.Client) -> None:
    for path in (
        "/",
        "/index.html",
        "/gallery",
        "/jobs/7/detail?x=1",
        "/login/oauth",
        "/apinot",
        "/healthzz",
    ):
        answer = web.get(path, headers=HTML)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"
        assert "etag" not in answer.headers
        assert b"index-1a2b.js" in answer.content
    assert web.get("/").status_code == 200
    head = web.head("/gallery", headers=HTML)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0


def test_what_is_somebodys_keeps_its_problems(web: httpx.Client) -> None:
    asked = 0
    for path in (
        "/api/v1/nothing", "/api", "/api/v2/x", "/ws/nothing", "/comfy/nothing", "/schema/nothing",
        "/problems/nothing", "/.well-known/nothing",
    ):  # fmt: skip
        answer = web.get(path, headers=HTML)
        assert answer.status_code in {401, 404, 429}, path
        assert answer.headers["content-type"] == "application/problem+json", path
        asked += answer.status_code == 404
    assert asked > 3
    # Who does not navigate is told that there is nothing.
    for path, headers in {
        "/gallery": {"accept": "application/json"},
        "/gallery/": {"accept": "*/*"},
        "/assets/gone-9z8y.js": {"accept": "*/*"},
        "/assets/gone.html": HTML,
        "/assets/": HTML,
    }.items():
        answer = web.get(path, headers=headers)
        assert answer.status_code == 404, path
        assert answer.json()["type"] == "/problems/not-found"
    assert web.post("/gallery", headers=HTML).status_code == 404
    assert web.get("/healthz").json() == {"status": "ok"}
    assert "/schema/openapi.json" in web.get("/schema/assets/reader.js").text


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt", "/assets/..%5c..%5csecret.txt", "//secret.txt", "/assets//index-1a2b.js", "/.env",
        "/assets/.hidden.js", "/assets/out.txt", "/assets/index-1a2b.js.br", "/assets/index-1a2b.js.gz", "/assets/run.exe",
        "/assets/index-1a2b.js%00.js", "/assets", "/C:/secret.txt", "/assets/deep/./style.css",
    ],
)  # fmt: skip
def test_nothing_else_is_served(web: httpx.Client, path: str) -> None:
    # The path as it stands: httpx tidies it up.
    connection = http.client.HTTPConnection(web.base_url.host, web.base_url.port, timeout=30)
    connection.request("GET", path, headers={"Accept": "*/*"})
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    assert (answer.status, said["type"]) == (404, "/problems/not-found"), said


def test_the_policy_of_content(web: httpx.Client) -> None:
    first, second = web.get("/", headers=HTML), web.get("/", headers=HTML)
    nonces = []
    for answer in (first, second):
        policy = dict(
            directive.strip().split(" ", 1)
            for directive in answer.headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["worker-src"] == policy["form-action"] == "'self'"
        [nonce] = re.findall(r"'nonce-([\w-]{22})'", policy["style-src"])
        assert answer.text.count(nonce) == 2
        assert policy["connect-src"] == f"'self' {str(web.base_url).rstrip('/').replace('http', 'ws', 1)}"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert b"__CSP_NONCE__" not in answer.content
        nonces.append(nonce)
    assert len(set(nonces)) == 2
    assert first.headers["cross-origin-opener-policy"] == "same-origin"
    assert first.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in first.headers["permissions-policy"]
    assert first.headers["x-frame-options"] == "DENY"
    # Workers live by the policy of their own file; no style of theirs is inline.
    script = web.get("/favicon.svg").headers["content-security-policy"]
    assert "connect-src 'self'" in script
    assert "nonce" not in script
    # The API's own answers stay as they were.
    assert (
        web.get("/healthz").headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    )


def test_files_are_no_requests(web: httpx.Client) -> None:
    for _ in range(40):
        assert web.get("/assets/inter-3c4d.woff2").status_code == 200
        assert web.get("/", headers=HTML).status_code == 200


def test_a_new_build_is_served_at_once(web: httpx.Client, folder: Path) -> None:
    (folder / "assets" / "later-5e6f.js").write_text("1")
    assert web.get("/assets/later-5e6f.js").text == "1"
    before = web.get("/favicon.svg").headers["etag"]
    (folder / "favicon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" id="new"/>')
    assert web.get("/favicon.svg", headers={"if-none-match": before}).text.count("new") == 1


def test_without_a_build(web: httpx.Client, folder: Path) -> None:
    index = folder / "index.html"
    index.rename(folder / "kept.html")
    try:
        page = web.get("/", headers=HTML)
        assert page.status_code == 200
        assert "make web" in page.text
        assert web.get("/gallery", headers=HTML).status_code in {404, 429}
    finally:
        (folder / "kept.html").rename(index)
    assert "make web" not in web.get("/", headers=HTML).text
    assert {"/schema", "/schema/assets/reader.css"} <= set(re.findall(r'href="([^"]+)"', page.text))


def test_which_paths_are_the_apis() -> None:
    taken = first_segments(create_app(ControlSettings()))
    assert taken >= {
        "api",
        "ws",
        "comfy",
        "schema",
        "problems",
        ".well-known",
        "healthz",
        "readyz",
        "metrics",
    }
    assert "" not in taken
    assert "assets" not in taken


def test_names_and_encodings(folder: Path) -> None:
    assert accepts("BR , gzip;q=0.000, *;q=0") == {"br"}
    assert find(folder, "/assets/index-1a2b.js", "br").encoding == "br"  # type: ignore[union-attr]
    assert find(folder, "/assets/deep") is None
    assert find(folder, "") is None
    assert find(folder / "nowhere", "/favicon.svg") is None
