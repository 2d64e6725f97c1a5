"""The queue: one's own order, pausing, cancelling; and a colleague's job as it is painted."""

import re

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.control.people import PASSWORD, Person, address, made, mails_to, register
from tests.web.conftest import Stack, Visit
from tests.web.furnished import ended, paint

LONG = {"steps": 150, "batch": 4}
PAINTED_MS = 60_000


def rows(page: Page, name: str) -> Locator:
    """The jobs under a heading."""
    return page.get_by_role("list", name=name, exact=True).get_by_role("listitem")


def names(page: Page) -> list[str | None]:
    """What waits, from the front."""
    return [row.get_attribute("aria-label") for row in rows(page, "Waiting").all()]


def do(page: Page, job: str, action: str) -> None:
    """Something of a job's own menu."""
    page.get_by_role("button", name=f"What to do with {job}").click()
    page.get_by_role("menuitem", name=action, exact=True).click()


def in_line(person: Person) -> list[str]:
    """Prompts of what waits, as the server has them in line."""
    jobs = made(person.get("/jobs", state="QUEUED", mine=True))["items"]
    return [
        job["request"]["prompt"]
        for job in sorted(jobs, key=lambda job: job["position"] or 0)
        if job["position"]
    ]


def until(page: Page, person: Person, wanted: list[str]) -> None:
    """Waits until the server's line, which is reckoned now and then, begins so."""
    for _ in range(40):
        if in_line(person)[: len(wanted)] == wanted:
            return
        page.wait_for_timeout(250)
    assert in_line(person)[: len(wanted)] == wanted


def test_ones_own_order_and_what_can_be_done_with_what_waits(visit: Visit, api: httpx.Client) -> None:
    ada = register(api, "Ada", address("ada"))
    done = paint(ada, "a small green square", steps=2)
    ended(ada, done)
    # As many as an organisation may have at work, and more; those that are moved stand behind them.
    blocking = [paint(ada, f"a large red circle {place}", **LONG) for place in range(6)]
    for name in ("a yellow star", "a pink heart", "a white ring"):
        paint(ada, name, seed=3, steps=4)
    visitor = visit(ada)
    page = visitor.page
    page.goto("/queue")
    expect(rows(page, "Being painted").first).to_contain_text(
        re.compile(r"Step \d+ of 150"), timeout=PAINTED_MS
    )
    expect(rows(page, "Waiting").last).to_have_attribute("aria-label", "a white ring")
    expect(rows(page, "Waiting").first).to_contain_text(re.compile("Next|Place 1"))
    expect(rows(page, "Waiting").last).to_contain_text("You")
    expect(rows(page, "Waiting").last).to_contain_text("credits set aside")

    do(page, "a white ring", "To the front")
    assert names(page)[0] == "a white ring"
    until(page, ada, ["a white ring"])
    handle = page.get_by_role("button", name="Move a white ring")
    handle.press("ArrowDown")
    assert names(page)[1] == "a white ring"
    expect(handle).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="a white ring: place 2")).to_be_attached()
    handle.press("ArrowUp")
    # Dragged by its handle over the first one.
    heart = page.get_by_role("button", name="Move a pink heart")
    heart.scroll_into_view_if_needed()
    begin, end = heart.bounding_box(), rows(page, "Waiting").first.bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 5, begin["y"] + 10)
    page.mouse.down()
    page.mouse.move(begin["x"] + 5, end["y"] + 5, steps=8)
    page.mouse.up()
    assert names(page)[:2] == ["a pink heart", "a white ring"]
    until(page, ada, ["a pink heart", "a white ring"])
    page.reload()
    expect(rows(page, "Waiting").first).to_have_attribute("aria-label", "a pink heart")

    do(page, "a yellow star", "Pause")
    expect(rows(page, "Paused")).to_contain_text("a yellow star")
    do(page, "a yellow star", "Go on")
    expect(page.get_by_role("list", name="Paused", exact=True)).to_have_count(0)
    do(page, "a white ring", "Cancel")
    expect(rows(page, "Ended").first).to_contain_text("Cancelled")
    expect(rows(page, "Ended").first).to_contain_text("a white ring")

    page.get_by_role("button", name="Remove waiting ones").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove waiting ones").click()
    expect(page.get_by_role("list", name="Waiting", exact=True)).to_have_count(0)
    for job in blocking:
        ada.request("DELETE", f"/jobs/{job}")
    expect(page.get_by_role("heading", name="Nothing of yours waits")).to_be_visible()

    page.get_by_role("radio", name="Done").click()
    expect(rows(page, "Ended")).to_have_count(1)
    do(page, "a small green square", "Submit again")
    expect(rows(page, "Ended")).to_have_count(2, timeout=PAINTED_MS)


def test_two_browsers_of_one_team_see_each_others_job(visit: Visit, stack: Stack, api: httpx.Client) -> None:
    ada = register(api, "Ada", address("ada"))
    team = made(ada.post("/teams", name="Layout"))["id"]
    email = address("grace")
    made(ada.post("/invitations", email=email, role="user", team_id=team))
    found = re.search(r"#token=(\S+)", mails_to(stack.home, email)[-1].get_content())
    assert found
    joined = {"token": found[1], "name": "Grace", "password": PASSWORD}
    made(api.post("/api/v1/invitations/register", json=joined))
    # The account that joined, by its own login.
    tokens = made(api.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD}))
    grace = Person(api, email, tokens, "Grace")

    watching = visit(grace, phone=True).page
    watching.goto("/queue?show=team")
    expect(watching.get_by_role("heading", name="Your teams paint nothing just now")).to_be_visible()

    painting = visit(ada).page
    painting.goto("/workflows/templates/text-to-image")
    painting.get_by_label("Prompt", exact=True).fill("a yellow star on a purple background")
    painting.get_by_role("spinbutton", name="Steps").fill("120")
    expect(painting.get_by_role("combobox", name="Who sees it")).to_have_text("For Layout")
    painting.get_by_role("button", name="Run", exact=True).click()

    row = rows(watching, "Being painted").filter(has_text="a yellow star on a purple background")
    expect(row).to_contain_text("Ada", timeout=PAINTED_MS)
    # Seen, and not hers to change.
    expect(row.get_by_role("button")).to_have_count(0)
    over = rows(watching, "Ended").filter(has_text="a yellow star on a purple background")
    expect(over).to_contain_text("Done", timeout=PAINTED_MS)
    expect(over.get_by_role("img")).to_have_count(0)
    assert over.locator("img").first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    # Her own page has nothing of it.
    watching.get_by_role("radio", name="Mine").click()
    expect(watching.get_by_text("Nothing has ended yet")).to_be_visible()
