"""One's own account: profile, password, sessions, API keys."""

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.control.people import PASSWORD, Person, address, made, register
from tests.web.conftest import Stack, Visit
from tests.web.visitor import PHONE

NEW_PASSWORD = "another battery staple horse"


def row(page: Page, words: str) -> Locator:
    """The line of a list that says this."""
    return page.get_by_role("listitem").filter(has_text=words)


def test_profile_password_and_sessions(visit: Visit, api: httpx.Client) -> None:
    ada = register(api, "Ada", address("ada"))
    here, there = visit(ada), visit(ada, phone=True)
    page = here.page
    page.goto("/account")
    expect(page.get_by_text(ada.email)).to_be_visible()
    expect(page.get_by_text("Not confirmed")).to_be_visible()
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Menu of Ada Lovelace")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Name")).to_have_value("Ada Lovelace")

    # What is wrong is said where it is wrong, and what was typed stays.
    here.forgive("403")
    page.get_by_label("Current password").fill("not my password")
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password, again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("At least 12 characters.")).to_be_visible()
    expect(page.get_by_text("Both must be the same.")).to_be_visible()
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("The current password is wrong.")).to_be_visible()
    expect(page.get_by_label("New password, again")).to_have_value(NEW_PASSWORD)

    # All others are ended, and are asked to sign in.
    there.page.goto("/gallery")
    expect(there.page.get_by_role("heading", name="Gallery", level=1)).to_be_visible()
    page.get_by_role("navigation", name="Account pages").get_by_role("link", name="Sessions").click()
    expect(row(page, "This one")).to_be_visible()
    # Playwright's phone has the desktop's User-Agent.
    expect(page.get_by_role("button", name="End the session on Chrome on Linux")).to_have_count(1)
    page.get_by_role("button", name="End all others").click()
    page.get_by_role("dialog").get_by_role("button", name="End all others").click()
    expect(page.get_by_role("button", name="End the session on")).to_have_count(0)
    expect(row(page, "This one")).to_be_visible()
    there.page.goto("/gallery")
    there.page.wait_for_url("**/login*")

    page.goto("/account")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password, again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password was changed.").first).to_be_visible()
    made(api.post("/api/v1/auth/login", json={"email": ada.email, "password": NEW_PASSWORD}))
    here.forgive("403")


def test_an_api_key_is_shown_once_works_and_ends(visit: Visit, api: httpx.Client, stack: Stack) -> None:
    ada = register(api, "Ada", address("ada"))
    visitor = visit(ada, phone=True, theme="light")
    page = visitor.page
    page.goto("/account/keys")
    expect(page.get_by_role("heading", name="No keys yet")).to_be_visible()
    page.get_by_role("button", name="New key").click()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text("Give the key a name.")).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("Print shop")
    page.get_by_role("button", name="Only look").click()
    page.get_by_role("button", name="Create", exact=True).click()
    key = page.get_by_role("textbox", name="Key").input_value()
    assert key.startswith("sk_")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="I have kept it").click()
    expect(row(page, "Print shop")).to_be_visible()
    assert key not in page.content()
    page.reload()
    expect(row(page, "Print shop")).to_be_visible()
    assert key not in page.content()

    program = Program(api, key)
    assert program.get("/members").is_success
    assert program.request("POST", "/teams", {"name": "No"}).status_code == 403
    page.get_by_role("button", name="Revoke Print shop").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("heading", name="No keys yet")).to_be_visible()
    assert program.get("/members").status_code == 401


class Program(Person):
    """What acts by an API key."""

    def __init__(self, api: httpx.Client, key: str) -> None:
        self.api, self.token = api, key
