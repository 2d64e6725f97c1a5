"""WCAG 2.2 AA by axe on every page, on desktop and phone, dark and light; and no page is wider than its screen."""

import re

import httpx
import pytest
from playwright.sync_api import Page

from tests.web.conftest import ROOT, Visit, Visitor
from tests.web.furnished import Furnished, furnish
from tests.web.pages import PAGES, PUBLIC, rooms
from tests.web.settled import settled

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EXPECTED = ("token=none", "401", "404", "400")
"""Complaints of pages that are opened with a token that is none."""


@pytest.fixture(scope="module")
def furnished(api: httpx.Client) -> Furnished:
    return furnish(api)


def problems_of(page: Page) -> list[str]:
    """What axe finds, a line each: rule, element, why."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})",
        RULES,
    )
    return [
        f"{page.url} {rule['id']}: {node['target'][0]}: {node['any'][0]['message'] if node['any'] else rule['help']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """A page may scroll down, never sideways."""
    extra = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{page.url}: {extra} px wider than the screen"] if extra > 0 else []


def seen(visitor: Visitor, pages: dict[str, str], places: dict[str, str]) -> list[str]:
    said = []
    for address in pages.values():
        visitor.page.goto(address.format(**places))
        settled(visitor.page)
        said += problems_of(visitor.page) + too_wide(visitor.page)
    return said


@pytest.mark.parametrize(("phone", "theme"), [(False, "dark"), (True, "light")])
def test_pages_of_who_is_signed_in(furnished: Furnished, visit: Visit, phone: bool, theme: str) -> None:
    visitor = visit(furnished.person, phone=phone, theme=theme)
    assert seen(visitor, PAGES, furnished.places) == []


@pytest.mark.parametrize(("phone", "theme"), [(False, "light"), (True, "dark")])
def test_pages_for_everybody(furnished: Furnished, visit: Visit, phone: bool, theme: str) -> None:
    visitor = visit(None, phone=phone, theme=theme)
    said = seen(visitor, PUBLIC, furnished.places)
    visitor.forgive(*EXPECTED)
    assert said == []


def test_the_table_knows_every_page() -> None:
    assert len(rooms()) > 25
    routed = {address.replace("$", "") for address in rooms()}
    known = {
        re.sub(r"[?#].*", "", page).replace("{", "").replace("}", "") for page in (PAGES | PUBLIC).values()
    }
    assert routed <= known
