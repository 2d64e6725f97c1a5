"""The web UI's session: its cookie, how it begins and ends, and that no answer holds a token."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.control.browsers import COOKIE, Browser
from tests.control.identity.conftest import client, somewhere
from tests.control.identity.fake_providers import FakeProviders
from tests.control.identity.test_external import START, begin, through_fake
from tests.control.people import (
    PASSWORD,
    Person,
    address,
    made,
    mails_to,
    new_invitation,
    problem,
    register,
    sql,
    token_in,
)

Open = Callable[[], Browser]
TOKEN = re.compile(r"eyJ[\w-]+\.|\b(?:rt|bs|sk|lc)_\w")
"""An access token, or another secret that signs in."""


def strings(value: Any) -> list[str]:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, str) else [text for one in below for text in strings(one)]


def is_out(browser: Browser) -> None:
    """Nothing opens for its cookie, and the page is told so without an error."""
    secret = browser.cookie
    assert secret is not None
    assert problem(browser.get("/me"), 401)["reason"] == "revoked"
    answer = browser.get("/browser/session")
    assert made(answer) == {"signed_in": False, "csrf_token": None, "me": None}
    # The cookie goes.
    assert browser.cookie is None
    browser.hold(secret)
    problem(browser.get("/me"), 401)


def test_nobody_is_signed_in_at_first(open_browser: Open) -> None:
    browser = open_browser()
    answer = browser.get("/browser/session")
    assert made(answer) == {"signed_in": False, "csrf_token": None, "me": None}
    assert "set-cookie" not in answer.headers
    problem(browser.get("/me"), 401)
    browser.hold("bs_" + "x" * 43)
    assert browser.session()["signed_in"] is False


def test_the_cookie_and_what_the_page_is_told(open_browser: Open, database_url: str) -> None:
    browser = open_browser()
    email = address()
    answer = browser.post("/browser/register", email=email, password=PASSWORD, name="Ada")
    assert answer.status_code == 201
    [cookie] = answer.headers.get_list("set-cookie")
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert flags == {"httponly", "samesite=strict", "path=/", f"max-age={30 * 24 * 3600}"}
    assert cookie.startswith(f"{COOKIE}=bs_")
    browser.took(answer)
    assert browser.me["email"] == email
    assert made(browser.get("/me")) == browser.me == browser.session()["me"]
    again = browser.get("/browser/session")
    assert f"max-age={30 * 24 * 3600}" in again.headers["set-cookie"].lower()
    assert again.json()["csrf_token"] == browser.csrf
    # No answer holds what signs in, and the session has no tokens at all.
    for said in (answer, again, browser.post("/browser/login", email=email, password=PASSWORD)):
        assert not [text for text in strings(said.json()) if TOKEN.search(text) or text == browser.cookie]
    found = (
        "SELECT count(*) FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE s.user_id = $1"
    )
    assert sql(database_url, found, browser.me["id"]) == [(0,)]
    # Nor does the database.
    rows = sql(database_url, "SELECT s::text FROM sessions s WHERE user_id = $1", browser.me["id"])
    assert len(rows) == 2
    assert not any(str(browser.cookie)[3:] in row for (row,) in rows)


def test_no_tokens_can_be_made_of_it(chrome: Browser) -> None:
    refused = problem(chrome.post("/auth/switch", organisation_id=chrome.me["organisation_id"]), 403)
    assert "/browser/switch" in refused["detail"]
    problem(chrome.post("/auth/refresh", refresh_token=str(chrome.cookie)), 401)
    with httpx.Client(base_url=chrome.url) as program:
        headers = {"Authorization": f"Bearer {chrome.cookie}"}
        problem(program.get("/api/v1/me", headers=headers), 401)


def test_it_is_a_session_among_the_others(chrome: Browser, open_browser: Open) -> None:
    phone = open_browser()
    phone.login(chrome.me["email"])
    found = made(chrome.get("/me/sessions"))["items"]
    assert [one["current"] for one in found] == [True, False]
    assert {one["means"] for one in found} == {"password"}
    assert made(chrome.request("DELETE", f"/me/sessions/{found[1]['id']}")) is None
    is_out(phone)
    assert chrome.session()["signed_in"]


def test_signing_out(chrome: Browser, open_browser: Open, database_url: str) -> None:
    secret, csrf = chrome.cookie, chrome.csrf
    answer = chrome.request("DELETE", "/browser/session")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert chrome.cookie is None
    thief = open_browser()
    thief.hold(secret)
    thief.csrf = csrf
    is_out(thief)
    # A second time, and with a cookie that is worth nothing, whose page has no token any more.
    assert chrome.request("DELETE", "/browser/session", csrf=None).status_code == 204
    chrome.hold(secret)
    assert chrome.request("DELETE", "/browser/session", csrf=None).status_code == 204
    assert chrome.cookie is None
    rows = sql(
        database_url,
        "SELECT act FROM audit_events WHERE organisation_id = $1 AND act LIKE 'auth.log%' ORDER BY sequence",
        chrome.me["organisation_id"],
    )
    assert rows == [("auth.login",), ("auth.logout",)]


def test_other_ways_to_its_end(chrome: Browser, open_browser: Open, control_home: Path) -> None:
    email = chrome.me["email"]
    phone, tablet = open_browser(), open_browser()
    phone.login(email)
    tablet.login(email)
    # Another password ends all but the one that it was set by.
    other = "another horse, another battery"
    assert phone.post("/me/password", current_password=PASSWORD, new_password=other).status_code == 204
    is_out(chrome)
    is_out(tablet)
    assert phone.session()["signed_in"]
    tablet.login(email, other)
    assert made(tablet.request("DELETE", "/me/sessions")) == {"revoked": 1}
    is_out(phone)
    # A password that was forgotten ends all.
    made(phone.post("/auth/forgot-password", email=email))
    token = token_in(mails_to(control_home, email, subject="A new password")[0])
    assert phone.post("/auth/reset-password", token=token, password=PASSWORD).status_code == 204
    is_out(tablet)
    phone.login(email)
    assert phone.post("/auth/logout").status_code == 204
    is_out(phone)


def test_a_disabled_account_and_one_that_is_no_member(chrome: Browser, database_url: str) -> None:
    sql(database_url, "UPDATE users SET disabled_at = now() WHERE id = $1", chrome.me["id"])
    problem(chrome.get("/me"), 401)
    problem(chrome.post("/browser/login", email=chrome.me["email"], password=PASSWORD), 401)
    sql(database_url, "UPDATE users SET disabled_at = NULL WHERE id = $1", chrome.me["id"])
    assert chrome.session()["signed_in"]
    sql(database_url, "DELETE FROM memberships WHERE user_id = $1", chrome.me["id"])
    assert chrome.session()["signed_in"] is False
    refused = problem(chrome.post("/browser/login", email=chrome.me["email"], password=PASSWORD), 401)
    assert "no organisation" in refused["detail"]


def test_use_keeps_it_alive_and_disuse_ends_it(chrome: Browser, database_url: str) -> None:
    def about(query: str) -> Any:
        return sql(database_url, query, chrome.me["id"])

    old = "UPDATE sessions SET expires_at = now() + interval '1 hour', last_used_at = now() - interval '{}' WHERE user_id = $1"
    about(old.format("20 seconds"))
    left = "SELECT expires_at > now() + interval '29 days' FROM sessions WHERE user_id = $1"
    made(chrome.get("/me"))
    assert about(left) == [(False,)]
    about(old.format("61 seconds"))
    made(chrome.get("/me"))
    assert about(left) == [(True,)]
    about("UPDATE sessions SET expires_at = now() WHERE user_id = $1")
    is_out(chrome)


def test_signing_in_anew_ends_what_this_browser_had(
    chrome: Browser, open_browser: Open, database_url: str
) -> None:
    before, csrf, organisation = chrome.cookie, chrome.csrf, chrome.me["organisation_id"]
    chrome.register("Grace")
    assert chrome.cookie != before
    assert chrome.csrf != csrf
    thief = open_browser()
    thief.hold(before)
    is_out(thief)
    assert chrome.session()["me"]["name"] == "Grace"
    # Its owner finds the end of it where every other end stands.
    rows = sql(
        database_url,
        "SELECT act FROM audit_events WHERE organisation_id = $1 AND act LIKE 'auth.log%' ORDER BY sequence",
        organisation,
    )
    assert rows == [("auth.login",), ("auth.logout",)]


def test_going_over_to_another_organisation(chrome: Browser, studio: httpx.Client, database_url: str) -> None:
    there = register(studio, "Grace")
    email, home = chrome.me["email"], chrome.me["organisation_id"]
    problem(chrome.post("/browser/switch", organisation_id=there.organisation_id), 404)
    token = new_invitation(database_url, there.organisation_id, email)
    made(chrome.post("/invitations/accept", token=token))
    secret = chrome.cookie
    said = chrome.took(chrome.post("/browser/switch", organisation_id=there.organisation_id))
    assert (
        said["me"]["organisation_id"] == there.organisation_id == made(chrome.get("/me"))["organisation_id"]
    )
    assert said["me"]["role"] == "user"
    assert chrome.cookie == secret
    chrome.took(chrome.post("/browser/switch", organisation_id=home))
    assert chrome.session()["me"]["role"] == "admin"
    # A program's session goes over by its tokens alone.
    problem(there.post("/browser/switch", organisation_id=there.organisation_id), 401)


def test_joining_by_an_invitation(open_browser: Open, ada: Person, database_url: str) -> None:
    email, browser = address(), open_browser()
    token = new_invitation(database_url, ada.organisation_id, email)
    body = {"token": token, "password": PASSWORD, "name": "Grace"}
    foreign = browser.request("POST", "/browser/invitations/register", body, origin="https://evil.example")
    problem(foreign, 403)
    said = browser.took(browser.post("/browser/invitations/register", **body))
    assert said["me"]["organisation_id"] == ada.organisation_id
    assert said["me"]["email_verified"] is True
    problem(browser.post("/browser/invitations/register", **body), 404)


def test_a_provider_signs_the_browser_in(open_browser: Open, studio_url: str, fakes: FakeProviders) -> None:
    browser, email = open_browser(), address("grace")
    fakes.user = {"id": 815, "login": "grace", "name": "Grace"}
    fakes.emails = [{"email": email, "primary": True, "verified": True}]
    code = through_fake(browser.http, fakes, "github")["login_code"]
    with client(studio_url, somewhere()) as other:
        problem(other.post("/api/v1/browser/oauth/exchange", json={"code": code}), 400)
    code = through_fake(browser.http, fakes, "github")["login_code"]
    said = browser.took(browser.post("/browser/oauth/exchange", code=code))
    assert said["me"]["email"] == email
    assert (said["me"]["has_password"], said["me"]["email_verified"]) == (False, True)
    assert made(browser.get("/me/sessions"))["items"][0]["means"] == "github"
    problem(browser.post("/browser/oauth/exchange", code=code), 400)


def test_people_who_sign_in_through_a_provider_are_told_on_a_page(studio_url: str) -> None:
    """What a browser navigates to is no place for a problem document; programs get one."""
    with client(studio_url, somewhere()) as browser:
        page = {"accept": "text/html,application/xhtml+xml"}
        down = browser.get(f"{START}/down/login", params={"redirect_to": "/login/oauth"}, headers=page)
        assert down.status_code == 303
        assert down.headers["location"] == f"{studio_url}/login/oauth#login_error=provider_unavailable"
        problem(browser.get(f"{START}/down/login"), 503)
        assert begin(browser, "github").startswith("http")


def test_guesses_are_counted_together_with_those_of_programs(open_browser: Open) -> None:
    browser = open_browser()
    email = browser.register()["me"]["email"]
    wrong = {"email": email, "password": "not this one, surely"}
    for door in ["/browser/login", "/auth/login"] * 5:
        problem(browser.post(door, **wrong), 401)
    for door in ("/browser/login", "/auth/login"):
        answer = browser.post(door, email=email, password=PASSWORD)
        assert int(answer.headers["retry-after"]) > 0
        problem(answer, 429)
    assert browser.session()["signed_in"], "who is in stays in"
