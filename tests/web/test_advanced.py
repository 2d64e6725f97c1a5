"""Advanced mode, by the names that people see: a picture with every control, the same again, and what is refused."""

import re
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.control.people import Person, made
from tests.web.conftest import Visit

PAINTED_MS = 120_000


def editor(page: Page, name: str = "Prompt") -> Locator:
    """The prompt's editor, once its code is there."""
    found = page.locator(".cm-content").and_(page.get_by_role("textbox", name=name, exact=True))
    expect(found).to_be_visible()
    return found


def number(page: Page | Locator, name: str, value: float) -> None:
    field = page.get_by_role("spinbutton", name=name, exact=True)
    field.fill(str(value))
    field.press("Tab")


def select(page: Page | Locator, name: str, option: str) -> None:
    page.get_by_role("combobox", name=name, exact=True).click()
    top = page if isinstance(page, Page) else page.page
    top.get_by_role("option", name=option, exact=True).click()


def radio(page: Page, group: str, name: str) -> None:
    page.get_by_label(group, exact=True).get_by_role("radio", name=name, exact=True).click()


def unfold(page: Page, name: str) -> None:
    page.locator("summary", has_text=name).click()


def jobs(person: Person, count: int) -> list[dict[str, Any]]:
    """The latest jobs that paint, the first first."""
    every = [one for one in made(person.get("/jobs"))["items"] if one["kind"] != "preprocess"]
    assert len(every) == count, [one["kind"] for one in every]
    return every[::-1]


def sketch() -> dict[str, Any]:
    image = Image.new("RGB", (128, 128), "navy")
    ImageDraw.Draw(image).ellipse((24, 24, 104, 104), fill="red")
    file = BytesIO()
    image.save(file, "PNG")
    return {"name": "sketch.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_a_picture_with_every_control_and_the_same_again(visit: Visit) -> None:
    visitor = visit()
    page, person = visitor.page, visitor.person
    assert person is not None
    page.goto("/create/advanced")

    # Words: a weight by keys, a LoRA by completion, tokens by the checkpoint's own count.
    editor(page).click()
    page.keyboard.type("a large red circle, ")
    page.keyboard.type("<lora:poc")
    page.get_by_role("option", name="pocket-dusk").click()
    editor(page).press("Control+Home")
    for _ in range(3):
        editor(page).press("Control+ArrowRight")
    for _ in range(2):
        editor(page).press("Control+ArrowUp")
    expect(editor(page)).to_have_text("a large (red:1.2) circle, <lora:pocket-dusk:0.8>")
    counted = made(person.post("/prompts/tokens", checkpoint="pocket", prompt=editor(page).inner_text()))
    expect(page.get_by_role("button", name=f"{counted['total']} tokens in 1 chunk").first).to_be_visible()
    editor(page, "Negative prompt").click()
    page.keyboard.type("yellow")

    number(page, "Steps", 6)
    number(page, "Guidance (CFG)", 5.5)
    select(page, "Sampler", "Euler")
    select(page, "Scheduler", "Normal")
    radio(page, "Proportions", "4:3")
    page.get_by_role("button", name="Swap width and height").click()
    expect(page.get_by_role("spinbutton", name="Height", exact=True)).to_have_value("144")
    number(page, "Width", 120)
    number(page, "Batch size", 2)
    number(page, "Count", 2)
    page.get_by_role("textbox", name="Seed", exact=True).fill("9007199254740993")

    unfold(page, "LoRAs")
    page.get_by_role("button", name="Add a LoRA").click()
    page.get_by_role("dialog").get_by_role("button", name="pocket-dusk").click()
    number(page, "Strength of pocket-dusk", 0.35)

    unfold(page, "ControlNets")
    page.get_by_role("button", name="Add a ControlNet").click()
    slot = page.get_by_role("listitem").filter(has_text="ControlNet 1")
    slot.get_by_role("button", name="Choose a picture: Picture of ControlNet 1").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("dialog").get_by_role("button", name="Send a file").click()
    chosen.value.set_files(sketch())  # type: ignore[arg-type]
    expect(slot.get_by_text("128 × 128 pixels")).to_be_visible()
    expect(slot.get_by_role("combobox", name="Preprocessor")).to_have_text("Canny edges")
    slot.get_by_role("button", name="Preview the hint").click()
    hint = slot.get_by_role("region", name="The hint").get_by_role("img")
    expect(hint.first).to_be_visible(timeout=PAINTED_MS)
    number(slot, "Strength", 0.8)
    number(slot, "To", 0.6)
    select(slot, "What counts more", "The prompt")

    unfold(page, "Hires fix")
    page.get_by_role("switch", name="Paint it larger in a second pass").click()
    number(page, "Factor", 1.5)
    number(page, "Denoise", 0.5)
    unfold(page, "More")
    radio(page, "Seamless tiling", "Both")
    number(page, "CLIP skip", 2)
    number(page, "Variation", 0.1)
    page.get_by_role("textbox", name="Variation seed").fill("77")
    number(page, "Perturbed-attention guidance", 1)
    number(page, "CFG rescale", 0.4)
    page.get_by_role("switch", name="FreeU").click()
    page.get_by_role("switch", name="Dynamic thresholding").click()

    # What it costs, and why: each job of two pictures, two jobs.
    page.get_by_role("button", name="Price:").click()
    why = page.get_by_role("dialog")
    expect(why).to_contain_text("ControlNet pocket-edges, 2 times")
    expect(why).to_contain_text("2 jobs of this")
    page.keyboard.press("Escape")

    page.keyboard.press("Control+Enter")
    stage = page.get_by_role("region", name="Result")
    expect(stage.get_by_role("link", name="Download")).to_be_visible(timeout=PAINTED_MS)
    first, second = jobs(person, 2)
    wanted: dict[str, Any] = {
        "prompt": "a large (red:1.2) circle, <lora:pocket-dusk:0.8>", "negative_prompt": "yellow", "model": "pocket",
        "steps": 6, "cfg": 5.5, "sampler": "euler", "scheduler": "normal", "width": 120, "height": 144, "batch": 2,
        "seed": 9007199254740993, "clip_skip": 2, "tiling": "xy", "variation_strength": 0.1, "variation_seed": 77,
        "pag": 1, "cfg_rescale": 0.4,
    }  # fmt: skip
    asked = first["request"]
    assert {name: asked[name] for name in wanted} == wanted
    assert [(one["name"], one["strength"]) for one in asked["loras"]] == [("pocket-dusk", 0.35)]
    [control] = asked["controls"]
    assert (control["name"], control["preprocessor"], control["strength"], control["end"], control["mode"]) == (
        "pocket-edges", "canny", 0.8, 0.6, "prompt",
    )  # fmt: skip
    assert (asked["hires"]["scale"], asked["hires"]["denoise"]) == (1.5, 0.5)
    assert asked["freeu"]["b1"] == 1.3
    assert asked["thresholding"]["mimic"] == 7
    # A locked seed is followed by the next one.
    assert second["request"] == asked | {"seed": 9007199254740994}
    reserved = sum(one["reserved_microcredits"] for one in (first, second))
    expect(page.get_by_role("button", name="Price:")).to_contain_text(f"{round(reserved / 1e6, 3):g} credits")

    # It is all still there after a reload, and can be kept by a name.
    page.reload()
    expect(editor(page)).to_have_text(wanted["prompt"])
    expect(page.get_by_role("textbox", name="Seed", exact=True)).to_have_value("9007199254740993")
    page.get_by_role("button", name="Presets").click()
    page.get_by_role("textbox", name="Keep these settings as").fill("Dusk, tiled")
    select(page.get_by_role("dialog"), "Seen by", "Everybody here")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name=re.compile("^Dusk, tiled"))).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_role("spinbutton", name="Steps", exact=True)).to_have_value("20")
    page.get_by_role("button", name="Presets").click()
    page.get_by_role("button", name=re.compile("^Dusk, tiled")).click()
    expect(page.get_by_role("spinbutton", name="Steps", exact=True)).to_have_value("6")
    expect(page.get_by_role("spinbutton", name="Strength of pocket-dusk")).to_have_value("0.35")

    # The same picture again, from the picture alone: every field of the request, to the last digit of its seed.
    page.get_by_role("button", name="Reset", exact=True).click()
    asset = made(person.get(f"/jobs/{first['id']}"))["outputs"][0]["asset_id"]
    page.goto(f"/create/advanced?from={asset}")
    expect(page.get_by_text("The form is as it was for this picture").first).to_be_visible()
    expect(editor(page)).to_have_text(wanted["prompt"])
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Submitting")).to_have_count(0)
    expect(stage.get_by_role("link", name="Download")).to_be_visible(timeout=PAINTED_MS)
    again = jobs(person, 3)[-1]
    assert again["request"] == asked
    old, new = (
        [made(person.get(f"/assets/{one['asset_id']}"))["sha256"] for one in job["outputs"]]
        for job in (made(person.get(f"/jobs/{first['id']}")), made(person.get(f"/jobs/{again['id']}")))
    )
    assert old == new

    # Words that were painted with are found again.
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_role("button", name="Prompt history").click()
    page.get_by_role("dialog").get_by_role("searchbox").fill("circle")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("a large")).click()
    expect(editor(page)).to_have_text(wanted["prompt"])


def test_a_picture_of_a_picture_on_a_phone_and_what_is_refused(visit: Visit) -> None:
    visitor = visit(phone=True, theme="light")
    page, person = visitor.page, visitor.person
    assert person is not None
    upload = made(
        person.request("POST", "/uploads", files={"file": ("sketch.png", sketch()["buffer"], "image/png")})
    )
    page.goto(f"/create/advanced?image={upload['id']}&prompt=a+green+square")
    expect(editor(page)).to_have_text("a green square")
    expect(page.get_by_text("128 × 128 pixels")).to_be_visible()
    number(page, "Strength", 0.5)
    number(page, "Steps", 4)

    # A LoRA that is not here is marked in the words, and told before anything is paid.
    editor(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" <lora:nowhere:1>")
    expect(page.locator(".cm-lora-unknown")).to_have_text("<lora:nowhere:1>")
    expect(page.get_by_text("There is no LoRA 'nowhere' here.")).to_be_visible()
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert made(person.get("/jobs"))["items"] == []

    # Nothing is lost of what is too long, and it is not sent.
    editor(page).fill("x " * 50_000)
    expect(page.get_by_text("This has 100000 characters; 10000 are the most.")).to_be_visible()
    page.get_by_role("button", name="Generate").click()
    assert made(person.get("/jobs"))["items"] == []
    editor(page).fill("a green square")

    page.get_by_role("radio", name="Inpaint", exact=True).click()
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_text("Choose a mask: white where it shall be painted anew.").first).to_be_visible()
    page.get_by_role("radio", name="Image", exact=True).click()
    page.get_by_role("button", name="Generate").click()
    stage = page.get_by_role("region", name="Result")
    expect(stage.get_by_role("link", name="Download")).to_be_visible(timeout=PAINTED_MS)
    [job] = jobs(person, 1)
    assert (job["kind"], job["request"]["image"], job["request"]["strength"]) == (
        "img2img",
        upload["id"],
        0.5,
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.forgive("404", "400", "the server responded")


def test_a_team_sees_what_is_painted_in_advanced(visit: Visit) -> None:
    visitor = visit()
    page, person = visitor.page, visitor.person
    assert person is not None
    team = made(person.post("/teams", name="Layout"))["id"]
    page.goto("/create/advanced")
    editor(page).click()
    page.keyboard.type("a white ring on a red background")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("img", name=re.compile("white ring")).first).to_be_visible(timeout=PAINTED_MS)
    assert [job["team_id"] for job in jobs(person, 1)] == [team]
