"""Every page as people see it, desktop and phone, dark and light → docs/screenshots/ (`make screenshots`)."""

import argparse
import io
import tempfile
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Page

from tests.web.furnished import furnish
from tests.web.pages import PAGES, PUBLIC
from tests.web.settled import settled
from tests.web.stack import started
from tests.web.visitor import Visitor, chromium

SIZES = {"desktop": False, "phone": True}
THEMES = ("dark", "light")
TALLEST = 2400
"""Of a longer page no more is shown, px."""
QUALITY = 72


def keep(page: Page, path: Path) -> None:
    """What the page shows, on a screen as high as the page → a small WebP file."""
    size = page.viewport_size
    assert size is not None
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height, TALLEST))})
    settled(page)
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, quality=QUALITY, method=6)
    page.set_viewport_size(size)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a folder for the pictures")
    parser.add_argument("--only", default="", help="pages whose name begins so")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="studio-") as home,
        started(Path(home)) as stack,
        httpx.Client(base_url=stack.url, timeout=30) as api,
        chromium() as browser,
    ):
        furnished = furnish(api)
        for size, phone in SIZES.items():
            for theme in THEMES:
                for person, pages in ((None, PUBLIC), (furnished.person, PAGES)):
                    visitor = Visitor(browser, stack, person, phone=phone, theme=theme)
                    for name, address in pages.items():
                        if name.startswith(arguments.only):
                            visitor.page.goto(address.format(**furnished.places))
                            settled(visitor.page)
                            keep(visitor.page, out / f"{name}-{size}-{theme}.webp")
                    visitor.context.close()
                print(f"{size}, {theme}: {len(list(out.glob(f'*-{size}-{theme}.webp')))} pages", flush=True)


if __name__ == "__main__":
    main()
