"""What other pages can make a browser do with its cookie: nothing."""

import json
from collections.abc import Callable

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.control.browsers import COOKIE, Browser
from tests.control.people import PASSWORD, Person, address, made, problem

Open = Callable[[], Browser]
EVIL = "https://evil.example"


def other_port(url: str) -> str:
    """The same site to SameSite, and another origin."""
    return url.rpartition(":")[0] + ":1"


@pytest.mark.parametrize(
    "changed",
    [
        {"csrf": None},
        {"csrf": ""},
        {"csrf": "x" * 43},
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": ""},
        {"site": "cross-site"},
        {"site": "same-site", "origin": None},
        {"csrf": None, "origin": None, "site": None},
    ],
    ids=str,
)
def test_a_write_must_come_from_our_page(chrome: Browser, changed: dict[str, str | None]) -> None:
    refused = problem(chrome.request("PATCH", "/me", {"name": "Mallory"}, **changed), 403)
    assert refused["type"] == "/problems/csrf"
    for path in ("/auth/logout", "/me/verify-email", "/browser/switch"):
        body = {"organisation_id": chrome.me["organisation_id"]} if path == "/browser/switch" else None
        refused = problem(chrome.request("POST", path, body, **changed), 403)
        assert refused["type"] == "/problems/csrf", path
    problem(chrome.request("DELETE", "/browser/session", **changed), 403)
    assert chrome.session()["me"]["name"] == "Ada"


def test_our_page_may_write_with_what_browsers_say_of_it(chrome: Browser) -> None:
    for changed in ({}, {"origin": None}, {"site": None}, {"origin": None, "site": None}):
        made(chrome.request("PATCH", "/me", {"name": "Grace"}, **changed))
    # Under whichever name the studio was reached.
    host = {"host": "studio.local:1234"} | chrome.sent(origin="http://studio.local:1234")
    made(chrome.http.patch("/api/v1/me", json={"name": "Ada"}, headers=host))


def test_another_sessions_token_is_none(chrome: Browser, open_browser: Open) -> None:
    other = open_browser()
    other.login(chrome.me["email"])
    problem(chrome.request("PATCH", "/me", {"name": "Mallory"}, csrf=other.csrf), 403)
    made(other.request("PATCH", "/me", {"name": "Grace"}))


def test_no_other_page_signs_a_browser_in(open_browser: Open) -> None:
    """Else its user would work, and leave their pictures, in a stranger's account."""
    browser = open_browser()
    body = {"email": address(), "password": PASSWORD, "name": "Mallory"}
    for path in ("/browser/register", "/browser/login"):
        sent = body if path == "/browser/register" else {"email": body["email"], "password": PASSWORD}
        for changed in ({"origin": EVIL}, {"site": "cross-site"}):
            answer = browser.request("POST", path, sent, **changed)
            problem(answer, 403, "Only pages of this studio")
            assert "set-cookie" not in answer.headers
    code = browser.request("POST", "/browser/oauth/exchange", {"code": "lc_x"}, origin=EVIL)
    problem(code, 403)


def test_forms_of_other_pages_are_not_read(chrome: Browser) -> None:
    """What a page may send without asking: a form, or text."""
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = chrome.sent() | {"Content-Type": kind}
        answer = chrome.http.patch("/api/v1/me", content=json.dumps({"name": "Mallory"}), headers=headers)
        assert problem(answer, 415)["takes"] == "application/json"


def test_who_sends_a_token_needs_no_more(chrome: Browser, ada: Person) -> None:
    """And is who the token says, whatever cookie comes along."""
    bearer = {"Authorization": f"Bearer {ada.token}", "Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
    changed = made(chrome.http.patch("/api/v1/me", json={"name": "Grace"}, headers=bearer))
    assert (changed["id"], changed["name"]) == (ada.id, "Grace")
    assert chrome.session()["me"]["name"] == "Ada"
    key = made(ada.post("/api-keys", name="nightly", scopes=["member:read"]))["key"]
    assert made(chrome.http.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}))["id"] == ada.id
    # One that is no good does not become the cookie's.
    problem(chrome.http.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"}), 401)


def test_a_proxys_own_password_is_no_token(chrome: Browser, open_browser: Open) -> None:
    """Browsers go on sending it to whatever lies behind: the cookie counts, with all that it asks for."""
    basic = {"Authorization": "Basic eDp5"}
    assert made(chrome.http.get("/api/v1/me", headers=basic))["id"] == chrome.me["id"]
    made(chrome.http.patch("/api/v1/me", json={"name": "Grace"}, headers=chrome.sent() | basic))
    refused = chrome.http.patch(
        "/api/v1/me", json={"name": "Mallory"}, headers=chrome.sent(csrf=None) | basic
    )
    assert problem(refused, 403)["type"] == "/problems/csrf"
    assert chrome.session()["me"]["name"] == "Grace"
    # Without a cookie there is nothing else that it could be.
    problem(open_browser().http.get("/api/v1/me", headers=basic), 401, "Bearer")


def test_the_cookie_opens_no_other_door(chrome: Browser) -> None:
    """ComfyUI's API has no CSRF tokens."""
    answer = chrome.http.get("/comfy/queue", headers=chrome.sent())
    assert answer.status_code == 401


def headers_of(browser: Browser) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={browser.cookie}"}


def test_a_websocket_of_our_page(chrome: Browser) -> None:
    address = chrome.url.replace("http", "ws", 1) + "/ws"
    with connect(address, additional_headers=headers_of(chrome), origin=chrome.url, proxy=None) as socket:
        socket.ping().wait(5)
        # Who signs out watches no more.
        assert chrome.request("DELETE", "/browser/session").status_code == 204
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=30)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize("origin", [EVIL, "null", None, "other port"])
def test_a_websocket_of_another_page(chrome: Browser, origin: str | None) -> None:
    address = chrome.url.replace("http", "ws", 1) + "/ws"
    origin = other_port(chrome.url) if origin == "other port" else origin
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(address, additional_headers=headers_of(chrome), origin=origin, proxy=None),  # type: ignore[arg-type]
    ):
        pass
    assert refused.value.response.status_code == 403


def test_server_sent_events_by_the_cookie(chrome: Browser) -> None:
    answer = chrome.get("/events?seconds=0")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith(": listening")
    with httpx.Client(base_url=chrome.url) as nobody:
        problem(nobody.get("/api/v1/events"), 401)
