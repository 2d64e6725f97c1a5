"""Workflows: one of ComfyUI's is imported and run with its inputs as a form; versions, sharing, templates."""

import io
import json
import re
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import FilePayload, Page, expect

from tests.control.people import address, made, register
from tests.web.conftest import Visit

PAINTED_MS = 60_000
GRAPH: dict[str, Any] = {
    "3": {"class_type": "KSampler", "inputs": {
        "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0], "seed": 18446744073709551615,
        "steps": 20, "cfg": 4.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "dreamshaper_8.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 128, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red circle", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "ComfyUI"}},
    "10": {"class_type": "LoadImage", "inputs": {"image": "of-its-author.png"}},
    "11": {"class_type": "ImageInvert", "inputs": {"image": ["10", 0]}},
    "12": {"class_type": "SaveImage", "inputs": {"images": ["11", 0], "filename_prefix": "inverted"}},
}  # fmt: skip


def png(**texts: str) -> bytes:
    info, file = PngInfo(), io.BytesIO()
    for name, text in texts.items():
        info.add_text(name, text)
    Image.new("RGB", (96, 64), "teal").save(file, "PNG", pnginfo=info)
    return file.getvalue()


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "", "buffer": data}


def import_file(page: Page, name: str, data: bytes) -> None:
    """Chosen in the dialog, as one does."""
    page.goto("/workflows")
    page.get_by_role("button", name="Import").first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(file(name, data))
    page.wait_for_url(re.compile(r"/workflows/[0-9a-f-]{36}$"))


def test_a_comfyui_json_is_imported_and_run_with_its_inputs_as_a_form(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    import_file(page, "portrait.json", json.dumps(GRAPH).encode())
    expect(page.get_by_role("heading", name="portrait", level=1)).to_be_visible()
    # What it needs that is not here is told before anything is pressed.
    report = page.get_by_role("region", name="Some things have to be seen to first")
    expect(report).to_contain_text("dreamshaper_8.safetensors (checkpoint)")
    expect(report).to_contain_text("Here: pocket")
    expect(report).to_contain_text("of-its-author.png")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()

    expect(page.get_by_label("Negative prompt", exact=True)).to_have_value("blurry")
    page.get_by_label("Prompt", exact=True).fill("a yellow star on a purple background")
    page.get_by_role("combobox", name="Checkpoint").click()
    page.get_by_role("option", name="pocket", exact=True).click()
    page.get_by_role("button", name="Choose a picture: Picture").click()
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(file("mine.png", png()))
    expect(page.get_by_role("button", name="Another picture: Picture")).to_be_visible()
    expect(report).to_have_count(0)
    page.get_by_role("spinbutton", name="Steps").fill("12")
    expect(page.get_by_text(re.compile(r"At most [\d.]+ credits"))).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()

    steps = page.get_by_role("list", name="Steps").get_by_role("listitem")
    expect(steps.filter(has_text="KSampler")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a yellow star on a purple background")
    expect(page.get_by_role("link", name="Download")).to_be_visible(timeout=PAINTED_MS)
    expect(page.get_by_text("Picture 1 of 2")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ steps computed"))).to_be_visible()
    page.get_by_role("button", name="Use as the workflow's picture").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download").click()
    with Image.open(coming.value.path()) as picture:
        painted = json.loads(str(picture.info["prompt"]))
    assert painted["6"]["inputs"]["text"] == "a yellow star on a purple background"
    # What nobody touched is what it was in the file, to the last digit.
    assert painted["3"]["inputs"]["seed"] == GRAPH["3"]["inputs"]["seed"]
    assert painted["3"]["inputs"]["steps"] == 12

    # The picture carries it all: it is imported again by itself.
    import_file(page, "again.png", coming.value.path().read_bytes())
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a yellow star on a purple background")
    page.goto("/workflows")
    card = page.get_by_role("link", name=re.compile("portrait"))
    assert card.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_what_is_no_workflow_is_refused_and_the_page_goes_on(visit: Visit, tmp_path: Path) -> None:
    visitor = visit(theme="light")
    page = visitor.page
    page.goto("/workflows")
    page.get_by_role("button", name="Import").first.click()
    dialog = page.get_by_role("dialog")
    deep = b'{"1":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    script = "<script>window.__hacked = 1</script>"
    for name, data, says in (
        ("huge.json", b'{"1":"' + b"x" * 20 * 2**20 + b'"}', r"has 20 MB.*4 MB at most"),
        ("deep.json", deep, "is not JSON that can be read"),
        ("notes.json", b"hello", "This is no workflow"),
        ("other.json", b'{"name": "package"}', "no node with a class_type"),
        ("plain.png", png(), "carries no workflow"),
        ("script.png", png(workflow=script, prompt=script), "is not JSON that can be read"),
    ):
        (tmp_path / name).write_bytes(data)
        dialog.locator("input[type=file]").set_input_files(tmp_path / name)
        expect(dialog.get_by_role("alert")).to_contain_text(re.compile(says))
    assert page.evaluate("window.__hacked") is None
    visitor.forgive("400")
    # Text that is pasted is taken where the dialog is open.
    text = json.dumps({"1": {"class_type": "NoSuchNode", "inputs": {"text": script}}})
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer()
            clipboardData.setData("text/plain", text)
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }))
        }""",
        text,
    )
    page.wait_for_url(re.compile(r"/workflows/[0-9a-f-]{36}$"))
    expect(page.get_by_role("region", name="Some things have to be seen to first")).to_contain_text(
        "NoSuchNode"
    )
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()


def test_a_template_is_kept_changed_restored_shared_by_link_and_deleted(
    visit: Visit, api: httpx.Client
) -> None:
    ada = register(api, "Ada", address("ada"))
    page = visit(ada).page
    page.goto("/workflows")
    page.get_by_role("link", name="See templates").click()
    page.get_by_role("searchbox", name="Search workflows").fill("star orange words prompt")
    expect(page.get_by_role("heading", name="No workflow has these words")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("link", name=re.compile("^Text to image")).click()
    page.get_by_role("button", name="Keep as mine").click()
    page.wait_for_url(re.compile(r"/workflows/[0-9a-f-]{36}$"))
    number = page.url.rsplit("/", 1)[1]
    workflow = made(ada.get(f"/workflows/{number}"))
    graph = workflow["current"]["graph"]
    [sampler] = [node for node, given in graph.items() if given["class_type"] == "KSampler"]
    graph[sampler]["inputs"]["steps"] = 33
    made(ada.post(f"/workflows/{number}/versions", base_version=1, graph=graph, message="More steps"))
    page.reload()
    expect(page.get_by_role("spinbutton", name="Steps")).to_have_value("33")
    page.get_by_role("button", name="What changed").click()
    expect(page.get_by_text(re.compile("steps 20 → 33"))).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("spinbutton", name="Steps")).to_have_value("20")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("spinbutton", name="Steps")).to_have_value("33")

    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Who sees it").click()
    page.get_by_role("option", name="Whoever has a link").click()
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_label("Whom the link is for").fill("The printer")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_role("textbox", name="Links").input_value()
    expect(dialog.get_by_role("listitem").filter(has_text="The printer")).to_be_visible()

    # Somebody of another organisation opens it, and makes it theirs.
    other = visit(phone=True).page
    other.goto("/workflows/" + link.split("/workflows/")[1])
    expect(other.get_by_role("heading", name="Text to image", level=1)).to_be_visible()
    expect(other.get_by_text("by Ada").first).to_be_visible()
    other.get_by_role("button", name="Make it mine").click()
    expect(other.get_by_role("button", name="Share", exact=True)).to_be_visible()
    other.get_by_role("button", name="More to do with it").click()
    with other.expect_download() as coming:
        other.get_by_role("menuitem", name="Export: ComfyUI API format").click()
    assert json.loads(coming.value.path().read_bytes())[sampler]["inputs"]["steps"] == 33

    page.keyboard.press("Escape")
    page.get_by_role("button", name="More to do with it").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.wait_for_url("**/workflows")
    assert ada.get(f"/workflows/{number}").status_code == 404
