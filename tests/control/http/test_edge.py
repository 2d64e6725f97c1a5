"""What every answer carries, and what every wrong request is told."""

import re
import time
from pathlib import Path

import httpx
import pytest

from tests.control.http.test_logs import line_of
from tests.control.people import register

JSON = {"content-type": "application/json"}
Pair = tuple[httpx.Client, httpx.Client]


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "kind"),
    [
        ("GET", "/nothing/here", {}, 404, "not-found"),
        ("GET", "/api/v1/nothing", {}, 404, "not-found"),
        ("PUT", "/api/v1/me", {}, 405, "method-not-allowed"),
        ("POST", "/api/v1/auth/login", {"content": "a=b", "headers": {"content-type": "text/plain"}}, 415, "unsupported-media-type"),
        ("POST", "/api/v1/auth/login", {"content": "{}"}, 415, "unsupported-media-type"),
        ("POST", "/api/v1/auth/login", {"data": {"email": "a"}}, 415, "unsupported-media-type"),
        ("POST", "/api/v1/auth/login", {"content": '{"email', "headers": JSON}, 400, "bad-request"),
        ("POST", "/api/v1/auth/login", {"content": b'\xff\xfe{"a":1}', "headers": JSON}, 400, "bad-request"),
        ("POST", "/api/v1/auth/login", {"content": "", "headers": JSON}, 400, "invalid"),
        ("POST", "/api/v1/auth/login", {"json": [1]}, 400, "invalid"),
        ("POST", "/api/v1/auth/login", {"json": {"email": 5, "password": "x"}}, 400, "invalid"),
        ("POST", "/api/v1/auth/login", {"content": b"[" * 100_000, "headers": JSON}, 400, "invalid"),
        ("POST", "/api/v1/auth/login", {"content": b" " * 1_100_000, "headers": JSON}, 413, "content-too-large"),
        ("GET", "/api/v1/me", {}, 401, "unauthenticated"),
        ("GET", "/healthz?x=1", {}, 400, "invalid"),
    ],
)  # fmt: skip
def test_problems(api: httpx.Client, method: str, path: str, options: dict, status: int, kind: str) -> None:
    answer = api.request(method, path, **options)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"/problems/{kind}"
    assert body["status"] == status
    assert body["instance"] == f"urn:request:{answer.headers['x-request-id']}"
    assert "Traceback" not in answer.text
    # The type leads somewhere.
    page = api.get(body["type"])
    assert page.status_code == 200
    assert body["title"] in page.text


def test_wrong_fields_are_named(api: httpx.Client) -> None:
    body = {"email": "ada@example.com", "password": "short", "name": "Ada"}
    answer = api.post("/api/v1/auth/register", json=body).json()
    assert answer["errors"] == [
        {"in": "body", "path": "password", "message": "Expected `str` of length >= 12"}
    ]
    assert "password" in answer["detail"]
    answer = api.post("/api/v1/auth/register", json=body | {"colour": "red", "password": "x" * 20}).json()
    assert "colour" in answer["errors"][0]["message"]


def test_wrong_parameters_are_named(api: httpx.Client) -> None:
    ada = register(api)
    asked = {
        "limit=0": "limit",
        "limit=many": "limit",
        "limit=5&limit=6": "limit",
        "since=0.5": "since",
        "actor_id=null": "actor_id",
        "actor_id=7": "actor_id",
        "colour=red": "colour",
    }
    for query, name in asked.items():
        answer = ada.request("GET", f"/audit/events?{query}")
        assert answer.status_code == 400, (query, answer.text)
        (error,) = answer.json()["errors"]
        assert (error["in"], error["path"]) == ("query", name), query


def test_allow(api: httpx.Client) -> None:
    for method, path, allowed in (
        ("PUT", "/api/v1/me", "GET, HEAD, OPTIONS, PATCH"),
        ("OPTIONS", "/api/v1/me", "GET, HEAD, OPTIONS, PATCH"),
        ("OPTIONS", "/api/v1/teams", "GET, HEAD, OPTIONS, POST"),
        ("PUT", "/api/v1/auth/login", "OPTIONS, POST"),
    ):
        answer = api.request(method, path)
        assert answer.status_code == (204 if method == "OPTIONS" else 405)
        assert answer.headers["allow"] == allowed


def test_head_is_get_without_its_body(api: httpx.Client) -> None:
    for path in ("/healthz", "/schema", "/schema/openapi.json"):
        got, head = api.get(path), api.head(path)
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["content-length"] == got.headers["content-length"]
    assert api.head("/api/v1/auth/login").status_code == 405


def test_request_ids(api: httpx.Client, api_log: Path) -> None:
    assert (
        api.get("/healthz", headers={"x-request-id": "from.a_proxy-7"}).headers["x-request-id"]
        == "from.a_proxy-7"
    )
    seen = set()
    for given in ("", "x" * 65, "with space", 'a"quote', "-dash", "new\u00adline"):
        made = api.get("/healthz", headers={"x-request-id": given.encode("latin1")}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", made)
        seen.add(made)
    assert len(seen) == 6
    answer = api.get(
        "/api/v1/me", headers={"x-request-id": "to-find-7", "user-agent": "x\xffy".encode("latin1")}
    )
    assert answer.json()["instance"] == "urn:request:to-find-7"
    assert line_of(api_log, "to-find-7")["status"] == 401


def test_security_headers(pair: Pair, api: httpx.Client) -> None:
    for answer in (pair[0].get("/nothing"), pair[0].get("/healthz"), pair[1].get("/schema")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
        assert "server" not in answer.headers
    assert pair[0].get("/healthz").headers["content-security-policy"].startswith("default-src 'none'")
    assert pair[0].get("/api/v1/me").headers["cache-control"] == "no-store"
    # Not over http: a browser would never come back.
    assert "strict-transport-security" not in api.get("/healthz").headers


def test_cors(pair: Pair, api: httpx.Client, address: str) -> None:
    here = {"X-Forwarded-For": address}
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    ours = pair[0].options("/api/v1/teams", headers={"Origin": "https://app.example", **asks, **here})
    assert ours.status_code == 204
    assert ours.headers["access-control-allow-origin"] == "https://app.example"
    assert "POST" in ours.headers["access-control-allow-methods"]
    assert "authorization" in ours.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in ours.headers
    refused = pair[0].get("/api/v1/me", headers={"Origin": "https://app.example", **here})
    assert refused.status_code == 401
    # A page reads an error too, and what is left of its allowance.
    assert refused.headers["access-control-allow-origin"] == "https://app.example"
    assert "ratelimit" in refused.headers["access-control-expose-headers"].lower()
    theirs = pair[0].options("/api/v1/teams", headers={"Origin": "https://evil.example", **asks, **here})
    assert "access-control-allow-origin" not in theirs.headers
    answer = pair[0].get("/api/v1/me", headers={"Origin": "https://evil.example", **here})
    assert "access-control-allow-origin" not in answer.headers
    # Without the setting there are no other origins.
    assert (
        "access-control-allow-origin"
        not in api.get("/healthz", headers={"Origin": "https://app.example"}).headers
    )


def test_addresses_come_from_trusted_proxies_alone(pair: Pair, api: httpx.Client, control_home: Path) -> None:
    def logged(client: httpx.Client, log: str, forwarded: str) -> str:
        name = f"address-{time.monotonic_ns()}"
        client.get("/api/v1/me", headers={"X-Forwarded-For": forwarded, "X-Request-Id": name})
        return str(line_of(control_home / "log" / log, name)["address"])

    assert logged(pair[0], "pair0.log", "198.51.100.4") == "198.51.100.4"
    # The one that our proxy saw, not the one that its client invented.
    assert logged(pair[0], "pair0.log", "6.6.6.6, 198.51.100.5") == "198.51.100.5"
    assert logged(pair[0], "pair0.log", "not an address" * 20) == ""
    assert logged(api, "api.log", "198.51.100.4") == "127.0.0.1"


def test_readiness_says_what_is_missing(api: httpx.Client) -> None:
    assert api.get("/readyz").json() == {"database": "ok", "redis": "ok", "storage": "ok", "process": "ok"}
    # Machines that ask every second are not counted.
    assert "ratelimit" not in api.get("/readyz").headers
