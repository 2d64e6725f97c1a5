"""Simple mode, by the names that people see: a beginner's first picture on a phone, and what may come between."""

import re

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.control.people import address, made, register
from tests.web.conftest import Stack, Visit
from tests.web.furnished import submitted

PAINTED_MS = 60_000
WORDS = "a yellow star on a purple gradient background"


def stage(page: Page) -> Locator:
    """Where the picture comes."""
    return page.get_by_role("region", name="Your picture")


def words(page: Page) -> Locator:
    """Where one writes what one wants to see."""
    return page.get_by_label("What do you want to see?")


def press(page: Page) -> None:
    """The one button."""
    page.get_by_role("button", name="Create picture").click()


def size(picture: Locator) -> tuple[int, int]:
    """Pixels of a picture that has come."""
    expect(picture).to_be_visible()
    width, height = picture.evaluate(
        "async image => { await image.decode(); return [image.naturalWidth, image.naturalHeight] }"
    )
    return width, height


def test_a_beginners_first_picture_on_a_phone(visit: Visit) -> None:
    visitor = visit(phone=True)
    page = visitor.page
    page.goto("/")
    # Pressed too early: the page says what is missing, and offers it.
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("Write what you want to see")
    page.get_by_role("button", name=WORDS).click()
    expect(words(page)).to_have_value(WORDS)
    expect(page.get_by_text(f"{len(WORDS)} of 500 characters")).to_be_attached()
    styles = page.get_by_role("group", name="Style")
    assert size(styles.locator("img").last)[0] >= 64
    styles.get_by_role("radio", name="Ocean").check()
    page.get_by_role("group", name="Shape").get_by_role("radio", name="Wide").check()
    expect(page.get_by_text(re.compile(r"Costs [\d.]+ credits; you have"))).to_be_visible()
    press(page)

    picture = stage(page).get_by_role("img", name=re.compile(WORDS))
    expect(stage(page).get_by_role("link", name="Download")).to_be_visible(timeout=PAINTED_MS)
    width, height = size(picture)
    assert width > 1.5 * height
    # It came into sight by itself, and nothing has to be scrolled sideways.
    expect(picture).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    with page.expect_download() as coming:
        stage(page).get_by_role("link", name="Download").click()
    assert coming.value.path().read_bytes().startswith(b"\x89PNG")

    page.reload()
    expect(words(page)).to_have_value(WORDS)
    expect(styles.get_by_role("radio", name="Ocean")).to_be_checked()
    expect(picture).to_be_visible()
    shared = share(page)
    stranger = visit(None, phone=True).page
    stranger.goto(shared)
    seen, high = size(stranger.get_by_role("main").get_by_role("img").first)
    assert abs(seen / high - width / height) < 0.1

    stage(page).get_by_role("button", name="Variations").click()
    expect(stage(page).get_by_text("Picture 1 of 4")).to_be_visible(timeout=PAINTED_MS)
    stage(page).get_by_role("button", name=re.compile("Picture 3 of 4")).click()
    expect(stage(page).get_by_text("Picture 3 of 4", exact=True)).to_be_visible()
    latest = page.get_by_role("region", name="Your latest pictures")
    expect(latest.get_by_role("button")).to_have_count(2)
    latest.get_by_role("button").last.click()
    stage(page).get_by_role("button", name="Open as workflow").click()
    page.wait_for_url("**/workflows/*")

    # What was thrown away is gone from here too, though the browser still has its bytes.
    assert visitor.person
    first = made(visitor.person.get("/jobs"))["items"][-1]
    made(visitor.person.delete(f"/assets/{first['outputs'][0]['asset_id']}"))
    page.goto("/create")
    expect(latest.get_by_role("button")).to_have_count(1)
    expect(stage(page)).to_contain_text("This picture was removed")


def share(page: Page) -> str:
    """The path of a new link to the picture."""
    stage(page).get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make a link").click()
    address = dialog.get_by_label("The link").input_value()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    return "/shared/" + address.rsplit("/", 1)[-1]


def test_a_long_job_is_found_again_and_can_be_cancelled(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    assert visitor.person
    job = submitted(
        visitor.person, kind="txt2img", prompt=WORDS, width=384, height=288, steps=150, sampler="heun",
        seed=1, preview_every=2,
    )  # fmt: skip
    page.goto("/create")
    expect(stage(page)).to_contain_text(re.compile(r"Step \d+ of 150"), timeout=PAINTED_MS)
    preview = stage(page).get_by_role("img", name="How picture 1 looks so far")
    expect(preview).to_be_visible(timeout=PAINTED_MS)
    box = preview.bounding_box()
    assert box is not None
    assert abs(box["width"] / box["height"] - 4 / 3) < 0.05
    page.reload()
    expect(stage(page)).to_contain_text(re.compile(r"Step \d+ of 150 · about"))
    stage(page).get_by_role("button", name="Cancel").click()
    expect(stage(page)).to_contain_text("Cancelled")
    expect(stage(page)).to_contain_text("Nothing was charged")
    assert made(visitor.person.get(f"/jobs/{job}"))["cancel_requested"]


def test_what_is_written_goes_along_to_advanced_and_back(visit: Visit) -> None:
    page = visit().page
    page.goto("/create")
    words(page).fill("a large green square")
    page.get_by_role("radio", name="Night").check()
    modes = page.get_by_role("navigation", name="Ways to create")
    modes.get_by_role("link", name="Advanced").click()
    page.wait_for_url("**/create/advanced*")
    expect(page.get_by_role("main")).to_contain_text("a large green square, black background")
    modes.get_by_role("link", name="Simple").click()
    expect(words(page)).to_have_value("a large green square")
    expect(page.get_by_role("radio", name="Night")).to_be_checked()


def test_a_member_without_credits(visit: Visit, stack: Stack, api: httpx.Client) -> None:
    person = register(api, "Ada", address("ada"))
    left = made(person.get("/credits"))["available_microcredits"] / 1_000_000
    stack.studio("credits", "grant", "--lasting", person.organisation_id, "--", f"-{left:g}")
    visitor = visit(person)
    page = visitor.page
    page.goto("/create")
    words(page).fill(WORDS)
    expect(page.get_by_text(re.compile(r"Costs [\d.]+ credits; only 0 credits are left"))).to_be_visible()
    press(page)
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("Not enough credits")
    expect(refusal).to_contain_text("0 credits are left")
    expect(refusal.get_by_role("link", name="See credits")).to_have_attribute("href", "/team/credits")
    # Nothing is lost, and nothing is on its way.
    expect(words(page)).to_have_value(WORDS)
    expect(page.get_by_text("Your pictures will appear here.")).to_be_visible()
    stack.studio("credits", "grant", "--lasting", person.organisation_id, "5")
    press(page)
    expect(stage(page).get_by_role("link", name="Download")).to_be_visible(timeout=PAINTED_MS)
    expect(refusal).to_be_hidden()
    visitor.forgive("402")
