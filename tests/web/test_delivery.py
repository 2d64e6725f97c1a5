"""What the browser is sent: the policy, the sizes, and how soon something is seen."""

import gzip
import re
from pathlib import Path

import httpx
import msgspec

from tests.web.conftest import DIST, Visit

FIRST_ROUTE_KB = 250
FIRST_PAINT_MS = 1500


def first_route(folder: Path) -> set[str]:
    """The scripts that /login needs: the entry, that room, and all that they import, by the build's manifest."""
    manifest = msgspec.json.decode((folder / ".vite" / "manifest.json").read_bytes())
    needed: set[str] = set()
    waiting = ["index.html", "src/features/auth/Login.tsx"]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += manifest[name].get("imports", [])
    return {manifest[name]["file"] for name in needed}


def test_the_first_route_is_small() -> None:
    scripts = first_route(DIST)
    size = sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in scripts)
    print(f"first route: {size / 1000:.0f} KB of scripts, gzipped")
    assert size <= FIRST_ROUTE_KB * 1000


def test_the_policy_lets_nothing_in_that_is_not_ours(api: httpx.Client) -> None:
    answer = api.get("/login", headers={"Accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";") if rule.strip()}
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == ["'self'"]
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    assert rules["frame-ancestors"] == ["'none'"]
    assert rules["base-uri"] == ["'none'"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text), "no script in the page itself"
    again = api.get("/login", headers={"Accept": "text/html"})
    first, second = (re.findall(r'csp-nonce" content="([^"]+)"', text) for text in (answer.text, again.text))
    assert first != second, "a nonce is good once"
    assert f"'nonce-{first[0]}'" in policy


def test_something_is_seen_soon(visit: Visit) -> None:
    visitor = visit(None)
    times = []
    for _ in range(3):
        page = visitor.new_page()
        page.goto("/login")
        page.get_by_role("heading").first.wait_for()
        page.bring_to_front()
        painted = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        times.append(page.wait_for_function(painted).json_value())
        page.close()
    print(f"first contentful paint: {sorted(times)} ms")
    assert sorted(times)[1] <= FIRST_PAINT_MS
