"""Do the parts of the design system still look as they did? Baselines: `make baselines`, and look at them."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.web.conftest import Visit
from tests.web.settled import settled

BASELINES = Path(__file__).parent / "baselines"
PARTS = ("buttons", "fields", "choices", "states", "table", "job", "tile", "style", "prompt")
NOTICED = 32
"""Levels of 255 by which a pixel may differ: another rasteriser smooths edges otherwise."""
TOLERANCE = 0.005
"""The share of pixels that may differ by more."""
ON_WHOLE_PIXELS = """part => {
  part.style.position = "relative";
  const { x, y } = part.getBoundingClientRect();
  part.style.left = `${Math.ceil(x + scrollX) - x - scrollX}px`;
  part.style.top = `${Math.ceil(y + scrollY) - y - scrollY}px`;
}"""
"""How letters are smoothed must not hang on the height of what stands above."""
WRITE = bool(os.environ.get("STUDIO_BASELINES"))


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ visibly, 0 to 1; 1 for pictures of different sizes."""
    if one.size != other.size:
        return 1.0
    levels = np.abs(np.asarray(one, dtype=np.int16) - np.asarray(other, dtype=np.int16)).max(axis=-1)
    return float((levels > NOTICED).mean())


@pytest.mark.parametrize(("theme", "phone"), [("dark", False), ("light", True)])
def test_the_parts_look_as_they_did(visit: Visit, theme: str, phone: bool, tmp_path: Path) -> None:
    page = visit(None, theme=theme, phone=phone).page
    page.goto("/design")
    # The last to come: its library is loaded by this page alone.
    page.locator(".cm-content").wait_for()
    settled(page)
    changed = {}
    for part in PARTS:
        place = page.get_by_test_id(part)
        place.evaluate(ON_WHOLE_PIXELS)
        shot = place.screenshot(animations="disabled", caret="hide")
        seen = Image.open(io.BytesIO(shot)).convert("RGB")
        baseline = BASELINES / f"{part}-{theme}-{'phone' if phone else 'desktop'}.png"
        if WRITE:
            BASELINES.mkdir(exist_ok=True)
            seen.save(baseline, optimize=True)
        share = difference(seen, Image.open(baseline).convert("RGB"))
        if share > TOLERANCE:
            seen.save(tmp_path / baseline.name)
            changed[baseline.name] = f"{share:.1%} differ; now: {tmp_path / baseline.name}"
    assert changed == {}


def test_a_change_is_seen() -> None:
    baseline = Image.open(BASELINES / "buttons-dark-desktop.png").convert("RGB")
    moved = baseline.copy()
    ImageDraw.Draw(moved).rectangle((10, 10, 60, 30), fill="#3366ff")
    assert difference(baseline, baseline) == 0
    assert difference(baseline, moved) > TOLERANCE
