"""Signing up and in, the first run, and what is on every page: by the names that people see."""

import os
import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.control.people import PASSWORD, address, made, mails_to, register
from tests.web.conftest import Stack, Visit
from tests.web.furnished import ended, paint

NEW_PASSWORD = "another battery staple horse"


def link_in(stack: Stack, email: str, subject: str = "") -> str:
    """Path and fragment of the link in the newest mail to somebody."""
    text = mails_to(stack.home, email, subject=subject)[-1].get_content()
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found[1]


def sign_in(page: Page, email: str, password: str) -> None:
    """Fills the form in and sends it."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_whoever_is_new_is_shown_around_and_paints(visit: Visit, stack: Stack) -> None:
    visitor = visit(None)
    page, email = visitor.page, address("new")
    page.goto("/")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Name").fill("Nora New")
    page.get_by_label("Email").fill("nora")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("7 more characters are needed.")).to_be_visible()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()

    expect(page.get_by_role("heading", name="Welcome to the studio")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("radio", name="Show me everything").click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Your first picture")).to_be_visible()
    # How far one is stands with the account, not in the page.
    page.reload()
    what = page.get_by_role("radiogroup", name="What shall it be?")
    what.get_by_role("radio").nth(1).click()
    chosen = what.get_by_role("radio").nth(1).inner_text()
    page.get_by_role("radiogroup", name="How shall it look?").get_by_role("radio").nth(2).click()
    page.get_by_role("button", name="Paint my first picture").click()
    expect(page.get_by_text("Your first picture is in your gallery.")).to_be_visible(timeout=60_000)
    page.reload()
    picture = page.locator("main img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") >= 64
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Start creating").click()
    # The level that was chosen opens, now and from now on.
    page.wait_for_url("**/create/advanced*")
    page.goto("/")
    page.wait_for_url("**/create/advanced*")
    page.goto("/gallery")
    expect(page.get_by_role("gridcell", name=chosen).first).to_be_visible()

    page.get_by_role("button", name="Menu of Nora New").click()
    page.get_by_role("menuitem", name="See the introduction").click()
    expect(page.get_by_role("heading", name="Welcome to the studio")).to_be_visible()
    page.get_by_role("button", name="Skip the introduction").click()
    page.wait_for_url("**/create/advanced*")

    page.goto(link_in(stack, email))
    expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    assert "token" not in page.url


def test_in_and_out_and_a_forgotten_password(visit: Visit, stack: Stack, api: httpx.Client) -> None:
    person = register(api, "Ada", address("ada"))
    visitor = visit(None)
    page = visitor.page
    page.goto("/gallery?search=fox")
    page.wait_for_url("**/login?next=*")
    sign_in(page, person.email, "not my password")
    expect(page.get_by_role("alert")).to_be_visible()
    # What was typed stays.
    expect(page.get_by_label("Email")).to_have_value(person.email)

    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill(person.email)
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.goto(reset_link(stack, person.email))
    page.get_by_label("New password").fill("too short")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("3 more characters are needed.")).to_be_visible()
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", name="Your new password is set")).to_be_visible()

    page.goto("/gallery?search=fox")
    sign_in(page, person.email, NEW_PASSWORD)
    page.wait_for_url("**/gallery?search=fox")
    page.evaluate("localStorage.setItem('studio.draft-of-a-test', 'a secret plan')")
    other = visitor.new_page()
    other.goto("/queue")
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Menu of Ada").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/login")
    # In every tab.
    other.wait_for_url("**/login")
    assert "a secret plan" not in page.evaluate("JSON.stringify(localStorage)")
    page.go_back()
    page.wait_for_url("**/login*")
    visitor.forgive("401")


def reset_link(stack: Stack, email: str) -> str:
    """Path and fragment of the mail that sets a new password."""
    for mail in mails_to(stack.home, email, 2):
        if found := re.search(r"(/reset-password#token=\S+)", mail.get_content()):
            return found[1]
    raise AssertionError("no such mail")


def test_invited_people_join_and_go_over(visit: Visit, stack: Stack, api: httpx.Client) -> None:
    host = register(api, "Ada", address("host"))
    made(host.patch(f"/organisations/{host.organisation_id}", name="Analytical Engines"))
    newcomer, known = address("newcomer"), register(api, "Grace", address("grace"))
    for email in (newcomer, known.email):
        made(host.post("/invitations", email=email, role="user"))

    first = visit(None).page
    first.goto(link_in(stack, newcomer))
    expect(first.get_by_role("heading", name="Join Analytical Engines")).to_be_visible()
    first.get_by_label("Name").fill("Nell")
    first.get_by_label("Password", exact=True).fill(PASSWORD)
    first.get_by_role("button", name="Create account and join").click()
    first.wait_for_url("**/welcome")
    expect(first.get_by_role("button", name="Organisation: Analytical Engines")).to_be_visible()

    second = visit(None).page
    second.goto(link_in(stack, known.email, "Invitation"))
    second.get_by_role("link", name="Sign in").click()
    assert "token" not in second.url
    sign_in(second, known.email, PASSWORD)
    second.get_by_role("button", name="Accept").click()
    # Who has not been shown around yet is, in the organisation joined.
    second.get_by_role("button", name="Skip the introduction").click()
    second.get_by_role("button", name="Organisation: Analytical Engines").click()
    second.get_by_role("menuitemradio", name="Grace's organisation").click()
    expect(second.get_by_role("button", name="Organisation: Grace's organisation")).to_be_visible()


def test_a_session_that_ends_keeps_what_was_typed(visit: Visit) -> None:
    visitor = visit()
    page, person = visitor.page, visitor.person
    assert person is not None
    page.goto("/create")
    words = page.get_by_label("What do you want to see?")
    words.fill("a cyan crescent moon on a black background")
    for session in made(person.get("/me/sessions"))["items"]:
        if not session["current"]:
            made(person.delete(f"/me/sessions/{session['id']}"))
    dialog = page.get_by_role("dialog", name="Sign in again")
    # The live connection is closed with the session; nothing has to be pressed.
    expect(dialog).to_be_visible()
    # It can be put off, to look or copy; the next press asks again.
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Create picture").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Password").fill("not it at all")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    expect(words).to_have_value("a cyan crescent moon on a black background")
    page.get_by_role("button", name="Create picture").click()
    expect(
        page.get_by_role("button", name="Download").or_(page.get_by_role("link", name="Download")).first
    ).to_be_visible(timeout=60_000)
    visitor.forgive("401", "403", "/ws")


def test_everything_can_be_reached_by_keys(visit: Visit) -> None:
    page = visit().page
    page.goto("/queue")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("gall")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery*")
    expect(page).to_have_title(re.compile("Gallery"))
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_.get_by_text("Go to Queue")).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/queue*")

    # Single keys can be switched off (WCAG 2.1.4), for good.
    page.keyboard.press("?")
    help_.get_by_role("switch", name="Shortcuts without Ctrl").click()
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_visible()
    expect(help_).to_be_hidden()
    page.get_by_role("combobox").fill("red circles")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery?text=red*circles*")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("light")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_pictures_done_elsewhere_are_told_of(visit: Visit) -> None:
    visitor = visit()
    page, person = visitor.page, visitor.person
    assert person is not None
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    job = ended(person, paint(person, "a white ring on a red background", seed=4))
    expect(page.get_by_text("Your picture is done").first).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.get_by_role("link", name="1 new picture")).to_be_visible()
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(f"**/gallery/{job['outputs'][0]['asset_id']}*")
    expect(page).not_to_have_title(re.compile(r"^\("))

    # Through the system too, where that was switched on and nobody looks at the page.
    visitor.context.grant_permissions(["notifications"])
    page.get_by_role("button", name="Menu of Ada").click()
    page.get_by_role("menuitemcheckbox", name="Tell me when pictures are done").click()
    expect(page.get_by_role("menuitemcheckbox", checked=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate(
        """() => {
            window.told = [];
            window.Notification = class {
                static permission = "granted";
                constructor(title, more) { window.told.push([title, more.body, more.tag]); }
            };
            Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
        }"""
    )
    other = paint(person, "a yellow star on a purple gradient background", seed=5)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    assert page.evaluate("window.told") == [
        ["Your picture is done", "a yellow star on a purple gradient background", other]
    ]


def test_signing_in_through_somebody_else(visit: Visit, stack: Stack) -> None:
    provider = stack.provider
    if provider is None:
        # Only one that somebody else has started (STUDIO_TEST_URL).
        assert "STUDIO_TEST_URL" in os.environ
        pytest.skip("This studio was started without a provider.")
    visitor = visit(None)
    page = visitor.page

    provider.claims = {"sub": address("sub"), "email": address("olga"), "name": "Olga"}
    page.goto("/gallery")
    page.get_by_role("link", name="Continue with The company").click()
    # Where one wanted to go.
    page.wait_for_url("**/gallery")
    expect(page.get_by_role("button", name="Menu of Olga")).to_be_visible()
    assert "lc_" not in page.url

    stranger = visit(None)
    stranger.page.goto("/login/oauth#login_error=email_unverified")
    expect(stranger.page.get_by_role("alert")).to_contain_text("has not confirmed your address")
    stranger.page.get_by_role("link", name="Back to signing in").click()
    expect(stranger.page.get_by_role("link", name="Continue with The company")).to_be_visible()
