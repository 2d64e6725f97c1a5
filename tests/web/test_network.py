"""The network is cut in mid-job, and comes back; a page that paints stays smooth."""

import re

import httpx
from playwright.sync_api import Browser, expect

from tests.control.people import address, made, register
from tests.web.conftest import Stack, Visit
from tests.web.furnished import ended, paint
from tests.web.visitor import Visitor
from tests.web.wire import wire

CUT = ("ERR_", "WebSocket", "Failed to fetch")
"""What a browser complains of while it is cut off."""
SMOOTH_MS = 200
TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((task) => Math.round(task.duration))))
  .observe({ type: "longtask", buffered: true });
"""


def test_the_network_is_cut_in_mid_job_and_comes_back(
    browser: Browser, stack: Stack, api: httpx.Client
) -> None:
    person = register(api, "Ada", address("ada"))
    made(person.request("PUT", "/me/preferences", {"onboarded": True}))
    with wire(stack.url) as between:
        visitor = Visitor(browser, Stack(between.url, stack.home), person)
        page = visitor.page
        job = paint(person, "a glossy pink heart on a white background", steps=150, batch=8, seed=5)
        page.goto("/create")
        painting = page.get_by_role("region", name="Picture").get_by_text(re.compile(r"Step \d+ of 150"))
        expect(painting).to_be_visible()
        between.cut()
        expect(page.get_by_text("The connection to the studio is broken")).to_be_visible()
        words = page.get_by_label("What do you want to see?")
        words.fill("written while nobody could hear it")
        page.get_by_role("button", name="Create picture").click()
        # What was pressed meanwhile says that it was not sent, and keeps the words.
        expect(page.get_by_text("Nothing was sent")).to_be_visible()
        ended(person, job)
        between.mend()
        expect(page.get_by_text("The connection to the studio is broken")).to_be_hidden()
        # Without a reload: the pictures that were finished while it was away.
        expect(page.get_by_role("img", name=re.compile("glossy pink heart")).first).to_be_visible()
        expect(words).to_have_value("written while nobody could hear it")
        visitor.forgive(*CUT)
        assert visitor.complaints == []
        visitor.context.close()


def test_a_page_stays_smooth_while_a_job_streams_previews(visit: Visit) -> None:
    visitor = visit()
    assert visitor.person is not None
    visitor.context.add_init_script(TASKS)
    page = visitor.page
    page.goto("/create")
    page.get_by_label("What do you want to see?").fill("a yellow star on a purple gradient background")
    page.evaluate("window.longTasks.length = 0")
    job = paint(
        visitor.person, "a yellow star on a blue background", steps=100, batch=4, seed=6, preview_every=1
    )
    expect(page.get_by_text(re.compile(r"Step \d+ of 100")).first).to_be_visible()
    ended(visitor.person, job)
    expect(page.get_by_role("img", name=re.compile("yellow star on a blue")).first).to_be_visible()
    tasks = page.evaluate("window.longTasks")
    print(f"long tasks while previews streamed: {sorted(tasks)} ms")
    assert max(tasks, default=0) <= SMOOTH_MS
