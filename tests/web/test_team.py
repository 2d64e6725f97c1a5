"""A team: people, roles, what was spent and on what, and what the audit log says of all that."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.control.people import PASSWORD, address, made, mails_to, register
from tests.web.conftest import ROOT, Stack, Visit
from tests.web.furnished import ended, paint


def open_page(page: Page, name: str) -> None:
    """One of the pages of the team, by the bar above them."""
    page.get_by_role("navigation", name="Team pages").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def choose(page: Page, what: str, option: str) -> None:
    page.get_by_role("combobox", name=what).click()
    page.get_by_role("option", name=re.compile(f"^{re.escape(option)}")).click()


def test_somebody_is_invited_gets_a_role_and_a_team_and_is_removed(
    visit: Visit, stack: Stack, api: httpx.Client
) -> None:
    ada = register(api, "Ada", address("ada"))
    admin, email = visit(ada), address("grace")
    page = admin.page
    page.goto("/team")
    expect(page.get_by_text("Nobody is invited at the moment.")).to_be_visible()
    page.get_by_role("button", name="Invite").click()
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("row").filter(has_text=email)).to_be_visible()

    # The link stands in the mail and nowhere else.
    text = mails_to(stack.home, email)[-1].get_content()
    found = re.search(r"https?://[^/\s]+(/invitation#\S+)", text)
    assert found, text
    guest = visit(None, phone=True)
    guest.page.goto(found[1])
    guest.page.get_by_label("Name").fill("Grace Hopper")
    guest.page.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.page.get_by_role("button", name=re.compile("join|create", re.IGNORECASE)).first.click()
    guest.page.wait_for_url(lambda url: "/invitation" not in url)

    page.reload()
    expect(page.get_by_role("row").filter(has_text="Grace Hopper")).to_be_visible()
    expect(page.get_by_text("Nobody is invited at the moment.")).to_be_visible()

    open_page(page, "Teams")
    page.get_by_role("button", name="New team").click()
    page.get_by_label("Name of the team").fill("Layout")
    page.get_by_role("button", name="Create", exact=True).click()
    choose(page, "Add somebody to Layout", "Grace Hopper")
    inside = page.get_by_role("list", name="People in Layout")
    expect(inside.get_by_role("listitem").filter(has_text="Grace Hopper")).to_be_visible()

    open_page(page, "Roles")
    page.get_by_role("button", name="New role").click()
    page.get_by_label("Name", exact=True).fill("reviewer")
    choose(page, "Begin with", "Viewer")
    page.get_by_role("checkbox", name="Rename, tag, rate and sort own files").check()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("columnheader", name="reviewer")).to_be_visible()

    open_page(page, "People")
    choose(page, "Role of Grace Hopper", "reviewer")
    expect(page.get_by_text("Grace Hopper is now reviewer.").first).to_be_visible()

    # What her role does not include is not there, and a page that she may not see says so.
    guest.page.goto("/team")
    expect(guest.page.get_by_role("heading", name="People", level=1)).to_be_visible()
    expect(guest.page.get_by_role("button", name="Invite")).to_have_count(0)
    expect(guest.page.get_by_role("combobox", name=re.compile("Role of"))).to_have_count(0)
    expect(guest.page.get_by_role("link", name="Audit log")).to_have_count(0)
    for address_of in ("/team/audit", "/team/credits"):
        guest.page.goto(address_of)
        expect(guest.page.get_by_role("heading", name="This page is not part of your role")).to_be_visible()
    guest.page.goto("/create")
    expect(guest.page.get_by_role("heading", name="Your role does not include this")).to_be_visible()

    # Nobody removes themselves from the list, and the last admin stays one.
    expect(page.get_by_role("button", name="Remove Ada")).to_have_count(0)
    choose(page, "Role of Ada", "Viewer")
    expect(page.get_by_text("This is the organisation's last admin.").first).to_be_visible()
    page.get_by_role("button", name="Remove Grace Hopper").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Grace Hopper was removed.").first).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Grace Hopper")).to_have_count(0)
    guest.page.goto("/team")
    guest.page.wait_for_url("**/login*")
    admin.forgive("409")


def test_what_was_spent_is_seen_limited_and_written_down(
    visit: Visit, api: httpx.Client, tmp_path: Path
) -> None:
    ada = register(api, "Ada", address("ada"))
    for seed in range(2):
        ended(ada, paint(ada, "a red circle", seed=seed, steps=4))
    spent = made(ada.get("/credits"))["spent_this_month_microcredits"] / 1_000_000
    visitor = visit(ada, theme="light")
    page = visitor.page
    page.goto("/team/usage")
    person = page.get_by_role("table", name="Credits spent: By person")
    expect(person.get_by_role("row").filter(has_text="Ada")).to_contain_text(f"{spent:.3f}".rstrip("0"))
    expect(person.get_by_role("row").filter(has_text="Ada")).to_contain_text("100%")
    assert painted(page) >= 2, "no plot was drawn"
    page.get_by_role("radio", name="Kind").click()
    kinds = page.get_by_role("table", name="Credits spent: By kind")
    expect(kinds.get_by_role("row").filter(has_text="Text to picture")).to_contain_text("2")
    page.wait_for_url("**by=kind*")
    page.reload()
    expect(kinds).to_be_visible()
    choose(page, "Period", "Last month")
    expect(page.get_by_role("heading", name="Nothing was spent in this time")).to_be_visible()

    open_page(page, "Credits")
    history = page.get_by_role("list", name="History")
    expect(history.get_by_text("Set aside for a job")).to_have_count(2)
    expect(history.get_by_text("A job was charged")).to_have_count(2)
    expect(history.get_by_text("Credits were given")).to_have_count(1)
    page.get_by_role("button", name="New limit").click()
    page.get_by_label("Credits a month").fill("many")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Write a number from 0 to 1,000,000.")).to_be_visible()
    page.get_by_label("Credits a month").fill(str(spent))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Reached", exact=True)).to_be_visible()
    refused = ada.post("/jobs", request={"kind": "txt2img", "prompt": "a red circle", "steps": 4})
    assert refused.status_code == 402
    page.get_by_role("button", name=re.compile("Remove the limit of")).click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("There are no limits")).to_be_visible()

    open_page(page, "Organisation")
    page.get_by_label("Name", exact=True).fill("Poster Studio")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The organisation was renamed.").first).to_be_visible()

    open_page(page, "Audit log")
    choose(page, "About", "Organisation")
    page.wait_for_url("**act=organisation.*")
    log = page.get_by_role("table", name="Audit log")
    expect(log.get_by_role("row").filter(has_text="Renamed the organisation")).to_have_count(1)
    expect(log.get_by_role("row").filter(has_text="Signed in")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Show Renamed the organisation")).click()
    details = page.get_by_role("dialog")
    expect(details.get_by_text("Poster Studio")).to_be_visible()
    expect(details.get_by_text("Ada's organisation")).to_be_visible()
    details.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Check the chain").click()
    expect(page.get_by_text("all are as they were written")).to_be_visible()

    # The file that comes is one that anybody can check.
    with page.expect_download() as download:
        page.get_by_role("link", name="Export JSON").click()
    exported = tmp_path / "audit.jsonl"
    download.value.save_as(exported)
    checker = [sys.executable, str(ROOT / "control" / "audit" / "checker.py"), str(exported)]
    assert "unbroken up to" in subprocess.run(checker, capture_output=True, text=True, check=True).stdout


def painted(page: Page) -> int:
    """How many plots have bars: pixels of more than two colours."""
    page.locator("canvas").first.wait_for()
    count: int = page.evaluate(
        """() => [...document.querySelectorAll('canvas')].filter(canvas => {
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
            let coloured = 0
            for (let at = 0; at < data.length; at += 4)
                if (data[at + 3] > 200 && Math.abs(data[at] - data[at + 2]) > 60) coloured++
            return coloured > 100
        }).length"""
    )
    return count
