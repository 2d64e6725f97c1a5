"""What the browser is sent: the policy, the sizes, and how soon something is seen."""

import gzip
import re

import httpx
import msgspec

from tests.web.conftest import DIST, Visit
from tests.web.pages import rooms

FIRST = ("/login", "/register", "/shared/$token", "/welcome", "/create")
"""What is opened first by who comes for the first time, and every day."""
FIRST_ROUTE_KB = 250
MOST_KB = 290
"""Of the other rooms, when they are opened by their address, with all that is shared."""
FIRST_PAINT_MS = 1500


def scripts(*modules: str) -> set[str]:
    """The files of these modules and of all that they import, by the build's manifest."""
    manifest = msgspec.json.decode((DIST / ".vite" / "manifest.json").read_bytes())
    # Where the build has put a room's module together with others, it stands under the name of the piece.
    pieces = {piece["name"]: key for key, piece in manifest.items() if piece.get("isDynamicEntry")}
    needed: set[str] = set()
    waiting = [module if module in manifest else pieces[module.rsplit("/", 1)[1][:-4]] for module in modules]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += manifest[name].get("imports", [])
    return {manifest[name]["file"] for name in needed}


def test_whatever_is_opened_first_is_small() -> None:
    sizes = {}
    for address, module in rooms().items():
        # The bars belong to all pages of who is signed in, which are nearly all.
        needed = scripts("index.html", "src/app/Shell.tsx", module)
        sizes[address] = sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in needed) // 1000
    print(f"scripts of the first page, KB gzipped: {sizes}")
    assert {address: size for address, size in sizes.items() if size > MOST_KB} == {}
    assert {address: sizes[address] for address in FIRST if sizes[address] > FIRST_ROUTE_KB} == {}


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
    times = []
    for _ in range(3):
        # A new visitor has nothing in the cache.
        page = visit(None).page
        page.goto("/login")
        page.get_by_role("heading").first.wait_for()
        painted = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        times.append(page.wait_for_function(painted).json_value())
    print(f"first contentful paint, nothing cached: {sorted(times)} ms")
    assert sorted(times)[1] <= FIRST_PAINT_MS
