"""The gallery: painting a picture again exactly, finding, sorting, deleting, handing out, and what is not taken."""

import io
import json
import re
import zipfile
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.control.assets.files import picture, upload
from tests.control.people import Person, address, made, register
from tests.web.conftest import Visit
from tests.web.furnished import ended, paint, submitted

CIRCLE = "a large red circle on a blue background"


@pytest.fixture
def person(api: httpx.Client) -> Person:
    return register(api, "Ada", address("gallery"))


def painted(person: Person, **request: object) -> str:
    """The asset of a new job's first picture."""
    job = paint(person, CIRCLE, **request) if "kind" not in request else submitted(person, **request)
    return str(ended(person, job)["outputs"][0]["asset_id"])


def cells(page: Page) -> Locator:
    return page.get_by_role("gridcell")


def test_a_picture_is_painted_again_exactly(visit: Visit, person: Person) -> None:
    # More digits than numbers of JavaScript hold.
    seed = 2**64 - 59
    first = painted(person, seed=seed, steps=9, batch=2)
    child = painted(person, kind="img2img", prompt=CIRCLE, image=first, strength=0.6, steps=9, seed=5)
    page = visit(person).page
    page.goto("/gallery")
    page.get_by_label("Search prompts and names").fill("nothing of the kind")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("Search prompts and names").fill("red circle")
    expect(page).to_have_url(re.compile(r"text=red"))
    expect(cells(page)).to_have_count(3)

    page.goto(f"/gallery/{first}")
    made_with = page.get_by_role("region").or_(page.locator("section")).filter(has_text="How it was made")
    expect(made_with).to_contain_text(CIRCLE)
    expect(made_with).to_contain_text("dpmpp_2m")
    expect(made_with).to_contain_text(str(seed))
    page.get_by_role("button", name="Paint again exactly").click()
    said = page.get_by_role("dialog")
    expect(said.get_by_text("Identical")).to_be_visible(timeout=60_000)
    expect(said.get_by_text("Every byte")).to_be_visible()
    said.get_by_role("link", name="Compare both").click()
    expect(page.get_by_text("They are the same picture, byte for byte.")).to_be_visible()
    # The same bytes, and yet a picture of its own.
    assert len(made(person.get("/assets"))["items"]) == 5

    # What came from what.
    page.goto(f"/gallery/{child}")
    page.get_by_role("link", name=re.compile("1 generation before, by img2img")).click()
    expect(page).to_have_url(re.compile(first))
    page.get_by_role("link", name=re.compile("1 generation after, by img2img")).click()
    expect(page).to_have_url(re.compile(child))
    page.goto(f"/gallery/compare?a={first}&b={child}")
    expect(page.get_by_role("row", name=re.compile("Strength not set 0.6"))).to_be_visible()
    page.get_by_role("slider").press("End")
    page.get_by_role("radio", name="Side by side").click()
    expect(page.locator("main img")).to_have_count(4)
    # Its settings and itself, for what is painted next.
    page.goto(f"/gallery/{first}")
    page.get_by_role("link", name="Use as a start").click()
    expect(page).to_have_url(re.compile("/create/advanced"))
    expect(page.locator(f"img[src*='{first}']").first).to_be_visible()


def test_pictures_are_sorted_deleted_and_brought_back(visit: Visit, person: Person) -> None:
    for place in range(8):
        upload(person, name=f"sheet {place}.png")
    visitor = visit(person)
    page = visitor.page
    page.goto("/gallery")
    expect(cells(page)).to_have_count(8)
    # With the keyboard alone: two are chosen and rated.
    cells(page).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    chosen = page.get_by_role("toolbar", name="What is selected")
    expect(chosen).to_contain_text("2 selected")
    page.keyboard.press("4")
    expect(page.get_by_role("gridcell", name="4 stars")).to_have_count(2)
    # With the mouse: shift and ctrl, as lists of files have it.
    cells(page).nth(4).click(modifiers=["Control"])
    cells(page).nth(6).click(modifiers=["Shift"])
    expect(chosen).to_contain_text("5 selected")
    chosen.get_by_role("button", name="Tags").click()
    page.get_by_role("dialog").get_by_label("Add tags").fill("poster,")
    page.get_by_role("button", name="Apply").click()
    chosen.get_by_role("button", name="Add to a board").click()
    page.get_by_label("Find a board, or name a new one").fill("Moods")
    page.get_by_role("button", name="Make the board “Moods”").click()
    expect(page.get_by_text("5 pictures are now on the board Moods").first).to_be_visible()

    # A ZIP of them, with how they were made.
    with page.expect_download() as coming:
        chosen.get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Download as ZIP").click()
    packed = zipfile.ZipFile(io.BytesIO(Path(coming.value.path()).read_bytes()))
    assert len(packed.namelist()) == 6
    assert {"poster"} == {
        tag for one in json.loads(packed.read("manifest.json"))["files"] for tag in one["tags"]
    }

    # A picture is dragged to the board, which is looked at then.
    chosen.get_by_role("button", name="End the selection").click()
    cells(page).first.locator("a").drag_to(page.get_by_role("link", name="Moods"))
    expect(page.get_by_text("Now on the board Moods", exact=True)).to_be_visible()
    page.get_by_role("link", name="Moods").click()
    expect(page.get_by_role("heading", name="Moods")).to_be_visible()
    expect(cells(page)).to_have_count(6)

    # Filters are in the address: another window shows the same.
    page.goto("/gallery?rating=4&tags=%5B%22poster%22%5D")
    expect(cells(page)).to_have_count(2)
    page.reload()
    expect(page.get_by_role("button", name="Remove the filter #poster")).to_be_visible()
    page.get_by_role("button", name="Remove the filter 4 stars or more").click()
    expect(cells(page)).to_have_count(5)

    # Deleted and undone, deleted and brought back.
    page.goto("/gallery")
    cells(page).first.focus()
    page.keyboard.press("Delete")
    expect(cells(page)).to_have_count(7)
    expect(cells(page).first).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(cells(page)).to_have_count(8)
    cells(page).first.focus()
    page.keyboard.press("Control+a")
    expect(chosen).to_contain_text("8 selected")
    chosen.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No pictures yet")).to_be_visible()
    page.get_by_role("link", name="Bin").click()
    expect(cells(page)).to_have_count(8)
    page.get_by_role("button", name="Select", exact=True).click()
    cells(page).first.click()
    page.get_by_role("button", name="Restore").click()
    expect(cells(page)).to_have_count(7)
    page.get_by_role("link", name="All pictures").click()
    expect(cells(page)).to_have_count(1)
    assert len(made(person.get("/assets"))["items"]) == 1

    # What is refused goes back to what it was: here nobody answers.
    cells(page).first.click()
    page.get_by_role("button", name="5 stars").wait_for()
    page.route("**/api/v1/assets/*", lambda route: route.abort("connectionfailed"))
    page.get_by_role("button", name="5 stars").click()
    expect(page.get_by_text("The studio cannot be reached").first).to_be_visible()
    expect(page.get_by_role("button", name="5 stars")).to_have_attribute("aria-pressed", "false")
    page.unroute_all()
    visitor.forgive("ERR_CONNECTION_FAILED")


def test_what_is_sent_and_handed_out(visit: Visit, person: Person) -> None:
    visitor = visit(person, phone=True)
    page = visitor.page
    page.goto("/gallery")
    hostile = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'/>"
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Upload").first.click()
    choosing.value.set_files(
        [
            FilePayload(name="cat.png", mimeType="image/png", buffer=picture(300, 200)),
            FilePayload(name="drawing.png", mimeType="image/png", buffer=hostile),
            FilePayload(name="torn.png", mimeType="image/png", buffer=picture(300, 200)[:-40]),
        ]
    )
    sent = page.get_by_role("region", name="Uploads")
    expect(sent).to_contain_text("drawing.png is an SVG. SVG files can carry scripts")
    expect(sent).to_contain_text("1 picture uploaded")
    # What the studio itself found: two that were not taken, each with its reason.
    expect(sent.get_by_role("alert")).to_have_count(2)
    expect(cells(page)).to_have_count(1)
    assert page.title() != "1"
    visitor.forgive("422")
    sent.get_by_role("button", name="Close").click()

    # A finger that rests on a picture chooses it; the next tap chooses, too.
    upload(person, name="dog.png")
    page.reload()
    expect(cells(page)).to_have_count(2)
    long_press(page, cells(page).first)
    expect(page.get_by_role("toolbar", name="What is selected")).to_contain_text("1 selected")
    cells(page).nth(1).tap()
    expect(page.get_by_role("toolbar", name="What is selected")).to_contain_text("2 selected")
    page.get_by_role("button", name="End the selection").tap()
    cells(page).nth(1).tap()
    expect(page.get_by_role("heading", name="cat.png")).to_be_visible()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("A cat")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="A cat")).to_be_visible()

    # A link for somebody without an account, until it is ended.
    page.get_by_role("button", name="Share a link").click()
    page.get_by_role("button", name="Make a link").click()
    address_of = page.get_by_label("The link").input_value()
    path = "/" + address_of.split("/", 3)[3]
    stranger = visit(None).page
    stranger.goto(path)
    expect(stranger.get_by_role("heading", name="A cat")).to_be_visible()
    seen = stranger.get_by_role("img", name="A cat")
    expect(seen).to_be_visible()
    assert seen.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.get_by_role("button", name=re.compile("^End A link without")).click()
    expect(page.get_by_text("The link is ended")).to_be_visible()
    gone = visit(None)
    gone.page.goto(path)
    expect(gone.page.get_by_role("heading", name="This link leads nowhere any more")).to_be_visible()
    gone.forgive("404")


def long_press(page: Page, target: Locator) -> None:
    """A finger that rests, as the browser's own input has it."""
    box = target.bounding_box()
    assert box
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    page.wait_for_timeout(700)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
