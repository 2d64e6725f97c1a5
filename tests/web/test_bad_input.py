"""Bad and hostile input, given as people give it: refused with a sentence, nothing executed, nothing lost."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Locator, Page, expect

from tests.control.people import Person, made
from tests.web.conftest import Visit
from tests.web.visitor import Visitor

IMAGE = '<img src=x onerror="window.__hacked=1">'
BREAKS_IN = f'">{IMAGE}<script>window.__hacked=1</script>'
NAME = f"{IMAGE}.png"
SVG = f"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" onload="window.__hacked=1"><script>window.__hacked=1</script>
<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">{BREAKS_IN}</body></foreignObject></svg>"""
HUGE_TEXT = "a red circle, " * 7143
"""A little over 100,000 characters."""
UNDER_A_LOAD_MS = 30_000


@pytest.fixture(scope="module")
def huge_json(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 MB that begin like a workflow."""
    path = tmp_path_factory.mktemp("files") / "huge.json"
    node = {"class_type": "KSampler", "inputs": {"text": "x" * 20 * 2**20}}
    path.write_text(json.dumps({"1": node}))
    return path


def hostile_png(title: str = BREAKS_IN, *, packed: bool = False, **texts: str) -> bytes:
    """A good picture whose text chunks are not; `packed`: compressed, so that no scan of its bytes sees them."""
    info = PngInfo()
    for name, text in {"Title": title, **texts}.items():
        info.add_text(name, text, zip=packed)
        info.add_itxt(name + " too", text, zip=packed)
    file = io.BytesIO()
    Image.new("RGB", (96, 64), "teal").save(file, "PNG", pnginfo=info)
    return file.getvalue()


def file(name: str, data: bytes | str, kind: str = "image/png") -> Any:
    return {"name": name, "mimeType": kind, "buffer": data.encode() if isinstance(data, str) else data}


class Watched:
    """A visitor whose pages tell when something of what was given to them was executed."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.asked: list[str] = []
        self.page.on("dialog", self._ask)

    def _ask(self, dialog: Any) -> None:
        self.asked.append(dialog.message)
        dialog.dismiss()

    def unharmed(self) -> None:
        """Nothing was executed, nothing of it became part of the page, and the page still answers."""
        assert self.page.evaluate("window.__hacked") is None
        assert self.page.locator("img[onerror], script:not([src]), foreignObject, svg[onload]").count() == 0
        assert self.asked == []
        expect(self.page.locator("h1, h2").first).to_be_visible()


def choose(page: Page, button: Locator, files: Any) -> None:
    with page.expect_file_chooser() as choosing:
        button.click()
    choosing.value.set_files(files)


def paste(page: Page, text: str) -> None:
    """From the clipboard, where the focus is."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def test_files_that_are_no_pictures_or_hostile_ones(visit: Visit, huge_json: Path) -> None:
    watched = Watched(visit())
    page, person = watched.page, watched.visitor.person
    assert person is not None
    page.goto("/gallery")
    upload = page.get_by_role("button", name="Upload").first
    sent = page.get_by_role("region", name="Uploads")
    choose(page, upload, [huge_json])
    expect(sent.get_by_role("alert")).to_contain_text("huge.json is not a picture that the studio reads")
    sent.get_by_role("button", name="Close").click()
    choose(
        page,
        upload,
        [
            file("logo.svg", SVG, "image/svg+xml"),
            # One that says of itself that it is a PNG; one with a comment before.
            file("logo.png", SVG),
            file("late.svg", f"<!--{'x' * 5000}-->{SVG}", "image/svg+xml"),
            file(NAME, hostile_png()),
            file("packed.png", hostile_png(packed=True)),
        ],
    )
    expect(sent.get_by_role("alert")).to_have_count(5)
    expect(sent).to_contain_text("logo.svg is an SVG. SVG files can carry scripts")
    expect(sent).to_contain_text("logo.png is an SVG. SVG files can carry scripts")
    expect(sent).to_contain_text(re.compile("late.svg is (an SVG|not a picture)"))
    expect(sent).to_contain_text(f"{NAME}This picture carries something else inside (<script). Save it anew")
    watched.unharmed()
    watched.visitor.forgive("422")
    sent.get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name="No pictures yet")).to_be_visible()
    assert made(person.get("/assets"))["items"] == []

    # Markup that is no script is taken, and is words wherever it is shown.
    choose(page, upload, [file(NAME, hostile_png(IMAGE))])
    expect(sent).to_contain_text("1 picture uploaded")
    expect(page.get_by_role("gridcell")).to_have_count(1)
    watched.unharmed()
    named_everywhere(watched, person)


def named_everywhere(watched: Watched, person: Person) -> None:
    """A picture, its tag and its board are called by markup; every page that shows them shows it as words."""
    page = watched.page
    [asset] = made(person.get("/assets"))["items"]
    page.goto(f"/gallery/{asset['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x")
    watched.unharmed()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name", exact=True).fill(BREAKS_IN)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(BREAKS_IN)
    made(person.patch(f"/assets/{asset['id']}", tags=["<script>window.__hacked=1</script>"]))
    board = made(person.post("/boards", name=BREAKS_IN))
    made(person.post(f"/boards/{board['id']}/assets", asset_ids=[asset["id"]]))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(BREAKS_IN)
    expect(page.get_by_text("<script>window.__hacked=1</script>", exact=True).first).to_be_visible()
    watched.unharmed()
    page.goto(f"/gallery?board={board['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text(BREAKS_IN)
    expect(page.get_by_role("gridcell")).to_have_count(1)
    watched.unharmed()
    page.goto(f"/gallery/compare?a={asset['id']}&b={asset['id']}")
    expect(page.locator("main img").first).to_be_visible()
    watched.unharmed()
    # Addresses that somebody was sent.
    for address in ("/gallery?text=", "/create/advanced?from=", "/workflows?tab=", "/nowhere?next="):
        page.goto(address + "%22%3E%3Cimg%20src%3Dx%20onerror%3D%22window.__hacked%3D1%22%3E")
        watched.unharmed()
    watched.visitor.forgive("400", "404", "422")


def test_workflows_that_are_none(visit: Visit, huge_json: Path) -> None:
    watched = Watched(visit())
    page, person = watched.page, watched.visitor.person
    assert person is not None
    kept = made(person.post("/workflows", name=BREAKS_IN, description=BREAKS_IN, graph=GRAPH))
    page.goto("/workflows")
    expect(page.get_by_text(BREAKS_IN).first).to_be_visible()
    watched.unharmed()
    page.get_by_role("button", name="Import").first.click()
    dialog = page.get_by_role("dialog")
    button = dialog.get_by_role("button", name="Choose a file")
    for given, sentence in (
        (huge_json, "This file has 20 MB. A workflow has 4 MB at most"),
        (file("logo.svg", SVG, "image/svg+xml"), "This is no workflow: neither a JSON file"),
        (file("script.png", hostile_png()), "This picture carries something else inside (<script)"),
        (file("plain.png", hostile_png(IMAGE)), "workflow"),
        (file("told.png", hostile_png(IMAGE, workflow=IMAGE, prompt=IMAGE)), "workflow"),
        (file("torn.json", '{"1": {"class_type": ' + json.dumps(BREAKS_IN), "application/json"), "JSON"),
        (file("deep.json", '{"a":' * 100_000, "application/json"), "JSON"),
    ):
        choose(page, button, given)
        said = dialog.get_by_role("alert")
        expect(said).to_contain_text(sentence)
        watched.unharmed()
    watched.visitor.forgive("400", "413", "422")
    page.keyboard.press("Escape")

    # A workflow indeed, whose names are markup: what it lacks is said in words.
    graph = {
        **GRAPH,
        "9": {"class_type": BREAKS_IN, "inputs": {BREAKS_IN: BREAKS_IN}, "_meta": {"title": BREAKS_IN}},
    }
    page.get_by_role("button", name="Import").first.click()
    choose(page, button, file(NAME.replace(".png", ".json"), json.dumps(graph), "application/json"))
    expect(page.get_by_text("Steps that this studio does not have")).to_be_visible()
    watched.unharmed()
    page.goto(f"/workflows/{kept['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text(BREAKS_IN)
    watched.unharmed()
    # Its form takes any text, and says at the field when it is too long to be run.
    words = page.get_by_role("textbox", name="Prompt", exact=True)
    expect(words).to_have_value(BREAKS_IN)
    words.fill(HUGE_TEXT)
    expect(page.get_by_text("it has 100002 characters, and 10000 are the most").first).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    page.reload()
    expect(words).to_have_value(HUGE_TEXT)
    watched.unharmed()


GRAPH: dict[str, Any] = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}},
    "2": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": BREAKS_IN, "clip": ["1", 1]},
        "_meta": {"title": BREAKS_IN},
    },
    "3": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 128, "batch_size": 1}},
    "4": {
        "class_type": "KSampler",
        "inputs": {
            "model": ["1", 0],
            "positive": ["2", 0],
            "negative": ["2", 0],
            "latent_image": ["3", 0],
            "seed": 1,
            "steps": 6,
            "cfg": 3.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1.0,
        },
    },
    "5": {"class_type": "VAEDecode", "inputs": {"samples": ["4", 0], "vae": ["1", 2]}},
    "6": {"class_type": "SaveImage", "inputs": {"images": ["5", 0], "filename_prefix": BREAKS_IN}},
}


def test_a_prompt_of_100_000_characters(visit: Visit) -> None:
    watched = Watched(visit())
    page, person = watched.page, watched.visitor.person
    assert person is not None
    page.goto("/create")
    words = page.get_by_label("What do you want to see?")
    words.fill("what was written before, ")
    words.press("End")
    paste(page, HUGE_TEXT)
    written = ("what was written before, " + HUGE_TEXT).replace("\r", "")
    said = page.get_by_text(re.compile(f"This has {len(written)} characters; 500 are the most"))
    expect(said).to_be_visible()
    page.get_by_role("button", name="Create picture").click()
    expect(words).to_be_focused()
    page.reload()
    expect(words).to_have_value(written)
    expect(said).to_be_visible()
    # Cleared, it goes on.
    page.get_by_role("button", name="Clear").click()
    expect(said).to_be_hidden()

    page.goto("/create/advanced")
    editor = page.locator(".cm-content").and_(page.get_by_role("textbox", name="Prompt", exact=True))
    editor.click()
    page.keyboard.type("a blue star, ")
    steps = page.get_by_role("spinbutton", name="Steps", exact=True)
    steps.fill("7")
    steps.press("Tab")
    editor.click()
    page.keyboard.press("Control+End")
    paste(page, HUGE_TEXT)
    told = page.get_by_text(re.compile(r"This has 100015 characters; 10000 are the most. Shorten it."))
    expect(told).to_be_visible(timeout=UNDER_A_LOAD_MS)
    page.get_by_role("button", name=re.compile("^(Generate|Create)")).first.click()
    page.reload()
    expect(told).to_be_visible(timeout=UNDER_A_LOAD_MS)
    expect(steps).to_have_value("7")
    expect(editor).to_contain_text("a blue star, a red circle")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(BREAKS_IN)
    expect(told).to_be_hidden()
    expect(editor).to_have_text(BREAKS_IN)
    watched.unharmed()
    assert made(person.get("/jobs"))["items"] == []

    # A preset whose name is too long, and is markup.
    page.get_by_role("button", name="Presets").click()
    dialog = page.get_by_role("dialog")
    name = dialog.get_by_role("textbox", name="Keep these settings as")
    name.focus()
    paste(page, BREAKS_IN + HUGE_TEXT)
    expect(dialog.get_by_text(re.compile(r"This has \d+ characters; 80 are the most"))).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(name).to_have_value(BREAKS_IN + HUGE_TEXT)
    assert made(person.get("/presets"))["items"] == []
    name.fill(BREAKS_IN[:80])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text(BREAKS_IN[:80]).first).to_be_visible()
    watched.unharmed()
    watched.visitor.forgive("400", "422")
